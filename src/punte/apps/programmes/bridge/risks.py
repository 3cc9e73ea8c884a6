"""What ten thousand draws say of a plan. Nothing is computed twice for one plan."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from punte.apps.programmes.bridge.plans import day_of
from punte.engines.roadmap import instance as roadmap
from punte.engines.roadmap.risk import (
    Driver,
    MilestoneRisk,
    assess_milestones,
    find_quantiles,
    rank_drivers,
)
from punte.engines.roadmap.simulate import Outcome, rerun, simulate
from punte.formats.roadmap_risk import late_finish

DRAWS: Final = 10_000
LARGE: Final = 200
"""Activities above which a plan counts as large."""
SEED: Final = 1
"""One luck for everything: pages, scenarios and money are compared on the same draws."""


def simulated(plan: roadmap.Plan) -> Outcome:
    """Return the draws of a plan, kept for the next page; of large plans few are kept, each takes tens of megabytes."""
    return _drawn_large(plan) if len(plan.activities) > LARGE else _drawn(plan)


def _draw(plan: roadmap.Plan) -> Outcome:
    return simulate(plan, draws=DRAWS, seed=SEED)


_drawn, _drawn_large = lru_cache(maxsize=32)(_draw), lru_cache(maxsize=3)(_draw)


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


@lru_cache(maxsize=32)
def assess(plan: roadmap.Plan) -> Risks:
    """Return how likely each promise of a plan is kept, from ten thousand draws with one seed."""
    outcome = simulated(plan)
    return Risks(
        ends=tuple((share, day_of(plan, at)) for share, at in find_quantiles(outcome.ends)),
        milestones={risk.milestone.id: risk for risk in assess_milestones(outcome)},
        late={
            activity.id: late_finish(outcome, row) for row, activity in enumerate(plan.activities)
        },
    )


def curve_of(plan: roadmap.Plan, activity_id: str) -> list[tuple[dt.date, float]]:
    """Return the share of draws in which an activity is finished by each of some forty dates."""
    finishes = sorted(simulated(plan).finishes_of(activity_id))
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
    return tuple(day_of(plan, at) for at in simulated(plan).finishes_of(activity_id).tolist())


def drivers_of(plan: roadmap.Plan, activity_id: str, *, most: int = 8) -> tuple[Driver, ...]:
    """Return what moves an activity's finish most."""
    outcome = simulated(plan)
    return rank_drivers(outcome, outcome.finishes_of(activity_id), most=most)


def compare(before: roadmap.Plan, after: roadmap.Plan) -> tuple[Risks, Risks]:
    """Return the risks of two plans on the same draws: the difference is the change, not luck."""
    outcome = simulated(before)
    changed = rerun(outcome, after)
    second = Risks(
        ends=tuple((share, day_of(after, at)) for share, at in find_quantiles(changed.ends)),
        milestones={risk.milestone.id: risk for risk in assess_milestones(changed)},
        late={},
    )
    return assess(before), second
