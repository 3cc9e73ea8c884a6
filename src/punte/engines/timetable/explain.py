"""What would have to give way for each unmet request, and what that is worth."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from punte.engines.timetable.causes import name_causes
from punte.engines.timetable.holding import Holding
from punte.engines.timetable.instance import Instance, Request
from punte.engines.timetable.result import Meeting, Unmet
from punte.engines.timetable.room import Room

_SHOWN: Final = 4
"""Meetings named in a reason; more are counted."""


def explain_unmet(instance: Instance, meetings: Iterable[Meeting]) -> tuple[Unmet, ...]:
    """
    Return one cause for each request that ``meetings`` does not hold, with the cheapest way to hold it.

    The way named is the lightest set of meetings of one slot that would have to go: those of the people concerned and, where
    every allowed place is taken, one more. Compulsory meetings never give way. For ``lost_to_optimum`` that set is ``blocking``;
    for the other causes ``blocking`` lists all that stand in the way and the reason names the cheapest.
    """
    holding = Holding(instance, meetings)
    prices = _Prices(holding)
    explained = []
    for unmet in name_causes(instance, holding.meetings):
        request = holding.requests[unmet.request]
        found = None if unmet.code == "no_common_slot" else prices.cheapest(request)
        if found is None:
            explained.append(unmet)
            continue
        price, aside = found
        if not aside:
            explained.append(unmet)
            continue
        names = ", ".join(aside[:_SHOWN]) + (" and others" if len(aside) > _SHOWN else "")
        reason = (
            f"{unmet.reason}; to hold it, {names} worth {price} would have to give way "
            f"for its {request.weight}"
        )
        blocking = aside if unmet.code == "lost_to_optimum" else unmet.blocking or aside
        explained.append(replace(unmet, reason=reason, blocking=blocking))
    return tuple(explained)


class _Prices:
    """The lightest meetings that can leave each slot."""

    def __init__(self, holding: Holding) -> None:
        self.holding = holding
        self.room = Room(holding)
        self.slots = holding.instance.slots
        self.at: dict[str, list[tuple[int, str, str]]] = {}
        for meeting in holding.meetings:
            request = holding.requests[meeting.request]
            if not request.must:
                found = (request.weight, meeting.request, meeting.place)
                self.at.setdefault(meeting.slot, []).append(found)
        for of_slot in self.at.values():
            of_slot.sort()

    def cheapest(self, request: Request) -> tuple[int, tuple[str, ...]] | None:
        """Return the worth and ids of the lightest meetings that would have to go; ``None`` if none may."""
        best: tuple[int, tuple[str, ...]] | None = None
        for slot_idx in self.room.common_slots(request):
            aside = self._rivals(request, slot_idx)
            if aside is None:
                continue
            place = self.room.free_place(request, slot_idx)
            if place is None and not self._frees_place(request, aside):
                lightest = self._lightest_at_place(request, slot_idx, aside)
                if lightest is None:
                    continue
                aside = (*aside, lightest)
            price = sum(self.holding.requests[other].weight for other in aside)
            if best is None or (price, len(aside)) < (best[0], len(best[1])):
                best = (price, aside)
        return best

    def _rivals(self, request: Request, slot_idx: int) -> tuple[str, ...] | None:
        found: list[str] = []
        for person_id in request.between:
            there = self.holding.agenda[person_id].get(slot_idx, ())
            if len(there) < self.holding.participants[person_id].parallel:
                continue
            if any(meeting.request in found for meeting in there):
                continue
            may_go = [
                (self.holding.requests[meeting.request].weight, meeting.request)
                for meeting in there
                if not self.holding.requests[meeting.request].must
            ]
            if not may_go:
                return None
            found.append(min(may_go)[1])
        return tuple(found)

    def _frees_place(self, request: Request, aside: tuple[str, ...]) -> bool:
        allowed = self.room.allowed_places(request)
        return any(allowed is None or self.holding.held[other].place in allowed for other in aside)

    def _lightest_at_place(
        self, request: Request, slot_idx: int, aside: tuple[str, ...]
    ) -> str | None:
        allowed = self.room.allowed_places(request)
        for _, other, place in self.at.get(self.slots[slot_idx].id, ()):
            if other not in aside and (allowed is None or place in allowed):
                return other
        return None
