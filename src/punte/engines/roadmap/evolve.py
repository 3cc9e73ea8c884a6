"""
A genetic search over activity lists, compiled: two-point crossover, swaps, double justification, restarts.

Chosen and sized on the even-numbered parameter sets of PSPLIB j120; the odd ones were kept for the report.

References
----------
S. Hartmann, A competitive genetic algorithm for resource-constrained project scheduling, Naval Research Logistics 45 (1998) 733-750;
V. Valls, F. Ballestin, S. Quintanilla, A hybrid genetic algorithm for the RCPSP, European Journal of Operational Research 185 (2008)
495-508.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from punte.engines.roadmap.kernel import (
    Scratch,
    Tables,
    as_tables,
    compiled,
    improve,
    new_scratch,
    put_in_order,
)
from punte.engines.roadmap.plain import improve_plain, is_plain
from punte.engines.roadmap.problem import Ints, Problem

Words = NDArray[np.uint64]

POPULATION: Final = 800
"""Activity lists kept."""

SWAP_SHARE: Final = 0.05
"""Probability that two neighbours of a new list change places."""

STALL: Final = 25_000
"""New lists without a better makespan before a population counts as settled."""

WORST_OF: Final = 3
"""A new list replaces the worst of so many drawn at random."""

FULL, MET = 1, 2
"""States of the store: waiting for the next population, and met by the present one; 0 while it is empty."""

NOTHING: Final = 1 << 40
"""Makespan of a list that gave no schedule."""


@dataclass(slots=True, kw_only=True)
class Island:
    """
    One population and its random numbers; the same seed gives the same lists.

    Parameters
    ----------
    best
        Shortest makespan so far; ``NOTHING`` before the first.
    starts
        Shape (n,): its starts.
    built
        Schedules built so far.

    Notes
    -----
    A population that has settled lends its better half to a store and starts afresh; the next one that settles meets the store: its worse
    half gives way to it, and the two go on together until they have settled, and so on.
    """

    problem: Problem
    seed: int
    stop: int
    best: int = NOTHING
    built: int = 0
    starts: Ints = field(init=False)
    _tables: Tables = field(init=False)
    _scratch: Scratch = field(init=False)
    _lists: Ints = field(init=False)
    _score: Ints = field(init=False)
    _stored: Ints = field(init=False)
    _stored_score: Ints = field(init=False)
    _state: Words = field(init=False)
    _counters: Ints = field(init=False)
    _priority: Ints = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.problem.todo)
        self.starts = np.zeros(count, dtype=np.int64)
        self._tables, self._scratch = as_tables(self.problem), new_scratch(self.problem)
        self._lists = np.zeros((POPULATION, count), dtype=np.int64)
        self._score = np.full((POPULATION, 2), NOTHING, dtype=np.int64)
        self._state = np.array([self.seed * 2654435761 + 88172645463325252], dtype=np.uint64)
        self._stored = np.zeros((POPULATION // 2, count), dtype=np.int64)
        self._stored_score = np.zeros((POPULATION // 2, 2), dtype=np.int64)
        self._counters = np.zeros(3, dtype=np.int64)
        self._priority = find_latest(self.problem)

    def work(self, schedules: int, bound: int) -> bool:
        """Build about ``schedules`` more; stop at a makespan of ``bound``. Return whether a shorter one was found."""
        before = self.best
        best, built = _evolve(
            self._tables,
            (self._lists, self._score),
            (self._stored, self._stored_score),
            self._state,
            self._counters,
            self._priority,
            self.starts,
            (self.best, bound, self.stop, schedules),
            self._scratch,
        )
        self.best, self.built = int(best), self.built + int(built)
        return self.best < before


def find_latest(problem: Problem) -> Ints:
    """Return latest finishes by the links alone, the priority of the first lists; shape (n,)."""
    latest = np.full(len(problem.todo), problem.horizon, dtype=np.int64)
    after = problem.after
    for job in range(len(problem.todo) - 1, -1, -1):
        latest[job] = min(latest[job], problem.latest[job] + problem.length[job])
        for arc in range(after.first[job], after.first[job + 1]):
            other = after.other[arc]
            begin = latest[other] - problem.length[other]
            begin = begin - after.gap[arc] if problem.plain else begin - problem.length[job]
            latest[job] = min(latest[job], begin + problem.length[job])
    return latest


@compiled
def _draw(state: Words, count: int | np.int64) -> np.int64:
    """Return a number from 0 to ``count`` - 1 (xorshift64)."""
    word = state[0]
    word ^= word << np.uint64(13)
    word ^= word >> np.uint64(7)
    word ^= word << np.uint64(17)
    state[0] = word
    return np.int64((word >> np.uint64(11)) % np.uint64(count))


@compiled
def _sample(t: Tables, order: Ints, priority: Ints, state: Words, work: Scratch) -> None:
    """Fill ``order`` with a random list that favours early latest finishes, more or less."""
    waits, ready = work.saved, work.sorted
    count, bias = 0, 1 + _draw(state, 4)
    for job in range(order.size):
        waits[job] = t.before_first[job + 1] - t.before_first[job]
        if waits[job] == 0:
            ready[count] = job
            count += 1
    for position in range(order.size):
        at = _draw(state, count)
        for _ in range(bias):
            other = _draw(state, count)
            if priority[ready[other]] < priority[ready[at]]:
                at = other
        job = ready[at]
        count -= 1
        ready[at] = ready[count]
        order[position] = job
        for arc in range(t.after_first[job], t.after_first[job + 1]):
            after = t.after[arc]
            waits[after] -= 1
            if waits[after] == 0:
                ready[count] = after
                count += 1


@compiled
def _cross(mother: Ints, father: Ints, child: Ints, state: Words, work: Scratch) -> None:
    """Give the child the mother's list with a middle part, a quarter to three quarters, in the father's order."""
    count, taken = mother.size, work.sorted
    middle = count // 4 + _draw(state, count // 2 + 1)
    first = _draw(state, count - middle + 1)
    taken[:] = 0
    for job in mother[:first]:
        taken[job] = 1
    child[:first] = mother[:first]
    position = int(first)
    for job in father:
        if position == first + middle:
            break
        if not taken[job]:
            child[position] = job
            taken[job] = 1
            position += 1
    for job in mother:
        if not taken[job]:
            child[position] = job
            position += 1


@compiled
def _mutate(t: Tables, order: Ints, state: Words) -> None:
    for position in range(order.size - 1):
        if _draw(state, 1_000_000) >= 1_000_000 * SWAP_SHARE:
            continue
        first, second = order[position], order[position + 1]
        waits = False
        for arc in range(t.before_first[second], t.before_first[second + 1]):
            waits |= t.before[arc] == first
        if not waits:
            order[position], order[position + 1] = second, first


@compiled
def _enter(lists: Ints, score: Ints, child: Ints, made: tuple[int, int], state: Words) -> None:
    """Put a new list in place of a bad one, unless its like is there already."""
    for row in range(score.shape[0]):
        if score[row, 0] == made[0] and score[row, 1] == made[1]:
            return
    worst = _draw(state, score.shape[0])
    for _ in range(WORST_OF - 1):
        other = _draw(state, score.shape[0])
        if score[other, 0] > score[worst, 0]:
            worst = other
    if made[0] <= score[worst, 0]:
        lists[worst] = child
        score[worst, 0], score[worst, 1] = made


@compiled
def _parent(score: Ints, state: Words) -> np.int64:
    one, other = _draw(state, score.shape[0]), _draw(state, score.shape[0])
    return other if score[other, 0] < score[one, 0] else one


@compiled
def _settle(lists: Ints, score: Ints, store: tuple[Ints, Ints], counters: Ints) -> None:
    """Let a settled population meet the store; after that, or while the store is empty, put its better half there and start afresh."""
    stored, stored_score = store
    half, ranked = stored.shape[0], np.argsort(score[:, 0], kind="mergesort")
    if counters[2] == FULL:
        for row in range(half):
            lists[ranked[half + row]] = stored[row]
            score[ranked[half + row]] = stored_score[row]
        counters[1], counters[2] = 0, MET
        return
    for row in range(half):
        stored[row] = lists[ranked[row]]
        stored_score[row] = score[ranked[row]]
    score[:] = NOTHING
    counters[0], counters[1], counters[2] = 0, 0, FULL


@compiled
def _evolve(
    t: Tables,
    population: tuple[Ints, Ints],
    store: tuple[Ints, Ints],
    state: Words,
    counters: Ints,
    priority: Ints,
    starts: Ints,
    limits: tuple[int, int, int, int],
    work: Scratch,
) -> tuple[int, int]:
    """Go on for some schedules; ``counters`` hold the lists filled, those made since the last gain, and the state of the store."""
    best, bound, stop, budget = limits
    lists, score = population
    built, child, quick = 0, np.empty(lists.shape[1], np.int64), is_plain(t)
    while built < budget and best > bound:
        if counters[1] >= STALL:
            _settle(lists, score, store, counters)
        fresh = counters[0] < lists.shape[0]
        if fresh:
            _sample(t, child, priority, state, work)
        else:
            mother, father = _parent(score, state), _parent(score, state)
            if mother == father:
                continue
            _cross(lists[mother], lists[father], child, state, work)
            _mutate(t, child, state)
            if not t.forward:
                put_in_order(t, child, work)
        if quick:
            makespan, count = improve_plain(t, child, stop, work)
        else:
            makespan, count = improve(t, child, stop, work)
        built += count
        counters[1] += 1
        made = (makespan if makespan >= 0 else NOTHING, work.starts.sum())
        if fresh:
            row = counters[0]
            lists[row] = child
            score[row, 0], score[row, 1] = made
            counters[0] += 1
            counters[1] = 0
        elif makespan >= 0:
            _enter(lists, score, child, made, state)
        if 0 <= makespan < best:
            best = makespan
            starts[:] = work.starts
            counters[1] = 0
    return best, built
