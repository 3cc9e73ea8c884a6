"""
Schedule risk: the network run through all draws at once, with what was critical in each.

Resources and cash are left aside, as in every schedule risk analysis by network; links, calendars, dates and progress count.

References
----------
R. M. Van Slyke, Monte Carlo methods and the PERT problem, Operations Research 11 (1963) 839-860 (criticality); W. J. Conover, Practical
Nonparametric Statistics (quantile intervals); E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from punte.engines.roadmap.draws import Laws, Reals, draw_lengths, read_laws
from punte.engines.roadmap.instance import Plan
from punte.engines.roadmap.network import build_network
from punte.engines.roadmap.passes import build_grid, run_passes

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    All draws of a plan; what people ask for is computed from them on demand.

    Parameters
    ----------
    lengths
        Shape (activities + risks, draws): what was drawn [units].
    finishes
        Shape (activities, draws): finish of each activity [units].
    critical
        Shape (activities,): share of the draws in which the activity was on a longest path to the end.
    """

    plan: Plan
    seed: int
    laws: Laws
    lengths: Reals
    finishes: Reals
    critical: Reals

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return int(self.finishes.shape[1])

    @cached_property
    def ends(self) -> Reals:
        """Return the end of the plan in each draw, shape (draws,) [units]."""
        found: Reals = self.finishes.max(axis=0)
        return found

    def finishes_of(self, activity_id: str) -> Reals:
        """Return the finish of one activity in each draw, shape (draws,) [units]."""
        row = next(i for i, a in enumerate(self.plan.activities) if a.id == activity_id)
        found: Reals = self.finishes[row]
        return found


def simulate(plan: Plan, *, draws: int = 10_000, seed: int = 0) -> Outcome:
    """
    Run a sound plan through its draws.

    Parameters
    ----------
    draws
        >= 1; 10,000 give a probability to within one point at 95 %.
    seed
        >= 0; the same seed gives the same luck to the same activity, whatever else the plan holds.
    """
    laws = read_laws(plan)
    return _run(plan, seed, laws, draw_lengths(laws, draws, seed))


def rerun(before: Outcome, plan: Plan) -> Outcome:
    """
    Return the outcome of a changed plan with the luck of ``before``: only laws that differ are drawn anew.

    The difference of two outcomes is then due to the change alone.
    """
    laws = read_laws(plan)
    known = {name: row for row, name in enumerate(before.laws.names)}
    same = [known.get(name, -1) for name in laws.names]
    fresh = [
        row for row, old in enumerate(same) if old < 0 or not _same_law(laws, row, before.laws, old)
    ]
    lengths = before.lengths
    if fresh or same != list(range(len(before.laws.names))):
        lengths = before.lengths[[max(0, old) for old in same]]
        if fresh:
            lengths[fresh] = draw_lengths(_pick(laws, fresh), before.draws, before.seed)
    return _run(plan, before.seed, laws, lengths)


def _same_law(laws: Laws, row: int, others: Laws, old: int) -> bool:
    return bool(
        laws.code[row] == others.code[old]
        and laws.kind[row] == others.kind[old]
        and (laws.shape[row] == others.shape[old]).all()
        and laws.chance[row] == others.chance[old]
        and laws.group[row] == others.group[old]
        and laws.loading[row] == others.loading[old]
    )


def _pick(laws: Laws, rows: list[int]) -> Laws:
    return replace(
        laws,
        names=tuple(laws.names[row] for row in rows),
        kind=laws.kind[rows],
        shape=laws.shape[rows],
        code=laws.code[rows],
        group=laws.group[rows],
        loading=laws.loading[rows],
        chance=laws.chance[rows],
    )


def _run(plan: Plan, seed: int, laws: Laws, lengths: Reals) -> Outcome:
    network = build_network(plan)
    order = np.array(network.order, dtype=np.int64)
    place = {idx: row for row, idx in enumerate(network.order)}
    count = len(plan.activities)
    hits = [
        (count + number, place[network.number[name]])
        for number, risk in enumerate(plan.risks)
        for name in risk.activities
    ]
    finishes = np.empty((count, lengths.shape[1]))
    critical = np.zeros(count, dtype=np.int64)
    pairs = np.array(hits, dtype=np.int64).reshape(-1, 2)
    run_passes(build_grid(network, place), order, lengths, pairs, finishes, critical)
    shares = critical / lengths.shape[1]
    return Outcome(
        plan=plan, seed=seed, laws=laws, lengths=lengths, finishes=finishes, critical=shares
    )
