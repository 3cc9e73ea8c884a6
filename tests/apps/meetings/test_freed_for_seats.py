"""Who waits for a seat that stayed free gets it the moment nothing else is in the way any more."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from at_once import at_once
from edition_rows import DAYS, ZONE, Rows, make_edition
from punte.apps.access.models import Denial
from punte.apps.access.permissions import PUBLIC, acting, acting_as_system, right_groups
from punte.apps.access.reference import load_reference
from punte.apps.forum import session_seats
from punte.apps.forum.models import Delegate, Edition, Session, SessionPart, SessionWait
from punte.apps.forum.seat_queue import MOST_REFUSED, fill_seats
from punte.apps.meetings import booking, jobs
from punte.apps.meetings.leaving import erase_from_meetings
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.publication import publish_version
from punte.apps.meetings.stage import booked_spans
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person
from small_forum import load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows() -> Iterator[Rows]:
    load_reference()
    yield make_edition(requests=12)
    connection.close()


def session_at(edition: Edition, first: dt.datetime, last: dt.datetime, code: str) -> Session:
    with acting_as_system("tests"):
        return Session.objects.create(
            edition=edition,
            code=code,
            kind="side",
            format="open",
            title=code,
            starts_at=first,
            ends_at=last,
            capacity=1,
            blocks_everyone=False,
            is_released=True,
            owner_org_id=edition.owner_org_id,
            label_releasable_to=[PUBLIC],
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )


def held(version: TimetableVersion) -> tuple[Meeting, MeetingRequest, Delegate]:
    """Return a published meeting, what was asked, and who asked."""
    with acting_as_system("tests"):
        meeting = (
            Meeting.objects.filter(version=version).select_related("slot").order_by("slot", "pk")[0]
        )
        request = MeetingRequest.objects.select_related("sender").get(pk=meeting.request_id)
    return meeting, request, request.sender


def wait(session: Session, *people: Delegate) -> None:
    with acting_as_system("tests"):
        for number, one in enumerate(people, start=1):
            SessionWait.objects.create(session=session, delegate=one, number=number)


def seated(session: Session) -> set[object]:
    with acting_as_system("tests"):
        return set(SessionPart.objects.filter(session=session).values_list("delegate", flat=True))


def in_name_of(me: Delegate, do: Callable[..., object], **named: object) -> Callable[[], None]:
    by = subject_of_person(me.person_id)

    def run() -> None:
        with acting(by):
            do(by=by, **named)

    return run


@pytest.fixture
def freed(rows: Rows) -> tuple[Session, Meeting, MeetingRequest, Delegate]:
    """A session with a free seat, and who waits for it and sits in a meeting at that time."""
    meeting, request, me = held(rows.version)
    session = session_at(rows.edition, meeting.slot.starts_at, meeting.slot.ends_at, "side")
    wait(session, me)
    return session, meeting, request, me


Freed = tuple[Session, Meeting, MeetingRequest, Delegate]


def test_whose_meeting_is_called_off_gets_the_seat(freed: Freed) -> None:
    session, _meeting, request, me = freed
    in_name_of(me, booking.withdraw_request, request_id=request.pk)()
    assert seated(session) == {me.pk}
    with acting_as_system("tests"):
        assert Mail.objects.get(person=me.person_id, kind="agenda.seat").details["fact"] == "seat"


def test_whose_colleague_stands_in_gets_the_seat(freed: Freed, rows: Rows) -> None:
    session, meeting, request, me = freed
    with acting_as_system("tests"):
        busy = Meeting.objects.filter(version=rows.version, slot=meeting.slot)
        sitting = set(busy.values_list("seats__delegate", flat=True))
        other = Delegate.objects.filter(edition=rows.edition).exclude(
            pk__in=[*sitting, request.receiver_id]
        )[0]
        Delegate.objects.filter(pk=other.pk).update(
            organisation=me.organisation_id, category=me.category_id
        )
    in_name_of(me, booking.stand_in, request_id=request.pk, delegate_id=other.pk)()
    assert seated(session) == {me.pk}


def test_who_is_free_in_a_new_timetable_gets_the_seat() -> None:
    forum = load_small()
    first, second = solve(forum), solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=first.id)
    with acting_as_system("tests"):
        version = TimetableVersion.objects.get(pk=first.id)
    meeting, request, me = held(version)
    session = session_at(forum.edition, meeting.slot.starts_at, meeting.slot.ends_at, "late")
    wait(session, me)
    with acting_as_system("tests"):
        Meeting.objects.filter(version=second.id, seats__delegate=me).delete()
        SessionPart.objects.filter(delegate=me).delete()
    assert seated(session) == set()
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=second.id)
    assert seated(session) == {me.pk}
    assert request.sender_id == me.pk


def test_who_was_to_meet_one_that_no_longer_comes_gets_the_seat(freed: Freed) -> None:
    session, _meeting, request, me = freed
    with acting_as_system("tests"):
        gone = Person.objects.get(delegates__pk=request.receiver_id)
    erase_from_meetings(person=gone)
    assert seated(session) == {me.pk}


def test_the_worker_gives_a_seat_that_no_change_gave(freed: Freed) -> None:
    session, meeting, _request, me = freed
    jobs.fill_free_seats()
    assert seated(session) == set()
    with acting_as_system("tests"):
        assert not Mail.objects.filter(kind="agenda.seat").exists(), "nothing is new to who is busy"
        Meeting.objects.filter(pk=meeting.pk).delete()
    with override_settings(PUNTE_HALL_COPY=True):
        jobs.fill_free_seats()
    assert seated(session) == set(), "a copy in the hall gives none"
    jobs.fill_free_seats()
    assert seated(session) == {me.pk}


def test_a_click_looks_at_few_who_may_not_enter_and_the_worker_at_all(rows: Rows) -> None:
    first = dt.datetime.combine(DAYS[0], dt.time(20), ZONE)
    session = session_at(rows.edition, first, first + dt.timedelta(hours=1), "early")
    with acting_as_system("tests"):
        model = Delegate.objects.filter(edition=rows.edition)[0]
        people = copies_of(model, MOST_REFUSED + 2)
        for one in people[:-1]:
            Denial.objects.create(name=f"person:{one.person_id}", reason="in a test")
    wait(session, *people)
    with acting_as_system("tests"):
        fill_seats(session, partial(booked_spans, rows.edition.pk))
    assert seated(session) == set()
    jobs.fill_free_seats()
    assert seated(session) == {people[-1].pk}


def copies_of(model: Delegate, count: int) -> list[Delegate]:
    """Return so many delegates of the same organisation, each a person of its own."""
    made = []
    for number in range(count):
        person = Person.objects.get(pk=model.person_id)
        person.id, person.account, person.email = uuid.uuid4(), None, f"copy{number}@example.org"
        person.save(force_insert=True)
        one = Delegate.objects.get(pk=model.pk)
        one.id, one.person, one.code = uuid.uuid4(), person, f"C{number:03}"
        one.save(force_insert=True)
        made.append(one)
    return made


def test_as_many_questions_for_three_who_are_busy_as_for_thirty(rows: Rows) -> None:
    first = dt.datetime.combine(DAYS[0], dt.time(20), ZONE)
    counts = []
    for count in (3, 30):
        session = session_at(rows.edition, first, first + dt.timedelta(hours=1), f"s{count}")
        with acting_as_system("tests"):
            model = Delegate.objects.filter(edition=rows.edition)[0]
            people = copies_of(model, count)
            spans = {one.pk: [(session.starts_at, session.ends_at)] for one in people}
            wait(session, *people)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                fill_seats(session, lambda _people, spans=spans: spans)
            assert Mail.objects.filter(about_id=session.pk).count() == count
            SessionWait.objects.filter(session=session).delete()
            Delegate.objects.filter(pk__in=[one.pk for one in people]).delete()
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 40


def test_a_meeting_called_off_and_a_newcomer_at_once_never_pass_the_queue(freed: Freed) -> None:
    session, _meeting, request, me = freed
    with acting_as_system("tests"):
        sides = [me.pk, request.receiver_id]
        other = Delegate.objects.filter(edition=session.edition_id).exclude(pk__in=sides)[0]
        second = Delegate.objects.get(pk=request.receiver_id)
    end = session.ends_at + dt.timedelta(hours=9)
    aside = session_at(session.edition, end, end + dt.timedelta(hours=1), "aside")
    booked = partial(booked_spans, session.edition_id)
    leave = partial(session_seats.leave, session=aside, delegate=second, booked=booked)
    with acting_as_system("tests"):
        SessionPart.objects.create(session=aside, delegate=second, part="listener")
    wait(aside, other)
    assert (
        at_once(
            in_name_of(me, booking.withdraw_request, request_id=request.pk),
            in_name_of(second, leave),
        )
        == 2
    )
    assert seated(session) == {me.pk}
    assert seated(aside) == {other.pk}


def test_editions_are_held_in_the_order_of_their_keys_by_every_erasure(rows: Rows) -> None:
    """Else two who are erased at once could wait for each other: codes stand in another order at each edition."""
    with acting_as_system("tests"):
        there = Delegate.objects.filter(edition=rows.edition)[0]
        person = there.person
        other = Edition.objects.get(pk=rows.edition.pk)
        other.id, other.slug = uuid.uuid4(), "another-edition"
        other.save(force_insert=True)
        low, high = sorted((rows.edition, other), key=lambda one: one.pk)
        Delegate.objects.filter(pk=there.pk).update(code="ZZ9" if low == rows.edition else "AA1")
        there.id, there.edition = uuid.uuid4(), other
        there.code = "AA1" if low == rows.edition else "ZZ9"
        there.save(force_insert=True)
    with CaptureQueriesContext(connection) as asked:
        erase_from_meetings(person=person)
    locks = [
        one["sql"]
        for one in asked
        if "FOR NO KEY UPDATE" in one["sql"] and 'FROM "forum_edition"' in one["sql"]
    ]
    at = [next(e for e in (low, high) if str(e.pk) in sql or e.pk.hex in sql) for sql in locks]
    assert at == sorted(at, key=lambda one: one.pk)
    assert set(at) == {low, high}
