"""Timetables near to an answer that prove one of its claims false; bounds need a solver, a counterexample does not."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from punte.engines.timetable.claims import MAXIMISED, TOLERANCE
from punte.engines.timetable.holding import Holding, Violation
from punte.engines.timetable.instance import Goal, Instance
from punte.engines.timetable.measure import objective_values
from punte.engines.timetable.result import GoalLine, Meeting, Result
from punte.engines.timetable.room import Room

EFFORT: Final = 5_000
"""Meetings measured for counterexamples in one check: some fifty of them on a hundred meetings, one on many thousands."""

RulesOf = Callable[[Instance, Iterable[Meeting]], tuple[Violation, ...]]


def refutations(
    holding: Holding, result: Result, objective: dict[Goal, float], rules_of: RulesOf
) -> Iterator[Violation]:
    """
    Yield every claim that the timetable without meetings, or this one with one meeting more, disproves.

    Parameters
    ----------
    objective
        Recomputed values of the answer; empty when it says that there is no timetable.
    rules_of
        What a timetable breaks; nothing that breaks a rule is a counterexample.
    """
    if result.status == "infeasible":
        if not rules_of(holding.instance, ()):
            yield Violation(
                rule="status", text="is infeasible, yet holding no meeting at all breaks no rule"
            )
    elif any(line.bound is not None for line in result.objective):
        yield from _one_more(holding, result, objective, rules_of)


def _one_more(
    holding: Holding, result: Result, objective: dict[Goal, float], rules_of: RulesOf
) -> Iterator[Violation]:
    left = EFFORT
    for meeting in _additions(holding):
        if left <= 0:
            return
        left -= len(holding.meetings) + 1
        more = (*holding.meetings, meeting)
        if rules_of(holding.instance, more):
            continue
        line, value = _beaten(result.objective, objective, objective_values(holding.instance, more))
        if line is not None:
            yield Violation(
                rule="bound",
                text=f"{line.name} cannot pass {line.bound}, it says, yet with {meeting.request} in "
                f"{meeting.slot} at {meeting.place} beside what is held it is {value}",
                ids=(meeting.request,),
            )
            return


def _additions(holding: Holding) -> Iterator[Meeting]:
    room = Room(holding)
    slots = holding.instance.slots
    for request in holding.instance.requests:
        if request.id in holding.held or room.is_limit_reached(request):
            continue
        for slot_idx in room.free_slots(request):
            for place_id in room.free_places(request, slot_idx):
                yield Meeting(request=request.id, slot=slots[slot_idx].id, place=place_id)


def _beaten(
    lines: Iterable[GoalLine], before: dict[Goal, float], after: dict[Goal, float]
) -> tuple[GoalLine | None, float]:
    """Return the goal whose bound the second timetable passes: a bound holds for equal values of the goals before it."""
    for line in lines:
        sign = 1 if line.name in MAXIMISED else -1
        value = after[line.name]
        if line.bound is not None and sign * (value - line.bound) > TOLERANCE:
            return line, value
        # The smallest share alone does not say whether the shares behind it are equal too.
        if line.name == "fairness" or abs(value - before[line.name]) > TOLERANCE:
            break
    return None, 0.0
