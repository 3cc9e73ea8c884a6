"""What ``punte.roadmap.plan/1`` may hold, key by key."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator

from punte.engines.roadmap import instance as roadmap
from punte.formats.reading import Record
from punte.formats.roadmap_dates import Instant


def _read_day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is no date; write YYYY-MM-DD") from None
    return value


def _read_instant(value: object) -> Instant:
    if isinstance(value, str):
        found = _read_day(value)
        assert isinstance(found, date)
        return found
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("should be a date, YYYY-MM-DD, or a whole number of units from the start")


Day = Annotated[date, BeforeValidator(_read_day)]
When = Annotated[Any, PlainValidator(_read_instant)]


class ExceptionRecord(Record):
    """One entry of ``calendars[].exceptions``."""

    name: str = ""
    first: Day
    last: Day
    working: bool = False
    hours: list[str] = Field(default_factory=list)


class CalendarRecord(Record):
    """One entry of ``calendars``."""

    id: str
    name: str = ""
    parent: str | None = None
    weekdays: list[int] | None = None
    hours: dict[Literal["1", "2", "3", "4", "5", "6", "7"], list[str]] = Field(default_factory=dict)
    exceptions: list[ExceptionRecord] = Field(default_factory=list)


class LengthRecord(Record):
    """A duration or impact that is not a plain number."""

    likely: float
    low: float | None = None
    high: float | None = None
    shape: roadmap.Shape = "triangular"
    sd: float | None = None


class ConstraintRecord(Record):
    """``activities[].constraint``."""

    type: roadmap.ConstraintType
    at: When


class ProgressRecord(Record):
    """``activities[].progress``."""

    actual_start: When
    actual_finish: When = None
    percent_complete: float = 0.0


class ActivityRecord(Record):
    """One entry of ``activities``."""

    id: str
    name: str = ""
    duration: LengthRecord | float
    calendar: str | None = None
    stage: str | None = None
    origin: str | None = None
    demands: dict[str, int] = Field(default_factory=dict)
    cost: int = 0
    cost_at: Literal["start", "finish"] = "start"
    income: int = 0
    constraint: ConstraintRecord | None = None
    progress: ProgressRecord | None = None


class LinkRecord(Record):
    """One entry of ``links``."""

    first: str = Field(alias="from")
    second: str = Field(alias="to")
    type: roadmap.LinkType = "FS"
    lag: int = 0
    calendar: str | None = None


class ChangeRecord(Record):
    """One entry of ``resources[].changes``."""

    at: When
    capacity: int


class ResourceRecord(Record):
    """One entry of ``resources``."""

    id: str
    name: str = ""
    capacity: int
    changes: list[ChangeRecord] = Field(default_factory=list)


class InflowRecord(Record):
    """One entry of ``cash.inflows``."""

    at: When
    amount: int
    name: str = ""


class CashRecord(Record):
    """``cash``."""

    unit: str = ""
    opening: int = 0
    inflows: list[InflowRecord] = Field(default_factory=list)


class RiskRecord(Record):
    """One entry of ``risks``."""

    id: str
    name: str = ""
    probability: float
    activities: list[str]
    impact: LengthRecord | float


class CorrelationRecord(Record):
    """One entry of ``correlations``."""

    id: str
    rho: float
    members: list[str]


class MilestoneRecord(Record):
    """One entry of ``milestones``."""

    id: str
    name: str = ""
    activity: str
    target: When
    kind: roadmap.MilestoneKind = "other"
    required_probability: float | None = None


class PlanRecord(Record):
    """The whole file."""

    format: str
    name: str = ""
    unit: roadmap.Unit = "period"
    start: Day | None = None
    calendar: str | None = None
    calendars: list[CalendarRecord] = Field(default_factory=list)
    activities: list[ActivityRecord]
    links: list[LinkRecord] = Field(default_factory=list)
    resources: list[ResourceRecord] = Field(default_factory=list)
    cash: CashRecord | None = None
    risks: list[RiskRecord] = Field(default_factory=list)
    correlations: list[CorrelationRecord] = Field(default_factory=list)
    milestones: list[MilestoneRecord] = Field(default_factory=list)
    status_at: When = None
