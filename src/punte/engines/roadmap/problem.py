"""What is left to schedule, as arrays: history taken out, calendars as tables, resources packed into machine words."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from punte.engines.roadmap.instance import Resource
from punte.engines.roadmap.network import Network
from punte.engines.roadmap.worktime import WorkTime

Ints = NDArray[np.int64]

WORD_BITS = 62
"""Bits of a word that hold resources; the sign stays free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arcs:
    """
    Links by the activity they hang on, compressed.

    Parameters
    ----------
    first
        Shape (n + 1,): the arcs of activity ``j`` are ``first[j]`` to ``first[j + 1]``.
    other
        Shape (m,): the activity at the far end.
    gap
        Shape (m,): start of the later activity minus start of the earlier one, at least; used without calendars.
    row
        Shape (m,): line of the link's table, used with calendars.
    """

    first: Ints
    other: Ints
    gap: Ints
    row: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    The question that the compiled search answers; all times below ``horizon``.

    Parameters
    ----------
    todo
        Shape (n,): plan numbers of the activities that have not begun, in the order of their links.
    length
        Shape (n,): planned work.
    earliest, latest
        Shape (n,): starts allowed by history and dates alone; ``latest`` is ``horizon`` where nothing binds.
    before, after
        Links among them, by later and by earlier activity.
    plain
        Whether every day works for all of them, so that ``gap`` holds and the tables are empty.
    allow, limit
        Shape (links, horizon + 1): earliest start of the later activity by start of the earlier, and the reverse.
    finish, snap, last
        Shape (n, horizon + 1): finish by start, next start allowed, latest start by finish.
    need
        Shape (n, words), guard (words,), free (horizon + 1, words): demands and what is there, packed.
    level
        Shape (horizon + 1,): cash with all that is certain; empty when money does not bind.
    cost, income, late_cost
        Shape (n,): paid, received at the finish, and whether the cost falls due at the finish.
    floor
        Instant before which the plan cannot end: the last finish of what has begun.
    """

    network: Network
    horizon: int
    todo: Ints
    length: Ints
    earliest: Ints
    latest: Ints
    before: Arcs
    after: Arcs
    plain: bool
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
    floor: int


def capacity_steps(resource: Resource, horizon: int) -> Ints:
    """Return the capacity of a resource in each unit below ``horizon``, shape (horizon,)."""
    found = np.full(horizon, resource.capacity, dtype=np.int64)
    for when, capacity in resource.changes:
        found[min(when, horizon) :] = capacity
    return found


def build_problem(network: Network, horizon: int) -> Problem:
    """
    Return the arrays of a network.

    Parameters
    ----------
    horizon
        No activity may end after it [units], >= 1.
    """
    todo = [idx for idx in network.order if network.activities[idx].progress is None]
    place = {idx: position for position, idx in enumerate(todo)}
    links = [
        link
        for link, (first, second) in enumerate(network.ends)
        if first in place and second in place
    ]
    plain = all(network.work_of[idx].days is None for idx in todo) and all(
        network.lag_of[link].days is None or network.links[link].lag == 0 for link in links
    )
    earliest = _find_earliest(network, todo, place)
    settled = [idx for idx in range(len(network.activities)) if idx not in place]
    need, guard, free = _pack(network, todo, settled, horizon)
    lasts = [network.last_start(idx) for idx in todo]
    activities = [network.activities[idx] for idx in todo]
    tables = _no_tables() if plain else _build_tables(network, todo, links, horizon)
    return Problem(
        network=network,
        horizon=horizon,
        todo=np.array(todo, dtype=np.int64),
        length=np.array([network.work(idx) for idx in todo], dtype=np.int64),
        earliest=np.array(earliest, dtype=np.int64),
        latest=np.array([horizon if last is None else last for last in lasts], dtype=np.int64),
        before=_build_arcs(network, links, place, plain=plain, side=1),
        after=_build_arcs(network, links, place, plain=plain, side=0),
        plain=plain,
        allow=tables[0],
        limit=tables[1],
        finish=tables[2],
        snap=tables[3],
        last=tables[4],
        need=need,
        guard=guard,
        free=free,
        level=_build_level(network, settled, horizon),
        cost=np.array([activity.cost for activity in activities], dtype=np.int64),
        income=np.array([activity.income for activity in activities], dtype=np.int64),
        late_cost=np.array([activity.cost_at_finish for activity in activities], dtype=np.int64),
        floor=max((_settled_finish(network, idx) for idx in settled), default=0),
    )


def _settled_finish(network: Network, idx: int) -> int:
    return network.finish(idx, network.first_start(idx))


def _find_earliest(network: Network, todo: list[int], place: dict[int, int]) -> list[int]:
    """Return earliest starts with links from history counted; those among the rest are the search's business."""
    found = []
    for idx in todo:
        begin = network.first_start(idx)
        for link in network.before[idx]:
            first = network.ends[link][0]
            if first not in place:
                begin = max(begin, network.earliest_by_link(link, network.first_start(first)))
        found.append(network.snap(idx, begin))
    return found


def _build_arcs(
    network: Network, links: list[int], place: dict[int, int], *, plain: bool, side: int
) -> Arcs:
    rows = {link: row for row, link in enumerate(links)}
    ordered = sorted(links, key=lambda link: (place[network.ends[link][side]], link))
    first = np.zeros(len(place) + 1, dtype=np.int64)
    for link in ordered:
        first[place[network.ends[link][side]] + 1] += 1
    gaps = [network.gap(link) if plain else 0 for link in ordered]
    return Arcs(
        first=np.cumsum(first),
        other=np.array([place[network.ends[link][1 - side]] for link in ordered], dtype=np.int64),
        gap=np.array(gaps, dtype=np.int64),
        row=np.array([rows[link] for link in ordered], dtype=np.int64),
    )


def _no_tables() -> tuple[Ints, Ints, Ints, Ints, Ints]:
    empty = np.zeros((1, 1), dtype=np.int64)
    return empty, empty, empty, empty, empty


def _build_tables(
    network: Network, todo: list[int], links: list[int], horizon: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Fill the tables line by line; activities and links of one kind share a line, so most cost nothing."""
    known: dict[tuple[object, ...], Ints] = {}

    def line(key: tuple[object, ...], entry: Callable[[int], int]) -> Ints:
        if key not in known:
            found = [min(horizon + 1, entry(t)) for t in range(horizon + 1)]
            known[key] = np.array(found, dtype=np.int64)
        return known[key]

    def stack(lines: list[Ints]) -> Ints:
        return np.array(lines, dtype=np.int64).reshape(len(lines), horizon + 1)

    kinds = {idx: (id(network.work_of[idx]), network.work(idx)) for idx in network.order}
    allow, limit = [], []
    for number in links:
        first, second = network.ends[number]
        link = network.links[number]
        ends = (
            kinds[first] if link.type[0] == "F" else None,
            kinds[second] if link.type[1] == "F" else None,
        )
        kind = (link.type, link.lag, id(network.lag_of[number]) if link.lag else 0, *ends)
        allow.append(line(("allow", *kind), partial(network.earliest_by_link, number)))
        limit.append(line(("limit", *kind), partial(network.latest_by_link, number)))
    finish = [line(("finish", kinds[idx]), partial(network.finish, idx)) for idx in todo]
    snap = [line(("snap", kinds[idx]), partial(network.snap, idx)) for idx in todo]
    last = [
        line(("last", kinds[idx]), partial(_latest_start, network.work_of[idx], network.work(idx)))
        for idx in todo
    ]
    return stack(allow), stack(limit), stack(finish), stack(snap), stack(last)


def _latest_start(time: WorkTime, work: int, finish: int) -> int:
    return time.latest_start(finish, work)


def _pack(
    network: Network, todo: list[int], settled: list[int], horizon: int
) -> tuple[Ints, Ints, Ints]:
    """
    Pack resources side by side into words: one subtraction compares them all.

    Each has a field of its capacity's bits and a guard bit above. With the guards set, subtracting a demand borrows from a
    guard exactly where the demand is above what is free.
    """
    fields: list[tuple[int, int]] = []
    word, shift = 0, 0
    steps = [capacity_steps(resource, horizon + 1) for resource in network.plan.resources]
    for there in steps:
        bits = int(there.max()).bit_length() + 1
        if shift + bits > WORD_BITS:
            word, shift = word + 1, 0
        fields.append((word, shift))
        shift += bits
    need = np.zeros((len(todo), word + 1), dtype=np.int64)
    guard = np.zeros(word + 1, dtype=np.int64)
    free = np.zeros((horizon + 1, word + 1), dtype=np.int64)
    for resource, there, (at, low) in zip(network.plan.resources, steps, fields, strict=True):
        guard[at] |= 1 << (low + int(there.max()).bit_length())
        left = there.copy()
        for idx in settled:
            amount = dict(network.activities[idx].demands).get(resource.id, 0)
            left[network.first_start(idx) : _settled_finish(network, idx)] -= amount
        free[:, at] += np.maximum(left, 0) << low
        for position, idx in enumerate(todo):
            amount = dict(network.activities[idx].demands).get(resource.id, 0)
            if network.work(idx) > 0:
                need[position, at] += amount << low
    return need, guard, free


def _build_level(network: Network, settled: list[int], horizon: int) -> Ints:
    cash = network.plan.cash
    if cash is None:
        return np.zeros(0, dtype=np.int64)
    level = np.full(horizon + 1, cash.opening, dtype=np.int64)
    for flow in cash.inflows:
        level[min(flow.at, horizon + 1) :] += flow.amount
    for idx in settled:
        activity, finish = network.activities[idx], _settled_finish(network, idx)
        paid = finish if activity.cost_at_finish else network.first_start(idx)
        level[min(paid, horizon + 1) :] -= activity.cost
        level[min(finish, horizon + 1) :] += activity.income
    known = min(network.plan.status_at or 0, horizon)
    level[:known] = level[known]  # what was overdrawn in the past is no concern of the search
    return level
