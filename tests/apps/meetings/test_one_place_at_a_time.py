"""Nobody is in two places at once, also where a seat in a session and a meeting are taken at the same moment."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection

from at_once import at_once
from edition_rows import DAYS, ZONE, Rows, make_edition
from punte.apps.access.permissions import PUBLIC, Subject, acting, acting_as_system
from punte.apps.access.reference import load_reference
from punte.apps.forum import session_seats
from punte.apps.forum.models import Delegate, Session, SessionPart
from punte.apps.meetings import booking
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.models import Meeting, MeetingRequest
from punte.apps.meetings.stage import booked_spans
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 100


@pytest.fixture
def rows() -> Iterator[Rows]:
    load_reference()
    yield make_edition(requests=12)
    connection.close()


def a_session(rows: Rows, code: str, first: dt.datetime, last: dt.datetime) -> Session:
    return Session.objects.create(
        edition=rows.edition,
        code=code,
        kind="side",
        format="open",
        title=code,
        starts_at=first,
        ends_at=last,
        blocks_everyone=False,
        is_released=True,
        owner_org_id=rows.edition.owner_org_id,
        label_releasable_to=[PUBLIC],
    )


def sign_up(by: Subject, me: Delegate, session: Session) -> Callable[[], None]:
    def step() -> None:
        with acting(by):
            session_seats.sign_up(
                by=by, session=session, delegate=me, booked=partial(booked_spans, me.edition_id)
            )

    return step


def test_a_seat_and_a_meeting_at_once_are_never_both(rows: Rows) -> None:
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(version=rows.version).select_related("slot")[0]
        request = MeetingRequest.objects.select_related("sender").get(pk=meeting.request_id)
        me, slot = request.sender, meeting.slot
        booking.free_meeting(request)
        assert slot.pk not in busy_slots(rows.version, [me.pk, request.receiver_id])
        session = a_session(rows, "side", slot.starts_at, slot.ends_at)
    by = subject_of_person(me.person_id)

    def book() -> None:
        with acting(by):
            booking.book(by=by, request_id=request.pk, slot_code=slot.code)

    for _round in range(ROUNDS):
        assert at_once(sign_up(by, me, session), book) == 1
        with acting_as_system("tests"):
            is_seated = SessionPart.objects.filter(session=session).delete()[0] == 1
            is_booked = Meeting.objects.filter(version=rows.version, request=request).exists()
            booking.free_meeting(request)
        assert is_seated != is_booked


def test_two_sessions_at_once_are_never_both(rows: Rows) -> None:
    first = dt.datetime.combine(DAYS[0], dt.time(17), ZONE)
    with acting_as_system("tests"):
        me = Delegate.objects.get(code="P0003", edition=rows.edition)
        one = a_session(rows, "one", first, first + dt.timedelta(hours=1))
        other = a_session(
            rows, "other", first + dt.timedelta(minutes=30), first + dt.timedelta(hours=2)
        )
    by = subject_of_person(me.person_id)
    for _round in range(ROUNDS):
        assert at_once(sign_up(by, me, one), sign_up(by, me, other)) == 1
        with acting_as_system("tests"):
            assert SessionPart.objects.filter(delegate=me).delete()[0] == 1
