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
        self.weight = {request.id: request.weight for request in holding.instance.requests}
        self.must = {request.id for request in holding.instance.requests if request.must}
        self.at: dict[int, list[tuple[int, str, str]]] = {}
        for meeting in holding.meetings:
            if meeting.request not in self.must:
                found = (self.weight[meeting.request], meeting.request, meeting.place)
                self.at.setdefault(holding.slot_idx[meeting.slot], []).append(found)
        for of_slot in self.at.values():
            of_slot.sort()

    def cheapest(self, request: Request) -> tuple[int, tuple[str, ...]] | None:
        """Return the worth and ids of the lightest meetings that would have to go; ``None`` if none may."""
        people = self.holding.participants
        agendas = [
            (self.holding.agenda[person], people[person].parallel) for person in request.between
        ]
        allowed = self.room.allowed_places(request)
        best: tuple[int, int, tuple[str, ...]] | None = None
        for slot_idx in self.room.common_slots(request):
            aside = self._rivals(agendas, slot_idx)
            if aside is None:
                continue
            if self.room.free_place(request, slot_idx) is None and not any(
                allowed is None or self.holding.held[other].place in allowed for other in aside
            ):
                lightest = self._lightest(allowed, slot_idx, aside)
                if lightest is None:
                    continue
                aside = (*aside, lightest)
            price = sum(self.weight[other] for other in aside)
            if best is None or (price, len(aside)) < best[:2]:
                best = (price, len(aside), aside)
        return None if best is None else (best[0], best[2])

    def _rivals(
        self, agendas: list[tuple[dict[int, list[Meeting]], int]], slot_idx: int
    ) -> tuple[str, ...] | None:
        """Return the lightest meetings of the people concerned that fill a slot; ``None`` if one of them is compulsory."""
        found: tuple[str, ...] = ()
        for agenda, parallel in agendas:
            there = agenda.get(slot_idx)
            if there is None or len(there) < parallel:
                continue
            names = [meeting.request for meeting in there]
            if not any(name in found for name in names):
                may_go = [(self.weight[name], name) for name in names if name not in self.must]
                if not may_go:
                    return None
                found = (*found, min(may_go)[1])
        return found

    def _lightest(
        self, allowed: set[str] | None, slot_idx: int, aside: tuple[str, ...]
    ) -> str | None:
        for _, other, place in self.at.get(slot_idx, ()):
            if other not in aside and (allowed is None or place in allowed):
                return other
        return None
