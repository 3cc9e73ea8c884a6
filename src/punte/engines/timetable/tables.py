"""Which place each meeting gets, once it is known when everyone meets: the allowed one that makes fewest people walk."""

from typing import Any, Final

import numpy as np

from punte.engines.timetable.arrays import Arrays, Ints, allowed_places
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.result import Meeting

_FORBIDDEN: Final = 1e6
"""Cost of a place that a meeting must not use; above all gains of a slot together."""


def assign_places(arrays: Arrays, slot_of: Ints) -> Ints | None:
    """
    Return a place for every held meeting.

    Slot after slot, as many meetings as possible stay where one of their participants was in its busy slot before. Where nobody is
    ever idle between meetings, all places are alike and nobody has two meetings at once, no other choice of places has
    fewer changes: what can stay between two slots is then a bipartite matching that depends on nothing before it.

    Parameters
    ----------
    slot_of
        Shape (R,): slot of each request, -1 if it is not held.

    Returns
    -------
        Shape (R,): index of the place, -1 if not held; ``None`` if some slot has no room for its meetings.

    References
    ----------
    Maximum matching: J. Hopcroft, R. Karp, SIAM J. Comput. 2(4), 1973; assignment: D. Crouse, IEEE TAES 52(4), 2016 (both of SciPy).
    """
    return _Seating(arrays, slot_of).run()


class _Seating:
    def __init__(self, arrays: Arrays, slot_of: Ints) -> None:
        self.arrays = arrays
        self.slot_of = slot_of
        instance = arrays.instance
        self.only = allowed_places(instance)
        index = {slot.id: number for number, slot in enumerate(instance.slots)}
        self.file_slot = arrays.slot_of.tolist()
        self.closed = [frozenset(index[slot] for slot in place.closed) for place in instance.places]
        self.place_of = np.full(len(slot_of), -1, dtype=np.int32)
        self.last: dict[int, set[int]] = {}

    def run(self) -> Ints | None:
        day = -1
        by_slot: dict[int, list[int]] = {}
        for request in np.flatnonzero(self.slot_of >= 0).tolist():
            by_slot.setdefault(int(self.slot_of[request]), []).append(request)
        for slot in sorted(by_slot):
            if self.arrays.day[slot] != day:
                day = int(self.arrays.day[slot])
                self.last = {}
            if not self._seat_slot(by_slot[slot], slot):
                return None
        return self.place_of

    def _seat_slot(self, meetings: list[int], slot: int) -> bool:
        columns = self._open_places(slot, len(meetings))
        if len(columns) < len(meetings):
            return False
        if all(self.only[request] is None for request in meetings):
            chosen = self._stay_where_possible(meetings, columns)
        else:
            found = self._assign(meetings, columns)
            if found is None:
                return False
            chosen = found
        now: dict[int, set[int]] = {}
        for request, place in zip(meetings, chosen, strict=True):
            self.place_of[request] = place
            for person in self.arrays.members(request):
                now.setdefault(person, set()).add(place)
        self.last.update(now)
        return True

    def _open_places(self, slot: int, most: int) -> list[int]:
        """Return each open place as often as it can be used."""
        file_slot = self.file_slot[slot]
        return [
            idx
            for idx, place in enumerate(self.arrays.instance.places)
            if file_slot not in self.closed[idx]
            for _ in range(min(place.capacity, most))
        ]

    def _wishes(self, request: int) -> dict[int, int]:
        """Return how many of a meeting's participants were last at each place."""
        wishes: dict[int, int] = {}
        for person in self.arrays.members(request):
            for place in self.last.get(person, ()):
                wishes[place] = wishes.get(place, 0) + 1
        return wishes

    def _stay_where_possible(self, meetings: list[int], columns: list[int]) -> list[int]:
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import maximum_bipartite_matching

        by_place: dict[int, list[int]] = {}
        for column, place in enumerate(columns):
            by_place.setdefault(place, []).append(column)
        pairs = [
            (row, column)
            for row, request in enumerate(meetings)
            for place in sorted(self._wishes(request))
            for column in by_place.get(place, ())
        ]
        shape = (len(meetings), len(columns))
        rows, cols = [row for row, _ in pairs], [column for _, column in pairs]
        graph = csr_matrix((np.ones(len(pairs), dtype=np.int8), (rows, cols)), shape=shape)
        matched: list[int] = maximum_bipartite_matching(graph, perm_type="column").tolist()
        taken = {column for column in matched if column >= 0}
        rest = iter([column for column in range(len(columns)) if column not in taken])
        return [columns[column if column >= 0 else next(rest)] for column in matched]

    def _assign(self, meetings: list[int], columns: list[int]) -> list[int] | None:
        from scipy.optimize import linear_sum_assignment

        cost: Any = np.zeros((len(meetings), len(columns)))
        place_at = np.array(columns)
        for row, request in enumerate(meetings):
            for place, people in self._wishes(request).items():
                cost[row, place_at == place] -= people
            only = self.only[request]
            if only is not None:
                cost[row, ~np.isin(place_at, list(only))] = _FORBIDDEN
        rows, cols = linear_sum_assignment(cost)
        if (cost[rows, cols] >= _FORBIDDEN).any():
            return None
        return [columns[column] for column in cols.tolist()]


def name_meetings(
    instance: Instance,
    file_slot: Ints,
    slot_of: Ints,
    place_of: Ints,
) -> tuple[Meeting, ...]:
    """
    Return meetings by their ids, in time order.

    Parameters
    ----------
    file_slot
        Shape (S,): index in the instance of each slot.
    slot_of, place_of
        Shape (R,): slot and index of the place of each request, -1 if it is not held.
    """
    held = np.flatnonzero(slot_of >= 0).tolist()
    return tuple(
        Meeting(
            request=instance.requests[request].id,
            slot=instance.slots[int(file_slot[slot_of[request]])].id,
            place=instance.places[int(place_of[request])].id,
        )
        for request in sorted(held, key=lambda request: (int(slot_of[request]), request))
    )
