"""
Few breaks fast: anneal over the slots of meetings that are all held, by exchanging chains between two slots.

A break costs two idle slots here, and the idle slots in it cost too: a hole of three is further from closed than a hole of one, and a
count of breaks alone would not tell the search so. What is kept is the timetable of fewest breaks.

A meeting that moves from one slot to another pushes out those who share a participant with it there; they move the other way,
and so on: a Kempe chain of the conflict graph, after which nobody is in two places at once.

References
----------
Kirkpatrick, Gelatt and Vecchi, "Optimization by Simulated Annealing", Science 220 (1983).
Morgenstern and Shapiro, "Coloration Neighborhood Structures for General Graph Coloring", SODA 1990 (chains as moves).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from punte.engines.timetable.compiled import compiled
from punte.engines.timetable.options import Options

Ints = NDArray[np.int64]
Masks = NDArray[np.uint64]

MOST_SLOTS: Final = 64
"""Busy slots of a participant are the bits of one machine word."""

_BREAK: Final = 2
"""Cost of a break beside that of its idle slots, in idle slots."""

_HOT, _COLD = 2.0, 0.2
"""First and last temperature, in idle slots."""

_EXCESS: Final = 1_000_000
"""Cost of each break above what one participant may have, in breaks: a timetable that pays it is never the best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """
    What moves need, as arrays.

    Parameters
    ----------
    members
        Participants of each request, filled up with -1, shape (requests, most members).
    allowed
        For each request the slots it may be held in, as bits.
    capacity
        Meetings at once in each slot.
    days
        The slots of each day, as bits.
    before, later
        Pairs of requests, the first strictly before the second.
    moment
        For each slot the rank of its start.
    """

    members: Ints
    allowed: Masks
    capacity: Ints
    days: Masks
    before: Ints
    later: Ints
    moment: Ints


def survey(options: Options) -> Terrain | None:
    """Return the arrays of a question; ``None`` if it has too many slots or places that differ."""
    instance = options.instance
    if len(instance.slots) > MOST_SLOTS or len(options.classes) != 1:
        return None
    widest = max(len(people) for people in options.members)
    members = np.full((len(options.members), widest), -1, dtype=np.int64)
    for idx, people in enumerate(options.members):
        members[idx, : len(people)] = people
    days: dict[str, int] = {}
    for idx, slot in enumerate(instance.slots):
        days[slot.day] = days.get(slot.day, 0) | 1 << idx
    index = {request.id: idx for idx, request in enumerate(instance.requests)}
    starts = sorted({slot.start for slot in instance.slots})
    return Terrain(
        members=members,
        allowed=np.array(
            [sum(1 << slot for slot, _ in found) for found in options.of_request], dtype=np.uint64
        ),
        capacity=np.array(options.classes[0].capacity, dtype=np.int64),
        days=np.array(list(days.values()), dtype=np.uint64),
        before=np.array([index[first] for first, _ in instance.precedences], dtype=np.int64),
        later=np.array([index[second] for _, second in instance.precedences], dtype=np.int64),
        moment=np.array([starts.index(slot.start) for slot in instance.slots], dtype=np.int64),
    )


def anneal(
    terrain: Terrain,
    slot_of: Ints,
    *,
    participants: int,
    breaks_each: int | None,
    target: int,
    iterations: int,
    seed: int,
) -> Ints:
    """
    Return the slots of the best timetable met, shape (requests,).

    Parameters
    ----------
    slot_of
        Where each request is held now, within all rules; not changed.
    breaks_each
        Most breaks of one participant; ``None`` for no limit.
    target
        Breaks in all at which to stop, >= 0.
    """
    worst = len(terrain.moment)
    limit = worst if breaks_each is None else breaks_each
    cost = np.array(
        [count + _EXCESS * max(0, count - limit) for count in range(worst + 1)], dtype=np.int64
    )
    best = slot_of.copy()
    _anneal(
        slot_of.copy(),
        best,
        terrain.members,
        terrain.allowed,
        terrain.capacity,
        terrain.days,
        terrain.before,
        terrain.later,
        terrain.moment,
        cost,
        participants,
        target,
        iterations,
        seed,
    )
    return best


@compiled
def _count_bits(word: Any) -> Any:  # noqa: ANN401 - compiled: machine words
    count = 0
    while word != 0:
        word &= word - np.uint64(1)
        count += 1
    return count


@compiled
def _count_gaps(busy: Any, days: Any) -> Any:  # noqa: ANN401 - compiled: machine words
    """Return the breaks of busy slots, and the idle slots in them."""
    breaks, idle = 0, 0
    for day in days:
        rest = busy & day
        first = rest & (~rest + np.uint64(1))
        if (rest + first) & rest == 0:  # one run, or none
            continue
        until = rest | rest >> np.uint64(1)
        until |= until >> np.uint64(2)
        until |= until >> np.uint64(4)
        until |= until >> np.uint64(8)
        until |= until >> np.uint64(16)
        until |= until >> np.uint64(32)
        gaps = until & ~rest & ~(first - np.uint64(1))
        breaks += _count_bits(gaps & ~(gaps << np.uint64(1)))
        idle += _count_bits(gaps)
    return breaks, idle


@compiled
def _find_chain(
    first: int,
    other: int,
    slot_of: Ints,
    at: Ints,
    members: Ints,
    allowed: Masks,
    chain: Ints,
    seen: Ints,
    stamp: int,
) -> int:
    """Fill ``chain`` with the meetings that move if ``first`` goes to ``other``; returns how many, -1 if one may not."""
    home = slot_of[first]
    chain[0] = first
    seen[first] = stamp
    count = 1
    done = 0
    while done < count:
        meeting = chain[done]
        done += 1
        goal = other if slot_of[meeting] == home else home
        if not (allowed[meeting] >> np.uint64(goal)) & np.uint64(1):
            return -1
        for person in members[meeting]:
            if person < 0:
                break
            met = at[person, goal]
            if met >= 0 and seen[met] != stamp:
                seen[met] = stamp
                chain[count] = met
                count += 1
    return count


@compiled
def _exchange(
    chain: Ints, count: int, home: int, other: int, slot_of: Ints, at: Ints, members: Ints
) -> None:
    """Move the first ``count`` meetings of a chain to the other of the two slots."""
    for number in range(count):
        for person in members[chain[number]]:
            if person >= 0:
                at[person, slot_of[chain[number]]] = -1
    for number in range(count):
        meeting = chain[number]
        slot_of[meeting] = home if slot_of[meeting] == other else other
    for number in range(count):
        for person in members[chain[number]]:
            if person >= 0:
                at[person, slot_of[chain[number]]] = chain[number]


@compiled
def _is_in_order(slot_of: Ints, before: Ints, later: Ints, moment: Ints) -> Any:  # noqa: ANN401 - compiled: a truth value
    return not np.any(moment[slot_of[before]] >= moment[slot_of[later]])


@compiled
def _look_up(
    slot_of: Ints, members: Ints, participants: int, slots: int
) -> tuple[Ints, Masks, Ints]:
    """Return the meeting of each participant in each slot, its busy slots as bits, and the meetings of each slot."""
    at = np.full((participants, slots), -1, dtype=np.int64)
    busy = np.zeros(participants, dtype=np.uint64)
    used = np.zeros(slots, dtype=np.int64)
    for meeting in range(members.shape[0]):
        used[slot_of[meeting]] += 1
        for person in members[meeting]:
            if person >= 0:
                at[person, slot_of[meeting]] = meeting
                busy[person] |= np.uint64(1) << np.uint64(slot_of[meeting])
    return at, busy, used


@compiled
def _anneal(
    slot_of: Ints,
    best: Ints,
    members: Ints,
    allowed: Masks,
    capacity: Ints,
    days: Masks,
    before: Ints,
    later: Ints,
    moment: Ints,
    cost: Ints,
    participants: int,
    target: int,
    iterations: int,
    seed: int,
) -> None:
    np.random.seed(seed)  # noqa: NPY002 - the only generator compiled code has
    requests, slots = members.shape[0], moment.shape[0]
    at, busy, used = _look_up(slot_of, members, participants, slots)
    total = 0
    for person in range(participants):
        total += cost[_count_gaps(busy[person], days)[0]]
    least = total
    chain = np.empty(requests, dtype=np.int64)
    seen = np.full(requests, -1, dtype=np.int64)
    temperature, cooling = _HOT, (_COLD / _HOT) ** (1.0 / iterations)
    for stamp in range(iterations):
        temperature *= cooling
        meeting, other = np.random.randint(requests), np.random.randint(slots)  # noqa: NPY002 - as above
        home = slot_of[meeting]
        if home == other or not (allowed[meeting] >> np.uint64(other)) & np.uint64(1):
            continue
        count = _find_chain(meeting, other, slot_of, at, members, allowed, chain, seen, stamp)
        if count < 0:
            continue
        net = _count_growth(chain, count, slot_of, home)
        if used[other] + net > capacity[other] or used[home] - net > capacity[home]:
            continue
        dearer, idler = _weigh(chain, count, home, other, at, members, busy, days, cost)
        change = _BREAK * dearer + idler
        if change > 0 and np.random.random() >= np.exp(-change / temperature):  # noqa: NPY002 - as above
            continue
        _exchange(chain, count, home, other, slot_of, at, members)
        if before.shape[0] and not _is_in_order(slot_of, before, later, moment):
            _exchange(chain, count, home, other, slot_of, at, members)
            continue
        used[other] += net
        used[home] -= net
        _note_busy(chain, count, home, other, at, members, busy)
        total += dearer
        if total < least:
            least = total
            best[:] = slot_of
            if least <= target:
                return


@compiled
def _count_growth(chain: Ints, count: int, slot_of: Ints, home: int) -> Any:  # noqa: ANN401 - compiled: a number
    """Return by how many meetings the slot that is not ``home`` grows."""
    net = 0
    for number in range(count):
        net += 1 if slot_of[chain[number]] == home else -1
    return net


@compiled
def _weigh(
    chain: Ints,
    count: int,
    home: int,
    other: int,
    at: Ints,
    members: Ints,
    busy: Masks,
    days: Masks,
    cost: Ints,
) -> tuple[int, int]:
    """Return by how much the cost of breaks grows, and by how many the idle slots."""
    pair = np.uint64(1) << np.uint64(home) | np.uint64(1) << np.uint64(other)
    dearer, idler = 0, 0
    for number in range(count):
        for person in members[chain[number]]:
            # who has a meeting in both slots keeps one in both, since both are in the chain
            if person >= 0 and (at[person, home] < 0 or at[person, other] < 0):
                breaks, idle = _count_gaps(busy[person] ^ pair, days)
                breaks_now, idle_now = _count_gaps(busy[person], days)
                dearer += cost[breaks] - cost[breaks_now]
                idler += idle - idle_now
    return dearer, idler


@compiled
def _note_busy(
    chain: Ints, count: int, home: int, other: int, at: Ints, members: Ints, busy: Masks
) -> None:
    for number in range(count):
        for person in members[chain[number]]:
            if person >= 0:
                for slot in (home, other):
                    bit = np.uint64(1) << np.uint64(slot)
                    if at[person, slot] >= 0:
                        busy[person] |= bit
                    else:
                        busy[person] &= ~bit
