"""What was silent: a message about a listing, an interest in it, a colleague who comes along to a meeting."""

import icalendar
import pytest
from django.core import mail

from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings import booking
from punte.apps.meetings.asking import edit_request
from punte.apps.meetings.calendars import write_calendar
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.models import CalendarEntry, Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.own import my_meetings
from punte.apps.meetings.publication import publish_version
from punte.apps.meetings.queries import published_version
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person
from small_forum import load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)


def with_colleague() -> tuple[MeetingRequest, Delegate]:
    """Return an accepted request to which a colleague comes along."""
    with acting_as_system("tests"):
        Person.objects.filter(email="").update(email="somebody@example.org")
        Person.objects.update(languages="en")
        request, colleague = next(
            (one, mate)
            for one in MeetingRequest.objects.filter(state="accepted").select_related("sender")
            for mate in Delegate.objects.filter(organisation_id=one.sender.organisation_id).exclude(
                pk=one.sender_id
            )
        )
        MeetingRequest.objects.filter(pk=request.pk).update(colleagues=[colleague.pk])
    return request, colleague


def test_a_colleague_who_comes_along_is_told_sees_it_and_is_busy() -> None:
    forum = load_small()
    request, colleague = with_colleague()
    line = solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=line.id)
    with acting_as_system("tests"):
        version = TimetableVersion.objects.get(pk=line.id)
        held = Meeting.objects.filter(version=version, request=request).first()
        assert held is not None, "the sample holds the meeting"
        entry = CalendarEntry.objects.get(request=request)
        letter = Mail.objects.get(person_id=colleague.person_id, kind="timetable.published")
        assert held.slot_id in busy_slots(version, (colleague.pk,))
    assert str(entry.pk) in letter.details["entries"]
    assert send_mail(letter.pk) == Mail.State.SENT
    with acting(subject_of_person(colleague.person_id)):
        shown = published_version(forum.edition.pk)
        assert shown is not None
        (mine,) = [
            one for one in my_meetings(colleague.pk, shown) if one.request_code == request.code
        ]
        feed = icalendar.Calendar.from_ical(write_calendar(forum.edition, colleague.pk))
    (event,) = [one for one in feed.walk("VEVENT") if str(entry.pk) in one["UID"]]
    assert event["STATUS"] == "CONFIRMED"
    assert mine.other is None or mine.other.organisation in str(event["SUMMARY"])
    assert not mine.asked_by_me
    with acting(forum.organiser) as by:
        booking.withdraw_request(by=by, request_id=request.pk, answer="Off")
    with acting_as_system("tests"):
        off = Mail.objects.filter(person_id=colleague.person_id, kind="timetable.published")
        latest = off.latest("queued_at")
        assert latest.pk != letter.pk
        assert held.slot_id not in busy_slots(version, (colleague.pk,)) or off.count() == 2
    assert send_mail(latest.pk) == Mail.State.SENT
    assert "called off by the organisers: Off" in str(mail.outbox[-1].body)


def test_a_colleague_who_comes_along_no_more_gets_a_cancel() -> None:
    forum = load_small()
    request, colleague = with_colleague()
    line = solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=line.id)
        request.refresh_from_db()
        edit_request(
            by=by,
            request_id=request.pk,
            reason=request.reason,
            rank=request.rank,
            read_revision=request.revision,
        )
    with acting_as_system("tests"):
        entry = CalendarEntry.objects.get(request=request)
        letter = Mail.objects.filter(person_id=colleague.person_id).latest("queued_at")
    assert send_mail(letter.pk) == Mail.State.SENT
    assert "without you" in str(mail.outbox[-1].body)
    (part,) = mail.outbox[-1].attachments
    assert str(part.get_filename()).startswith("cancel-")
    (event,) = icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"
    assert (int(event["SEQUENCE"]), str(event["UID"])[:36]) == (entry.sequence, str(entry.pk))
