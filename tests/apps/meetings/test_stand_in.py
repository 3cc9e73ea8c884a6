"""A stand-in: the rules that bind whoever asks bind the colleague too, and whoever is replaced is told."""

import icalendar
import pytest
from django.core import mail

from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import AttendeeCategory, Delegate
from punte.apps.meetings import booking
from punte.apps.meetings.calendars import write_calendar
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.may_ask import quota_of
from punte.apps.meetings.models import CalendarEntry, Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.meetings.publication import publish_version
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person
from small_forum import Forum, load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)


def held_with_colleague(forum: Forum) -> tuple[MeetingRequest, Delegate]:
    """Return a published meeting whose sender has a colleague who is free at its time."""
    line = solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=line.id)
    with acting_as_system("tests"):
        Mail.objects.all().delete()
        Person.objects.filter(email="").update(email="somebody@example.org")
        Person.objects.update(languages="en")
        version = TimetableVersion.objects.get(pk=line.id)
        for meeting in Meeting.objects.filter(version=version).select_related(
            "request__sender", "request__receiver"
        ):
            request = meeting.request
            for one in Delegate.objects.filter(
                organisation_id=request.sender.organisation_id
            ).exclude(pk=request.sender_id):
                open_with = MeetingRequest.objects.filter(
                    sender__in=[one, request.receiver], receiver__in=[one, request.receiver]
                )
                if meeting.slot_id not in busy_slots(version, (one.pk,)) and not open_with.exists():
                    return request, one
    pytest.fail("the sample has a colleague who is free")


def stands_in(request: MeetingRequest, colleague: Delegate) -> None:
    with acting(subject_of_person(request.sender.person_id)) as by:
        booking.stand_in(by=by, request_id=request.pk, delegate_id=colleague.pk)


def test_whoever_is_replaced_is_told_and_its_calendar_takes_the_meeting_out() -> None:
    forum = load_small()
    request, colleague = held_with_colleague(forum)
    before = request.sender
    stands_in(request, colleague)
    with acting_as_system("tests"):
        letters = {one.person_id: one for one in Mail.objects.filter(kind="timetable.published")}
        entry = CalendarEntry.objects.get(request=request)
    assert set(letters) == {before.person_id, colleague.person_id, request.receiver.person_id}
    assert send_mail(letters[before.person_id].pk) == Mail.State.SENT
    sent = mail.outbox[-1]
    assert "stands in for you" in str(sent.body)
    (part,) = sent.attachments
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert (str(entry.pk) in event["UID"], event["SEQUENCE"]) == (True, entry.sequence)
    for delegate, status in ((before, "CANCELLED"), (colleague, "CONFIRMED")):
        with acting(subject_of_person(delegate.person_id)):
            feed = icalendar.Calendar.from_ical(write_calendar(forum.edition, delegate.pk))
        states = [one["STATUS"] for one in feed.walk("VEVENT") if str(entry.pk) in one["UID"]]
        assert states == [status]
    assert send_mail(letters[colleague.person_id].pk) == Mail.State.SENT
    assert "is published" not in str(mail.outbox[-1].body), "it was published before"
    with acting_as_system("tests"):
        request.refresh_from_db()
    with acting(forum.organiser) as by:
        booking.stand_in(by=by, request_id=request.pk, delegate_id=before.pk)
    with acting_as_system("tests"):
        assert CalendarEntry.objects.get(request=request).former == [colleague.pk]


@pytest.mark.parametrize("rule", ["category", "most", "quota"])
def test_the_rules_of_the_edition_bind_a_stand_in(rule: str) -> None:
    forum = load_small()
    request, colleague = held_with_colleague(forum)
    with acting_as_system("tests"):
        if rule == "category":
            press = AttendeeCategory.objects.create(
                edition=forum.edition, code="silent", name="Silent", may_request=False
            )
            Delegate.objects.filter(pk=colleague.pk).update(category=press)
        elif rule == "quota":
            has = quota_of(colleague).used
            AttendeeCategory.objects.filter(pk=colleague.category_id).update(request_quota=has)
        else:
            Delegate.objects.filter(pk=colleague.pk).update(max_meetings=0)
    words = {
        "category": "do not ask",
        "most": "as many meetings as agreed",
        "quota": "as many requests open as allowed",
    }[rule]
    with pytest.raises(NotAllowedError, match=words):
        stands_in(request, colleague)
    with acting_as_system("tests"):
        request.refresh_from_db()
    assert request.sender_id != colleague.pk
