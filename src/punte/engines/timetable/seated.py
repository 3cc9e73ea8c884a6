"""A board that knows places too: who sits where is settled when a meeting is added, and walking time is kept."""

from punte.engines.timetable.arrays import Arrays, allowed_places
from punte.engines.timetable.place import Board, indices
from punte.engines.timetable.result import Meeting


class SeatedBoard(Board):
    """
    Meetings in slots and at places.

    Parameters
    ----------
    arrays
        The question.

    Attributes
    ----------
    place_of
        Index of the place of each held request.
    """

    def __init__(self, arrays: Arrays) -> None:
        super().__init__(arrays)
        instance = arrays.instance
        self.gap = instance.rules.min_gap_slots
        self.only = allowed_places(instance)
        self.place_of: dict[int, int] = {}
        index = {slot.id: number for number, slot in enumerate(instance.slots)}
        closed = [{index[slot] for slot in place.closed} for place in instance.places]
        self.seats = [
            [0 if int(slot) in closed[idx] else place.capacity for slot in arrays.slot_of]
            for idx, place in enumerate(instance.places)
        ]
        self.untaken = [set[int]() for _ in arrays.slot_of]
        for idx, row in enumerate(self.seats):
            for slot, seats in enumerate(row):
                if seats > 0:
                    self.untaken[slot].add(idx)
        self.day: list[int] = arrays.day.tolist()

    def seat(self, request: int, slot: int, place: int) -> None:
        """Hold a request in a slot that ``free`` offers, at a place that ``free_place`` allows."""
        self.add(request, slot)
        self.place_of[request] = place
        self.seats[place][slot] -= 1
        if self.seats[place][slot] <= 0:
            self.untaken[slot].discard(place)

    def unseat(self, request: int) -> tuple[int, int]:
        """Hold a request no more; returns the slot and place where it was."""
        place = self.place_of.pop(request)
        slot = self.remove(request)
        self.seats[place][slot] += 1
        if self.seats[place][slot] > 0:
            self.untaken[slot].add(place)
        return slot, place

    def may_sit(self, request: int, slot: int, place: int) -> bool:
        """Return whether a place has room for a request in a slot and can be walked to and from."""
        only = self.only[request]
        if place not in self.untaken[slot] or (only is not None and place not in only):
            return False
        near = self._near_places(request, slot)
        return near is None or place in near

    def free_place(self, request: int, slot: int) -> int | None:
        """Return a place for a request: one where somebody concerned was last, or the first; ``None`` if there is none."""
        only = self.only[request]
        found = self.untaken[slot] if only is None else self.untaken[slot] & only
        near = self._near_places(request, slot)
        if near is not None:
            found = found & near
        if not found:
            return None
        for person in self.members[request]:
            for other in self.agenda[person].get(slot - 1, ()):
                if self.day[slot - 1] == self.day[slot] and self.place_of[other] in found:
                    return self.place_of[other]
        return min(found)

    def _near_places(self, request: int, slot: int) -> set[int] | None:
        """Return the places from which and to which those concerned can walk; ``None`` for all."""
        if not self.gap:
            return None
        found: set[int] | None = None
        for person in self.members[request]:
            agenda = self.agenda[person]
            near = [agenda.get(slot, [])]
            near += [self._next_held(agenda, slot, step) for step in (-1, 1)]
            for meetings in near:
                places = {self.place_of[other] for other in meetings}
                if places:  # with two places at once nobody could be near enough to both
                    alone = places if len(places) == 1 else set()
                    found = alone if found is None else found & alone
        return found

    def _next_held(self, agenda: dict[int, list[int]], slot: int, step: int) -> list[int]:
        """Return the nearest meetings on one side of a slot that are too near to walk from or to."""
        for distance in range(1, self.gap + 1):
            other = slot + step * distance
            if not 0 <= other < len(self.day) or self.day[other] != self.day[slot]:
                return []
            if agenda.get(other):
                return agenda[other]
        return []

    def cheapest(self, request: int) -> tuple[int, int] | None:
        """Return the free slot and place that add fewest idle slots; the earliest of equals."""
        best: tuple[int, int, int] | None = None
        for slot in indices(self.free(request)):
            place = self.free_place(request, slot)
            if place is not None:
                distance = sum(self._distance(person, slot) for person in self.members[request])
                best = min(best or (distance, slot, place), (distance, slot, place))
        return None if best is None else best[1:]

    def _distance(self, person: int, slot: int) -> int:
        """Return the slots between a slot and the nearest meeting of that day, 0 if there is none."""
        return min(
            (abs(s - slot) - 1 for s in self.agenda[person] if self.day[s] == self.day[slot]),
            default=0,
        )

    def meetings(self) -> tuple[Meeting, ...]:
        """Return what is held, in the order of the requests."""
        instance = self.arrays.instance
        return tuple(
            Meeting(
                request=instance.requests[request].id,
                slot=instance.slots[int(self.arrays.slot_of[self.slot_of[request]])].id,
                place=instance.places[place].id,
            )
            for request, place in sorted(self.place_of.items())
        )
