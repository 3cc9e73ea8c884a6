"""The state of a timetable in a few flat arrays, and what compiled moves need to read and change it."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from punte.engines.timetable.arrays import Arrays, Ints
from punte.engines.timetable.compiled import compiled
from punte.engines.timetable.costs import Costs

_REQUEST: Final = np.dtype(
    [
        ("slot_of", np.int32),
        ("position", np.int32),
        ("mark", np.int64),
        ("stack", np.int32),
        ("weight", np.int64),
        ("must", np.bool_),
        ("member_start", np.int32),
        ("member_end", np.int32),
        ("row_start", np.int32),
        ("row_end", np.int32),
        ("before_start", np.int32),
        ("before_end", np.int32),
        ("after_start", np.int32),
        ("after_end", np.int32),
    ]
)
_PERSON: Final = np.dtype(
    [
        ("parallel", np.int32),
        ("most", np.int32),
        ("least", np.int32),
        ("at_start", np.int32),
        ("held_by", np.int32),
        ("met", np.int64),
        ("floor", np.int64),
        ("breaks", np.int32),
        ("idle", np.int32),
        ("bad", np.int32),
        ("bad_position", np.int32),
        ("net_mark", np.int64),
        ("net", np.int32),
        ("touched", np.int32),
    ]
)
_SLOT: Final = np.dtype(
    [
        ("day_start", np.int32),
        ("day_end", np.int32),
        ("moment", np.int32),
        ("length", np.int32),
    ]
)

STAMP, MOVED, TOUCHED, BAD, DONE_CHAINS, DONE_EXCHANGES, RANDOM = range(7)
"""Positions of counters in ``Tableau.scalars``."""
COST_BREAK, COST_IDLE, COST_EXCESS, SPREAD, GAIN_WEIGHT = range(7, 12)
"""Positions there of the cost of a break, of an idle slot, of a break above the spread; of the spread; of a weight's gain."""


class Tableau(NamedTuple):
    """
    Meetings in slots, with everything a move has to know: R requests, S slots, P participants, K place rows.

    Few arrays of records rather than many of numbers: compiled calls pass each array by its parts, and that costs.

    Parameters
    ----------
    requests, people, slots
        Shapes (R,), (P,), (S + 1,). Columns ``stack``, ``touched`` and ``bad`` are lists that only share the length;
        ``mark`` and ``net_mark`` say which move the scratch beside them belongs to.
    links
        Participants, place rows, and requests before and after, of each request one after the other.
    allowed
        Shape (R, S).
    at, held_in
        ``at[at_start + s * parallel + k]`` is the k-th meeting of a participant in slot s; ``held_in``, (P, S), how many there are.
    listed
        Shape (S + 1, R): meetings of each slot; row S lists the requests that are not held.
    room
        Shape (K, S + 1): what each place row has left; the last column is scratch.
    scalars
        Counters, costs and the state of the random numbers.
    """

    requests: Any
    people: Any
    slots: Any
    links: Ints
    allowed: NDArray[np.bool_]
    at: Ints
    held_in: Ints
    listed: Ints
    room: Ints
    scalars: NDArray[np.int64]


def build_tableau(arrays: Arrays, *, floor: NDArray[np.int64], costs: Costs, seed: int) -> Tableau:
    """
    Return an empty timetable.

    Parameters
    ----------
    floor
        Shape (P,): met weight below which no move may bring a participant, >= 0.
    """
    requests, slots = arrays.allowed.shape
    people = _people(arrays, floor)
    listed = np.full((slots + 1, max(1, requests)), -1, dtype=np.int32)
    listed[slots, :requests] = np.arange(requests)
    scalars = np.zeros(12, dtype=np.int64)
    scalars[RANDOM] = (seed * 2654435761 + 88172645463325252) % 2**62 + 1
    scalars[COST_BREAK] = costs.of_break
    scalars[COST_IDLE] = costs.of_idle_slot
    scalars[COST_EXCESS] = 0 if costs.spread is None else 40 * (costs.of_break + 1)
    scalars[SPREAD] = costs.spread or 0
    scalars[GAIN_WEIGHT] = costs.gain_of_weight
    table, links = _requests(arrays)
    return Tableau(
        requests=table,
        people=people,
        slots=_slots(arrays, requests),
        links=links,
        allowed=arrays.allowed,
        at=np.full(max(1, int(arrays.parallel.sum()) * slots), -1, dtype=np.int32),
        held_in=np.zeros((len(people), slots), dtype=np.int32),
        listed=listed,
        room=np.column_stack((arrays.capacity, np.zeros(len(arrays.rows), dtype=np.int32))).astype(
            np.int32
        ),
        scalars=scalars,
    )


def _people(arrays: Arrays, floor: NDArray[np.int64]) -> NDArray[Any]:
    slots = arrays.allowed.shape[1]
    people = np.zeros(len(arrays.parallel), dtype=_PERSON)
    people["parallel"] = arrays.parallel
    people["most"] = arrays.most
    people["least"] = arrays.least
    people["at_start"] = np.cumsum(arrays.parallel * slots) - arrays.parallel * slots
    people["floor"] = floor
    people["bad_position"] = -1
    return people


def _slots(arrays: Arrays, requests: int) -> NDArray[Any]:
    slots = np.zeros(arrays.allowed.shape[1] + 1, dtype=_SLOT)
    slots["day_start"][:-1] = arrays.day_ptr[arrays.day]
    slots["day_end"][:-1] = arrays.day_ptr[arrays.day + 1]
    slots["moment"][:-1] = arrays.moment
    slots["length"][-1] = requests
    return slots


def _requests(arrays: Arrays) -> tuple[NDArray[Any], Ints]:
    count = len(arrays.weight)
    table = np.zeros(count, dtype=_REQUEST)
    table["slot_of"] = -1
    table["position"] = np.arange(count)
    table["weight"] = arrays.weight
    table["must"] = arrays.must
    chains = [arrays.rows_around(row) for row in range(len(arrays.rows))]
    row_ptr = np.zeros(count + 1, dtype=np.int32)
    np.cumsum([len(chains[row]) for row in arrays.row_of.tolist()], out=row_ptr[1:])
    row_idx = np.array([k for row in arrays.row_of.tolist() for k in chains[row]], dtype=np.int32)
    parts = [
        ("member", arrays.member_ptr, arrays.member_idx),
        ("row", row_ptr, row_idx),
        ("before", *_neighbours(arrays.after, arrays.before, count)),
        ("after", *_neighbours(arrays.before, arrays.after, count)),
    ]
    offset = 0
    for name, pointers, found in parts:
        table[f"{name}_start"] = pointers[:-1] + offset
        table[f"{name}_end"] = pointers[1:] + offset
        offset += len(found)
    return table, np.concatenate([found for _, _, found in parts]).astype(np.int32)


def _neighbours(owner: Ints, other: Ints, requests: int) -> tuple[Ints, Ints]:
    order = np.argsort(owner, kind="stable")
    pointers = np.zeros(requests + 1, dtype=np.int32)
    np.cumsum(np.bincount(owner, minlength=requests), out=pointers[1:])
    return pointers, other[order].astype(np.int32)


@compiled
def draw(tableau: Tableau, count: int) -> int:
    """Return a random integer, 0 to count - 1 (xorshift64*, Marsaglia 2003, Vigna 2016)."""
    state = np.uint64(tableau.scalars[RANDOM])
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    tableau.scalars[RANDOM] = np.int64(state)
    mixed = (state * np.uint64(2685821657736338717)) >> np.uint64(33)
    return np.int64(mixed) % count  # type: ignore[return-value]


@compiled
def detach(tableau: Tableau, request: int) -> None:
    """Take a held request out of its slot; participants' idle counts are left to ``refresh``."""
    slot = tableau.requests[request].slot_of
    slots = tableau.held_in.shape[1]
    last = tableau.listed[slot, tableau.slots[slot].length - 1]
    tableau.listed[slot, tableau.requests[request].position] = last
    tableau.requests[last].position = tableau.requests[request].position
    tableau.slots[slot].length -= 1
    tableau.listed[slots, tableau.slots[slots].length] = request
    tableau.requests[request].position = tableau.slots[slots].length
    tableau.slots[slots].length += 1
    tableau.requests[request].slot_of = -1
    for member in range(
        tableau.requests[request].member_start, tableau.requests[request].member_end
    ):
        person = tableau.links[member]
        first = tableau.people[person].at_start + slot * tableau.people[person].parallel
        end = first + tableau.held_in[person, slot] - 1
        for place in range(first, end):
            if tableau.at[place] == request:
                tableau.at[place] = tableau.at[end]
        tableau.at[end] = -1
        tableau.held_in[person, slot] -= 1
        tableau.people[person].held_by -= 1
        tableau.people[person].met -= tableau.requests[request].weight
    for place in range(tableau.requests[request].row_start, tableau.requests[request].row_end):
        tableau.room[tableau.links[place], slot] += 1


@compiled
def attach(tableau: Tableau, request: int, slot: int) -> None:
    """Put a request that is not held into a slot where all concerned have time."""
    slots = tableau.held_in.shape[1]
    last = tableau.listed[slots, tableau.slots[slots].length - 1]
    tableau.listed[slots, tableau.requests[request].position] = last
    tableau.requests[last].position = tableau.requests[request].position
    tableau.slots[slots].length -= 1
    tableau.listed[slot, tableau.slots[slot].length] = request
    tableau.requests[request].position = tableau.slots[slot].length
    tableau.slots[slot].length += 1
    tableau.requests[request].slot_of = slot
    for member in range(
        tableau.requests[request].member_start, tableau.requests[request].member_end
    ):
        person = tableau.links[member]
        place = (
            tableau.people[person].at_start
            + slot * tableau.people[person].parallel
            + tableau.held_in[person, slot]
        )
        tableau.at[place] = request
        tableau.held_in[person, slot] += 1
        tableau.people[person].held_by += 1
        tableau.people[person].met += tableau.requests[request].weight
    for place in range(tableau.requests[request].row_start, tableau.requests[request].row_end):
        tableau.room[tableau.links[place], slot] -= 1


@compiled
def day_gaps(
    tableau: Tableau,
    person: int,
    within: int,
    first: int,
    at_first: int,
    second: int,
    at_second: int,
) -> tuple[int, int]:
    """Return breaks and idle slots of the day of slot ``within`` if the counts in two slots were as given (slots of -1: as they are)."""
    breaks = 0
    idle = 0
    run = -1
    for slot in range(tableau.slots[within].day_start, tableau.slots[within].day_end):
        count = tableau.held_in[person, slot]
        if slot == first:
            count = at_first
        elif slot == second:
            count = at_second
        if count > 0:
            if run > 0:
                breaks += 1
                idle += run
            run = 0
        elif run >= 0:
            run += 1
    return breaks, idle


@compiled
def refresh(tableau: Tableau, person: int) -> None:
    """Count a participant's breaks and idle slots again, and list or unlist it as bad."""
    breaks = 0
    idle = 0
    slot = 0
    while slot < tableau.held_in.shape[1]:
        more_breaks, more_idle = day_gaps(tableau, person, slot, -1, 0, -1, 0)
        breaks += more_breaks
        idle += more_idle
        slot = tableau.slots[slot].day_end
    tableau.people[person].breaks = breaks
    tableau.people[person].idle = idle
    place = tableau.people[person].bad_position
    if idle > 0 and place < 0:
        tableau.people[person].bad_position = tableau.scalars[BAD]
        tableau.people[tableau.scalars[BAD]].bad = person
        tableau.scalars[BAD] += 1
    elif idle == 0 and place >= 0:
        tableau.scalars[BAD] -= 1
        last = tableau.people[tableau.scalars[BAD]].bad
        tableau.people[place].bad = last
        tableau.people[last].bad_position = place
        tableau.people[person].bad_position = -1


@compiled
def fill(tableau: Tableau, slot_of: Ints) -> None:
    """Hold what ``slot_of`` says, and nothing else."""
    for request in range(slot_of.shape[0]):
        if tableau.requests[request].slot_of >= 0:
            detach(tableau, request)
    for request in range(slot_of.shape[0]):
        if slot_of[request] >= 0:
            attach(tableau, request, slot_of[request])
    for person in range(tableau.people.shape[0]):
        refresh(tableau, person)
