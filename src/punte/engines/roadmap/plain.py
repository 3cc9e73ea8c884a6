"""
Schedule generation for the most usual plans: no calendars, no cash, resources that fit into one machine word.

The same schedules as :mod:`punte.engines.roadmap.kernel` makes, several times as fast: every array is one-dimensional, and what a loop
reads is handed over by itself instead of with all the tables.
"""

import numpy as np

from punte.engines.roadmap.kernel import Scratch, Tables, compiled
from punte.engines.roadmap.problem import Ints


@compiled
def is_plain(t: Tables) -> bool:
    """Return whether this module serves a plan."""
    return t.plain and t.level.size == 0 and t.guard.size == 1


@compiled
def _left(
    order: Ints,
    length: Ints,
    heads: tuple[Ints, Ints],
    arcs: tuple[Ints, Ints, Ints],
    need: Ints,
    there: Ints,
    guard: int | np.int64,
    stop: int | np.int64,
    free: Ints,
    starts: Ints,
    finishes: Ints,
) -> int:
    """Place activities one after the other as early as possible; return the makespan, -1 when one cannot end by ``stop``."""
    earliest, latest = heads
    first, other, gap = arcs
    for step in range(stop + 1):
        free[step] = there[step] | guard
    makespan = 0
    for job in order:
        start = earliest[job]
        for arc in range(first[job], first[job + 1]):
            start = max(start, starts[other[arc]] + gap[arc])
        asked, long = need[job], length[job]
        top = min(stop - long, latest[job])
        while True:
            if start > top:
                return -1
            step = start + long - 1
            while step >= start and (free[step] - asked) & guard == guard:
                step -= 1
            if step < start:
                break
            start = step + 1
        end = start + long
        for step in range(start, end):
            free[step] -= asked
        starts[job], finishes[job] = start, end
        makespan = max(makespan, end)
    return makespan


@compiled
def _right(
    order: Ints,
    length: Ints,
    heads: tuple[Ints, Ints],
    arcs: tuple[Ints, Ints, Ints],
    need: Ints,
    there: Ints,
    guard: int | np.int64,
    stop: int | np.int64,
    free: Ints,
    starts: Ints,
    finishes: Ints,
) -> bool:
    """Place activities from the last of ``order`` to the first as late as possible, none ending after ``stop``."""
    earliest, latest = heads
    first, other, gap = arcs
    for step in range(stop + 1):
        free[step] = there[step] | guard
    for position in range(order.size - 1, -1, -1):
        job = order[position]
        asked, long = need[job], length[job]
        start = min(stop - long, latest[job])
        for arc in range(first[job], first[job + 1]):
            start = min(start, starts[other[arc]] - gap[arc])
        while True:
            if start < earliest[job]:
                return False
            step, end = start, start + long
            while step < end and (free[step] - asked) & guard == guard:
                step += 1
            if step == end:
                break
            start = step - long
        for step in range(start, end):
            free[step] -= asked
        starts[job], finishes[job] = start, end
    return True


@compiled
def _sort(key: Ints, order: Ints, top: int | np.int64, counts: Ints, target: Ints) -> None:
    """Sort ``order`` by ``key`` (0 to ``top``), keeping the order of equals."""
    for value in range(top + 2):
        counts[value] = 0
    for job in order:
        counts[key[job] + 1] += 1
    for value in range(1, top + 2):
        counts[value] += counts[value - 1]
    for job in order:
        target[counts[key[job]]] = job
        counts[key[job]] += 1
    for position in range(order.size):
        order[position] = target[position]


@compiled
def improve_plain(t: Tables, order: Ints, stop: int, work: Scratch) -> tuple[int, int]:
    """
    Schedule ``order`` and justify it right and left until that gains nothing, as :func:`kernel.improve` does.

    Parameters
    ----------
    t
        Of a plan that :func:`is_plain` accepts.
    """
    heads = (t.earliest, t.latest)
    before, after = (t.before_first, t.before, t.before_gap), (t.after_first, t.after, t.after_gap)
    need, there, guard, free = (
        t.need.reshape(-1),
        t.free.reshape(-1),
        t.guard[0],
        work.free.reshape(-1),
    )
    starts, finishes, saved = work.starts, work.finishes, work.saved
    length, counts, target = t.length, work.counts, work.sorted
    makespan = _left(order, length, heads, before, need, there, guard, stop, free, starts, finishes)
    built = 1
    if makespan < 0:
        return -1, built
    _sort(starts, order, makespan, counts, target)
    while True:
        for job in range(order.size):
            saved[job] = starts[job]
        built += 2
        _sort(finishes, order, makespan, counts, target)
        shorter = -1
        if _right(
            order, length, heads, after, need, there, guard, makespan, free, starts, finishes
        ):
            _sort(starts, order, makespan, counts, target)
            shorter = _left(
                order, length, heads, before, need, there, guard, makespan, free, starts, finishes
            )
        if shorter < 0:
            for job in range(order.size):
                starts[job] = saved[job]
            _sort(starts, order, makespan, counts, target)
            return makespan, built
        _sort(starts, order, shorter, counts, target)
        if shorter >= makespan:
            return makespan, built
        makespan = shorter
