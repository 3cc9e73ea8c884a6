"""A plan ends before dates do, and every calendar leaves its work the days it needs."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Final

from punte.engines.roadmap.instance import (
    LATEST_STEP,
    Calendar,
    CalendarException,
    Plan,
)
from punte.engines.roadmap.network import build_network
from punte.engines.roadmap.worktime import WorkTime, find_horizon
from punte.kernel.errors import Problem

FIRST_YEAR: Final = 1900


def ending_problems(plan: Plan) -> Iterator[Problem]:
    """Yield why a plan, sound in all else, would have dates that do not exist, or work that never ends."""
    if plan.start is None:
        return
    if plan.start.year < FIRST_YEAR:
        yield Problem(
            place="start",
            what=f"the plan starts on {plan.start}.",
            remedy=f"Give a day from {FIRST_YEAR} on.",
        )
        return
    late = list(_late_problems(plan, plan.start))
    yield from late
    if not late and find_horizon(plan) > plan.last_instant:
        yield from _endless_problems(plan, plan.start)


def _late_problems(plan: Plan, start: date) -> Iterator[Problem]:
    """Dates end with the year 9999: a plan that could reach past it would have some that do not exist."""
    lengths = {activity.id: activity.duration.longest for activity in plan.activities}
    work = sum(lengths.values()) + sum(max(0, link.lag) for link in plan.links)
    work += sum(risk.impact.longest * len(risk.activities) for risk in plan.risks)
    dated = [a.constraint.at for a in plan.activities if a.constraint is not None]
    dated += [a.progress.actual_start for a in plan.activities if a.progress is not None]
    # On a calendar of one day a week a day of work is a week.
    days = (work * 7 + max([plan.status_at or 0, *dated])) * (7 if plan.unit == "week" else 1)
    if days > (date.max - start).days - LATEST_STEP:
        names = sorted(lengths, key=lambda name: -lengths[name])[:5]
        yield Problem(
            place="activities",
            what=f"from {start} the plan could last beyond the year 9999; the longest are {', '.join(map(repr, names))}.",
            remedy="Check the start and the lengths.",
        )


def _endless_problems(plan: Plan, start: date) -> Iterator[Problem]:
    """
    Yield each calendar that runs out of working days when all work is done one piece after the other.

    Only a plan with breaks of thousands of years gets here: of any other the weeks alone leave days enough.
    """
    network = build_network(plan)
    last = plan.last_instant
    refused: dict[str, WorkTime] = {}
    at = plan.status_at or 0

    def pass_by(named: str | None, time: WorkTime, work: int) -> None:
        nonlocal at
        if _is_endless(time, at, work, last):
            calendar = plan.calendar_of(named)
            assert calendar is not None
            refused.setdefault(calendar.id, time)
        else:
            at = time.finish(at, max(0, work))

    extra = {name: risk.impact.longest for risk in plan.risks for name in risk.activities}
    for idx in network.order:
        activity = plan.activities[idx]
        for number in network.before[idx]:
            link = plan.links[number]
            pass_by(link.calendar, network.lag_of[number], link.lag)
        if activity.progress is not None and activity.progress.actual_finish is not None:
            at = max(at, activity.progress.actual_finish)
            continue
        at = max(at, network.first_start(idx))
        done = activity.progress.percent_complete if activity.progress is not None else 0.0
        left = math.ceil((1 - done) * activity.duration.longest - 1e-9)
        work = left + extra.get(activity.id, 0)
        pass_by(activity.calendar, network.work_of[idx], work)
    for calendar_id, time in refused.items():
        yield _endless(plan, start, calendar_id, time)


def _is_endless(time: WorkTime, at: int, work: int, last: int) -> bool:
    """Return whether work, or a lead where it is negative, looks in vain for its days."""
    if time.days is None or not work:
        return False
    return _is_short(time, at, work, last) if work > 0 else int(time.days[0]) >= last


def _is_short(time: WorkTime, at: int, work: int, last: int) -> bool:
    days = time.days
    return days is not None and (time.count(at) + work > len(days) or int(days[-1]) >= last)


def _endless(plan: Plan, start: date, calendar_id: str, time: WorkTime) -> Problem:
    number, calendar = next(
        (idx, found) for idx, found in enumerate(plan.calendars) if found.id == calendar_id
    )
    days = [] if time.days is None else [int(day) for day in time.days if day < plan.last_instant]
    worked = f"works on no day from {start} on"
    if days:
        count = "one day" if len(days) == 1 else f"{len(days):,} days"
        worked = f"works on only {count} from {start} on, the last {plan.date_of(days[-1])}"
    longest = _longest_break(plan, calendar)
    shorten = (
        f"Shorten its exception of {longest.first} to {longest.last}"
        if longest
        else "Name its days"
    )
    return Problem(
        place=f"calendars[{number}]",
        what=f"calendar {calendar_id!r} {worked}, so what is on it would never end: {names_on(plan, calendar)}.",
        remedy=f"{shorten}, or put its activities on another calendar.",
    )


def names_on(plan: Plan, calendar: Calendar) -> str:
    """Return the activities and lags that take time on a calendar, at most ten by name; empty when there are none."""
    chosen = {None, calendar.id} if plan.calendar == calendar.id else {calendar.id}
    found = [
        repr(a.id) for a in plan.activities if a.calendar in chosen and a.duration.can_take_time
    ]
    found += [
        f"the lag from {link.first!r} to {link.second!r}"
        for link in plan.links
        if link.calendar in chosen and link.lag
    ]
    more = f" and {len(found) - 10:,} more" if len(found) > 10 else ""
    return ", ".join(found[:10]) + more


def _longest_break(plan: Plan, calendar: Calendar) -> CalendarException | None:
    breaks = [
        exception
        for member in plan.lineage(calendar)
        for exception in member.exceptions
        if not exception.working
    ]
    return max(breaks, key=lambda found: found.last - found.first, default=None)
