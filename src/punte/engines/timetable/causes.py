"""Why each request that is not held is not held, as causes the checker can recompute."""

from collections.abc import Iterable

from punte.engines.timetable.holding import Holding
from punte.engines.timetable.instance import Instance, Request
from punte.engines.timetable.result import Meeting, Unmet
from punte.engines.timetable.room import Room


def name_causes(instance: Instance, meetings: Iterable[Meeting]) -> tuple[Unmet, ...]:
    """Return one cause for each request of the instance that ``meetings`` does not hold, in the instance's order."""
    holding = Holding(instance, meetings)
    room = Room(holding)
    return tuple(
        _cause(room, request) for request in instance.requests if request.id not in holding.held
    )


def _cause(room: Room, request: Request) -> Unmet:
    holding = room.holding
    names = " and ".join(request.between)
    common = room.common_slots(request)
    if not common:
        return Unmet(
            request=request.id,
            code="no_common_slot",
            reason=f"{names} and an allowed place are never free in the same slot",
        )
    if room.is_limit_reached(request):
        return _limit_cause(holding, request)
    free = room.free_slots(request)
    if not free:
        return Unmet(
            request=request.id,
            code="participant_full",
            reason=f"in each slot that {names} have in common, one of them has another meeting",
            blocking=_blocking(holding, request.between, common),
        )
    if all(room.free_place(request, slot_idx) is None for slot_idx in free):
        return Unmet(
            request=request.id,
            code="places_full",
            reason=f"in each slot in which {names} are free, every allowed place is taken",
        )
    return Unmet(
        request=request.id,
        code="lost_to_optimum",
        reason="holding it would break a rule or worsen an earlier goal of the objective",
    )


def _limit_cause(holding: Holding, request: Request) -> Unmet:
    full = [
        person
        for person in request.between
        if (limit := holding.participants[person].max_meetings) is not None
        and sum(len(found) for found in holding.agenda[person].values()) >= limit
    ]
    return Unmet(
        request=request.id,
        code="participant_full",
        reason=f"{' and '.join(full)} has as many meetings as allowed",
        blocking=_blocking(holding, full, range(len(holding.instance.slots))),
    )


def _blocking(
    holding: Holding, people: Iterable[str], slot_indices: Iterable[int]
) -> tuple[str, ...]:
    slots = list(slot_indices)
    found = {
        meeting.request: None
        for person in people
        for slot_idx in slots
        for meeting in holding.agenda[person].get(slot_idx, ())
    }
    return tuple(found)
