"""While an edition runs, slots that have begun take no new meeting, and what was held in them stays."""

import datetime as dt

import pytest
from django.utils import timezone

from edition_rows import DAYS, ZONE, Rows, make_edition, organiser_of
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, Edition, Slot
from punte.apps.meetings import booking, bridge
from punte.apps.meetings.begun import begun_slots, past_booking
from punte.apps.meetings.models import Availability, Meeting, MeetingRequest
from punte.apps.meetings.moves import move_targets
from punte.apps.meetings.taking import TakenError
from punte.engines.timetable.solve import solve
from punte.kernel.anytime import Deadline

pytestmark = pytest.mark.django_db
NOON = dt.datetime.combine(DAYS[0], dt.time(12, 10), ZONE)


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=30)


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: dt.datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(dt.UTC))


def begun_codes(rows: Rows) -> set[str]:
    return set(
        Slot.objects.filter(edition=rows.edition, starts_at__lte=NOON).values_list(
            "code", flat=True
        )
    )


def freed(rows: Rows) -> MeetingRequest:
    """Return an accepted request without a time, of two who are free in a slot before noon."""
    meeting = (
        Meeting.objects.filter(version=rows.version, slot__starts_at__lte=NOON)
        .select_related("request__sender", "request__receiver", "request__edition")
        .order_by("request__code")[0]
    )
    booking.free_meeting(meeting.request)
    return meeting.request


def test_nothing_is_booked_or_moved_into_a_slot_that_has_begun(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        request, codes = freed(rows), begun_codes(rows)
        draft = rows.edition.versions.get(number=2)
        meeting = Meeting.objects.filter(version=draft, slot__starts_at__gt=NOON)[0]
    with acting(by):
        assert {one.slot.code for one in booking.free_slots(request)} & codes, "a test of something"
        set_clock(monkeypatch, NOON)
        offered = {one.slot.code for one in booking.free_slots(request)}
        assert offered
        assert not offered & codes
        with pytest.raises(TakenError, match="has begun or is over"):
            booking.book(by=by, request_id=request.pk, slot_code=min(codes))
        targets = move_targets(meeting.pk)
        assert targets is not None
        assert targets.cells
        assert not {cell.slot_code for cell in targets.cells} & codes


def test_a_solve_at_noon_keeps_the_morning_and_plans_the_rest(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as_system("tests"):
        request, codes = freed(rows), begun_codes(rows)
        morning = {
            one.request: (one.slot, one.place)
            for one in bridge.held_meetings(rows.version)
            if one.slot in codes
        }
        assert morning
        # Said afterwards, of a slot that is over: it was held all the same.
        person = Delegate.objects.get(
            pk=MeetingRequest.objects.get(code=min(morning), edition=rows.edition).sender_id
        )
        Availability.objects.create(
            delegate=person,
            away=[Slot.objects.get(edition=rows.edition, code=morning[min(morning)][0]).pk],
            edition=rows.edition,
            owner_org_id=person.organisation_id,
            label_stewards=[f"organise@{rows.edition.pk}"],
        )
    by = organiser_of(rows)
    set_clock(monkeypatch, NOON)
    with acting(by):
        question = bridge.ask_question(rows.edition)
        assert bridge.rules_broken_by(question, bridge.held_meetings(rows.version)) == []
    found = solve(
        question.instance, instance_sha256=question.sha256, seed=1, deadline=Deadline(limit_s=20)
    )
    held = {one.request: (one.slot, one.place) for one in found.meetings}
    assert {code: held.get(code) for code in morning} == morning
    assert {code for code, (slot, _place) in held.items() if slot in codes} == set(morning)
    assert request.code in held, "there is room in the afternoon"


def test_on_the_evening_of_the_last_day_nothing_is_left_and_nothing_is_lost(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as_system("tests"):
        request = freed(rows)
        before = bridge.held_meetings(rows.version)
    by = organiser_of(rows)
    set_clock(monkeypatch, dt.datetime.combine(DAYS[-1], dt.time(21, 30), ZONE))
    with acting(by):
        assert booking.free_slots(request) == []
        question = bridge.ask_question(rows.edition)
    found = solve(
        question.instance, instance_sha256=question.sha256, seed=1, deadline=Deadline(limit_s=20)
    )
    assert set(found.meetings) == set(before)


def test_an_edition_that_is_over_is_a_record_with_all_its_slots(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as_system("tests"):
        edition = Edition.objects.get(pk=rows.edition.pk)
        slots = list(Slot.objects.filter(edition=edition))
        before = bridge.ask_question(edition).sha256
        set_clock(monkeypatch, dt.datetime.combine(DAYS[0], dt.time(8), ZONE) - dt.timedelta(9))
        assert bridge.ask_question(edition).sha256 == before, "and so it is before it begins"
    set_clock(monkeypatch, dt.datetime.combine(DAYS[-1], dt.time(9), ZONE) + dt.timedelta(days=1))
    assert begun_slots(edition, slots) == frozenset()
    assert past_booking(edition, slots) == frozenset(), "an invented one can be played"
    edition.is_synthetic = False
    assert begun_slots(edition, slots) == frozenset()
    assert len(past_booking(edition, slots)) == len(slots), "a real one is over for its delegates"
