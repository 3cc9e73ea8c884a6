"""
A baseline frozen with its hash, the slip against it, and earned schedule.

References
----------
W. Lipke, Schedule is different, The Measurable News, March 2003 (earned schedule); ANSI/EIA-748 (earned value).
"""

import hashlib
import json
import math
from collections.abc import Container
from dataclasses import dataclass, replace
from itertools import pairwise

from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.instance import Plan
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """
    What was promised: dates and budgets that no later edit can change unseen.

    Parameters
    ----------
    plan_sha256
        Of the file that held the plan when it was frozen.
    starts, finishes
        Activity to instants [units]; by the id it was first known by, which stays through renaming.
    budgets
        Activity to its budget [cash unit], or its planned length where the plan has no costs.
    sha256
        Of all the rest, by :func:`hash_baseline`.
    """

    name: str
    plan_sha256: str
    starts: dict[str, int]
    finishes: dict[str, int]
    budgets: dict[str, int]
    sha256: str = ""

    @property
    def end(self) -> int:
        """When the last activity was to finish [units]."""
        return max(self.finishes.values(), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """How far an activity has moved [units]; positive is later, ``None`` when one of the two does not have it."""

    activity: str
    start: int | None
    finish: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedValue:
    """
    The classic indicators; ratios are ``None`` where they would divide by 0.

    Parameters
    ----------
    budget
        At completion, BAC.
    planned, earned, actual
        PV, EV and AC at the status date; ``actual`` is ``None`` where nobody counted it.
    """

    budget: float
    planned: float
    earned: float
    actual: float | None = None

    @property
    def schedule_variance(self) -> float:
        """EV - PV."""
        return self.earned - self.planned

    @property
    def cost_variance(self) -> float | None:
        """EV - AC."""
        return None if self.actual is None else self.earned - self.actual

    @property
    def schedule_index(self) -> float | None:
        """SPI = EV / PV."""
        return self.earned / self.planned if self.planned else None

    @property
    def cost_index(self) -> float | None:
        """CPI = EV / AC."""
        return self.earned / self.actual if self.actual else None

    @property
    def estimate_at_completion(self) -> float | None:
        """EAC = BAC / CPI."""
        return self.budget / self.cost_index if self.cost_index else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedSchedule:
    """
    Earned value told in time.

    Parameters
    ----------
    at
        Status instant AT [units].
    earned
        ES: when the baseline had planned what is done now [units].
    planned_duration
        PD: the baseline's end [units].
    """

    at: int
    earned: float
    planned_duration: int

    @property
    def variance(self) -> float:
        """SV(t) = ES - AT [units]."""
        return self.earned - self.at

    @property
    def index(self) -> float | None:
        """SPI(t) = ES / AT."""
        return self.earned / self.at if self.at else None

    @property
    def forecast(self) -> float | None:
        """IEAC(t) = PD / SPI(t): the end if it goes on like this [units]."""
        return self.planned_duration / self.index if self.index else None


def hash_baseline(baseline: Baseline) -> str:
    """Return the sha256 of a baseline's content, the same whatever the order of its keys."""
    content = [
        baseline.name,
        baseline.plan_sha256,
        baseline.starts,
        baseline.finishes,
        baseline.budgets,
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def freeze_baseline(
    plan: Plan, *, name: str, plan_sha256: str, starts: dict[str, int] | None = None
) -> Baseline:
    """
    Return the baseline of a plan.

    Parameters
    ----------
    starts
        Of a checked schedule; early dates when ``None``.
    """
    path = find_critical_path(plan)
    network = path.network
    by_id = starts or {name: dates.early_start for name, dates in path.dates.items()}
    chosen = {a.known_as: by_id[a.id] for a in plan.activities}
    finishes = {
        a.known_as: network.finish(idx, by_id[a.id]) for idx, a in enumerate(plan.activities)
    }
    costed = any(activity.cost for activity in plan.activities)
    budgets = {a.known_as: a.cost if costed else a.duration.planned for a in plan.activities}
    found = Baseline(
        name=name, plan_sha256=plan_sha256, starts=chosen, finishes=finishes, budgets=budgets
    )
    return Baseline(
        name=name,
        plan_sha256=plan_sha256,
        starts=found.starts,
        finishes=finishes,
        budgets=budgets,
        sha256=hash_baseline(found),
    )


def verify_baseline(baseline: Baseline) -> None:
    """
    Accept a baseline whose content is what was frozen.

    Raises
    ------
    PunteError
        If its hash differs.
    """
    found = hash_baseline(baseline)
    if found != baseline.sha256:
        raise PunteError(
            f"The baseline {baseline.name!r} was frozen with the hash {baseline.sha256[:12]}... and now has {found[:12]}...: "
            "it was changed afterwards. Take the frozen file, or freeze a new baseline under another name."
        )


def under_ids_of(plan: Plan, baseline: Baseline) -> Baseline:
    """
    Return a baseline with each activity under the id that a plan has for it now, as comparisons take it.

    Its hash is of what was frozen: verify that first. What the plan no longer has keeps its id, marked where another has it now.
    """
    now = {activity.known_as: activity.id for activity in plan.activities}
    taken = {activity.id for activity in plan.activities}
    for name in baseline.starts:
        if name not in now:
            now[name] = free_name(name, taken)
            taken.add(now[name])
    return replace(
        baseline,
        starts={now[name]: at for name, at in baseline.starts.items()},
        finishes={now[name]: at for name, at in baseline.finishes.items()},
        budgets={now[name]: amount for name, amount in baseline.budgets.items()},
    )


def free_name(name: str, taken: Container[str]) -> str:
    """
    Return a name that is not taken: ``name``, or it with a number.

    Examples
    --------
    >>> free_name("A", {"A", "A (2)"})
    'A (3)'
    """
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found


def measure_slip(baseline: Baseline, plan: Plan) -> tuple[Slip, ...]:
    """Return how far each activity of either has moved, latest finish slip first."""
    path = find_critical_path(plan)
    found = []
    for name in dict.fromkeys([*baseline.starts, *path.dates]):
        dates = path.dates.get(name)
        if dates is None or name not in baseline.starts:
            found.append(Slip(activity=name, start=None, finish=None))
            continue
        found.append(
            Slip(
                activity=name,
                start=dates.early_start - baseline.starts[name],
                finish=dates.early_finish - baseline.finishes[name],
            )
        )
    return tuple(sorted(found, key=lambda slip: (slip.finish is None, -(slip.finish or 0))))


def planned_value(baseline: Baseline, at: float) -> float:
    """Return what the baseline had planned to be done by an instant, each budget spread evenly over its activity."""
    total = 0.0
    for name, budget in baseline.budgets.items():
        start, finish = baseline.starts[name], baseline.finishes[name]
        if at >= finish:
            total += budget
        elif at > start:
            total += budget * (at - start) / (finish - start)
    return total


def earned_value(baseline: Baseline, plan: Plan, actual: float | None = None) -> EarnedValue:
    """Return the indicators at the plan's status date; only activities of the baseline earn."""
    earned = 0.0
    for activity in plan.activities:
        done = activity.progress
        if done is not None:
            share = 1.0 if done.actual_finish is not None else done.percent_complete
            earned += baseline.budgets.get(activity.id, 0) * share
    return EarnedValue(
        budget=float(sum(baseline.budgets.values())),
        planned=planned_value(baseline, plan.status_at or 0),
        earned=earned,
        actual=actual,
    )


def earned_by(baseline: Baseline, plan: Plan, at: float) -> float:
    """
    Return what was earned by an instant, each activity's progress spread evenly from its actual start.

    A file says when an activity began and how far it is at the status date, not how it got there.
    """
    total = 0.0
    for activity in plan.activities:
        done = activity.progress
        if done is None or at <= done.actual_start:
            continue
        last = plan.status_at or 0 if done.actual_finish is None else done.actual_finish
        share = 1.0 if done.actual_finish is not None else done.percent_complete
        passed = 1.0 if at >= last else (at - done.actual_start) / (last - done.actual_start)
        total += baseline.budgets.get(activity.id, 0) * share * passed
    return total


def interpolate_schedule(values: list[float], earned: float) -> float:
    """
    Return ES = C + (EV - PV_C) / (PV_(C+1) - PV_C), C the last period with PV_C <= EV.

    Parameters
    ----------
    values
        Cumulative planned value at the end of periods 0, 1, 2 ..., never falling.
    earned
        EV; above the last value it earns the whole duration.

    Examples
    --------
    >>> interpolate_schedule([0, 10, 30, 60], 20)
    1.5
    """
    for period, (before, after) in enumerate(pairwise(values)):
        if earned < after:
            return period + max(0.0, (earned - before) / (after - before))
    return float(next(k for k, value in enumerate(values) if value >= values[-1]))


def earned_schedule(baseline: Baseline, plan: Plan) -> EarnedSchedule:
    """Return earned schedule at the plan's status date."""
    values = [planned_value(baseline, at) for at in range(math.ceil(baseline.end) + 1)]
    earned = earned_value(baseline, plan).earned
    return EarnedSchedule(
        at=plan.status_at or 0,
        earned=interpolate_schedule(values, earned),
        planned_duration=baseline.end,
    )
