"""A delegate who leaves takes nothing along: meetings off, requests closed, counts right, everybody told."""

from unittest.mock import patch

import icalendar
import pytest
from django.core import mail
from django.test import Client

from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.bridge import ask_question
from punte.apps.meetings.calendars import write_calendar
from punte.apps.meetings.leaving import lost_with
from punte.apps.meetings.may_ask import quota_of
from punte.apps.meetings.models import CalendarEntry, Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.own import count_my_requests
from punte.apps.meetings.publication import publish_version
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Nomination, Person
from punte.apps.people.privacy import erase_person
from punte.apps.people.queries import subject_of_person
from punte.apps.people.vetting import withdraw_nomination
from small_forum import Forum, load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)
State = MeetingRequest.State


def published(forum: Forum) -> TimetableVersion:
    line = solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=line.id)
    with acting_as_system("tests"):
        Mail.objects.all().delete()
        Person.objects.filter(email="").update(email="somebody@example.org")
        Person.objects.update(languages="en")
        return TimetableVersion.objects.get(pk=line.id)


def leaves(forum: Forum, gone: Delegate) -> None:
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(edition_id=forum.edition.pk, person_id=gone.person_id)
    with acting(forum.organiser) as by:
        withdraw_nomination(by=by, nomination=nomination, reason="Cannot travel")


def first_meeting(version: TimetableVersion) -> MeetingRequest:
    with acting_as_system("tests"):
        held = Meeting.objects.filter(version=version).order_by("pk")
        return held.select_related("request__sender__person", "request__receiver")[0].request


def letters_to(delegate: Delegate, kind: str) -> list[Mail]:
    with acting_as_system("tests"):
        return list(Mail.objects.filter(person_id=delegate.person_id, kind=kind))


def test_everybody_is_told_and_calendars_take_the_meeting_out() -> None:
    forum = load_small()
    version = published(forum)
    request = first_meeting(version)
    gone, other = request.sender, request.receiver
    with acting_as_system("tests"):
        assert lost_with(gone.person_id, forum.edition.pk).meetings >= 1
    leaves(forum, gone)
    (letter,) = letters_to(other, "timetable.published")
    assert send_mail(letter.pk) == Mail.State.SENT
    sent = mail.outbox[-1]
    assert "does not take place" in str(sent.body)
    assert "no longer comes" in str(sent.body)
    assert "is published" not in str(sent.body)
    (part,) = [one for one in sent.attachments if "cancel" in str(one.get_filename())]
    calendar = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    assert calendar["METHOD"] == "CANCEL"
    assert calendar.walk("VEVENT")[0]["STATUS"] == "CANCELLED"
    with acting(subject_of_person(other.person_id)):
        feed = icalendar.Calendar.from_ical(write_calendar(forum.edition, other.pk))
        mine = CalendarEntry.objects.get(request=request)
    event = next(one for one in feed.walk("VEVENT") if str(mine.pk) in one["UID"])
    assert event["STATUS"] == "CANCELLED"
    assert request.code not in str(event["SUMMARY"])
    assert len(letters_to(gone, "nomination.decided")) == 1


def test_lists_counts_and_quotas_agree_afterwards() -> None:
    forum = load_small()
    version = published(forum)
    request = first_meeting(version)
    gone, other = request.receiver, request.sender
    with acting_as_system("tests"):
        open_with = MeetingRequest.objects.filter(sender=other, receiver=gone).count()
        used, counts = quota_of(other).used, count_my_requests(other.pk)
        meetings = version.meetings.count()
    leaves(forum, gone)
    with acting_as_system("tests"):
        request.refresh_from_db()
        version.refresh_from_db()
        assert request.state == State.WITHDRAWN
        assert "no longer comes" in request.answer
        assert quota_of(other).used == used - open_with
        assert count_my_requests(other.pk).accepted < counts.accepted
        sides = {
            key
            for one in version.meetings.all()
            for key in (one.request.sender_id, one.request.receiver_id)
        }
        assert gone.pk not in sides
        assert version.meeting_count == version.meetings.count() < meetings
        assert not version.unmet.filter(request__receiver=gone).exists()
    with acting(forum.organiser):
        assert request.code not in ask_question(forum.edition).requests


def test_a_request_without_a_time_is_told_to_be_off() -> None:
    forum = load_small()
    with acting_as_system("tests"):
        Mail.objects.all().delete()
        Person.objects.filter(email="").update(email="somebody@example.org")
        Person.objects.update(languages="en")
        request = MeetingRequest.objects.filter(state=State.PENDING).select_related(
            "sender", "receiver"
        )[0]
    leaves(forum, request.sender)
    (letter,) = [
        one for one in letters_to(request.receiver, "request.off") if one.about_id == request.pk
    ]
    assert send_mail(letter.pk) == Mail.State.SENT
    assert "no longer comes" in str(mail.outbox[-1].body)


def test_erasing_oneself_calls_off_too() -> None:
    forum = load_small()
    version = published(forum)
    request = first_meeting(version)
    by: Subject = subject_of_person(request.sender.person_id)
    with acting(by):
        erase_person(by=by, person=request.sender.person)
    with acting_as_system("tests"):
        request.refresh_from_db()
    assert request.state == State.WITHDRAWN


def test_the_page_asks_before_it_withdraws_who_has_meetings() -> None:
    forum = load_small()
    version = published(forum)
    with acting_as_system("tests"):
        own = Delegate.objects.get(
            edition=forum.edition, person__account__email="company@bucharest.example"
        )
        nomination = Nomination.objects.get(edition_id=forum.edition.pk, person_id=own.person_id)
        held = version.meetings.filter(seats__delegate=own).count()
    client = Client()
    client.force_login(Account.objects.get(email="company@bucharest.example"))
    address = f"/e/{forum.edition.slug}/delegation/"
    data = {"do": "withdraw", "nomination": str(nomination.pk)}
    page = client.post(address, data).content.decode()
    assert "Withdraw for good" in page
    assert f"{held} meeting" in page
    with acting_as_system("tests"):
        nomination.refresh_from_db()
    assert nomination.state == "cleared"
    client.post(address, data | {"sure": "yes", "reason": "Ill"})
    with acting_as_system("tests"):
        nomination.refresh_from_db()
    assert (nomination.state, nomination.reason) == ("withdrawn", "Ill")


def test_two_who_leave_at_once_are_called_off_once() -> None:
    forum = load_small()
    version = published(forum)
    request = first_meeting(version)
    leaves(forum, request.sender)
    with patch("punte.apps.meetings.leaving.free_meeting") as free:
        with acting_as_system("tests"):
            both = MeetingRequest.objects.filter(sender=request.sender, receiver=request.receiver)
            assert not both.filter(state__in=[State.PENDING, State.ACCEPTED]).exists()
        leaves(forum, request.receiver)
    assert request.pk not in {call.args[0].pk for call in free.call_args_list}


def test_whoever_leaves_gets_a_cancel_for_their_own_meetings() -> None:
    forum = load_small()
    version = published(forum)
    request = first_meeting(version)
    gone, other = request.sender, request.receiver
    with acting_as_system("tests"):
        held = version.meetings.filter(seats__delegate=gone)
        mine = set(held.values_list("request__calendar_entry", flat=True))
    leaves(forum, gone)
    (letter,) = letters_to(gone, "timetable.published")
    assert send_mail(letter.pk) == Mail.State.SENT
    sent = mail.outbox[-1]
    assert "you no longer come to" in str(sent.body)
    content = b"".join(part.get_payload(decode=True) for part in sent.attachments)
    calendars = icalendar.Calendar.from_ical(content, multiple=True)
    assert {str(calendar["METHOD"]) for calendar in calendars} == {"CANCEL"}
    with acting_as_system("tests"):
        known = {
            f"{one.pk}@punte.invalid": one for one in CalendarEntry.objects.filter(pk__in=mine)
        }
    events = {
        str(event["UID"]): event for calendar in calendars for event in calendar.walk("VEVENT")
    }
    assert len(calendars) == len(events)
    assert events.keys() == known.keys()
    for uid, event in events.items():
        assert event["STATUS"] == "CANCELLED"
        assert int(event["SEQUENCE"]) == known[uid].sequence
    # Who left sees the edition no more, so it names nobody.
    assert other.badge_name.encode() not in content
    assert request.reason.encode()[:20] not in content
    assert other.badge_name not in str(sent.body)
