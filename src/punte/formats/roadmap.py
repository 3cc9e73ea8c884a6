"""``punte.roadmap.plan/1``: a staged plan as JSON, read with every fault named."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from punte.engines.roadmap import instance as roadmap
from punte.engines.roadmap.soundness import checked
from punte.formats import roadmap_schema as schema
from punte.formats.reading import check_format, parse_json, read_bytes, validate
from punte.formats.roadmap_dates import Instant, Rounding, as_instant

PLAN_FORMAT: Final = "punte.roadmap.plan/1"


def read_plan(path: Path) -> tuple[roadmap.Plan, str]:
    """
    Return the plan of a file and the sha256 of its bytes.

    Raises
    ------
    InvalidInputError
        With every fault of the file, each with its place.
    """
    content = read_bytes(path)
    return parse_plan(content, source=str(path)), hashlib.sha256(content).hexdigest()


def parse_plan(content: bytes, *, source: str) -> roadmap.Plan:
    """
    Return the plan that a JSON text holds.

    Raises
    ------
    InvalidInputError
        With every fault of the text, each with its place.
    """
    _, record = _read(content, source)
    return checked(_as_plan(record, _Clock(record.start, record.unit, source)), source=source)


def shaped(content: bytes, *, source: str) -> dict[str, Any]:
    """
    Return the object of a plan whose keys and types are right; whether it makes sense is left to :func:`parse_plan`.

    Raises
    ------
    InvalidInputError
        With every key that is missing, unknown or of another type.
    """
    return _read(content, source)[0]


def _read(content: bytes, source: str) -> tuple[dict[str, Any], schema.PlanRecord]:
    found = parse_json(content, source=source)
    check_format(found, PLAN_FORMAT, source=source)
    return found, validate(found, schema.PlanRecord, source=source)


@dataclass(frozen=True, slots=True)
class _Clock:
    """Turns what a file says about time into instants."""

    start: date | None
    unit: roadmap.Unit
    source: str

    def instant(self, value: Instant, rounding: Rounding) -> int:
        return as_instant(value, self.start, self.unit, rounding, self.source)

    def maybe(self, value: Instant | None, rounding: Rounding) -> int | None:
        return None if value is None else self.instant(value, rounding)


def _as_plan(record: schema.PlanRecord, clock: _Clock) -> roadmap.Plan:
    return roadmap.Plan(
        name=record.name,
        unit=record.unit,
        start=record.start,
        calendar=record.calendar,
        calendars=tuple(_as_calendar(found) for found in record.calendars),
        activities=tuple(_as_activity(found, clock) for found in record.activities),
        links=tuple(
            roadmap.Link(
                first=link.first,
                second=link.second,
                type=link.type,
                lag=link.lag,
                calendar=link.calendar,
            )
            for link in record.links
        ),
        resources=tuple(_as_resource(found, clock) for found in record.resources),
        cash=None if record.cash is None else _as_cash(record.cash, clock),
        risks=tuple(_as_risk(found) for found in record.risks),
        correlations=tuple(
            roadmap.Correlation(id=found.id, rho=found.rho, members=tuple(found.members))
            for found in record.correlations
        ),
        milestones=tuple(_as_milestone(found, clock) for found in record.milestones),
        status_at=clock.maybe(record.status_at, Rounding.FINISH_FLOOR),
    )


def _as_length(record: schema.LengthRecord | float) -> roadmap.Length:
    if isinstance(record, schema.LengthRecord):
        return roadmap.Length(
            likely=record.likely,
            low=record.low,
            high=record.high,
            shape=record.shape,
            sd=record.sd,
        )
    return roadmap.Length(likely=record)


def _as_calendar(record: schema.CalendarRecord) -> roadmap.Calendar:
    return roadmap.Calendar(
        id=record.id,
        name=record.name,
        parent=record.parent,
        weekdays=None if record.weekdays is None else tuple(record.weekdays),
        hours=tuple((int(day), tuple(hours)) for day, hours in record.hours.items()),
        exceptions=tuple(
            roadmap.CalendarException(
                name=found.name,
                first=found.first,
                last=found.last,
                working=found.working,
                hours=tuple(found.hours),
            )
            for found in record.exceptions
        ),
    )


def _as_activity(found: schema.ActivityRecord, clock: _Clock) -> roadmap.Activity:
    return roadmap.Activity(
        id=found.id,
        name=found.name,
        duration=_as_length(found.duration),
        calendar=found.calendar,
        stage=found.stage,
        origin=found.origin,
        demands=tuple(found.demands.items()),
        cost=found.cost,
        cost_at_finish=found.cost_at == "finish",
        income=found.income,
        constraint=_as_constraint(found.constraint, clock),
        progress=_as_progress(found.progress, clock),
    )


def _as_constraint(
    record: schema.ConstraintRecord | None, clock: _Clock
) -> roadmap.Constraint | None:
    if record is None:
        return None
    at = clock.instant(record.at, Rounding.of(record.type))
    return roadmap.Constraint(type=record.type, at=at)


def _as_progress(record: schema.ProgressRecord | None, clock: _Clock) -> roadmap.Progress | None:
    if record is None:
        return None
    return roadmap.Progress(
        actual_start=clock.instant(record.actual_start, Rounding.START_FLOOR),
        actual_finish=clock.maybe(record.actual_finish, Rounding.FINISH_CEILING),
        percent_complete=record.percent_complete,
    )


def _as_resource(record: schema.ResourceRecord, clock: _Clock) -> roadmap.Resource:
    return roadmap.Resource(
        id=record.id,
        name=record.name,
        capacity=record.capacity,
        changes=tuple(
            (clock.instant(change.at, Rounding.START_FLOOR), change.capacity)
            for change in record.changes
        ),
    )


def _as_cash(record: schema.CashRecord, clock: _Clock) -> roadmap.Cash:
    return roadmap.Cash(
        unit=record.unit,
        opening=record.opening,
        inflows=tuple(
            roadmap.Inflow(
                at=clock.instant(found.at, Rounding.START_CEILING),
                amount=found.amount,
                name=found.name,
            )
            for found in record.inflows
        ),
    )


def _as_risk(record: schema.RiskRecord) -> roadmap.Risk:
    return roadmap.Risk(
        id=record.id,
        name=record.name,
        probability=record.probability,
        activities=tuple(record.activities),
        impact=_as_length(record.impact),
    )


def _as_milestone(record: schema.MilestoneRecord, clock: _Clock) -> roadmap.Milestone:
    return roadmap.Milestone(
        id=record.id,
        name=record.name,
        activity=record.activity,
        target=clock.instant(record.target, Rounding.FINISH_FLOOR),
        kind=record.kind,
        required_probability=record.required_probability,
    )
