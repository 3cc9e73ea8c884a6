"""
The question of :mod:`~punte.engines.timetable.holding_all` once more, in clauses of another shape: a literal for each hole that ends.

Pattern graphs refute best; on the last satisfiable question, whose solving time has a heavy tail, a second shape of clauses and a second
solver find at times in seconds what the first does not find in minutes. So the two run side by side.
"""

from datetime import datetime
from itertools import groupby, pairwise
from typing import Final

from punte.engines.timetable.holding_all import HoldingAll

_MOST_PAIRS: Final = 1_000_000
"""Up to so many pairs of slots of one request are forbidden one by one."""


class HoldingByHoles(HoldingAll):
    """
    Clauses whose models are the timetables that hold every request within a limit on breaks.

    Everyone's number of busy slots, each slot's busy participants and its meetings are counted by cardinality networks; two slots
    of one request are forbidden pair by pair, as far as that is a matter of a million clauses.

    Raises
    ------
    ValueError
        If the limits speak of idle slots or leave the breaks open.

    References
    ----------
    Bofill, Coll, Garcia, Giraldez-Cru, Pesant, Suy and Villaret, "Constraint Solving Approaches to the Business-to-Business Meeting
    Scheduling Problem", JAIR 74 (2022): the implied counts of busy slots and busy participants.
    """

    def _hold_each_once(self) -> None:
        slots = [len({slot for slot, _ in options}) for options in self.options.of_request]
        self._by_pairs = sum(count * (count - 1) // 2 for count in slots) <= _MOST_PAIRS
        super()._hold_each_once()

    def _order_literals(self, in_slot: dict[int, int]) -> dict[int, int]:
        """Forbid two slots, pair by pair where there is room for it; then there is no literal for an order."""
        if not self._by_pairs:
            return super()._order_literals(in_slot)
        self.clauses.forbid_pairs(list(in_slot.values()))
        return {}

    def _begins_before(
        self, request: int, in_slot: dict[int, int], starts: list[datetime], slot: int
    ) -> list[int]:
        if not self._by_pairs:
            return super()._begins_before(request, in_slot, starts, slot)
        return [literal for found, literal in in_slot.items() if starts[found] < starts[slot]]

    def _follow_patterns(self) -> None:
        limits = self.limits
        if limits.idle is not None or limits.breaks is None:
            msg = "only breaks can be limited in this shape"
            raise ValueError(msg)
        days = [slot.day for slot in self.options.instance.slots]
        order = sorted(range(self._slots), key=lambda slot: days.index(days[slot]))
        of_day = [list(slots) for _, slots in groupby(order, key=lambda slot: days[slot])]
        found: list[int] = []
        for busy, mine in zip(self._busy, self.options.requests_of, strict=True):
            if len(mine) > len(busy):
                self.is_impossible = True
                return
            self.clauses.require(list(busy.values()), len(mine))
            holes = [hole for slots in of_day for hole in self._ends_of_holes(busy, slots)]
            if limits.breaks_each is not None:
                self.clauses.allow(holes, limits.breaks_each)
            found += holes
        self.clauses.allow(found, limits.breaks)

    def _ends_of_holes(self, busy: dict[int, int], slots: list[int]) -> list[int]:
        """Return for each slot of a day before which a hole of the participant can end the literal that one does."""
        clauses = self.clauses
        has_begun = 0
        found: list[int] = []
        for slot, after in pairwise(slots):
            is_busy, is_next = busy.get(slot), busy.get(after)
            if has_begun and is_next:
                hole = clauses.new_literal()
                clauses.add(-has_begun, -is_next, *([is_busy] if is_busy else ()), hole)
                clauses.add(-hole, has_begun)
                clauses.add(-hole, is_next)
                if is_busy:
                    clauses.add(-hole, -is_busy)
                found.append(hole)
            if is_busy:
                has_begun = clauses.either([has_begun, is_busy]) if has_begun else is_busy
        return found

    def _limit_places(self) -> None:
        options = self.options
        if len(options.classes) > 1 or any(len(people) != 2 for people in options.members):
            super()._limit_places()
            return
        for slot, capacity in enumerate(options.classes[0].capacity):
            self.clauses.allow_by_network(
                [row[slot] for row in self._busy if slot in row], 2 * capacity
            )
            self.clauses.allow_by_network(
                [row[slot] for row in self._in_slot if slot in row], capacity
            )
