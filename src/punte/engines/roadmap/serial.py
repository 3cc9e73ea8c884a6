"""One schedule in plain Python: the first answer, and the yardstick of the compiled search in the tests."""

import numpy as np

from punte.engines.roadmap.instance import Plan
from punte.engines.roadmap.network import Network
from punte.engines.roadmap.problem import capacity_steps
from punte.engines.roadmap.worktime import WorkTime


def find_reach(network: Network) -> int:
    """Return an instant by which the plan can certainly be over if it can be over at all [units]."""
    plan = network.plan
    dates = [when for resource in plan.resources for when, _ in resource.changes]
    dates += [flow.at for flow in (plan.cash.inflows if plan.cash else ())]
    dates += [network.first_start(idx) for idx in network.order]
    dates += [network.finish(idx, network.first_start(idx)) for idx in network.order]
    pieces = [(network.work_of[idx], network.work(idx)) for idx in network.order]
    pieces += [
        (lag, abs(link.lag)) for link, lag in zip(network.links, network.lag_of, strict=True)
    ]
    reach, ended = _lay_out(pieces, max(dates), plan.last_instant)
    if ended:
        # What is on a calendar that runs out of days is over with the last of them, or never.
        after = max([*dates, *(int(time.days[-1]) + 1 for time in ended if time.days is not None)])
        going_on = [piece for piece in pieces if piece[0] not in ended]
        reach, _none = _lay_out(going_on, after, plan.last_instant)
    return min(reach, plan.last_instant) + 1


def _lay_out(
    pieces: list[tuple[WorkTime, int]], reach: int, last: int
) -> tuple[int, list[WorkTime]]:
    """Return when work is over one piece after the other from ``reach`` on, and the calendars that end before."""
    ended = []
    for time, work in pieces:
        found = time.finish(time.snap(reach), work)
        if found > last and time.days is not None:
            ended.append(time)
        else:
            reach = max(reach, found)
    return reach, ended


def schedule_serially(network: Network, order: list[int], horizon: int) -> dict[int, int] | None:
    """
    Place activities one after the other as early as links, calendars, resources and cash allow.

    Parameters
    ----------
    order
        All activity numbers, each after those it waits for.
    horizon
        Nothing ends after it [units].

    Returns
    -------
    dict or None
        Activity number to start; ``None`` when an activity finds no place.
    """
    plan, starts = network.plan, dict[int, int]()
    free = {resource.id: capacity_steps(resource, horizon) for resource in plan.resources}
    level = _certain_cash(plan, horizon)
    settled = [idx for idx in order if network.activities[idx].progress is not None]
    for idx in settled + [idx for idx in order if idx not in set(settled)]:
        start: int | None = network.first_start(idx)
        if network.activities[idx].progress is None:
            for link in network.before[idx]:
                begin = network.earliest_by_link(link, starts[network.ends[link][0]])
                start = max(start or 0, begin)
            start = _find_place(network, idx, start or 0, free, level)
        if start is None:
            return None
        starts[idx] = start
        finish = network.finish(idx, start)
        activity = network.activities[idx]
        for name, amount in activity.demands:
            free[name][start:finish] -= amount
        level[finish if activity.cost_at_finish else start :] -= activity.cost
        level[finish:] += activity.income
    return starts


def _certain_cash(plan: Plan, horizon: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    level = np.full(horizon + 1, plan.cash.opening if plan.cash else 0, dtype=np.int64)
    for flow in plan.cash.inflows if plan.cash else ():
        level[flow.at :] += flow.amount
    return level


def _find_place(
    network: Network,
    idx: int,
    start: int,
    free: dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]],
    level: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> int | None:
    activity, last = network.activities[idx], network.last_start(idx)
    while True:
        start = network.snap(idx, start)
        finish = network.finish(idx, start)
        if finish >= len(level) or (last is not None and start > last):
            return None
        paid = finish if activity.cost_at_finish else start
        fits = all(bool((free[name][start:finish] >= n).all()) for name, n in activity.demands)
        if network.plan.cash is not None and activity.cost:
            fits = fits and bool((level[paid:] >= activity.cost).all())
        if fits:
            return start
        start += 1
