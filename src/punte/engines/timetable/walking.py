"""Timetables where people need time to walk: slot and place are chosen together, and nobody is made to run."""

from punte.engines.timetable.arrays import Arrays, allowed_places
from punte.engines.timetable.place import Board, indices
from punte.engines.timetable.result import Meeting
from punte.kernel.anytime import Deadline


def place_with_gaps(arrays: Arrays, order: list[int], deadline: Deadline) -> tuple[Meeting, ...]:
    """
    Return a timetable that keeps the walking time between places.

    Requests are taken one after the other, each where it adds fewest idle slots. No meeting is moved afterwards, so this is
    weaker than what is done without walking time, and says nothing of what would be best.

    Parameters
    ----------
    order
        Indices of requests, the most important first.
    """
    walk = _Walk(arrays)
    for request in order:
        if deadline.is_over and not arrays.must[request]:
            continue
        walk.hold(request)
    return walk.meetings()


class _Walk:
    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.board = Board(arrays)
        instance = arrays.instance
        self.gap = instance.rules.min_gap_slots
        self.only = allowed_places(instance)
        self.place_of: dict[int, int] = {}
        index = {slot.id: number for number, slot in enumerate(instance.slots)}
        closed = [{index[slot] for slot in place.closed} for place in instance.places]
        self.room = [
            [0 if int(slot) in closed[idx] else place.capacity for slot in arrays.slot_of]
            for idx, place in enumerate(instance.places)
        ]

    def hold(self, request: int) -> None:
        """Hold a request in the slot and place that cost least, if there are any."""
        best: tuple[int, int, int] | None = None
        for slot in indices(self.board.free(request)):
            place = self._place(request, slot)
            if place is not None:
                cost = sum(self._distance(p, slot) for p in self.board.members[request])
                best = min(best or (cost, slot, place), (cost, slot, place))
        if best is not None:
            _, slot, place = best
            self.board.add(request, slot)
            self.place_of[request] = place
            self.room[place][slot] -= 1

    def _place(self, request: int, slot: int) -> int | None:
        bound = self._bound_places(request, slot)
        only = self.only[request]
        for place in sorted(bound) if bound is not None else sorted(only or range(len(self.room))):
            if self.room[place][slot] > 0 and (only is None or place in only):
                return place
        return None

    def _bound_places(self, request: int, slot: int) -> set[int] | None:
        """Return the places from which and to which those concerned can walk; ``None`` for all."""
        found: set[int] | None = None
        for person in self.board.members[request]:
            agenda = self.board.agenda[person]
            if slot in agenda:  # two at once: every place of the slot would have to suit the next
                near: list[set[int]] = [{self.place_of[other] for other in agenda[slot]}]
            else:
                near = []
            for step in (-1, 1):
                held = self._next_held(agenda, slot, step)
                if held:
                    near.append({self.place_of[other] for other in held})
            for places in near:
                alone = places if len(places) == 1 else set()
                found = alone if found is None else found & alone
        return found

    def _next_held(self, agenda: dict[int, list[int]], slot: int, step: int) -> list[int]:
        """Return the nearest meetings on one side of a slot that are too near to walk from or to."""
        day = self.arrays.day
        for distance in range(1, self.gap + 1):
            other = slot + step * distance
            if not 0 <= other < len(day) or day[other] != day[slot]:
                return []
            if other in agenda:
                return agenda[other]
        return []

    def _distance(self, person: int, slot: int) -> int:
        """Return the slots between a slot and the nearest meeting of that day, 0 if there is none."""
        day = self.arrays.day
        agenda = self.board.agenda[person]
        return min((abs(s - slot) - 1 for s in agenda if day[s] == day[slot]), default=0)

    def meetings(self) -> tuple[Meeting, ...]:
        instance = self.arrays.instance
        return tuple(
            Meeting(
                request=instance.requests[request].id,
                slot=instance.slots[int(self.arrays.slot_of[self.board.slot_of[request]])].id,
                place=instance.places[place].id,
            )
            for request, place in self.place_of.items()
        )
