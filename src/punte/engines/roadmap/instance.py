"""The question: what must be done, in which order, by whom, with which money, and how sure anybody is of it."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

LinkType = Literal["FS", "SS", "FF", "SF"]
"""Finish-to-start, start-to-start, finish-to-finish, start-to-finish."""

ConstraintType = Literal["SNET", "SNLT", "FNET", "FNLT", "MSO", "MFO"]
"""Start/finish no earlier/later than, must start/finish on."""

Shape = Literal["triangular", "pert", "uniform", "normal"]
"""Law of an uncertain length."""

Unit = Literal["day", "week", "period"]
"""What one step of time is; ``period`` has no date."""

MilestoneKind = Literal["legal", "political", "payment", "other"]

ELAPSED: Final = "elapsed"
"""Calendar id that always exists: every step of time works."""

LATEST_STEP: Final = 100_000
"""Largest time or length in a plan [units]: 270 years of days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarException:
    """
    A stretch of days on which a calendar departs from its week.

    Parameters
    ----------
    first, last
        Both included; ``first <= last``.
    hours
        Working hours such as ``08:00-12:00`` when ``working``; carried for exchange, not computed with.
    """

    name: str = ""
    first: date
    last: date
    working: bool = False
    hours: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """
    Which days are worked.

    Parameters
    ----------
    parent
        Id of the calendar whose week and exceptions hold where this one says nothing.
    weekdays
        Days worked, 1 = Monday to 7 = Sunday; ``None`` takes those of the parent.
    hours
        Pairs of weekday and its working hours; carried for exchange, not computed with.
    exceptions
        The first that holds a day decides it, before the parent's exceptions and any week.
    """

    id: str
    name: str = ""
    parent: str | None = None
    weekdays: tuple[int, ...] | None = (1, 2, 3, 4, 5)
    hours: tuple[tuple[int, tuple[str, ...]], ...] = ()
    exceptions: tuple[CalendarException, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """
    A length of time, certain or not.

    Parameters
    ----------
    likely
        The plan's own value [units], >= 0; the mode, or the mean of a ``normal`` law.
    low, high
        Least and greatest [units]; ``None`` for a fixed length and for a ``normal`` law.
    sd
        Standard deviation of a ``normal`` law [units], > 0; draws below 0 are taken as 0.
    """

    likely: float
    low: float | None = None
    high: float | None = None
    shape: Shape = "triangular"
    sd: float | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether every draw is ``likely``."""
        return (
            self.sd is None if self.shape == "normal" else self.low is None or self.low == self.high
        )

    @property
    def planned(self) -> int:
        """What the deterministic plan takes [units]: ``likely`` rounded half up, at least 1 unless it is 0."""
        return max(1, int(self.likely + 0.5)) if self.likely > 0 else int(self.likely)

    @property
    def longest(self) -> int:
        """No draw is longer [units]: nine standard deviations above the mean of a ``normal`` law."""
        return math.ceil(max(self.likely, self.high or 0.0) + 9 * (self.sd or 0.0))

    @property
    def can_take_time(self) -> bool:
        """Whether any draw is above 0."""
        return self.likely > 0 or (self.high or 0) > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A dated wish on an activity; ``at`` is the instant [units from the start of the plan], >= 0."""

    type: ConstraintType
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """
    What has happened to an activity.

    Parameters
    ----------
    actual_start, actual_finish
        Instants [units], >= 0; ``actual_finish`` is ``None`` while it runs.
    percent_complete
        Share of the work done, 0 to 1.
    """

    actual_start: int
    actual_finish: int | None = None
    percent_complete: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """
    A piece of work, or a moment when its length is 0.

    Parameters
    ----------
    id
        Unique among activities and risks.
    origin
        Id it was first known by, where it is another now; unique too.
    duration
        Working time by its calendar [units].
    calendar
        Id; ``None`` takes the plan's.
    stage
        Of the programme; for people and filters.
    demands
        Pairs of resource id and amount held from start to finish, days off included.
    cost, cost_at_finish
        Money spent [cash unit], >= 0, at the start or at the finish; also its budget in earned value.
    income
        Money received when it finishes [cash unit], >= 0: a draw that waits for it.
    """

    id: str
    name: str = ""
    duration: Length
    calendar: str | None = None
    stage: str | None = None
    demands: tuple[tuple[str, int], ...] = ()
    cost: int = 0
    cost_at_finish: bool = False
    income: int = 0
    constraint: Constraint | None = None
    progress: Progress | None = None
    origin: str | None = None

    @property
    def known_as(self) -> str:
        """The id that stays through renaming: baselines, random numbers and other versions find it by this."""
        return self.id if self.origin is None else self.origin

    @property
    def work_left(self) -> int:
        """What is still to be worked [units]: the planned length less the share that is done, rounded up."""
        done = self.progress.percent_complete if self.progress is not None else 0.0
        return math.ceil((1 - done) * self.duration.planned - 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """
    A dependency: the second activity's start or finish waits for the first's.

    Parameters
    ----------
    lag
        Working time by ``calendar`` between the two [units]; negative is a lead.
    calendar
        Of the lag; ``None`` takes the plan's.
    """

    first: str
    second: str
    type: LinkType = "FS"
    lag: int = 0
    calendar: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """
    What several activities share.

    Parameters
    ----------
    capacity
        Amount there from the start, >= 0.
    changes
        Pairs of instant [units] and new capacity, in time order.
    """

    id: str
    name: str = ""
    capacity: int
    changes: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflow:
    """Money that arrives at an instant [units] whatever is done."""

    at: int
    amount: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cash:
    """
    The reservoir all costs are paid from: it is never below 0.

    Parameters
    ----------
    unit
        What amounts count, such as ``EUR thousand``.
    opening
        What is there at the start, >= 0.
    """

    unit: str = ""
    opening: int = 0
    inflows: tuple[Inflow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """
    Something that may happen and lengthens activities.

    Parameters
    ----------
    id
        Unique among activities and risks.
    probability
        From 0 to 1.
    activities
        Ids; each is lengthened by the same draw of ``impact`` [units].
    """

    id: str
    name: str = ""
    probability: float
    activities: tuple[str, ...]
    impact: Length


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """
    Activities and risks that go well or badly together.

    Parameters
    ----------
    rho
        Correlation of the underlying normal variables of any two members, 0 to 1.
    members
        Ids of activities or risks, each in one correlation at most.
    """

    id: str
    rho: float
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """
    A promise that an activity is finished by a date.

    Parameters
    ----------
    target
        Latest instant at which the promise is kept [units], >= 0.
    required_probability
        What the owner wants, 0 to 1.
    """

    id: str
    name: str = ""
    activity: str
    target: int
    kind: MilestoneKind = "other"
    required_probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    The whole question. Passed through :func:`punte.engines.roadmap.soundness.checked`, which refuses nonsense.

    All times are whole units from the start of the plan; an instant is the beginning of that unit, so work that ends on
    day 4 ends at instant 5.

    Parameters
    ----------
    start
        Date of instant 0; ``None`` where the unit is ``period``.
    calendar
        Id of the calendar of activities and lags that name none; ``None`` for elapsed time.
    cash
        ``None`` when money does not bind.
    status_at
        Up to which instant progress is known; nothing that has not begun begins before it.
    """

    name: str = ""
    unit: Unit = "period"
    start: date | None = None
    calendar: str | None = None
    calendars: tuple[Calendar, ...] = ()
    activities: tuple[Activity, ...]
    links: tuple[Link, ...] = ()
    resources: tuple[Resource, ...] = ()
    cash: Cash | None = None
    risks: tuple[Risk, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    status_at: int | None = None

    def calendar_of(self, named: str | None) -> Calendar | None:
        """Return the calendar that counts where ``named`` stands; ``None`` is elapsed time."""
        chosen = self.calendar if named is None else named
        if chosen is None or chosen == ELAPSED:
            return None
        return next(calendar for calendar in self.calendars if calendar.id == chosen)

    def lineage(self, calendar: Calendar) -> tuple[Calendar, ...]:
        """Return a calendar and its parents, nearest first."""
        by_id = {other.id: other for other in self.calendars}
        found = [calendar]
        while found[-1].parent is not None:
            found.append(by_id[found[-1].parent])
        return tuple(found)

    def is_working(self, calendar: Calendar | None, step: int) -> bool:
        """Return whether the day that begins at instant ``step`` is worked."""
        if calendar is None or self.start is None:
            return True
        day = self.start + timedelta(days=step)
        lineage = self.lineage(calendar)
        for member in lineage:
            for exception in member.exceptions:
                if exception.first <= day <= exception.last:
                    return exception.working
        week = next((member.weekdays for member in lineage if member.weekdays is not None), None)
        return week is None or day.isoweekday() in week

    @property
    def last_instant(self) -> int:
        """No instant of a plan lies beyond it: 2,700 years, or the last date there is [units]."""
        if self.start is None:
            return 10 * LATEST_STEP
        days = (date.max - self.start).days
        return min(10 * LATEST_STEP, days // (7 if self.unit == "week" else 1))

    def date_of(self, step: int) -> date | None:
        """Return the date of the unit that begins at instant ``step``; ``None`` without dates."""
        if self.start is None:
            return None
        return self.start + timedelta(days=step * (7 if self.unit == "week" else 1))

    def finish_date_of(self, step: int) -> date | None:
        """Return the last day of work that ends at instant ``step``; the first day for instant 0."""
        days = max(0, step * (7 if self.unit == "week" else 1) - 1)
        return None if self.start is None else self.start + timedelta(days=days)
