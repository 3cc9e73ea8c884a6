"""
Compiled schedule generation: an order of activities becomes a schedule, and is justified right and left.

References
----------
R. Kolisch, Serial and parallel resource-constrained project scheduling methods revisited, European Journal of Operational Research 90
(1996) 320-333 (serial schedule generation); V. Valls, F. Ballestin, S. Quintanilla, Justification and RCPSP: a technique that pays,
European Journal of Operational Research 165 (2005) 375-386 (double justification).
"""

from typing import NamedTuple

import numba
import numpy as np

from punte.engines.roadmap.problem import Ints, Problem

compiled = numba.njit(cache=True, nogil=True)
spliced = numba.njit(cache=True, nogil=True, inline="always")
"""For small functions on the hot path: a call that hands over the tables would cost more than its work."""


class Tables(NamedTuple):
    """The arrays of :class:`punte.engines.roadmap.problem.Problem` as compiled code takes them.

    ``forward`` says that a schedule sorted by start is in the order of its links.
    """

    length: Ints
    earliest: Ints
    latest: Ints
    before_first: Ints
    before: Ints
    before_gap: Ints
    before_row: Ints
    after_first: Ints
    after: Ints
    after_gap: Ints
    after_row: Ints
    plain: bool
    forward: bool
    allow: Ints
    limit: Ints
    finish: Ints
    snap: Ints
    last: Ints
    need: Ints
    guard: Ints
    free: Ints
    level: Ints
    cost: Ints
    income: Ints
    late_cost: Ints
    horizon: int


class Scratch(NamedTuple):
    """Memory that one search uses again and again: starts, keys, free words, cash, sorting."""

    starts: Ints
    finishes: Ints
    free: Ints
    level: Ints
    counts: Ints
    sorted: Ints
    saved: Ints


def as_tables(problem: Problem) -> Tables:
    """Return the arrays of ``problem`` in the order compiled code wants."""
    before, after = problem.before, problem.after
    return Tables(
        problem.length,
        problem.earliest,
        problem.latest,
        before.first,
        before.other,
        before.gap,
        before.row,
        after.first,
        after.other,
        after.gap,
        after.row,
        problem.plain,
        problem.plain and bool((before.gap >= 0).all()),
        problem.allow,
        problem.limit,
        problem.finish,
        problem.snap,
        problem.last,
        problem.need,
        problem.guard,
        problem.free,
        problem.level,
        problem.cost,
        problem.income,
        problem.late_cost,
        problem.horizon,
    )


def new_scratch(problem: Problem) -> Scratch:
    """Return memory for one search thread."""
    count = len(problem.todo)
    return Scratch(
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
        np.zeros_like(problem.free),
        np.zeros_like(problem.level),
        np.zeros(max(problem.horizon, count) + 3, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
    )


@spliced
def _conflict_from_end(t: Tables, begin: int, end: int, job: int, free: Ints) -> int:
    """Return the last unit of [begin, end) in which ``job`` does not fit; -1 when it fits."""
    words = t.guard.size
    for step in range(end - 1, begin - 1, -1):
        for word in range(words):
            guard = t.guard[word]
            if ((free[step, word] | guard) - t.need[job, word]) & guard != guard:
                return step
    return -1


@spliced
def _conflict_from_start(t: Tables, begin: int, end: int, job: int, free: Ints) -> int:
    """Return the first unit of [begin, end) in which ``job`` does not fit; -1 when it fits."""
    words = t.guard.size
    for step in range(begin, end):
        for word in range(words):
            guard = t.guard[word]
            if ((free[step, word] | guard) - t.need[job, word]) & guard != guard:
                return step
    return -1


@spliced
def _take(t: Tables, begin: int, end: int, job: int, free: Ints) -> None:
    for step in range(begin, end):
        for word in range(t.guard.size):
            free[step, word] -= t.need[job, word]


@spliced
def _wait_for_cash(t: Tables, paid: int, job: int, level: Ints) -> int:
    """Return the first instant from ``paid`` on after which the cash never falls short of the job's cost."""
    for step in range(level.size - 1, paid - 1, -1):
        if level[step] < t.cost[job]:
            return step + 1
    return paid


@spliced
def _find_place(t: Tables, job: int, start: int, stop: int, work: Scratch) -> int:
    """Return the earliest start from ``start`` on that resources, calendar and cash allow; -1 when none ends by ``stop``."""
    while True:
        if not t.plain and start <= stop:
            start = t.snap[job, start]
        if start > stop or start > t.latest[job]:
            return -1
        end = start + t.length[job] if t.plain else t.finish[job, start]
        if end > stop:
            return -1
        blocked = _conflict_from_end(t, start, end, job, work.free) if end > start else -1
        if blocked >= 0:
            start = blocked + 1
            continue
        if t.level.size > 0 and t.cost[job] > 0:
            paid = end if t.late_cost[job] else start
            wait = _wait_for_cash(t, paid, job, work.level) - paid
            if wait > 0:
                start += wait if t.plain else 1
                continue
        return start


@compiled
def schedule_left(t: Tables, order: Ints, stop: int, work: Scratch) -> int:
    """
    Place activities one after the other as early as possible; return the makespan, -1 when one cannot end by ``stop``.

    ``work.starts`` and ``work.finishes`` hold the schedule.
    """
    starts, finishes = work.starts, work.finishes
    work.free[: stop + 1] = t.free[: stop + 1]
    if t.level.size > 0:
        work.level[:] = t.level
    makespan = 0
    for job in order:
        start = t.earliest[job]
        for arc in range(t.before_first[job], t.before_first[job + 1]):
            begin = starts[t.before[arc]]
            if t.plain:
                begin += t.before_gap[arc]
            else:
                begin = t.allow[t.before_row[arc], begin]
            start = max(start, begin)
        start = _find_place(t, job, start, stop, work)
        if start < 0:
            return -1
        end = start + t.length[job] if t.plain else t.finish[job, start]
        _take(t, start, end, job, work.free)
        if t.level.size > 0:
            work.level[end if t.late_cost[job] else start :] -= t.cost[job]
            work.level[end:] += t.income[job]
        starts[job], finishes[job] = start, end
        makespan = max(makespan, end)
    return makespan


@compiled
def _schedule_right(t: Tables, order: Ints, stop: int, work: Scratch) -> bool:
    """Place activities one after the other as late as possible, none ending after ``stop``."""
    starts = work.starts
    work.free[: stop + 1] = t.free[: stop + 1]
    for job in order:
        start = stop - t.length[job] if t.plain else t.last[job, stop]
        start = min(start, t.latest[job])
        for arc in range(t.after_first[job], t.after_first[job + 1]):
            begin = starts[t.after[arc]]
            if t.plain:
                begin -= t.after_gap[arc]
            else:
                begin = t.limit[t.after_row[arc], begin]
            start = min(start, begin)
        while start >= t.earliest[job]:
            if not t.plain:
                end = t.finish[job, start]
                if end > start and t.snap[job, start] != start:
                    start -= 1
                    continue
            else:
                end = start + t.length[job]
            blocked = _conflict_from_start(t, start, end, job, work.free)
            if blocked < 0:
                break
            start = blocked - t.length[job] if t.plain else t.last[job, blocked]
        if start < t.earliest[job]:
            return False
        end = start + t.length[job] if t.plain else t.finish[job, start]
        _take(t, start, end, job, work.free)
        starts[job], work.finishes[job] = start, end
    return True


@compiled
def _sort_by(key: Ints, order: Ints, top: int, work: Scratch) -> None:
    """Sort ``order`` by ``key`` (0 to ``top``), keeping the order of equals."""
    counts, target = work.counts, work.sorted
    counts[: top + 2] = 0
    for job in order:
        counts[key[job] + 1] += 1
    for value in range(1, top + 2):
        counts[value] += counts[value - 1]
    for job in order:
        target[counts[key[job]]] = job
        counts[key[job]] += 1
    order[:] = target


@compiled
def _justify(t: Tables, order: Ints, makespan: int, work: Scratch) -> int:
    """Push a schedule right, then left; return the makespan, or -1 when the dates of the plan stand in the way."""
    # Equals keep their order, so that among activities of no length those that wait stay behind those they wait for.
    _sort_by(work.finishes, order, makespan, work)
    if not _schedule_right(t, order[::-1], makespan, work):
        return -1
    _sort_by(work.starts, order, makespan, work)
    after = schedule_left(t, order, makespan, work)
    if after >= 0:
        _sort_by(work.starts, order, after, work)
    return after


@compiled
def improve(t: Tables, order: Ints, stop: int, work: Scratch) -> tuple[int, int]:
    """
    Schedule ``order`` and justify it right and left until that gains nothing.

    Returns
    -------
    tuple of int
        Makespan, or -1 when nothing ends by ``stop``; and the number of schedules built. ``order`` is sorted by start
        afterwards, and ``work.starts`` holds its schedule.
    """
    makespan, built = schedule_left(t, order, stop, work), 1
    if makespan < 0:
        return -1, built
    _sort_by(work.starts, order, makespan, work)
    while (
        t.level.size == 0
    ):  # with cash a later payment is harmless, a later income is not: no justification
        work.saved[:] = work.starts
        built += 2
        after = _justify(t, order, makespan, work)
        if after < 0:
            work.starts[:] = work.saved
            _sort_by(work.starts, order, makespan, work)
            break
        if after >= makespan:
            break
        makespan = after
    return makespan, built


@compiled
def put_in_order(t: Tables, order: Ints, work: Scratch) -> None:
    """Move activities behind those they wait for: links other than finish-to-start may start in the other order."""
    placed, stack, target = work.counts, work.saved, work.sorted
    count, depth = 0, 0
    placed[: order.size] = 0
    for job in order:
        stack[0], depth = job, 1
        while depth > 0:
            top = stack[depth - 1]
            depth -= 1
            if placed[top]:
                continue
            waiting = -1
            for arc in range(t.before_first[top], t.before_first[top + 1]):
                if not placed[t.before[arc]]:
                    waiting = t.before[arc]
            if waiting < 0:
                target[count] = top
                placed[top] = 1
                count += 1
            else:
                stack[depth], stack[depth + 1] = top, waiting
                depth += 2
    order[:] = target
