"""How likely promised dates are kept, read in the active subject's name."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from punte.apps.programmes.bridge import (
    DRAWS,
    SEED,
    UnsoundPlanError,
    assess,
    drawn_dates,
    plan_of,
    problems_of,
)
from punte.apps.programmes.models import PlanVersion, Programme
from punte.apps.programmes.queries import find_milestone, newest

Kind = PlanVersion.Kind
__all__ = [
    "DRAWS",
    "SEED",
    "MilestoneChance",
    "dates_in_draws",
    "milestone_chance",
    "milestone_chances",
    "plan_problems",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneChance:
    """
    How likely a promised date is kept, from the draws of one seed.

    Parameters
    ----------
    share, low, high
        Probability with its 95 % interval, 0 to 1.
    """

    milestone_id: UUID
    share: float
    low: float
    high: float


def milestone_chances(programme: Programme) -> dict[UUID, MilestoneChance]:
    """Return the chance of each milestone of a programme that its plan, where it can be counted with, says something about."""
    version = newest(programme, Kind.PLAN)
    if version is None:
        return {}
    try:
        plan = plan_of(version, programme.milestones.all())
    except UnsoundPlanError:  # its pages say why; here it says nothing of any date
        return {}
    return {
        UUID(key): MilestoneChance(
            milestone_id=UUID(key),
            share=risk.chance.share,
            low=risk.chance.low,
            high=risk.chance.high,
        )
        for key, risk in assess(plan).milestones.items()
    }


def plan_problems(programme: Programme) -> list[str]:
    """Return why the plan of a programme cannot be counted with, a sentence each; empty where it can, or there is none."""
    version = newest(programme, Kind.PLAN)
    return [str(problem) for problem in problems_of(version)] if version else []


def milestone_chance(milestone_id: UUID) -> MilestoneChance | None:
    """Return how likely one milestone is kept; None where no plan says it, or it is not there for the subject."""
    milestone = find_milestone(milestone_id)
    return milestone_chances(milestone.programme).get(milestone_id) if milestone else None


def dates_in_draws(milestone_ids: Iterable[UUID]) -> dict[UUID, tuple[dt.date | None, ...]]:
    """
    Return the date of each milestone in each of the ten thousand draws of its plan, for money that waits for it.

    The same entry of two milestones of one programme is the same drawn world. Milestones that no plan speaks of, or
    that the subject does not see, are left out; one that is done has one date.
    """
    found: dict[UUID, tuple[dt.date | None, ...]] = {}
    for milestone_id in milestone_ids:
        milestone = find_milestone(milestone_id)
        if milestone is None:
            continue
        if milestone.done_on is not None:
            found[milestone_id] = (milestone.done_on,) * DRAWS
            continue
        version = newest(milestone.programme, Kind.PLAN)
        if version is None or not milestone.activity:
            continue
        try:
            dates = drawn_dates(plan_of(version), milestone.activity)
        except UnsoundPlanError:
            continue
        if dates:
            found[milestone_id] = dates
    return found
