"""A plan ends before dates do, and every calendar leaves its work the days it needs."""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Final

from punte.engines.roadmap.instance import (
    LATEST_STEP,
    Activity,
    Calendar,
    CalendarException,
    Plan,
)
from punte.engines.roadmap.network import build_network
from punte.engines.roadmap.worktime import WorkTime, find_horizon
from punte.kernel.errors import Problem

FIRST_YEAR: Final = 1900
TEN_YEARS: Final = 3653


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
    elif find_horizon(plan) > _last_instant(plan, plan.start):
        yield from _long_problems(plan, plan.start)


def _last_instant(plan: Plan, start: date) -> int:
    """Dates end with the year 9999: a plan ends so long before it that what is counted from its end has dates too."""
    days = (date.max - start).days - LATEST_STEP
    return min(plan.last_instant, days // (7 if plan.unit == "week" else 1))


def _long_problems(plan: Plan, start: date) -> Iterator[Problem]:
    """
    Yield why the longest draws of a plan do not end: its calendars run out of days, or dates do.

    Only a plan of thousands of years, or with breaks of thousands of years, gets here. Its work is laid out as its links ask for:
    what may be done at the same time is, so that nothing is refused that can be scheduled.
    """
    laid = _Layout(plan, _last_instant(plan, start))
    for calendar_id, time in laid.ended.items():
        yield _endless(plan, start, calendar_id, time)
    if laid.is_late and not laid.ended:
        lengths = {activity.id: activity.duration.longest for activity in plan.activities}
        names = sorted(lengths, key=lambda name: -lengths[name])[:5]
        yield Problem(
            place="activities",
            what=f"from {start} the plan could last beyond the year 9999; the longest are {', '.join(map(repr, names))}.",
            remedy="Check the start and the lengths.",
        )


class _Layout:
    """The latest that any draw starts and finishes each activity of a plan, resources and cash aside."""

    def __init__(self, plan: Plan, last: int) -> None:
        self.network = build_network(plan)
        self.last = last
        self.is_late = False
        self.ended: dict[str, WorkTime] = {}
        self._starts: dict[int, int] = {}
        self._finishes: dict[int, int] = {}
        self._extra: Counter[str] = Counter()
        for risk in plan.risks:
            for name in risk.activities:
                self._extra[name] += risk.impact.longest
        for idx in self.network.order:
            self._starts[idx], self._finishes[idx] = self._place(idx)

    def _place(self, idx: int) -> tuple[int, int]:
        network, activity = self.network, self.network.activities[idx]
        time, done = network.work_of[idx], activity.progress
        least, most = self._work(activity)
        start = finish = 0
        for number in network.before[idx]:
            instant = self._shifted(number)
            if network.links[number].type[1] == "S":
                start = max(start, instant)
                continue
            # The longer it takes, the earlier it may start and still finish then.
            start = max(start, time.earliest_start(instant, least))
            for work in (least, most):
                finish = max(finish, time.finish(time.earliest_start(instant, work), work))
        first = network.first_start(idx)
        if done is not None and done.actual_finish is not None:
            return first, done.actual_finish
        if done is not None:
            begin = max(first, network.plan.status_at or 0)
            end = time.finish(begin, most)
            return first, self._ended_at(activity.calendar, time, begin, end)
        start = time.snap(max(first, start)) if most else max(first, start)
        finish = max(finish, time.finish(start, most))
        return start, self._ended_at(activity.calendar, time, start, finish)

    def _work(self, activity: Activity) -> tuple[int, int]:
        """Return the least and the most work of an activity from now on [units]."""
        length, done = activity.duration, activity.progress
        share = 1 - done.percent_complete if done is not None else 1.0
        least = length.likely if length.low is None else length.low
        low = 0 if length.shape == "normal" else math.floor(least)
        return low, math.ceil(share * length.longest - 1e-9) + self._extra[activity.id]

    def _shifted(self, number: int) -> int:
        """Return the latest instant that a link asks for."""
        network, link = self.network, self.network.links[number]
        first = network.ends[number][0]
        at = (self._finishes if link.type[0] == "F" else self._starts)[first]
        time = network.lag_of[number]
        if (
            link.lag < 0
            and time.days is not None
            and int(time.days[0]) >= network.plan.last_instant
        ):
            self._refuse(link.calendar, time)
            return at
        return self._ended_at(link.calendar, time, at, time.shift(at, link.lag))

    def _ended_at(self, named: str | None, time: WorkTime, begin: int, end: int) -> int:
        """Return when a stretch of work ends; when it began where it never does, so that what follows is looked at too."""
        if end <= self.last:
            return end
        if end > time.until and _runs_out(time):
            self._refuse(named, time)
        else:
            self.is_late = True
        return min(begin, self.last)

    def _refuse(self, named: str | None, time: WorkTime) -> None:
        calendar = self.network.plan.calendar_of(named)
        assert calendar is not None
        self.ended.setdefault(calendar.id, time)


def _runs_out(time: WorkTime) -> bool:
    """Whether a calendar has no day of work long before dates end."""
    if time.days is None:
        return False
    return not int(time.days[-1]) < time.until - 1 or int(time.days[-1]) < time.until - TEN_YEARS


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
