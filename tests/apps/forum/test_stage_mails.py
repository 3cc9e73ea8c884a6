"""Who is put on stage, moved or taken off by a release of the agenda is told in their language, with the session's calendar file."""

import datetime as dt
import re
from dataclasses import replace

import icalendar
import pytest
import vobject
from django.core import mail as django_mail
from django.core.mail import EmailMessage
from django.test import Client

from cast import Member, make_member
from edition_rows import DAYS, ZONE, Rows, make_edition, organiser_of
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum import agenda
from punte.apps.forum.agenda_actions import Wish, call_off, draft_session
from punte.apps.forum.agenda_release import release_agenda
from punte.apps.forum.models import AttendeeCategory, Delegate, Session, SessionPart, Slot
from punte.apps.meetings.free_time import busy_slots
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, MailOptOut, Person
from signed_in import let_in

pytestmark = pytest.mark.django_db
TITLE = "Panel on bridges"
KIND = "agenda.stage"


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=4)


def speaker_from(rows: Rows, country: str) -> tuple[Member, Delegate]:
    member = make_member(
        f"Speaker {country}", f"House {country}", "authority", country, edition_id=rows.edition.pk
    )
    with acting_as_system("tests"):
        return member, Delegate.objects.create(
            edition=rows.edition,
            person=member.person,
            organisation=member.organisation,
            category=AttendeeCategory.objects.filter(edition=rows.edition)[0],
            code=f"S{country}",
            badge_name=member.person.name,
            owner_org=member.organisation,
            label_releasable_to=[f"edition:{rows.edition.pk}"],
        )


def wish(hour: int, *on_stage: Delegate, chair: bool = False, chosen: str = "open") -> Wish:
    return Wish(
        kind="panel",
        format=chosen,
        title=TITLE,
        starts_at=dt.datetime.combine(DAYS[0], dt.time(hour), ZONE),
        ends_at=dt.datetime.combine(DAYS[0], dt.time(hour + 1), ZONE),
        speakers=tuple(
            agenda.Speaker(name=one.badge_name, delegate_id=one.pk, is_chair=chair)
            for one in on_stage
        ),
    )


def release(rows: Rows, asked: Wish, session: Session | None = None) -> Session:
    with acting(organiser_of(rows)) as by:
        draft_session(by=by, edition=rows.edition, wish=asked, session=session)
        release_agenda(by=by, edition=rows.edition)
        return Session.objects.get(edition=rows.edition, title=asked.title)


def take_off(rows: Rows, session: Session) -> None:
    with acting(organiser_of(rows)) as by:
        session.refresh_from_db()
        call_off(by=by, edition=rows.edition, session=session)
        release_agenda(by=by, edition=rows.edition)


def new_mail() -> EmailMessage | None:
    """Send the one mail that waits, and return what left; None where nothing was left to tell."""
    with acting_as_system("tests"):
        waiting = Mail.objects.get(state=Mail.State.WAITING)
        assert waiting.kind == KIND
    before = len(django_mail.outbox)
    send_mail(waiting.pk)
    return django_mail.outbox[-1] if len(django_mail.outbox) > before else None


def event_of(letter: EmailMessage | None, method: str) -> icalendar.Event:
    assert letter is not None
    [part] = letter.attachments
    assert part.get_param("method") == method
    content = part.get_payload(decode=True)
    assert vobject.readOne(content.decode()).vevent_list
    calendar = icalendar.Calendar.from_ical(content)
    assert calendar["METHOD"] == method
    [event] = calendar.walk("VEVENT")
    assert str(event["ATTENDEE"]) == f"mailto:{letter.to[0]}"
    assert str(event["ORGANIZER"]).startswith("mailto:")
    return event


def test_on_stage_moved_other_role_and_off_each_reach_the_calendar_in_place(rows: Rows) -> None:
    _member, me = speaker_from(rows, "POL")
    session = release(rows, wish(16, me))
    first = new_mail()
    added = event_of(first, "REQUEST")
    assert first is not None
    assert f"you speak in “{TITLE}”" in first.body
    assert "Wed 5 Nov, 16:00\N{EN DASH}17:00 EET" in first.body
    assert str(added["SUMMARY"]) == TITLE
    assert added["DTSTART"].dt == session.starts_at

    release(rows, wish(17, me), session)
    second = new_mail()
    moved = event_of(second, "REQUEST")
    assert second is not None
    assert "17:00\N{EN DASH}18:00 EET" in second.body
    assert moved["UID"] == added["UID"]
    assert moved["SEQUENCE"] > added["SEQUENCE"]
    assert moved["DTSTART"].dt.hour == 17

    release(rows, wish(17, me, chair=True), session)
    third = new_mail()
    chairs = event_of(third, "REQUEST")
    assert third is not None
    assert f"you chair “{TITLE}”" in third.body
    assert chairs["SEQUENCE"] > moved["SEQUENCE"]

    release(rows, replace(wish(17, me, chair=True), about="Other words"), session)
    with acting_as_system("tests"):
        assert not Mail.objects.filter(state=Mail.State.WAITING).exists(), "words move nobody"

    release(rows, wish(17), session)
    fourth = new_mail()
    off = event_of(fourth, "CANCEL")
    assert fourth is not None
    assert f"you are no longer on stage in “{TITLE}”" in fourth.body
    assert off["UID"] == added["UID"]
    assert off["SEQUENCE"] > chairs["SEQUENCE"]
    assert off["STATUS"] == "CANCELLED"


def test_a_session_that_is_called_off_leaves_the_calendar_of_who_was_on_stage(rows: Rows) -> None:
    _member, me = speaker_from(rows, "POL")
    session = release(rows, wish(16, me))
    uid = event_of(new_mail(), "REQUEST")["UID"]
    take_off(rows, session)
    letter = new_mail()
    assert event_of(letter, "CANCEL")["UID"] == uid
    assert letter is not None
    assert f"“{TITLE}”, in which you were on stage, is called off" in letter.body


def test_it_is_said_in_the_language_of_its_reader(rows: Rows) -> None:
    member, me = speaker_from(rows, "ROU")
    with acting_as_system("tests"):
        Person.objects.filter(pk=member.person.pk).update(languages="ro")
        member.account.language = "ro"
        member.account.save()
    release(rows, wish(16, me))
    letter = new_mail()
    assert letter is not None
    assert letter.extra_headers["Content-Language"] == "ro"
    assert "sunteți vorbitor" in letter.body


def test_who_refuses_the_kind_is_not_written_to(rows: Rows) -> None:
    member, me = speaker_from(rows, "POL")
    with acting_as_system("tests"):
        MailOptOut.objects.create(person=member.person, kind=KIND)
    release(rows, wish(16, me))
    with acting_as_system("tests"):
        assert not Mail.objects.filter(person=member.person).exists()
        assert SessionPart.objects.filter(delegate=me).exists()


def test_who_may_not_see_the_session_learns_when_and_no_more(rows: Rows) -> None:
    _member, me = speaker_from(rows, "MDA")
    session = release(rows, wish(16, me, chosen="allied"))
    letter = new_mail()
    event = event_of(letter, "REQUEST")
    assert letter is not None
    said = letter.subject + letter.body + event.to_ical().decode()
    assert TITLE not in said
    assert "16:00\N{EN DASH}17:00 EET" in letter.body
    assert "Ask the organisers" in letter.body
    assert str(event["SUMMARY"]) == rows.edition.name
    release(rows, wish(17, chosen="allied"), session)
    off = new_mail()
    gone = event_of(off, "CANCEL")
    assert off is not None
    assert TITLE not in off.subject + off.body + gone.to_ical().decode()
    assert "16:00\N{EN DASH}17:00 EET" in off.body, "when it is now is not theirs to know"
    assert gone["UID"] == event["UID"]


def test_what_is_no_longer_so_when_it_leaves_is_not_said(rows: Rows) -> None:
    _member, me = speaker_from(rows, "POL")
    session = release(rows, wish(16, me))
    with acting_as_system("tests"):
        [first] = Mail.objects.all()
    release(rows, wish(16), session)
    assert send_mail(first.pk) == Mail.State.NOT_SENT
    assert event_of(new_mail(), "CANCEL")


def test_listeners_and_who_left_hear_nothing_of_the_stage(rows: Rows) -> None:
    _member, listener = speaker_from(rows, "POL")
    _other, gone = speaker_from(rows, "FRA")
    with acting_as_system("tests"):
        Delegate.objects.filter(pk=gone.pk).update(left_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    session = release(rows, wish(16, gone))
    with acting_as_system("tests"):
        SessionPart.objects.create(session=session, delegate=listener, part="listener")
    release(rows, wish(17, gone), session)
    with acting_as_system("tests"):
        assert [one.kind for one in Mail.objects.filter(person=listener.person)] == ["agenda.moved"]
        assert not Mail.objects.filter(kind=KIND).exists()


def test_the_stage_is_in_my_forum_and_not_free_time(client: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        me = Delegate.objects.get(person__account__email=rows.delegate)
        busy = busy_slots(rows.version, [me.pk])
        slot = Slot.objects.filter(edition=rows.edition).exclude(pk__in=busy)[0]
    asked = replace(wish(0, me), starts_at=slot.starts_at, ends_at=slot.ends_at)
    release(rows, asked)
    with acting_as_system("tests"):
        assert slot.pk in busy_slots(rows.version, [me.pk])
    let_in(client, rows.delegate)
    page = client.get(f"/e/{rows.edition.slug}/my/").content.decode()
    assert re.search(rf"{TITLE}.{{0,400}}Speaker", page, re.DOTALL)


def test_a_session_moved_twice_before_the_mails_leave_is_told_once(rows: Rows) -> None:
    _member, delegate = speaker_from(rows, "POL")
    session = release(rows, wish(9, delegate))
    assert new_mail() is not None
    release(rows, wish(11, delegate), session)
    release(rows, wish(14, delegate), session)
    with acting_as_system("tests"):
        waiting = list(Mail.objects.filter(state=Mail.State.WAITING).order_by("queued_at"))
    assert len(waiting) == 2
    before = len(django_mail.outbox)
    assert [send_mail(one.pk) for one in waiting] == [Mail.State.NOT_SENT, Mail.State.SENT]
    [letter] = django_mail.outbox[before:]
    assert event_of(letter, "REQUEST").start.hour == 14
    # Moved away and back to what was told: there is nothing to tell.
    release(rows, wish(15, delegate), session)
    release(rows, wish(14, delegate), session)
    with acting_as_system("tests"):
        waiting = list(Mail.objects.filter(state=Mail.State.WAITING).order_by("queued_at"))
    assert {send_mail(one.pk) for one in waiting} == {Mail.State.NOT_SENT}


def test_a_part_that_changes_with_a_second_move_is_told_as_it_is(rows: Rows) -> None:
    _member, delegate = speaker_from(rows, "POL")
    session = release(rows, wish(9, delegate))
    release(rows, wish(11, delegate, chair=True), session)
    with acting_as_system("tests"):
        waiting = list(Mail.objects.filter(state=Mail.State.WAITING).order_by("queued_at"))
    before = len(django_mail.outbox)
    for one in waiting:
        send_mail(one.pk)
    [letter] = django_mail.outbox[before:]
    assert "you chair" in letter.body
