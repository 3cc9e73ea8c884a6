"""Give requests a slot one after the other, moving one or two held meetings out of the way where that helps."""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from punte.engines.timetable.arrays import Arrays, Ints

_MOST_MOVED: Final = 2
"""Meetings moved aside for one insertion: more rarely helps and costs a search."""


class Board:
    """
    Meetings in slots; every rule but those on breaks and least counts holds after each call.

    Sets of slots are integers, bit ``s`` for slot ``s`` of the arrays' order.

    Parameters
    ----------
    arrays
        The question.

    Attributes
    ----------
    slot_of
        Slot of each request, -1 if it is not held.
    """

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        slots = arrays.allowed.shape[1]
        self.everything = (1 << slots) - 1
        self.allowed = _bits_of_rows(arrays.allowed)
        self.members = [arrays.members(request) for request in range(len(arrays.weight))]
        self.rows = [arrays.rows_around(int(row)) for row in arrays.row_of]
        self.parallel: list[int] = arrays.parallel.tolist()
        self.most: list[int] = arrays.most.tolist()
        self.slot_of = [-1] * len(self.members)
        self.held_by = [0] * len(self.parallel)
        self.busy = [0] * len(self.parallel)
        self.agenda: list[dict[int, list[int]]] = [{} for _ in self.parallel]
        self.at: list[list[int]] = [[] for _ in range(slots)]
        self.room: list[list[int]] = arrays.capacity.tolist()
        self.full = [sum(1 << slot for slot in range(slots) if row[slot] <= 0) for row in self.room]
        self.before: dict[int, list[int]] = {}
        self.after: dict[int, list[int]] = {}
        for first, second in zip(arrays.before.tolist(), arrays.after.tolist(), strict=True):
            self.before.setdefault(second, []).append(first)
            self.after.setdefault(first, []).append(second)
        moments: list[int] = arrays.moment.tolist()
        self.later = [
            _bits(s for s in range(slots) if moments[s] > moments[t]) for t in range(slots)
        ]
        self.earlier = [
            _bits(s for s in range(slots) if moments[s] < moments[t]) for t in range(slots)
        ]

    def in_order(self, request: int) -> int:
        """Return the slots that precedences leave to a request beside what is held, as bits."""
        bits = -1
        for first in self.before.get(request, ()):
            if self.slot_of[first] >= 0:
                bits &= self.later[self.slot_of[first]]
        for second in self.after.get(request, ()):
            if self.slot_of[second] >= 0:
                bits &= self.earlier[self.slot_of[second]]
        return bits

    def free(self, request: int) -> int:
        """Return the slots in which a request can be added now, as bits."""
        bits = self.allowed[request]
        for person in self.members[request]:
            if self.held_by[person] >= self.most[person]:
                return 0
            bits &= ~self.busy[person]
        for row in self.rows[request]:
            bits &= ~self.full[row]
        return bits & self.in_order(request) if bits else 0

    def add(self, request: int, slot: int) -> None:
        """Hold a request in a slot that ``free`` offers."""
        bit = 1 << slot
        self.slot_of[request] = slot
        self.at[slot].append(request)
        for person in self.members[request]:
            there = self.agenda[person].setdefault(slot, [])
            there.append(request)
            self.held_by[person] += 1
            if len(there) >= self.parallel[person]:
                self.busy[person] |= bit
        for row in self.rows[request]:
            self.room[row][slot] -= 1
            if self.room[row][slot] <= 0:
                self.full[row] |= bit

    def remove(self, request: int) -> int:
        """Hold a request no more; returns the slot in which it was."""
        slot = self.slot_of[request]
        bit = 1 << slot
        self.slot_of[request] = -1
        self.at[slot].remove(request)
        for person in self.members[request]:
            there = self.agenda[person][slot]
            there.remove(request)
            if not there:
                del self.agenda[person][slot]
            self.held_by[person] -= 1
            self.busy[person] &= ~bit
        for row in self.rows[request]:
            self.room[row][slot] += 1
            if self.room[row][slot] > 0:
                self.full[row] &= ~bit
        return slot

    def roomiest(self, request: int, slots: int) -> int:
        """Return, of a set of slots, the one with most room left for a request; the earliest of equals."""
        room = self.room[self.rows[request][0]]
        return max(indices(slots), key=lambda slot: (room[slot], -slot))

    def compact(self, request: int, slots: int) -> int:
        """Return, of a set of slots, one beside other meetings of those concerned, then the roomiest."""
        around = [self.agenda[person] for person in self.members[request]]
        room = self.room[self.rows[request][0]]

        def worth(slot: int) -> tuple[int, int, int]:
            beside = sum((slot - 1 in agenda) + (slot + 1 in agenda) for agenda in around)
            return beside, room[slot], -slot

        return max(indices(slots), key=worth)

    def add_moving_others(self, request: int) -> tuple[int, ...] | None:
        """
        Hold a request after moving at most two held meetings to slots that are free for them.

        Returns
        -------
            The meetings moved; ``None`` if there is no such way, and then nothing has changed.
        """
        if any(self.held_by[person] >= self.most[person] for person in self.members[request]):
            return None
        if self.full[0] == self.everything:
            return None
        for slot in indices(self.allowed[request] & self.in_order(request)):
            for aside in self._in_the_way(request, slot):
                if self._move_aside(aside, request, slot):
                    return tuple(aside)
        return None

    def _in_the_way(self, request: int, slot: int) -> Iterator[list[int]]:
        aside: list[int] = []
        for person in self.members[request]:
            there = self.agenda[person].get(slot) or []
            if len(there) >= self.parallel[person] and not set(there) & set(aside):
                aside.append(there[0])
        if len(aside) > _MOST_MOVED:
            return
        rows = self.rows[request]
        tight = [row for row in rows if self.room[row][slot] <= 0]
        if not tight or (aside and set(tight) <= set(self.rows[aside[0]])):
            yield aside
        elif len(aside) < _MOST_MOVED and all(self.full[row] != self.everything for row in tight):
            for other in self.at[slot]:
                if other not in aside and self._could_leave(other, tight):
                    yield [*aside, other]

    def _could_leave(self, request: int, tight: list[int]) -> bool:
        bits = self.allowed[request]
        for row in self.rows[request]:
            bits &= ~self.full[row]
        for person in self.members[request]:
            bits &= ~self.busy[person]
        return bool(bits) and set(tight) <= set(self.rows[request])

    def _move_aside(self, aside: list[int], request: int, slot: int) -> bool:
        was = [(other, self.remove(other)) for other in aside]
        self.add(request, slot)  # taken first, so that those aside look elsewhere
        moved: list[int] = []
        for other in aside:
            free = self.free(other)
            if not free:
                break
            self.add(other, self.roomiest(other, free))
            moved.append(other)
        if len(moved) == len(aside) and all(
            self.room[row][slot] >= 0 for row in self.rows[request]
        ):
            return True
        for other in moved:
            self.remove(other)
        self.remove(request)
        for other, old in was:
            self.add(other, old)
        return False


def place_in_order(board: Board, requests: Iterable[int], *, moving: bool = True) -> list[int]:
    """
    Hold requests one after the other where they fit.

    Parameters
    ----------
    moving
        Whether others may be moved aside for one that fits nowhere.

    Returns
    -------
        Those that found no slot, in the same order.
    """
    left = []
    for request in requests:
        free = board.free(request)
        if free:
            board.add(request, board.compact(request, free))
        elif not moving or board.add_moving_others(request) is None:
            left.append(request)
    return left


def slots_of(board: Board) -> Ints:
    """Return, of shape (R,), the slot of each request, -1 if it is not held."""
    return np.array(board.slot_of, dtype=np.int32)


def load(board: Board, slot_of: Ints) -> None:
    """Hold on an empty board what ``slot_of`` says, of shape (R,)."""
    for request in np.flatnonzero(slot_of >= 0).tolist():
        board.add(request, int(slot_of[request]))


def indices(bits: int) -> Iterator[int]:
    """Yield the positions of the ones, ascending."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _bits(positions: Iterable[int]) -> int:
    bits = 0
    for position in positions:
        bits |= 1 << position
    return bits


def _bits_of_rows(matrix: NDArray[np.bool_]) -> list[int]:
    packed = np.packbits(matrix, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]
