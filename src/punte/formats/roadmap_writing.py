"""A plan as the object that ``punte.roadmap.plan/1`` holds; what is absent or usual is left out."""

from dataclasses import dataclass
from typing import Any

from punte.engines.roadmap.instance import Activity, Calendar, Length, Plan
from punte.formats.roadmap import PLAN_FORMAT
from punte.formats.roadmap_dates import as_stamp


@dataclass(frozen=True, slots=True)
class _Stamps:
    """Turns instants of a plan into what its file says."""

    plan: Plan

    def start(self, instant: int) -> int | str:
        return as_stamp(instant, self.plan.start, self.plan.unit, finish=False)

    def finish(self, instant: int) -> int | str:
        return as_stamp(instant, self.plan.start, self.plan.unit, finish=True)


def plan_record(plan: Plan) -> dict[str, Any]:
    """Return the JSON object of ``plan``; reading it gives ``plan`` again."""
    stamps = _Stamps(plan)
    record: dict[str, Any] = {
        "format": PLAN_FORMAT,
        "name": plan.name,
        "unit": plan.unit,
        "start": plan.start.isoformat() if plan.start else None,
        "calendar": plan.calendar,
        "calendars": [_calendar_record(calendar) for calendar in plan.calendars],
        "activities": [_activity_record(stamps, activity) for activity in plan.activities],
        "links": _link_records(plan),
        "resources": _resource_records(stamps),
        "cash": _cash_record(stamps),
        "risks": _risk_records(plan),
        "correlations": [
            {"id": group.id, "rho": group.rho, "members": list(group.members)}
            for group in plan.correlations
        ],
        "milestones": _milestone_records(stamps),
        "status_at": None if plan.status_at is None else stamps.finish(plan.status_at),
    }
    return {key: value for key, value in record.items() if value not in (None, [])}


def _without(record: dict[str, Any], **usual: object) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in usual or value != usual[key]}


def _link_records(plan: Plan) -> list[dict[str, Any]]:
    return [
        _without(
            {
                "from": link.first,
                "to": link.second,
                "type": link.type,
                "lag": link.lag,
                "calendar": link.calendar,
            },
            calendar=None,
            lag=0,
        )
        for link in plan.links
    ]


def _resource_records(stamps: _Stamps) -> list[dict[str, Any]]:
    return [
        _without(
            {
                "id": resource.id,
                "name": resource.name,
                "capacity": resource.capacity,
                "changes": [
                    {"at": stamps.start(when), "capacity": capacity}
                    for when, capacity in resource.changes
                ],
            },
            name="",
            changes=[],
        )
        for resource in stamps.plan.resources
    ]


def _cash_record(stamps: _Stamps) -> dict[str, Any] | None:
    cash = stamps.plan.cash
    if cash is None:
        return None
    flows = [
        {"at": stamps.start(flow.at), "amount": flow.amount, "name": flow.name}
        for flow in cash.inflows
    ]
    return {"unit": cash.unit, "opening": cash.opening, "inflows": flows}


def _risk_records(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "id": risk.id,
            "name": risk.name,
            "probability": risk.probability,
            "activities": list(risk.activities),
            "impact": _length_record(risk.impact),
        }
        for risk in plan.risks
    ]


def _milestone_records(stamps: _Stamps) -> list[dict[str, Any]]:
    return [
        _without(
            {
                "id": found.id,
                "name": found.name,
                "activity": found.activity,
                "target": stamps.finish(found.target),
                "kind": found.kind,
                "required_probability": found.required_probability,
            },
            name="",
            required_probability=None,
        )
        for found in stamps.plan.milestones
    ]


def _length_record(length: Length) -> float | dict[str, Any]:
    if length.shape == "triangular" and length.low is None:
        return int(length.likely) if length.likely == int(length.likely) else length.likely
    record = {
        "likely": length.likely,
        "low": length.low,
        "high": length.high,
        "shape": length.shape,
        "sd": length.sd,
    }
    return _without(record, low=None, high=None, sd=None)


def _calendar_record(calendar: Calendar) -> dict[str, Any]:
    record = {
        "id": calendar.id,
        "name": calendar.name,
        "parent": calendar.parent,
        "weekdays": None if calendar.weekdays is None else list(calendar.weekdays),
        "hours": {str(day): list(hours) for day, hours in calendar.hours},
        "exceptions": [
            _without(
                {
                    "name": found.name,
                    "first": found.first.isoformat(),
                    "last": found.last.isoformat(),
                    "working": found.working,
                    "hours": list(found.hours),
                },
                name="",
                hours=[],
            )
            for found in calendar.exceptions
        ],
    }
    return _without(record, name="", parent=None, weekdays=None, hours={}, exceptions=[])


def _activity_record(stamps: _Stamps, activity: Activity) -> dict[str, Any]:
    record = {
        "id": activity.id,
        "name": activity.name,
        "duration": _length_record(activity.duration),
        "calendar": activity.calendar,
        "stage": activity.stage,
        "origin": activity.origin,
        "demands": dict(activity.demands),
        "cost": activity.cost,
        "cost_at": "finish" if activity.cost_at_finish else "start",
        "income": activity.income,
        "constraint": _constraint_record(stamps, activity),
        "progress": _progress_record(stamps, activity),
    }
    return _without(
        record,
        name="",
        calendar=None,
        stage=None,
        origin=None,
        demands={},
        cost=0,
        cost_at="start",
        income=0,
        constraint=None,
        progress=None,
    )


def _constraint_record(stamps: _Stamps, activity: Activity) -> dict[str, Any] | None:
    kept = activity.constraint
    if kept is None:
        return None
    at = (stamps.finish if kept.type in ("FNET", "FNLT", "MFO") else stamps.start)(kept.at)
    return {"type": kept.type, "at": at}


def _progress_record(stamps: _Stamps, activity: Activity) -> dict[str, Any] | None:
    done = activity.progress
    if done is None:
        return None
    record: dict[str, Any] = {"actual_start": stamps.start(done.actual_start)}
    if done.actual_finish is not None:
        record["actual_finish"] = stamps.finish(done.actual_finish)
    record["percent_complete"] = done.percent_complete
    return record
