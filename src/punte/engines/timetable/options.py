"""Every slot and place at which each request could be held by itself, as indices."""

from collections.abc import Iterable
from dataclasses import dataclass

from punte.engines.timetable.instance import Instance, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceClass:
    """
    Places that no rule tells apart.

    Parameters
    ----------
    place_idxs
        Indices of its places, ascending.
    capacity
        Meetings at once in each slot; 0 where it is closed.
    """

    place_idxs: tuple[int, ...]
    capacity: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    What solvers work on: indices instead of ids.

    Parameters
    ----------
    classes
        All places, grouped.
    of_request
        For each request its possible (slot index, class index) pairs, ascending.
    members
        For each request the indices of its participants.
    requests_of
        For each participant the indices of its requests, ascending.
    """

    instance: Instance
    classes: tuple[PlaceClass, ...]
    of_request: tuple[tuple[tuple[int, int], ...], ...]
    members: tuple[tuple[int, ...], ...]
    requests_of: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        """Number of options of all requests."""
        return sum(len(options) for options in self.of_request)


def list_options(instance: Instance, *, each_place: bool = False) -> Options:
    """
    Return every option of every request after availability, closing times, seats, locks and allowed lists.

    Parameters
    ----------
    each_place
        Keep every place by itself, as goals and rules about changing places need.
    """
    listing = _Listing(instance, each_place=each_place)
    members = tuple(
        tuple(listing.person_idx[person] for person in request.between)
        for request in instance.requests
    )
    requests_of: list[list[int]] = [[] for _ in instance.participants]
    for idx, people in enumerate(members):
        for person in people:
            requests_of[person].append(idx)
    return Options(
        instance=instance,
        classes=listing.classes,
        of_request=tuple(
            listing.options_of(request, people)
            for request, people in zip(instance.requests, members, strict=True)
        ),
        members=members,
        requests_of=tuple(tuple(found) for found in requests_of),
    )


class _Listing:
    """The look-ups that listing options needs."""

    def __init__(self, instance: Instance, *, each_place: bool) -> None:
        self.instance = instance
        self.slot_idx = {slot.id: idx for idx, slot in enumerate(instance.slots)}
        self.place_idx = {place.id: idx for idx, place in enumerate(instance.places)}
        self.person_idx = {person.id: idx for idx, person in enumerate(instance.participants)}
        self.unavailable = [
            frozenset(self.slot_idx[slot] for slot in person.unavailable)
            for person in instance.participants
        ]
        self.classes = _group_places(instance, self.slot_idx, each_place=each_place)
        self.class_of = {
            place: idx for idx, found in enumerate(self.classes) for place in found.place_idxs
        }

    def options_of(self, request: Request, people: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """Return the (slot index, class index) pairs of one request, ascending."""
        classes = self._classes_of(request, people)
        return tuple(
            (slot, found)
            for slot in self._slots_of(request)
            if not any(slot in self.unavailable[person] for person in people)
            for found in classes
            if self.classes[found].capacity[slot]
        )

    def _slots_of(self, request: Request) -> Iterable[int]:
        if request.locked is not None:
            return (self.slot_idx[request.locked.slot],)
        if request.slots is not None:
            return sorted({self.slot_idx[slot] for slot in request.slots})
        return range(len(self.instance.slots))

    def _classes_of(self, request: Request, people: tuple[int, ...]) -> Iterable[int]:
        fixed = {
            seat
            for person in people
            if (seat := self.instance.participants[person].seat) is not None
        }
        if request.locked is not None and request.locked.place is not None:
            fixed.add(request.locked.place)
        if len(fixed) > 1:
            return ()
        allowed = (
            range(len(self.classes)) if request.places is None else self._sorted(request.places)
        )
        only = self._sorted(fixed)
        return [found for found in allowed if found in only] if only else allowed

    def _sorted(self, places: Iterable[str]) -> list[int]:
        return sorted({self.class_of[self.place_idx[place]] for place in places})


def _group_places(
    instance: Instance, slot_idx: dict[str, int], *, each_place: bool
) -> tuple[PlaceClass, ...]:
    named = {person.seat for person in instance.participants}
    lists: dict[frozenset[str], int] = {}
    for request in instance.requests:
        if request.places is not None:
            lists.setdefault(frozenset(request.places), len(lists))
        if request.locked is not None and request.locked.place is not None:
            named.add(request.locked.place)
    inside: dict[str, list[int]] = {}
    for members, number in lists.items():
        for place_id in members:
            inside.setdefault(place_id, []).append(number)
    groups: dict[object, list[int]] = {}
    for idx, place in enumerate(instance.places):
        alone = each_place or place.id in named
        key = idx if alone else (frozenset(place.closed), tuple(inside.get(place.id, ())))
        groups.setdefault(key, []).append(idx)
    return tuple(
        PlaceClass(
            place_idxs=tuple(indices),
            capacity=_open_capacity(instance, indices, slot_idx),
        )
        for indices in groups.values()
    )


def _open_capacity(
    instance: Instance, indices: list[int], slot_idx: dict[str, int]
) -> tuple[int, ...]:
    total = [0] * len(instance.slots)
    for idx in indices:
        place = instance.places[idx]
        closed = {slot_idx[slot] for slot in place.closed}
        for slot in range(len(total)):
            total[slot] += 0 if slot in closed else place.capacity
    return tuple(total)
