"""The compiled passes through a network: all draws of a block at once, dates forward, criticality backward."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from punte.engines.roadmap.draws import Reals
from punte.engines.roadmap.kernel import compiled
from punte.engines.roadmap.network import Network
from punte.engines.roadmap.worktime import WorkTime

Ints = NDArray[np.int64]
Marks = NDArray[np.uint8]

BLOCK: Final = 256
"""Draws that pass the network together: their dates stay in the processor's cache."""

EPSILON: Final = 1e-7
"""Two instants closer than this are one [units]."""

NO_CALENDAR: Final = -1


class Grid(NamedTuple):
    """
    A network as compiled code takes it, activities in the order of their links.

    Parameters
    ----------
    earliest, earliest_finish
        Shape (n,): starts and finishes that dates alone allow.
    settled
        Shape (n,): 0 to do, 1 running from ``earliest`` on, 2 finished at ``earliest_finish``.
    left
        Shape (n,): share of the length that is still to be worked.
    first, other
        Arcs by later activity: shape (n + 1,) and (m,).
    from_finish, to_finish
        Shape (m,): which ends the link ties.
    lag, lag_calendar, calendar
        Shape (m,), (m,) and (n,): lag [units] and calendar numbers, -1 for elapsed time.
    days, counts
        Shape (calendars, d) and (calendars, h): instants of working days; working days before each instant.
    status_at
        Instant up to which history is known.
    """

    earliest: Reals
    earliest_finish: Reals
    settled: Ints
    left: Reals
    first: Ints
    other: Ints
    from_finish: Ints
    to_finish: Ints
    lag: Reals
    lag_calendar: Ints
    calendar: Ints
    days: Reals
    counts: Reals
    status_at: float


def build_grid(network: Network, place: dict[int, int]) -> Grid:
    """Return the network as compiled code takes it; ``place`` gives each activity number its row."""
    order, plan = network.order, network.plan
    calendars: list[WorkTime] = []

    def number(time: WorkTime) -> int:
        if time.days is None:
            return NO_CALENDAR
        if not any(time is other for other in calendars):
            calendars.append(time)
        return next(row for row, other in enumerate(calendars) if other is time)

    arcs = [(row, link) for row, idx in enumerate(order) for link in network.before[idx]]
    first = np.zeros(len(order) + 1, dtype=np.int64)
    for row, _ in arcs:
        first[row + 1] += 1
    states, lefts, starts, ends_at = _read_history(network)
    links = [network.links[link] for _, link in arcs]
    lag_calendar = [number(network.lag_of[link]) for _, link in arcs]
    calendar = [number(network.work_of[idx]) for idx in order]
    days, counts = _calendar_tables(calendars)
    return Grid(
        earliest=np.array(starts, dtype=np.float64),
        earliest_finish=np.array(ends_at, dtype=np.float64),
        settled=np.array(states, dtype=np.int64),
        left=np.array(lefts, dtype=np.float64),
        first=np.cumsum(first),
        other=np.array([place[network.ends[link][0]] for _, link in arcs], dtype=np.int64),
        from_finish=np.array([link.type[0] == "F" for link in links], dtype=np.int64),
        to_finish=np.array([link.type[1] == "F" for link in links], dtype=np.int64),
        lag=np.array([link.lag for link in links], dtype=np.float64),
        lag_calendar=np.array(lag_calendar, dtype=np.int64),
        calendar=np.array(calendar, dtype=np.int64),
        days=days,
        counts=counts,
        status_at=float(plan.status_at or 0),
    )


def _read_history(network: Network) -> tuple[list[int], list[float], list[int], list[int]]:
    """Return for each row: to do, running or finished; share left; earliest start; dated or actual finish."""
    states, lefts, starts, finishes = [], [], [], []
    for idx in network.order:
        done = network.activities[idx].progress
        states.append(0 if done is None else 1 if done.actual_finish is None else 2)
        lefts.append(1.0 - done.percent_complete if done is not None and states[-1] == 1 else 1.0)
        starts.append(network.first_start(idx))
        settled = states[-1] == 2
        finishes.append(network.finish(idx, starts[-1]) if settled else _dated_finish(network, idx))
    return states, lefts, starts, finishes


def _dated_finish(network: Network, idx: int) -> int:
    kept = network.activities[idx].constraint
    return kept.at if kept is not None and kept.type in ("FNET", "MFO") else 0


def _calendar_tables(calendars: list[WorkTime]) -> tuple[Reals, Reals]:
    """Return the tables, drawn out to one length so that they form arrays."""
    last = max((c.until + 1 for c in calendars if c.days is not None), default=1)
    long = max((len(c.days) for c in calendars if c.days is not None), default=1)
    days = np.zeros((len(calendars), long))
    counts = np.zeros((len(calendars), last))
    for row, time in enumerate(calendars):
        days[row] = [time.day(number) for number in range(long)]
        counts[row] = time.counts(last)
    return days, counts


@compiled
def _count(counts: Reals, instant: float) -> float:
    """Return the working time before an instant."""
    if instant < 0.0:
        return instant
    step, width = int(instant), counts.size
    if step + 1 >= width:
        return float(counts[width - 1] + instant - (width - 1))
    return float(counts[step] + (instant - step) * (counts[step + 1] - counts[step]))


@compiled
def _instant(days: Reals, work: float) -> float:
    """Return the instant with ``work`` working time before it; of a stretch of days off, its end."""
    if work < 0.0:
        return work
    number, long = int(work), days.size
    if number >= long:
        return float(days[long - 1] + 1.0 + work - long)
    return float(days[number] + work - number)


@compiled
def _ended(days: Reals, work: float) -> float:
    """Return the instant with ``work`` working time before it; of a stretch of days off, its beginning."""
    if work <= 0.0:
        return work
    number, long = int(np.ceil(work - EPSILON)) - 1, days.size
    if number >= long:
        return float(days[long - 1] + 1.0 + work - long)
    return float(days[max(0, number)] + work - max(0, number))


@compiled
def _shift_all(begin: Reals, lag: float, days: Reals, counts: Reals) -> None:
    """Move instants by a lag in working time, in place."""
    for draw in range(begin.size):
        work = _count(counts, begin[draw]) + lag
        begin[draw] = _ended(days, work) if lag > 0.0 else _instant(days, work)


@compiled
def _start_all(begin: Reals, lengths: Reals, days: Reals, counts: Reals) -> None:
    """Turn wanted finishes into the earliest starts that reach them, in place."""
    for draw in range(begin.size):
        begin[draw] = _instant(days, max(0.0, _count(counts, begin[draw]) - lengths[draw]))


@compiled
def _place_all(starts: Reals, lengths: Reals, finishes: Reals, days: Reals, counts: Reals) -> None:
    """Move starts out of days off, in place, and find the finishes."""
    for draw in range(starts.size):
        if lengths[draw] <= 0.0:
            finishes[draw] = starts[draw]
            continue
        work = _count(counts, starts[draw])
        starts[draw] = _instant(days, work)
        finishes[draw] = _ended(days, work + lengths[draw])


@compiled
def _bounds(g: Grid, arc: int, row: int, lengths: Reals, at: Reals, begin: Reals) -> None:
    """Fill ``begin`` with the earliest starts that one link allows, days off not yet skipped."""
    source = at[g.from_finish[arc], g.other[arc]]
    lag, by, own = g.lag[arc], g.lag_calendar[arc], g.calendar[row]
    if by < 0 or lag == 0.0:
        for draw in range(begin.size):
            begin[draw] = source[draw] + lag
    else:
        begin[:] = source[: begin.size]
        _shift_all(begin, lag, g.days[by], g.counts[by])
    if g.to_finish[arc] and own < 0:
        for draw in range(begin.size):
            begin[draw] -= lengths[draw]
    elif g.to_finish[arc]:
        _start_all(begin, lengths, g.days[own], g.counts[own])


@compiled
def _push(source: Reals, lag: float, lengths: Reals, to_finish: int, mine: Reals) -> None:
    """Move starts behind one link that skips no days off, in place: the sums of ``_bounds`` and their maximum in one loop."""
    if to_finish:
        for draw in range(mine.size):
            begin = source[draw] + lag - lengths[draw]
            mine[draw] = max(mine[draw], begin)
    else:
        for draw in range(mine.size):
            begin = source[draw] + lag
            mine[draw] = max(mine[draw], begin)


@compiled
def _go_on(g: Grid, row: int, left: Reals, mine: Reals, finishes: Reals) -> None:
    """Finish a running activity: what is left is worked from the status date on."""
    own = g.calendar[row]
    mine[:] = max(g.earliest[row], g.status_at)
    if own < 0:
        finishes[: mine.size] = mine + left
    else:
        _place_all(mine, left, finishes, g.days[own], g.counts[own])
    mine[:] = g.earliest[row]


@compiled
def _set_out(g: Grid, row: int, lengths: Reals, mine: Reals) -> None:
    """Fill ``mine`` with the earliest starts that dates alone allow."""
    own = g.calendar[row]
    mine[:] = g.earliest[row]
    if g.earliest_finish[row] > 0.0:
        mine[:] = g.earliest_finish[row]
        if own < 0:
            mine -= lengths
        else:
            _start_all(mine, lengths, g.days[own], g.counts[own])
        for draw in range(mine.size):
            mine[draw] = max(mine[draw], g.status_at)


@compiled
def _forward(g: Grid, simple: Marks, lengths: Reals, at: Reals, begin: Reals) -> None:
    """Place all activities in the draws of a block: ``at`` gets their starts and their finishes."""
    size = begin.size
    for row in range(lengths.shape[0]):
        own, long = g.calendar[row], lengths[row, :size]
        mine, ends = at[0, row, :size], at[1, row, :size]
        if g.settled[row] == 2:
            mine[:] = g.earliest[row]
            ends[:] = g.earliest_finish[row]
            continue
        if g.settled[row] == 1:
            _go_on(g, row, long * g.left[row], mine, ends)
            continue
        _set_out(g, row, long, mine)
        for arc in range(g.first[row], g.first[row + 1]):
            if simple[arc]:
                source = at[g.from_finish[arc], g.other[arc]]
                _push(source, g.lag[arc], long, g.to_finish[arc], mine)
                continue
            _bounds(g, arc, row, long, at, begin)
            for draw in range(size):
                mine[draw] = max(mine[draw], begin[draw])
        if own < 0:
            for draw in range(size):
                ends[draw] = mine[draw] + long[draw]
        else:
            _place_all(mine, long, ends, g.days[own], g.counts[own])


@compiled
def _blame(
    begin: Reals, lag: float, lengths: Reals, to_finish: int, mine: Reals, own: Marks, theirs: Marks
) -> None:
    """Mark the far end of a link in the draws in which it set a start that is itself on a longest path."""
    if to_finish:
        for draw in range(mine.size):
            last = begin[draw] + lag - lengths[draw] >= mine[draw] - EPSILON
            theirs[draw] |= own[draw] & last
    else:
        for draw in range(mine.size):
            theirs[draw] |= own[draw] & (begin[draw] + lag >= mine[draw] - EPSILON)


@compiled
def _backward(
    g: Grid, simple: Marks, lengths: Reals, at: Reals, on: Marks, begin: Reals, counts: Ints
) -> None:
    """Follow the longest paths of the draws of a block back from ``on``, and count them by activity."""
    size, after = begin.size, np.empty(begin.size)
    for row in range(lengths.shape[0] - 1, -1, -1):
        marked = 0
        for draw in range(size):
            marked += on[row, draw]
        counts[row] += marked
        if marked == 0 or g.settled[row] != 0:
            continue
        own, long, mine = g.calendar[row], lengths[row, :size], at[0, row, :size]
        for arc in range(g.first[row], g.first[row + 1]):
            theirs = on[g.other[arc]]
            if simple[arc] and own < 0:
                source = at[g.from_finish[arc], g.other[arc]]
                _blame(source, g.lag[arc], long, g.to_finish[arc], mine, on[row], theirs)
                continue
            _bounds(g, arc, row, long, at, begin)
            if own >= 0:
                _place_all(begin, long, after, g.days[own], g.counts[own])
            _blame(begin, 0.0, long, 0, mine, on[row], theirs)


@compiled
def _find_simple(g: Grid) -> Marks:
    """Return for each arc whether the bound it sets is a sum, with no days off to skip on the way, shape (m,)."""
    found = np.zeros(g.other.size, np.uint8)
    for row in range(g.calendar.size):
        for arc in range(g.first[row], g.first[row + 1]):
            by_days = g.lag_calendar[arc] >= 0 and g.lag[arc] != 0.0
            found[arc] = not by_days and (g.calendar[row] < 0 or not g.to_finish[arc])
    return found


@compiled
def run_passes(
    g: Grid, order: Ints, drawn: Reals, hits: Ints, finishes: Reals, critical: Ints
) -> None:
    """
    Fill ``finishes``, shape (activities, draws), and count in ``critical``, shape (activities,), the draws on a longest path.

    Parameters
    ----------
    order
        Shape (n,): plan number of each row of the grid.
    drawn
        Shape (activities + risks, draws): lengths and impacts [units].
    hits
        Shape (h, 2): a row of ``drawn`` that is added to a row of the grid.
    """
    count, draws, simple = order.size, drawn.shape[1], _find_simple(g)
    lengths, at = np.empty((count, BLOCK)), np.empty((2, count, BLOCK))
    on, counts = np.empty((count, BLOCK), np.uint8), np.zeros(count, np.int64)
    for first in range(0, draws, BLOCK):
        size = min(BLOCK, draws - first)
        begin, last = np.empty(size), np.zeros(size)
        for row in range(count):
            lengths[row, :size] = drawn[order[row], first : first + size]
        for hit in range(hits.shape[0]):
            lengths[hits[hit, 1], :size] += drawn[hits[hit, 0], first : first + size]
        _forward(g, simple, lengths, at, begin)
        for row in range(count):
            ends, found = at[1, row], finishes[order[row], first : first + size]
            for draw in range(size):
                found[draw] = ends[draw]
                last[draw] = max(last[draw], ends[draw])
        for row in range(count):
            ends, own = at[1, row], on[row]
            for draw in range(size):
                own[draw] = ends[draw] >= last[draw] - EPSILON
        _backward(g, simple, lengths, at, on, begin, counts)
    for row in range(count):
        critical[order[row]] += counts[row]
