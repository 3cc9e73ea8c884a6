"""What was promised against what is: baselines, slip, earned schedule, and how finishes moved from version to version."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from punte.apps.programmes.bridge.plans import Content, UnsoundPlanError, day_of, plan_of
from punte.apps.programmes.bridge.renaming import ids_between
from punte.apps.programmes.models import Milestone, PlanVersion
from punte.engines.roadmap import instance as roadmap
from punte.engines.roadmap.baseline import (
    Baseline,
    earned_by,
    earned_schedule,
    earned_value,
    freeze_baseline,
    hash_baseline,
    measure_slip,
    planned_value,
    under_ids_of,
)
from punte.engines.roadmap.critical_path import find_critical_path
from punte.formats.roadmap_risk import baseline_record

POINTS: Final = 48
"""Places at which the curves of earned value are drawn."""


def freeze(plan: roadmap.Plan, *, name: str, sha256: str) -> Content:
    """Return the baseline of a plan, with the hash that shows any later change."""
    return baseline_record(freeze_baseline(plan, name=name, plan_sha256=sha256))


def baseline_of(content: Content, plan: roadmap.Plan) -> Baseline:
    """Return a baseline as the engine compares it with a plan: under the ids that this has now."""
    return under_ids_of(plan, _frozen(content))


def _frozen(content: Content) -> Baseline:
    frozen = content["activities"]
    return Baseline(
        name=str(content["name"]),
        plan_sha256=str(content["plan_sha256"]),
        starts={name: int(entry["start"]) for name, entry in frozen.items()},
        finishes={name: int(entry["finish"]) for name, entry in frozen.items()},
        budgets={name: int(entry["budget"]) for name, entry in frozen.items()},
        sha256=str(content["sha256"]),
    )


def is_untouched(content: Content) -> bool:
    """Whether a baseline is what was frozen."""
    found = _frozen(content)
    return hash_baseline(found) == found.sha256


def slips_of(plan: roadmap.Plan, baseline: Content) -> list[tuple[str, int | None]]:
    """Return by how many days each activity's finish has moved since the baseline, the latest first."""
    names = {activity.id: activity.name or activity.id for activity in plan.activities}
    return [
        (names.get(slip.activity, slip.activity), slip.finish)
        for slip in measure_slip(baseline_of(baseline, plan), plan)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """
    Earned schedule of a plan against a baseline, in dates.

    Parameters
    ----------
    at, earned_on
        The status date, and the day by which the baseline had planned what is done now.
    variance
        SV(t): units earned ahead (+) or behind (-) the status date.
    index
        SPI(t); ``None`` on the first day.
    promised_end, forecast_end
        End of the baseline, and IEAC(t): the end if it goes on like this.
    planned, earned
        PV and EV as shares of the budget, 0 to 1.
    """

    at: dt.date | None
    earned_on: dt.date | None
    variance: float
    index: float | None
    promised_end: dt.date | None
    forecast_end: dt.date | None
    planned: float
    earned: float
    is_costed: bool


def earned_of(plan: roadmap.Plan, content: Content) -> Earned | None:
    """Return earned schedule at the status date; ``None`` where the plan has none or the baseline no budget."""
    frozen = baseline_of(content, plan)
    value = earned_value(frozen, plan)
    if plan.status_at is None or not value.budget:
        return None
    found = earned_schedule(frozen, plan)
    forecast = found.forecast
    return Earned(
        at=day_of(plan, found.at),
        earned_on=day_of(plan, found.earned),
        variance=found.variance,
        index=found.index,
        promised_end=day_of(plan, found.planned_duration),
        # An index near nought promises an end beyond all calendars.
        forecast_end=day_of(plan, forecast)
        if forecast is not None and forecast <= roadmap.LATEST_STEP
        else None,
        planned=value.planned / value.budget,
        earned=value.earned / value.budget,
        is_costed=any(activity.cost for activity in plan.activities),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePoint:
    """Shares of the budget by a day, 0 to 1; ``earned`` is ``None`` after the status date."""

    day: dt.date
    planned: float
    earned: float | None


def value_curve(plan: roadmap.Plan, content: Content) -> list[ValuePoint]:
    """Return what was planned and what is earned over time."""
    frozen, status = baseline_of(content, plan), plan.status_at or 0
    budget = float(sum(frozen.budgets.values()))
    last = max(frozen.end, status)
    instants = sorted({round(k * last / POINTS) for k in range(POINTS + 1)} | {status})
    points = []
    for at in instants:
        day = plan.date_of(at)
        if day is None or not budget:
            continue
        earned = earned_by(frozen, plan, at) / budget if at <= status else None
        points.append(
            ValuePoint(day=day, planned=planned_value(frozen, at) / budget, earned=earned)
        )
    return points


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When a version of the plan let a milestone finish, by its own lengths."""

    milestone: str
    version: int
    as_of: dt.date
    finish: dt.date


def forecasts_of(
    versions: Iterable[PlanVersion], milestones: Iterable[Milestone]
) -> list[Forecast]:
    """Return the finish of each milestone in each version that can be counted with, oldest first: how dates have crept."""
    rows = list(milestones)
    found = []
    ordered = sorted(versions, key=lambda one: one.number)
    for version in ordered:
        ids = ids_between(ordered[-1].content, version.content)
        try:
            plan = plan_of(version)
        except UnsoundPlanError:
            continue
        dates = find_critical_path(plan).dates
        as_of = version.made_at.date()
        if plan.status_at is not None:
            as_of = day_of(plan, plan.status_at) or as_of
        for row in rows:
            name = ids.get(row.activity)
            day = day_of(plan, dates[name].early_finish) if name else None
            if day is not None:
                found.append(
                    Forecast(milestone=row.name, version=version.number, as_of=as_of, finish=day)
                )
    return found
