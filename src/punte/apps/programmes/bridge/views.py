"""A plan as pages show it: lines, Gantt, network, health."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from punte.apps.programmes.bridge.plans import Content, day_of, finishes_of
from punte.apps.programmes.bridge.progress import baseline_of
from punte.apps.programmes.bridge.risks import assess, simulated
from punte.engines.roadmap import instance as roadmap
from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.explain import Why, find_why
from punte.engines.roadmap.health import HealthCard, examine
from punte.formats.roadmap_gantt import Gantt, draw_gantt
from punte.formats.roadmap_network import NetworkPicture, draw_network, picture_network

Say = Callable[[str], str]
MOST_BOXES: Final = 600
"""Activities above which a network is shown as its table alone."""


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
    why: Why


def lines_of(plan: roadmap.Plan) -> list[ActivityLine]:
    """Return the activities of a plan in its order, with dates, float and how often each was critical."""
    path = find_critical_path(plan)
    outcome = simulated(plan)
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
            why=find_why(path, activity.id),
        )
        for row, activity in enumerate(plan.activities)
    ]


def gantt_of(
    plan: roadmap.Plan,
    ghost: roadmap.Plan | Content | None,
    *,
    say: Say = str,
    risks: bool = True,
    shown: slice = slice(None),
) -> Gantt:
    """
    Return the Gantt chart of a plan, with whiskers to the P80 finish.

    Parameters
    ----------
    ghost
        What is drawn dashed behind it: a frozen baseline, or another plan.
    risks
        Whether to draw whiskers; they need the draws.
    shown
        Which activities get a row, on the time axis of all.
    """
    path = find_critical_path(plan)
    return Gantt(
        plan=replace(plan, activities=plan.activities[shown]),
        starts={name: dates.early_start for name, dates in path.dates.items()},
        finishes=finishes_of(path),
        critical=frozenset(path.critical),
        ghost=_ghost(ghost, plan),
        late=dict(assess(plan).late) if risks else None,
        say=say,
    )


def _ghost(
    ghost: roadmap.Plan | Content | None, plan: roadmap.Plan
) -> dict[str, tuple[int, int]] | None:
    if ghost is None:
        return None
    if isinstance(ghost, dict):
        frozen = baseline_of(ghost, plan)
        return {name: (start, frozen.finishes[name]) for name, start in frozen.starts.items()}
    # Two plans may begin on different days: both are drawn on the axis of the one in front.
    moved = (ghost.start - plan.start).days if ghost.start and plan.start else 0
    dates = find_critical_path(ghost).dates
    now = {activity.known_as: activity.id for activity in plan.activities}
    return {
        now[one.known_as]: (dates[one.id].early_start + moved, dates[one.id].early_finish + moved)
        for one in ghost.activities
        if one.known_as in now
    }


def draw(chart: Gantt | NetworkPicture, *, say: Say = str) -> str:
    """Return a chart as SVG."""
    return draw_gantt(chart) if isinstance(chart, Gantt) else draw_network(chart, say)


def network_of(plan: roadmap.Plan, *, say: Say = str) -> NetworkPicture | None:
    """Return the picture of a plan's network; ``None`` where it would hold more than anybody can read."""
    if len(plan.activities) > MOST_BOXES:
        return None
    return picture_network(find_critical_path(plan), say)


def health_of(plan: roadmap.Plan, baseline: Content | None) -> HealthCard:
    """Return the fourteen DCMA checks and ten GAO practices of a plan."""
    return examine(plan, baseline_of(baseline, plan) if baseline else None)
