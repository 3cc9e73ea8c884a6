"""Rows of a plan to the roadmap engine, and its answers to what pages show. Nothing is computed twice for one plan."""

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from punte.apps.programmes.models import Milestone, PlanVersion
from punte.engines.roadmap import instance as roadmap
from punte.engines.roadmap.baseline import (
    Baseline,
    freeze_baseline,
    hash_baseline,
    measure_slip,
)
from punte.engines.roadmap.critical_path import CriticalPath, find_critical_path
from punte.engines.roadmap.explain import explain
from punte.engines.roadmap.health import HealthCard, examine
from punte.engines.roadmap.risk import (
    Driver,
    MilestoneRisk,
    assess_milestones,
    find_quantiles,
    rank_drivers,
)
from punte.engines.roadmap.simulate import Outcome, rerun, simulate
from punte.formats.roadmap import PLAN_FORMAT, parse_plan
from punte.formats.roadmap_csv import parse_csv
from punte.formats.roadmap_gantt import Gantt, draw_gantt
from punte.formats.roadmap_ical import write_ical
from punte.formats.roadmap_mspdi import parse_mspdi
from punte.formats.roadmap_mspdi_writing import write_mspdi
from punte.formats.roadmap_risk import baseline_record, late_finish
from punte.formats.roadmap_writing import plan_record
from punte.kernel.errors import InvalidInputError, Problem

DRAWS: Final = 10_000
SEED: Final = 1
"""One luck for everything: pages, scenarios and money are compared on the same draws."""
Content = dict[str, Any]


def sha256_of(content: Content) -> str:
    """Return the sha256 of a plan's content, the same whatever the order of its keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_content(content: Content, *, source: str) -> Content:
    """
    Return the content as the format writes it.

    Raises
    ------
    InvalidInputError
        With every fault of the plan, each naming its activities.
    """
    plan = parse_plan(json.dumps(content, ensure_ascii=False).encode(), source=source)
    return plan_record(plan)


def read_file(content: bytes, *, name: str) -> Content:
    """
    Return the plan of a file: MSPDI (``.xml``), CSV (``.csv``) or our own JSON.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    ending = name.lower().rpartition(".")[2]
    if ending == "xml":
        return plan_record(parse_mspdi(content, source=name))
    if ending == "csv":
        return plan_record(parse_csv(content, source=name))
    return plan_record(parse_plan(content, source=name))


@lru_cache(maxsize=64)
def _plan(sha256: str, text: str) -> roadmap.Plan:
    del sha256
    return parse_plan(text.encode(), source="The plan")


def plan_of(version: PlanVersion, milestones: Iterable[Milestone] = ()) -> roadmap.Plan:
    """Return the plan of a version with the programme's milestones as its promises."""
    text = json.dumps(version.content, ensure_ascii=False, sort_keys=True)
    plan = _plan(version.sha256, text)
    known = {activity.id for activity in plan.activities}
    promises = []
    for row in milestones:
        if row.activity in known and plan.start is not None:
            step = (row.promised_on - plan.start).days + 1
            days = 7 if plan.unit == "week" else 1
            promises.append(
                roadmap.Milestone(
                    id=str(row.pk),
                    name=row.name,
                    activity=row.activity,
                    target=max(0, step // days),
                    kind="other",
                    required_probability=None
                    if row.required_percent is None
                    else row.required_percent / 100,
                )
            )
    return replace(plan, milestones=tuple(promises))


@lru_cache(maxsize=32)
def _simulated(plan: roadmap.Plan) -> Outcome:
    return simulate(plan, draws=DRAWS, seed=SEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risks:
    """
    What the draws say of a plan.

    Parameters
    ----------
    ends
        Pairs of probability and the date by which everything is done with it.
    milestones
        By milestone id.
    """

    ends: tuple[tuple[float, dt.date | None], ...]
    milestones: Mapping[str, MilestoneRisk]
    late: Mapping[str, float]


def assess(plan: roadmap.Plan) -> Risks:
    """Return how likely each promise of a plan is kept, from ten thousand draws with one seed."""
    outcome = _simulated(plan)
    return Risks(
        ends=tuple((share, day_of(plan, at)) for share, at in find_quantiles(outcome.ends)),
        milestones={risk.milestone.id: risk for risk in assess_milestones(outcome)},
        late={
            activity.id: late_finish(outcome, row) for row, activity in enumerate(plan.activities)
        },
    )


def day_of(plan: roadmap.Plan, instant: float) -> dt.date | None:
    """Return the day on which work that ends at an instant is done."""
    return plan.finish_date_of(math.ceil(instant - 1e-9))


def curve_of(plan: roadmap.Plan, activity_id: str) -> list[tuple[dt.date, float]]:
    """Return the share of draws in which an activity is finished by each of some forty dates."""
    finishes = sorted(_simulated(plan).finishes_of(activity_id))
    size = len(finishes)
    points: dict[dt.date, float] = {}
    for step in range(41):
        idx = min(size - 1, round(step / 40 * (size - 1)))
        day = day_of(plan, float(finishes[idx]))
        if day is not None:
            points[day] = (idx + 1) / size
    return sorted(points.items())


def drawn_dates(plan: roadmap.Plan, activity_id: str) -> tuple[dt.date | None, ...]:
    """Return the day on which an activity is finished in each draw; empty where the plan has none such."""
    if activity_id not in {activity.id for activity in plan.activities}:
        return ()
    return tuple(day_of(plan, at) for at in _simulated(plan).finishes_of(activity_id).tolist())


def drivers_of(plan: roadmap.Plan, activity_id: str, *, most: int = 8) -> tuple[Driver, ...]:
    """Return what moves an activity's finish most."""
    outcome = _simulated(plan)
    return rank_drivers(outcome, outcome.finishes_of(activity_id), most=most)


def compare(before: roadmap.Plan, after: roadmap.Plan) -> tuple[Risks, Risks]:
    """Return the risks of two plans on the same draws: the difference is the change, not luck."""
    outcome = _simulated(before)
    changed = rerun(outcome, after)
    second = Risks(
        ends=tuple((share, day_of(after, at)) for share, at in find_quantiles(changed.ends)),
        milestones={risk.milestone.id: risk for risk in assess_milestones(changed)},
        late={},
    )
    return assess(before), second


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLine:
    """One activity as the table beside the Gantt shows it; dates are None in a plan without a start."""

    id: str
    name: str
    stage: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    late_on: dt.date | None
    float_days: int
    is_critical: bool
    criticality: float
    waits_for: str
    why: str


def lines_of(plan: roadmap.Plan) -> list[ActivityLine]:
    """Return the activities of a plan in its order, with dates, float and how often each was critical."""
    path = find_critical_path(plan)
    outcome = _simulated(plan)
    late = assess(plan).late
    waits: dict[str, list[str]] = {}
    for link in plan.links:
        words = link.first + ("" if link.type == "FS" else f" {link.type}")
        waits.setdefault(link.second, []).append(words + (f"{link.lag:+d}" if link.lag else ""))
    return [
        ActivityLine(
            id=activity.id,
            name=activity.name or activity.id,
            stage=activity.stage or "",
            starts_on=plan.date_of(path.dates[activity.id].early_start),
            ends_on=plan.finish_date_of(path.dates[activity.id].early_finish),
            late_on=day_of(plan, late[activity.id]),
            float_days=path.dates[activity.id].total_float,
            is_critical=path.dates[activity.id].is_critical,
            criticality=float(outcome.critical[row]),
            waits_for=", ".join(waits.get(activity.id, ())),
            why=" ".join(explain(plan, activity.id)),
        )
        for row, activity in enumerate(plan.activities)
    ]


def gantt_of(plan: roadmap.Plan, baseline: Content | None) -> str:
    """Return the Gantt chart as SVG, with the baseline as a ghost and whiskers to the P80 finish."""
    path = find_critical_path(plan)
    frozen = _baseline(baseline) if baseline else None
    chart = Gantt(
        plan=plan,
        starts={name: dates.early_start for name, dates in path.dates.items()},
        finishes=_finishes(path),
        critical=frozenset(path.critical),
        ghost={name: (start, frozen.finishes[name]) for name, start in frozen.starts.items()}
        if frozen
        else None,
        late=dict(assess(plan).late),
    )
    return draw_gantt(chart)


def _finishes(path: CriticalPath) -> dict[str, int]:
    return {name: dates.early_finish for name, dates in path.dates.items()}


def freeze(plan: roadmap.Plan, *, name: str, sha256: str) -> Content:
    """Return the baseline of a plan, with the hash that shows any later change."""
    return baseline_record(freeze_baseline(plan, name=name, plan_sha256=sha256))


def _baseline(content: Content) -> Baseline:
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
    found = _baseline(content)
    return hash_baseline(found) == found.sha256


def slips_of(plan: roadmap.Plan, baseline: Content) -> list[tuple[str, int | None]]:
    """Return by how many days each activity's finish has moved since the baseline, the latest first."""
    names = {activity.id: activity.name or activity.id for activity in plan.activities}
    return [
        (names.get(slip.activity, slip.activity), slip.finish)
        for slip in measure_slip(_baseline(baseline), plan)
    ]


def health_of(plan: roadmap.Plan, baseline: Content | None) -> HealthCard:
    """Return the fourteen DCMA checks and ten GAO practices of a plan."""
    return examine(plan, _baseline(baseline) if baseline else None)


def write_file(plan: roadmap.Plan, ending: str) -> tuple[bytes, str]:
    """
    Return a plan as the bytes of a file and its media type.

    Parameters
    ----------
    ending
        ``xml`` (MSPDI), ``ics`` or ``json``.
    """
    path = find_critical_path(plan)
    starts = {name: dates.early_start for name, dates in path.dates.items()}
    if ending == "xml":
        return write_mspdi(plan, starts, _finishes(path)), "application/xml"
    if ending == "ics":
        return write_ical(plan, starts, _finishes(path)), "text/calendar; charset=utf-8"
    text = json.dumps(plan_record(plan), ensure_ascii=False, indent=1)
    return text.encode(), "application/json"


def empty_content(name: str, start: dt.date) -> Content:
    """Return a plan with one activity, to begin with."""
    return {
        "format": PLAN_FORMAT,
        "name": name,
        "unit": "day",
        "start": start.isoformat(),
        "activities": [{"id": "A", "name": "", "duration": 20}],
    }


def refuse(source: str, place: str, what: str, remedy: str) -> InvalidInputError:
    """Return the refusal of one cell of an edited plan."""
    return InvalidInputError(source, [Problem(place=place, what=what, remedy=remedy)])
