"""The last seats of a session, taken and given back at the same moment: none goes twice, and none is lost."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection

from at_once import at_once
from edition_rows import DAYS, ZONE, Rows, make_edition
from punte.apps.access.permissions import PUBLIC, acting, acting_as_system, right_groups
from punte.apps.access.reference import load_reference
from punte.apps.forum import session_seats
from punte.apps.forum.agenda_release import release_agenda
from punte.apps.forum.models import Delegate, Session, SessionDraft, SessionPart, SessionWait
from punte.apps.meetings import booking
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.models import Meeting, MeetingRequest
from punte.apps.meetings.stage import booked_spans
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 50


@pytest.fixture
def rows() -> Iterator[Rows]:
    load_reference()
    yield make_edition(requests=12)
    connection.close()


@pytest.fixture
def session(rows: Rows) -> Session:
    first = dt.datetime.combine(DAYS[0], dt.time(17), ZONE)
    return make_session(rows, first, first + dt.timedelta(hours=1))


def make_session(rows: Rows, first: dt.datetime, last: dt.datetime) -> Session:
    with acting_as_system("tests"):
        return Session.objects.create(
            edition=rows.edition,
            code="side",
            kind="side",
            format="open",
            title="Side",
            starts_at=first,
            ends_at=last,
            capacity=1,
            blocks_everyone=False,
            is_released=True,
            owner_org_id=rows.edition.owner_org_id,
            label_releasable_to=[PUBLIC],
            label_stewards=right_groups("organise", edition_id=rows.edition.pk),
        )


def delegates(rows: Rows, count: int) -> list[Delegate]:
    with acting_as_system("tests"):
        return list(Delegate.objects.filter(edition=rows.edition).order_by("code")[:count])


def step(do: Callable[..., object], me: Delegate, session: Session) -> Callable[[], None]:
    by = subject_of_person(me.person_id)
    more = (
        {}
        if do is session_seats.wait_no_more
        else {"booked": partial(booked_spans, session.edition_id)}
    )

    def run() -> None:
        with acting(by):
            do(by=by, session=session, delegate=me, **more)

    return run


def stand(session: Session, *, seated: list[Delegate], waiting: list[Delegate]) -> None:
    with acting_as_system("tests"):
        SessionPart.objects.filter(session=session).delete()
        SessionWait.objects.filter(session=session).delete()
        for one in seated:
            SessionPart.objects.create(session=session, delegate=one, part="listener")
        for number, one in enumerate(waiting, start=1):
            SessionWait.objects.create(session=session, delegate=one, number=number)


def seated(session: Session) -> set[object]:
    with acting_as_system("tests"):
        return set(SessionPart.objects.filter(session=session).values_list("delegate", flat=True))


def waiting(session: Session) -> list[object]:
    with acting_as_system("tests"):
        queue = SessionWait.objects.filter(session=session).order_by("number")
        return list(queue.values_list("delegate", flat=True))


def test_two_who_leave_at_once_give_their_seats_to_the_first_two(
    rows: Rows, session: Session
) -> None:
    people = delegates(rows, 5)
    with acting_as_system("tests"):
        Session.objects.filter(pk=session.pk).update(capacity=2)
    for _round in range(ROUNDS):
        stand(session, seated=people[:2], waiting=people[2:])
        leavers = [step(session_seats.leave, one, session) for one in people[:2]]
        assert at_once(*leavers) == 2
        assert seated(session) == {people[2].pk, people[3].pk}
        assert waiting(session) == [people[4].pk]


def test_two_who_join_at_once_do_not_both_get_the_last_seat(rows: Rows, session: Session) -> None:
    people = delegates(rows, 2)
    for _round in range(ROUNDS):
        stand(session, seated=[], waiting=[])
        assert at_once(*(step(session_seats.sign_up, one, session) for one in people)) == 1
        assert len(seated(session)) == 1


def test_who_leaves_and_who_joins_at_once_never_pass_the_queue(
    rows: Rows, session: Session
) -> None:
    first, second, third = delegates(rows, 3)
    for _round in range(ROUNDS):
        stand(session, seated=[first], waiting=[second])
        done = at_once(
            step(session_seats.leave, first, session), step(session_seats.sign_up, third, session)
        )
        assert done == 1, "the newcomer is told that it is full, whoever was first"
        assert seated(session) == {second.pk}


def test_two_who_begin_to_wait_at_once_have_two_numbers(rows: Rows, session: Session) -> None:
    first, second, third = delegates(rows, 3)
    for _round in range(ROUNDS):
        stand(session, seated=[first], waiting=[])
        assert (
            at_once(*(step(session_seats.wait_for_seat, o, session) for o in (second, third))) == 2
        )
        assert len(set(waiting(session))) == 2


def test_who_stops_waiting_as_the_seat_comes_has_it_or_has_not(
    rows: Rows, session: Session
) -> None:
    first, second, third = delegates(rows, 3)
    for _round in range(ROUNDS):
        stand(session, seated=[first], waiting=[second, third])
        at_once(
            step(session_seats.leave, first, session),
            step(session_seats.wait_no_more, second, session),
        )
        assert (seated(session), waiting(session)) in (
            ({second.pk}, [third.pk]),
            ({third.pk}, []),
        )


def test_a_release_with_one_more_seat_and_a_leaver_give_two_seats(
    rows: Rows, session: Session
) -> None:
    first, second, third, fourth = delegates(rows, 4)
    with acting_as_system("tests"):
        by = subject_of_person(Person.objects.get(account__email=rows.organiser).pk)
    facts = ("kind", "format", "title", "starts_at", "ends_at", "blocks_everyone")

    def release() -> None:
        with acting(by):
            release_agenda(
                by=by,
                edition=rows.edition,
                booked_now=partial(booked_spans, rows.edition.pk),
            )

    for _round in range(10):
        stand(session, seated=[first], waiting=[second, third, fourth])
        with acting_as_system("tests"):
            Session.objects.filter(pk=session.pk).update(capacity=1)
            SessionDraft.objects.create(
                session=session,
                capacity=2,
                owner_org_id=rows.edition.owner_org_id,
                label_stewards=session.label_stewards,
                **{name: getattr(session, name) for name in facts},
            )
        assert at_once(release, step(session_seats.leave, first, session)) == 2
        assert seated(session) == {second.pk, third.pk}
        assert waiting(session) == [fourth.pk]


def test_who_waits_is_free_for_meetings_and_then_passed_over_never_both(rows: Rows) -> None:
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(version=rows.version).select_related("slot")[0]
        request = MeetingRequest.objects.select_related("sender").get(pk=meeting.request_id)
        me, slot = request.sender, meeting.slot
        booking.free_meeting(request)
        other = Delegate.objects.filter(edition=rows.edition).exclude(
            pk__in=[me.pk, request.receiver_id]
        )[0]
    session = make_session(rows, slot.starts_at, slot.ends_at)
    by = subject_of_person(me.person_id)

    def book() -> None:
        with acting(by):
            booking.book(by=by, request_id=request.pk, slot_code=slot.code)

    outcomes = set()
    for _round in range(ROUNDS):
        stand(session, seated=[other], waiting=[me])
        with acting_as_system("tests"):
            assert slot.pk not in busy_slots(rows.version, [me.pk])
        at_once(step(session_seats.leave, other, session), book)
        with acting_as_system("tests"):
            is_booked = Meeting.objects.filter(version=rows.version, request=request).exists()
            booking.free_meeting(request)
        assert (me.pk in seated(session)) != is_booked
        assert waiting(session) == ([me.pk] if is_booked else [])
        outcomes.add(is_booked)
    assert outcomes
