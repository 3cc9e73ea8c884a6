"""How even a choice of requests can be: the largest smallest share of met weight, and the choice that gives it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from punte.engines.timetable.arrays import Arrays
from punte.engines.timetable.large_bounds import Selection, bound_weight, requested_weight
from punte.kernel.anytime import Deadline

_PROBES: Final = 5
"""Programs solved in search of the largest floor; each halves what is left between 0 and 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FairSelection:
    """
    A choice of requests with a floor under everyone's share.

    Parameters
    ----------
    selection
        The best fractional choice above the floor.
    weight_bound
        No timetable meets more weight, whatever its floor; ``None`` if unknown.
    floor
        Shape (P,): met weight that the choice gives each participant at least.
    bound
        No timetable that meets the most weight (or, with fairness first, no timetable at all) has a larger smallest share.
    """

    selection: Selection
    weight_bound: int | None
    floor: NDArray[np.int64]
    bound: Fraction


def select_fairly(arrays: Arrays, deadline: Deadline) -> FairSelection:
    """
    Return the most weight that can be met and, as the objective orders it, the highest floor that goes with it.

    A share is met weight / requested weight of a participant; somebody none of whose requests can ever be held has share 0,
    which settles the bound, and the floor is then sought for all others.
    """
    free = bound_weight(arrays, limit_s=deadline.left_s)
    people = len(arrays.parallel)
    none = np.zeros(people, dtype=np.int64)
    objective = arrays.instance.objective
    if free.is_infeasible or free.bound is None or "fairness" not in objective:
        return FairSelection(
            selection=free, weight_bound=free.bound, floor=none, bound=_shares_bound(arrays)
        )
    is_first = "weight" not in objective or objective.index("fairness") < objective.index("weight")
    least = 0 if is_first else free.bound
    best, share, refuted = _raise_floor(arrays, least, deadline)
    ever = reachable_weight(arrays)
    requested = requested_weight(arrays)
    is_settled = bool(((ever == 0) & (requested > 0)).any())
    bound = Fraction(0) if is_settled else min(refuted, _shares_bound(arrays))
    if best is None:
        return FairSelection(selection=free, weight_bound=free.bound, floor=none, bound=bound)
    return FairSelection(
        selection=best,
        weight_bound=free.bound,
        floor=_floor(requested, ever, share),
        bound=bound,
    )


def bound_fairness_at(arrays: Arrays, weight: int) -> Fraction:
    """Return a bound of the smallest share of every timetable that meets at least ``weight``."""
    someone = (requested_weight(arrays) > 0).astype(np.int64)
    found = bound_weight(arrays, floor=someone)
    if found.is_infeasible or (found.bound is not None and found.bound < weight):
        return Fraction(0)
    return _shares_bound(arrays)


def _raise_floor(
    arrays: Arrays, least: int, deadline: Deadline
) -> tuple[Selection | None, Fraction, Fraction]:
    """Return the choice with the highest floor found, that floor, and the lowest share refuted."""
    requested = requested_weight(arrays)
    ever = reachable_weight(arrays)
    low, high = Fraction(0), Fraction(1)
    # The smallest share above 0 comes first: where tables are scarce it is already out of reach.
    share = Fraction(1, int(max(1, requested.max(initial=1))))
    best: Selection | None = None
    for probe in range(_PROBES):
        if deadline.is_over:
            break
        found = bound_weight(
            arrays, floor=_floor(requested, ever, share), limit_s=deadline.left_s / 4
        )
        if found.is_infeasible or (found.bound is not None and found.bound < least):
            high = share
            if probe == 0:
                return None, low, Fraction(0)
        elif found.share.any():
            low, best = share, found
        else:
            break
        share = Fraction(1, 4) if probe == 0 else (low + high) / 2
    return best, low, high


def _floor(
    requested: NDArray[np.int64], ever: NDArray[np.int64], share: Fraction
) -> NDArray[np.int64]:
    """Return met weight for a share, rounded up; 0 for those who can never meet anybody."""
    asked = [-(-int(weight) * share.numerator // share.denominator) for weight in requested]
    return np.where(ever > 0, np.array(asked, dtype=np.int64), 0)


def reachable_weight(arrays: Arrays) -> NDArray[np.int64]:
    """Return, of shape (P,), the weight of those requests of each participant that fit somewhere by themselves."""
    owner = np.repeat(np.arange(len(arrays.weight)), np.diff(arrays.member_ptr))
    weight = np.where(arrays.allowed.any(axis=1), arrays.weight, 0)
    found: NDArray[np.int64] = np.bincount(
        arrays.member_idx, weights=weight[owner], minlength=len(arrays.parallel)
    ).astype(np.int64)
    return found


def _shares_bound(arrays: Arrays) -> Fraction:
    """Return the smallest share of weight that could ever be met, over participants with requests."""
    requested = requested_weight(arrays)
    ever = reachable_weight(arrays)
    shares = [
        Fraction(int(could), int(all_of_it))
        for could, all_of_it in zip(ever, requested, strict=True)
        if all_of_it > 0
    ]
    return min(shares, default=Fraction(1))
