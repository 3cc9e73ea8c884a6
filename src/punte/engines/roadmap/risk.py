"""What a simulation says: chances of dates with their intervals, quantiles, and what drives them."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from punte.engines.roadmap.critical_path import find_critical_path
from punte.engines.roadmap.draws import FIXED, Reals, draw_uniforms
from punte.engines.roadmap.instance import Milestone
from punte.engines.roadmap.passes import EPSILON
from punte.engines.roadmap.simulate import Outcome

Z95: Final = 1.959963984540054
"""Standard normal quantile of 97.5 %."""

QUANTILES: Final = (0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """
    A probability estimated from draws, with its 95 % interval.

    Parameters
    ----------
    share, low, high
        From 0 to 1.
    """

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRisk:
    """
    How likely a promise is kept.

    Parameters
    ----------
    planned
        Finish by the plan's own lengths [units]; the simulated median is usually later (merge bias).
    quantiles
        Pairs of probability and the instant by which it is finished with it [units].
    """

    milestone: Milestone
    planned: int
    chance: Chance
    quantiles: tuple[tuple[float, float], ...]

    @property
    def is_below_required(self) -> bool | None:
        """Whether the chance is below what the owner wants; ``None`` when nothing is said."""
        wanted = self.milestone.required_probability
        return None if wanted is None else self.chance.share < wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """
    How an activity or risk moves a finish.

    Parameters
    ----------
    correlation
        Spearman's, between its luck and the finish, -1 to 1 (cruciality).
    low, high
        Mean finish over the draws in which it went best and worst: outer tenths for lengths, did not and did happen for
        risks [units].
    """

    name: str
    correlation: float
    low: float
    high: float

    @property
    def swing(self) -> float:
        """What lies between the two [units]: the width of its bar in a tornado."""
        return self.high - self.low


def estimate_chance(hits: int, draws: int) -> Chance:
    """
    Return the share of hits with Wilson's 95 % interval.

    Examples
    --------
    >>> chance = estimate_chance(50, 100)
    >>> round(chance.low, 4), round(chance.high, 4)
    (0.4038, 0.5962)

    References
    ----------
    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927) 209-212.
    """
    share, z2 = hits / draws, Z95 * Z95
    middle = (share + z2 / (2 * draws)) / (1 + z2 / draws)
    half = Z95 * math.sqrt(share * (1 - share) / draws + z2 / (4 * draws**2)) / (1 + z2 / draws)
    low = max(0.0, middle - half) if hits else 0.0
    high = min(1.0, middle + half) if hits < draws else 1.0
    return Chance(share=share, low=low, high=high)


def find_chance(finishes: Reals, target: float) -> Chance:
    """Return the chance that a finish, shape (draws,), is not after ``target`` [units]."""
    return estimate_chance(int((finishes <= target + EPSILON).sum()), len(finishes))


def find_quantiles(finishes: Reals) -> tuple[tuple[float, float], ...]:
    """Return the instants by which the finish, shape (draws,), has come with each of ``QUANTILES``."""
    found = np.quantile(finishes, QUANTILES, method="inverted_cdf")
    return tuple(zip(QUANTILES, found.tolist(), strict=True))


def find_quantile_interval(finishes: Reals, share: float) -> tuple[float, float]:
    """Return a 95 % interval of a quantile from the order of the draws, free of any law."""
    ordered = np.sort(finishes)
    half = Z95 * math.sqrt(len(ordered) * share * (1 - share))
    low = max(0, math.floor(len(ordered) * share - half) - 1)
    high = min(len(ordered) - 1, math.ceil(len(ordered) * share + half))
    return float(ordered[low]), float(ordered[high])


def assess_milestones(outcome: Outcome) -> tuple[MilestoneRisk, ...]:
    """Return the risk of each milestone of the plan."""
    path = find_critical_path(outcome.plan)
    found = []
    for milestone in outcome.plan.milestones:
        finishes = outcome.finishes_of(milestone.activity)
        found.append(
            MilestoneRisk(
                milestone=milestone,
                planned=path.dates[milestone.activity].early_finish,
                chance=find_chance(finishes, milestone.target),
                quantiles=find_quantiles(finishes),
            )
        )
    return tuple(found)


def rank_drivers(outcome: Outcome, finishes: Reals, *, most: int = 15) -> tuple[Driver, ...]:
    """
    Return what moves a finish most, widest swing first.

    Parameters
    ----------
    finishes
        Shape (draws,): of the end or of one activity [units].
    most
        >= 1.
    """
    laws = outcome.laws
    luck = draw_uniforms(laws, outcome.draws, outcome.seed)
    ranks = np.argsort(np.argsort(finishes, kind="stable"), kind="stable").astype(np.float64)
    ranks -= ranks.mean()
    spread = math.sqrt(float((ranks**2).sum())) or 1.0
    found = []
    for row, name in enumerate(laws.names):
        if laws.kind[row] == FIXED and laws.chance[row] >= 1:
            continue
        own = luck[row] - luck[row].mean()
        correlation = float(own @ ranks) / (math.sqrt(float(own @ own)) or 1.0) / spread
        if laws.chance[row] < 1:
            bad = luck[row] > 1 - laws.chance[row]
            good = ~bad
        else:
            bad, good = luck[row] >= 0.9, luck[row] <= 0.1
        if not bad.any() or not good.any():
            continue
        low, high = float(finishes[good].mean()), float(finishes[bad].mean())
        found.append(Driver(name=name, correlation=correlation, low=low, high=high))
    return tuple(sorted(found, key=lambda driver: -abs(driver.swing))[:most])
