"""Every cell that is offered is legal, every other one is not, and the cost shown is the cost."""

import dataclasses
from collections.abc import Iterable

import pytest

from punte.apps.access.permissions import acting
from punte.apps.meetings import actions, bridge, moves
from punte.apps.meetings.models import Meeting, TimetableRules, TimetableVersion
from punte.engines.timetable.check import check_meetings, objective_values
from punte.engines.timetable.result import Meeting as Held
from small_forum import Forum, solve

pytestmark = pytest.mark.django_db(transaction=True)


def broken_by(question: bridge.Question, held: Iterable[Held]) -> set[str]:
    """Return every broken rule in the engine's own words, which tell one breach from any other."""
    return {str(one) for one in check_meetings(question.instance, held)}


@pytest.mark.parametrize("gap", [0, 1])
def test_exactly_the_legal_cells_are_offered_at_their_cost(
    committed_forum: Forum, gap: int
) -> None:
    version = solve(committed_forum)
    with acting(committed_forum.organiser):
        if gap:
            TimetableRules.objects.update(min_gap_slots=gap)
        question = bridge.ask_question(committed_forum.edition)
        goals = dataclasses.replace(question.instance, objective=("idle_slots", "place_changes"))
        held = bridge.held_meetings(TimetableVersion.objects.get(pk=version.id))
        before = objective_values(goals, held)
        standing = broken_by(question, held)
        for meeting in Meeting.objects.filter(version=version.id).select_related("request")[:4]:
            found = moves.move_targets(meeting.pk)
            assert found is not None
            assert not found.refusal
            offered = {(cell.slot_code, cell.place_code): cell.cost for cell in found.cells}
            others = [m for m in held if m.request != meeting.request.code]
            rest = broken_by(question, others) if standing else set()
            (own,) = [m for m in held if m.request == meeting.request.code]
            for slot in question.slots:
                for place in question.places:
                    if (slot, place) == (own.slot, own.place):
                        continue
                    there = [*others, Held(request=own.request, slot=slot, place=place)]
                    broken = broken_by(question, there) - rest
                    assert ((slot, place) in offered) == (not broken), (slot, place, broken)
                    if not broken:
                        after = objective_values(goals, there)
                        cost = offered[slot, place]
                        assert cost.idle_slots == after["idle_slots"] - before["idle_slots"]
                        assert (
                            cost.place_changes == after["place_changes"] - before["place_changes"]
                        )


def test_a_move_changes_the_draft_and_its_figures(committed_forum: Forum) -> None:
    organiser = committed_forum.organiser
    version = solve(committed_forum)
    with acting(organiser):
        choices = [
            (meeting, found.cells[0])
            for meeting in Meeting.objects.filter(version=version.id)
            if (found := moves.move_targets(meeting.pk)) and found.cells
        ]
        meeting, cell = choices[0]
        draft = actions.move_meeting(
            by=organiser,
            meeting_id=meeting.pk,
            slot_code=cell.slot_code,
            place_code=cell.place_code,
        )
        meeting.refresh_from_db()
        assert meeting.slot.code == cell.slot_code
        assert {seat.slot_id for seat in meeting.seats.all()} == {meeting.slot_id}
        assert draft.objective[0]["value"] == version.goals[0].value
        assert draft.origin == "moved"


def test_a_locked_meeting_says_that_it_stays(committed_forum: Forum) -> None:
    organiser = committed_forum.organiser
    version = solve(committed_forum)
    with acting(organiser):
        meeting = Meeting.objects.filter(version=version.id).first()
        assert meeting is not None
        actions.lock_meeting(by=organiser, meeting_id=meeting.pk)
        found = moves.move_targets(meeting.pk)
        assert found is not None
        assert "locked" in found.refusal
        assert found.cells == ()
