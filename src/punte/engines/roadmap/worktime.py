"""Working time: where a stretch of work ends, and how late it may begin, by table look-up."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from punte.engines.roadmap.instance import Calendar, Plan

Steps = NDArray[np.int64]


class WorkTime:
    """
    The days a calendar works, counted.

    Before instant 0 every day counts as worked, so that late dates of a plan that is behind stay finite.

    Parameters
    ----------
    days
        Instants of the working days from 0 on, rising; ``None`` when every day works.
    until
        From here on every day counts as worked, and before it none that is not named; ``None``: from the last named day on.

    Examples
    --------
    Work on days 0, 1 and 4: two days from instant 1 end with day 4.

    >>> WorkTime([0, 1, 4, 5, 6]).finish(1, 2)
    5
    """

    __slots__ = ("_count", "days", "until")

    def __init__(self, days: Sequence[int] | Steps | None, until: int | None = None) -> None:
        self.days = None if days is None else np.asarray(days, dtype=np.int64)
        self.until = 0
        if self.days is not None:
            self.until = max(int(self.days[-1]) + 1, until or 0)
            works = np.zeros(self.until + 1, dtype=np.int64)
            works[self.days + 1] = 1
            self._count = np.cumsum(works)

    def count(self, step: int) -> int:
        """Return the working days before instant ``step``, negative before 0."""
        if self.days is None or step < 0:
            return step
        if step < len(self._count):
            return int(self._count[step])
        return int(self._count[-1]) + step - len(self._count) + 1

    def day(self, number: int) -> int:
        """Return the instant at which working day ``number``, counted from 0, begins."""
        if self.days is None or number < 0:
            return number
        if number < len(self.days):
            return int(self.days[number])
        return self.until + number - len(self.days)

    def counts(self, last: int) -> Steps:
        """Return :meth:`count` of each instant below ``last``, as a table."""
        if self.days is None:
            return np.arange(last)
        beyond = self._count[-1] + 1 + np.arange(max(0, last - len(self._count)))
        return np.concatenate([self._count, beyond])[:last]

    def snap(self, step: int) -> int:
        """Return the first working day that does not begin before ``step``."""
        return self.day(self.count(step))

    def finish(self, start: int, work: int) -> int:
        """Return when ``work`` >= 0 days begun at ``start`` are done."""
        return start if work == 0 else self.day(self.count(start) + work - 1) + 1

    def latest_start(self, finish: int, work: int) -> int:
        """Return the latest working day on which ``work`` days can begin and be done by ``finish``."""
        return finish if work == 0 else self.day(self.count(finish) - work)

    def earliest_start(self, finish: int, work: int) -> int:
        """Return the first start from which ``work`` days are done at ``finish`` or later."""
        return finish if work == 0 else self.day(max(0, self.count(finish - 1) - work + 1))

    def shift(self, step: int, lag: int) -> int:
        """Return the instant ``lag`` working days after ``step``; before it for a lead."""
        if lag == 0:
            return step
        number = self.count(step) + lag
        return self.day(number - 1) + 1 if lag > 0 else self.day(number)

    def shift_back(self, step: int, lag: int) -> int:
        """Return the latest instant whose ``shift`` by ``lag`` is not after ``step``."""
        if lag == 0:
            return step
        return self.day(self.count(step) - lag if lag > 0 else self.count(step + 1) - 1 - lag)


ELAPSED_TIME = WorkTime(None)


def build_work_times(plan: Plan) -> dict[str | None, WorkTime]:
    """
    Return the working time of each calendar name that the plan uses, ``None`` standing for the plan's own.

    The tables reach past everything that a sound plan can need; days beyond them count as worked.
    """
    needed = find_horizon(plan)
    horizon = min(needed, plan.last_instant)
    # A calendar that ends before dates do has no days after its last one; of any other those beyond the table are not asked for.
    until = horizon if needed > horizon else None

    @cache
    def build(name: str) -> WorkTime:
        days = _list_days(plan, next(c for c in plan.calendars if c.id == name), horizon)
        return WorkTime(days, until)

    found: dict[str | None, WorkTime] = {}
    names = [a.calendar for a in plan.activities] + [link.calendar for link in plan.links] + [None]
    for name in names:
        calendar = plan.calendar_of(name)
        found[name] = ELAPSED_TIME if calendar is None else build(calendar.id)
    return found


def find_horizon(plan: Plan) -> int:
    """Return an instant by which all work is done even one piece after the other, every break of every calendar met."""
    pieces = [activity.duration.longest for activity in plan.activities]
    pieces += [abs(link.lag) for link in plan.links]
    pieces += [risk.impact.longest * len(risk.activities) for risk in plan.risks]
    dates = [a.constraint.at for a in plan.activities if a.constraint is not None]
    dates += [a.progress.actual_start for a in plan.activities if a.progress is not None]
    dates += [milestone.target for milestone in plan.milestones]
    dates += [when for resource in plan.resources for when, _ in resource.changes]
    dates += [flow.at for flow in (plan.cash.inflows if plan.cash else ())]
    closed = sum(
        (exception.last - exception.first).days + 1
        for calendar in plan.calendars
        for exception in calendar.exceptions
        if plan.start is not None and not exception.working and exception.last >= plan.start
    )
    fewest = min((len(calendar.weekdays or ()) or 7 for calendar in plan.calendars), default=7)
    reach = max(dates, default=0) + (plan.status_at or 0)
    # Each piece may begin with a week's days off, whatever the calendar of the one before.
    return 7 * sum(pieces) // fewest + 7 * len(pieces) + reach + closed + 370


def _list_days(plan: Plan, calendar: Calendar, horizon: int) -> Steps:
    """Return the working days below ``horizon`` and some beyond; same rule as ``Plan.is_working``, all days at once."""
    assert plan.start is not None
    lineage = plan.lineage(calendar)
    week = next((member.weekdays for member in lineage if member.weekdays is not None), None)
    weekday = (np.arange(horizon) + plan.start.weekday()) % 7 + 1
    works = np.ones(horizon, bool) if week is None else np.isin(weekday, week)
    for member in reversed(lineage):
        for exception in reversed(member.exceptions):
            first = max(0, (exception.first - plan.start) // timedelta(days=1))
            last = (exception.last - plan.start) // timedelta(days=1)
            works[first : max(0, last + 1)] = exception.working
    days = np.flatnonzero(works)
    return days if len(days) else np.array([horizon], dtype=np.int64)
