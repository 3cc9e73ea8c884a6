"""Where a request could be held: by itself, and beside what is held already."""

from collections import Counter
from collections.abc import Iterable, Iterator

from punte.engines.timetable.holding import Holding
from punte.engines.timetable.instance import Request


class Room:
    """
    Free slots and places around a timetable. Sets of slots are integers, bit ``i`` for slot ``i``.

    Parameters
    ----------
    holding
        The timetable; it is not copied and must not change.
    """

    def __init__(self, holding: Holding) -> None:
        self.holding = holding
        instance = holding.instance
        self._bit = {slot.id: 1 << idx for idx, slot in enumerate(instance.slots)}
        self._all = (1 << len(instance.slots)) - 1
        self._available = {
            person.id: self._all & ~self._bits(person.unavailable)
            for person in instance.participants
        }
        self._busy = {
            person.id: sum(
                1 << slot_idx
                for slot_idx, meetings in holding.agenda[person.id].items()
                if len(meetings) >= person.parallel
            )
            for person in instance.participants
        }
        self._count = {
            person_id: sum(len(meetings) for meetings in agenda.values())
            for person_id, agenda in holding.agenda.items()
        }
        used = Counter((meeting.slot, meeting.place) for meeting in holding.meetings)
        self._open: dict[str, int] = {}
        self._untaken: dict[str, int] = {}
        for place in instance.places:
            self._open[place.id] = self._all & ~self._bits(place.closed)
            self._untaken[place.id] = (
                sum(
                    self._bit[slot.id]
                    for slot in instance.slots
                    if used[slot.id, place.id] < place.capacity
                )
                & self._open[place.id]
            )
        self._any_open = _union(self._open.values())
        self._any_untaken = _union(self._untaken.values())

    def _bits(self, slot_ids: tuple[str, ...]) -> int:
        bits = 0
        for slot_id in slot_ids:
            bits |= self._bit[slot_id]
        return bits

    def allowed_places(self, request: Request) -> set[str] | None:
        """Return the places that the request and the seats allow; ``None`` for all."""
        allowed = None if request.places is None else set(request.places)
        fixed = {
            seat
            for person in request.between
            if (seat := self.holding.participants[person].seat) is not None
        }
        if request.locked is not None and request.locked.place is not None:
            fixed.add(request.locked.place)
        for place_id in fixed:
            allowed = {place_id} if allowed is None else allowed & {place_id}
        return allowed

    def _common(self, request: Request) -> int:
        bits = self._all if request.slots is None else self._bits(request.slots)
        if request.locked is not None:
            bits &= self._bit[request.locked.slot]
        for person in request.between:
            bits &= self._available[person]
        allowed = self.allowed_places(request)
        if allowed is None:
            return bits & self._any_open
        return bits & _union(self._open[place_id] for place_id in allowed)

    def common_slots(self, request: Request) -> list[int]:
        """Return the indices of the slots where it could be held if nothing else were."""
        return _indices(self._common(request))

    def free_slots(self, request: Request) -> list[int]:
        """Return the indices of the common slots in which everyone has time beside what is held."""
        bits = self._common(request)
        for person in request.between:
            bits &= ~self._busy[person]
        return _indices(bits)

    def is_limit_reached(self, request: Request) -> bool:
        """Return whether somebody concerned has as many meetings as it may have."""
        return any(
            (limit := self.holding.participants[person].max_meetings) is not None
            and self._count[person] >= limit
            for person in request.between
        )

    def free_place(self, request: Request, slot_idx: int) -> str | None:
        """Return the first allowed place with room in a slot, or ``None``."""
        return next(self.free_places(request, slot_idx), None)

    def free_places(self, request: Request, slot_idx: int) -> Iterator[str]:
        """Yield every allowed place with room in a slot."""
        bit = 1 << slot_idx
        allowed = self.allowed_places(request)
        if allowed is None and not self._any_untaken & bit:
            return
        for place_id, bits in self._untaken.items():
            if bits & bit and (allowed is None or place_id in allowed):
                yield place_id


def _union(sets: Iterable[int]) -> int:
    bits = 0
    for found in sets:
        bits |= found
    return bits


def _indices(bits: int) -> list[int]:
    indices = []
    while bits:
        low = bits & -bits
        indices.append(low.bit_length() - 1)
        bits ^= low
    return indices
