"""The question as arrays: slots in day order, where each request fits, and which places are shared by whom."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from punte.engines.timetable.instance import Instance

Ints = NDArray[np.int32]
"""Indices and counts."""

_ROOT: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """
    A set of places that some requests share; the rows form a forest under row 0, which holds all places.

    Parameters
    ----------
    places
        Indices of its places, ascending.
    parent
        The smallest row around it; -1 for row 0.
    """

    places: tuple[int, ...]
    parent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrays:
    """
    What the large solver computes on. R requests, S slots, P participants, K place rows.

    Slots are numbered day by day, in time order within a day, whatever their order in the file.

    Parameters
    ----------
    slot_of
        Shape (S,): index in ``instance.slots`` of each slot.
    day, moment
        Shape (S,): number of the day; rank of the start among all starts (equal starts, equal ranks).
    day_ptr
        Shape (days + 1,): the slots of day d are ``day_ptr[d]`` up to ``day_ptr[d + 1]``.
    allowed
        Shape (R, S): whether the request could be held there if nothing else were.
    member_ptr, member_idx
        Participants of request r: ``member_idx[member_ptr[r]:member_ptr[r + 1]]``.
    request_ptr, request_idx
        The same the other way round: requests of participant p.
    weight, must
        Shape (R,).
    parallel, most, least
        Shape (P,): meetings at once, in all at most (number of slots times ``parallel`` without a limit), at least.
    rows, capacity
        The place rows and, of shape (K, S), how many meetings each holds.
    row_of
        Shape (R,): innermost row of each request; its places are all the request may use.
    narrowed
        Shape (R,): whether ``row_of`` leaves out places that the request allows, because its list crosses another's.
    before, after
        Shape (precedences,): indices of requests.
    """

    instance: Instance
    slot_of: Ints
    day: Ints
    moment: Ints
    day_ptr: Ints
    allowed: NDArray[np.bool_]
    member_ptr: Ints
    member_idx: Ints
    request_ptr: Ints
    request_idx: Ints
    weight: NDArray[np.int64]
    must: NDArray[np.bool_]
    parallel: Ints
    most: Ints
    least: Ints
    rows: tuple[PlaceRow, ...]
    capacity: Ints
    row_of: Ints
    narrowed: NDArray[np.bool_]
    before: Ints
    after: Ints

    @property
    def available(self) -> NDArray[np.bool_]:
        """Shape (P, S): whether a participant is there."""
        return _available(self.instance, self.slot_of)

    def rows_around(self, row: int) -> tuple[int, ...]:
        """Return ``row`` and every row around it, innermost first."""
        found = [row]
        while self.rows[found[-1]].parent >= 0:
            found.append(self.rows[found[-1]].parent)
        return tuple(found)

    def members(self, request: int) -> list[int]:
        """Return the indices of a request's participants."""
        found: list[int] = self.member_idx[
            self.member_ptr[request] : self.member_ptr[request + 1]
        ].tolist()
        return found

    @property
    def keeps_gaps(self) -> bool:
        """Whether walking time between places binds the order of meetings."""
        return self.instance.rules.min_gap_slots > 0


def build_arrays(instance: Instance) -> Arrays:
    """Return a validated question as arrays."""
    slot_of, day = _order_slots(instance)
    slot_number = {instance.slots[idx].id: number for number, idx in enumerate(slot_of)}
    request_number = {request.id: idx for idx, request in enumerate(instance.requests)}
    members, requests_of = _members(instance)
    member_ptr, member_idx = _ragged(members)
    request_ptr, request_idx = _ragged(requests_of)
    rows, row_of, narrowed = _place_rows(instance)
    capacity = _capacity(instance, rows, slot_number)
    starts = [instance.slots[idx].start for idx in slot_of]
    rank = {start: number for number, start in enumerate(sorted(set(starts)))}
    people = list(zip(instance.participants, map(len, requests_of), strict=True))
    return Arrays(
        instance=instance,
        slot_of=_ints(slot_of),
        day=_ints(day),
        moment=_ints(rank[start] for start in starts),
        day_ptr=_ints([0, *np.flatnonzero(np.diff(day)) + 1, len(day)]),
        allowed=_allowed(instance, slot_of, slot_number, members, capacity[row_of] > 0),
        member_ptr=member_ptr,
        member_idx=member_idx,
        request_ptr=request_ptr,
        request_idx=request_idx,
        weight=np.array([request.weight for request in instance.requests], dtype=np.int64),
        must=np.array([request.must for request in instance.requests], dtype=np.bool_),
        parallel=_ints(min(person.parallel, max(1, asked)) for person, asked in people),
        most=_ints(
            asked if person.max_meetings is None else min(person.max_meetings, asked)
            for person, asked in people
        ),
        least=_ints(min(person.min_meetings, 2**30) for person, _ in people),
        rows=rows,
        capacity=capacity,
        row_of=row_of,
        narrowed=narrowed,
        before=_ints(request_number[first] for first, _ in instance.precedences),
        after=_ints(request_number[second] for _, second in instance.precedences),
    )


def _members(instance: Instance) -> tuple[list[list[int]], list[list[int]]]:
    """Return the participants of each request and the requests of each participant."""
    number = {person.id: idx for idx, person in enumerate(instance.participants)}
    members = [[number[name] for name in request.between] for request in instance.requests]
    requests_of: list[list[int]] = [[] for _ in instance.participants]
    for request, people in enumerate(members):
        for person in people:
            requests_of[person].append(request)
    return members, requests_of


def _ints(numbers: Iterable[int]) -> Ints:
    return np.array(list(numbers), dtype=np.int32)


def _ragged(lists: list[list[int]]) -> tuple[Ints, Ints]:
    pointers = np.zeros(len(lists) + 1, dtype=np.int32)
    np.cumsum([len(found) for found in lists], out=pointers[1:])
    return pointers, _ints(item for found in lists for item in found)


def _order_slots(instance: Instance) -> tuple[list[int], list[int]]:
    number: dict[str, int] = {}
    for slot in instance.slots:
        number.setdefault(slot.day, len(number))
    order = sorted(
        range(len(instance.slots)), key=lambda idx: (number[instance.slots[idx].day], idx)
    )
    return order, [number[instance.slots[idx].day] for idx in order]


def _available(instance: Instance, slot_of: Iterable[int]) -> NDArray[np.bool_]:
    slot_number = {instance.slots[idx].id: number for number, idx in enumerate(slot_of)}
    found = np.ones((len(instance.participants), len(instance.slots)), dtype=np.bool_)
    for idx, person in enumerate(instance.participants):
        if person.unavailable:
            found[idx, [slot_number[slot] for slot in person.unavailable]] = False
    return found


def _allowed(
    instance: Instance,
    slot_of: list[int],
    slot_number: dict[str, int],
    members: list[list[int]],
    is_open: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    available = _available(instance, slot_of)
    allowed = is_open.copy()
    kept: dict[tuple[str, ...], NDArray[np.bool_]] = {}  # most requests share the slots they keep
    for idx, (request, people) in enumerate(zip(instance.requests, members, strict=True)):
        row = allowed[idx]
        for person in people:
            row &= available[person]
        for only in (request.slots, None if request.locked is None else (request.locked.slot,)):
            if only is None:
                continue
            if only not in kept:
                kept[only] = np.zeros(len(row), dtype=np.bool_)
                kept[only][[slot_number[slot] for slot in only]] = True
            row &= kept[only]
    return allowed


def allowed_places(instance: Instance) -> list[frozenset[int] | None]:
    """Return for each request the indices of the places it may use; ``None`` for all."""
    number = {place.id: idx for idx, place in enumerate(instance.places)}
    seat_of = {
        person.id: number[person.seat]
        for person in instance.participants
        if person.seat is not None
    }
    found: list[frozenset[int] | None] = []
    for request in instance.requests:
        fixed = {seat_of[name] for name in request.between if name in seat_of}
        if request.locked is not None and request.locked.place is not None:
            fixed.add(number[request.locked.place])
        listed = (
            None if request.places is None else frozenset(number[place] for place in request.places)
        )
        for place in fixed:
            listed = frozenset({place}) if listed is None else listed & {place}
        found.append(listed)
    return found


def _place_rows(
    instance: Instance,
) -> tuple[tuple[PlaceRow, ...], Ints, NDArray[np.bool_]]:
    """
    Return a forest of place sets such that counting meetings in each set decides whether all find a place.

    For nested or disjoint sets Hall's condition needs only the sets themselves. A list that crosses another is narrowed to
    its largest part inside one set: fewer timetables, never a wrong one.
    """
    listed = allowed_places(instance)
    everything = frozenset(range(len(instance.places)))
    rows = [PlaceRow(places=tuple(sorted(everything)), parent=-1)]
    innermost = [_ROOT] * len(everything)
    row_of_set: dict[frozenset[int], tuple[int, bool]] = {everything: (_ROOT, False)}
    sets = sorted(
        {found for found in listed if found is not None}, key=lambda f: (-len(f), sorted(f))
    )
    for found in sets:
        if found in row_of_set:
            continue
        if not found:
            rows.append(PlaceRow(places=(), parent=_ROOT))
            row_of_set[found] = (len(rows) - 1, False)
            continue
        around = Counter(innermost[place] for place in found)
        parent = max(around, key=lambda row: (around[row], -row))
        part = tuple(sorted(place for place in found if innermost[place] == parent))
        is_narrowed = len(part) < len(found)
        if part == rows[parent].places:
            row_of_set[found] = (parent, is_narrowed)
            continue
        for place in part:
            innermost[place] = len(rows)
        row_of_set[found] = (len(rows), is_narrowed)
        rows.append(PlaceRow(places=part, parent=parent))
    chosen = [row_of_set[everything if found is None else found] for found in listed]
    return (
        tuple(rows),
        _ints(row for row, _ in chosen),
        np.array([is_narrowed for _, is_narrowed in chosen], dtype=np.bool_),
    )


def _capacity(instance: Instance, rows: tuple[PlaceRow, ...], slot_number: dict[str, int]) -> Ints:
    # Nobody needs more than one place for each request: the cap keeps 32-bit sums safe.
    most = max(1, len(instance.requests))
    of_place = np.zeros((len(instance.places), len(instance.slots)), dtype=np.int32)
    for idx, place in enumerate(instance.places):
        of_place[idx] = min(place.capacity, most)
        for slot in place.closed:
            of_place[idx, slot_number[slot]] = 0
    return np.array(
        [of_place[list(row.places)].sum(axis=0) for row in rows], dtype=np.int32
    ).reshape(len(rows), len(instance.slots))
