"""What a result claims of itself: values, bounds, status, and the cause of each unmet request."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from punte.engines.timetable.holding import Holding, Violation
from punte.engines.timetable.instance import Goal
from punte.engines.timetable.result import GoalLine, Result, Unmet
from punte.engines.timetable.room import Room

MAXIMISED: Final[frozenset[Goal]] = frozenset({"weight", "fairness"})
"""Goals of which more is better; of the others less is."""

TOLERANCE: Final = 1e-9
"""Shares are fractions written as decimals."""


def claim_violations(
    holding: Holding, result: Result, objective: dict[Goal, float]
) -> Iterator[Violation]:
    """
    Yield every false claim.

    Parameters
    ----------
    objective
        Recomputed values; empty when the status says that there is no timetable.
    """
    yield from _status_violations(result)
    names = tuple(line.name for line in result.objective)
    if names != holding.instance.objective:
        yield Violation(
            rule="objective",
            text=f"the result's goals are {', '.join(names) or 'none'}, the instance's are "
            f"{', '.join(holding.instance.objective) or 'none'}",
        )
    all_before_proved = True
    for line in result.objective:
        yield from _goal_violations(line, objective.get(line.name), all_before_proved)
        all_before_proved = all_before_proved and line.proved
    yield from _unmet_violations(holding, result)


def _status_violations(result: Result) -> Iterator[Violation]:
    if result.status in ("infeasible", "unknown"):
        if result.meetings:
            yield Violation(rule="status", text=f"is {result.status}, yet meetings are given")
    elif result.status == "optimal" and not all(line.proved for line in result.objective):
        open_goals = ", ".join(line.name for line in result.objective if not line.proved)
        yield Violation(rule="status", text=f"is optimal, yet {open_goals} is not proved")


def _goal_violations(
    line: GoalLine,
    value: float | None,
    all_before_proved: bool,  # noqa: FBT001 - a fold's state
) -> Iterator[Violation]:
    if value is None:
        if line.value is not None:
            yield Violation(
                rule="objective", text=f"{line.name} is {line.value}, yet there is no timetable"
            )
    elif line.value is None or abs(line.value - value) > TOLERANCE:
        yield Violation(
            rule="objective", text=f"{line.name} is {value}, the result says {line.value}"
        )
    if value is not None and line.bound is not None:
        excess = value - line.bound if line.name in MAXIMISED else line.bound - value
        if excess > TOLERANCE:
            yield Violation(
                rule="bound",
                text=f"{line.name} {value} is better than the proved bound {line.bound}",
            )
    if line.proved and (
        value is None
        or line.bound is None
        or abs(value - line.bound) > TOLERANCE
        or not all_before_proved
    ):
        yield Violation(
            rule="proved",
            text=f"{line.name} is called proved, yet its value {line.value} is not its bound "
            f"{line.bound} with every goal before it proved",
        )


def _unmet_violations(holding: Holding, result: Result) -> Iterator[Violation]:
    named = Counter(unmet.request for unmet in result.unmet)
    for request_id, count in named.items():
        if request_id not in holding.requests:
            yield Violation(rule="unmet", text=f"{request_id!r} is no request", ids=(request_id,))
        elif request_id in holding.held:
            yield Violation(
                rule="unmet", text=f"{request_id} is called unmet and is held", ids=(request_id,)
            )
        if count > 1:
            yield Violation(
                rule="unmet", text=f"{request_id} is named {count} times", ids=(request_id,)
            )
    if result.status in ("infeasible", "unknown"):
        return
    for request in holding.instance.requests:
        if request.id not in holding.held and request.id not in named:
            yield Violation(
                rule="unmet", text=f"{request.id} is not held and not named", ids=(request.id,)
            )
    room = Room(holding)
    for unmet in result.unmet:
        if unmet.request in holding.requests and unmet.request not in holding.held:
            yield from _cause_violations(room, unmet)


def _cause_violations(room: Room, unmet: Unmet) -> Iterator[Violation]:
    request = room.holding.requests[unmet.request]
    slots = room.holding.instance.slots
    false = ""
    if unmet.code == "no_common_slot":
        common = room.common_slots(request)
        if common:
            false = f"{slots[common[0]].id} is a common slot"
    elif unmet.code == "participant_full":
        free = room.free_slots(request)
        if free and not room.is_limit_reached(request):
            false = f"everyone has time in {slots[free[0]].id} and nobody is at the limit"
    elif unmet.code == "places_full":
        false = _untaken_place(room, unmet.request)
    if false:
        yield Violation(
            rule="unmet",
            text=f"{request.id}: the cause {unmet.code} does not hold, {false}",
            ids=(request.id,),
        )
    for other in unmet.blocking:
        if other not in room.holding.held:
            yield Violation(
                rule="unmet",
                text=f"{request.id}: {other!r} is said to stand in the way and is not held",
                ids=(request.id, other),
            )


def _untaken_place(room: Room, request_id: str) -> str:
    request = room.holding.requests[request_id]
    free = room.free_slots(request)
    if not free:
        return "there is no common free slot in which places could be full"
    for slot_idx in free:
        place_id = room.free_place(request, slot_idx)
        if place_id is not None:
            return f"{place_id} has room in {room.holding.instance.slots[slot_idx].id}"
    return ""
