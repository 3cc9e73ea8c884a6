"""``punte.roadmap.risk/1``, ``punte.roadmap.health/1`` and ``punte.roadmap.baseline/1``."""

from pathlib import Path
from typing import Any, Final

from punte.engines.roadmap.baseline import Baseline, verify_baseline
from punte.engines.roadmap.health import HealthCard
from punte.engines.roadmap.instance import Plan
from punte.engines.roadmap.risk import (
    QUANTILES,
    MilestoneRisk,
    assess_milestones,
    find_quantile_interval,
    find_quantiles,
    rank_drivers,
)
from punte.engines.roadmap.simulate import Outcome
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate

RISK_FORMAT: Final = "punte.roadmap.risk/1"
HEALTH_FORMAT: Final = "punte.roadmap.health/1"
BASELINE_FORMAT: Final = "punte.roadmap.baseline/1"


class DatesRecord(Record):
    """One entry of ``activities`` of a baseline."""

    start: int
    finish: int
    budget: int


class BaselineRecord(Record):
    """The whole baseline file."""

    format: str
    name: str
    plan_sha256: str
    sha256: str
    activities: dict[str, DatesRecord]


def read_baseline(path: Path) -> Baseline:
    """
    Return the baseline of a file.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    PunteError
        If it was changed after it was frozen.
    """
    found = parse_json(read_bytes(path), source=str(path))
    check_format(found, BASELINE_FORMAT, source=str(path))
    record = validate(found, BaselineRecord, source=str(path))
    baseline = Baseline(
        name=record.name,
        plan_sha256=record.plan_sha256,
        starts={name: entry.start for name, entry in record.activities.items()},
        finishes={name: entry.finish for name, entry in record.activities.items()},
        budgets={name: entry.budget for name, entry in record.activities.items()},
        sha256=record.sha256,
    )
    verify_baseline(baseline)
    return baseline


def baseline_record(baseline: Baseline) -> dict[str, Any]:
    """Return the JSON object of a baseline."""
    return {
        "format": BASELINE_FORMAT,
        "name": baseline.name,
        "plan_sha256": baseline.plan_sha256,
        "sha256": baseline.sha256,
        "activities": {
            name: {
                "start": start,
                "finish": baseline.finishes[name],
                "budget": baseline.budgets[name],
            }
            for name, start in baseline.starts.items()
        },
    }


def _when(plan: Plan, instant: float) -> dict[str, Any]:
    """Return an instant, and its date: a fraction of a unit belongs to the unit it lies in."""
    record: dict[str, Any] = {"at": round(instant, 3)}
    day = plan.finish_date_of(int(instant + 0.999999))
    if day is not None:
        record["date"] = day.isoformat()
    return record


def _quantiles(plan: Plan, pairs: tuple[tuple[float, float], ...]) -> dict[str, Any]:
    return {f"p{round(share * 100):02d}": _when(plan, instant) for share, instant in pairs}


def risk_record(
    outcome: Outcome, *, plan_sha256: str, runtime_s: float, engine: str
) -> dict[str, Any]:
    """Return the JSON object of a simulation: end, milestones, activities, drivers."""
    plan = outcome.plan
    low, high = find_quantile_interval(outcome.ends, 0.8)
    return {
        "format": RISK_FORMAT,
        "plan_sha256": plan_sha256,
        "engine": engine,
        "seed": outcome.seed,
        "draws": outcome.draws,
        "runtime_s": runtime_s,
        "end": {
            "quantiles": _quantiles(plan, find_quantiles(outcome.ends)),
            "p80_interval": [_when(plan, low), _when(plan, high)],
            "mean": round(float(outcome.ends.mean()), 3),
        },
        "milestones": [_milestone_record(plan, found) for found in assess_milestones(outcome)],
        "activities": [
            {
                "id": activity.id,
                "criticality": round(float(outcome.critical[row]), 4),
                "p80": _when(plan, late_finish(outcome, row)),
            }
            for row, activity in enumerate(plan.activities)
        ],
        "drivers": [
            {
                "name": driver.name,
                "correlation": round(driver.correlation, 4),
                "low": round(driver.low, 3),
                "high": round(driver.high, 3),
                "swing": round(driver.swing, 3),
            }
            for driver in rank_drivers(outcome, outcome.ends)
        ],
    }


def late_finish(outcome: Outcome, row: int) -> float:
    """Return the instant by which an activity has finished with 80 % probability [units]."""
    return find_quantiles(outcome.finishes[row])[QUANTILES.index(0.8)][1]


def _milestone_record(plan: Plan, found: MilestoneRisk) -> dict[str, Any]:
    return {
        "id": found.milestone.id,
        "name": found.milestone.name,
        "kind": found.milestone.kind,
        "target": _when(plan, found.milestone.target),
        "planned": _when(plan, found.planned),
        "probability": round(found.chance.share, 4),
        "interval": [round(found.chance.low, 4), round(found.chance.high, 4)],
        "required_probability": found.milestone.required_probability,
        "below_required": found.is_below_required,
        "quantiles": _quantiles(plan, found.quantiles),
    }


def health_record(
    card: HealthCard, *, plan_sha256: str, runtime_s: float, engine: str
) -> dict[str, Any]:
    """Return the JSON object of a health card; it has no seed, nothing of it is drawn."""
    return {
        "format": HEALTH_FORMAT,
        "plan_sha256": plan_sha256,
        "engine": engine,
        "seed": None,
        "runtime_s": runtime_s,
        "healthy": card.is_healthy,
        "dcma": [
            {
                "number": found.number,
                "name": found.name,
                "value": None if found.value is None else round(found.value, 4),
                "limit": found.limit,
                "at_least": found.at_least,
                "passed": found.is_passed,
                "offenders": list(found.offenders),
                "remark": found.remark,
            }
            for found in card.findings
        ],
        "gao": [
            {
                "number": practice.number,
                "name": practice.name,
                "state": practice.state,
                "because": practice.because,
            }
            for practice in card.practices
        ],
    }
