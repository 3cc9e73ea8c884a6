"""
What no timetable can exceed: bounds from linear programs, made exact by rounding their prices.

A linear program here leaves out *when* meetings are held: it keeps how many each participant and each set of places can
take in all. Its optimum is a bound of the met weight; its solution says which requests to try first.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from punte.engines.timetable.arrays import Arrays

Sparse = Any
"""A sparse matrix of scipy, which has no types of its own."""

_PRICE_UNIT: Final = 1 << 20
"""Prices are rounded to this fraction of a weight, so that the bound is a sum of integers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """
    The best fractional choice of requests.

    Parameters
    ----------
    is_infeasible
        Whether no choice obeys the limits, so that no timetable does.
    bound
        No timetable meets more weight; ``None`` if the program failed or is infeasible.
    share
        Shape (R,): 0 to 1, how much of each request the program takes.
    """

    is_infeasible: bool
    bound: int | None
    share: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """``matrix @ x <= limit`` with ``low <= x <= 1``; ``matrix`` is sparse and integer."""

    matrix: Sparse
    limit: NDArray[np.int64]
    low: NDArray[np.int64]


def bound_weight(
    arrays: Arrays, *, floor: NDArray[np.int64] | None = None, limit_s: float | None = None
) -> Selection:
    """
    Return a bound of the met weight and the choice that reaches it.

    Parameters
    ----------
    floor
        Shape (P,): met weight that each participant must reach, >= 0; ``None`` for no such demand.
    limit_s
        Time allowed [s].

    References
    ----------
    The program is the b-matching relaxation; a vector of prices y >= 0 bounds it by weak duality: sum(limit * y) plus what each
    request's weight exceeds the prices it pays. Rounding y keeps the bound valid. A. Neumaier, O. Shcherbina, "Safe bounds in
    linear and mixed-integer linear programming", Mathematical Programming 99, 2004.
    """
    from scipy.optimize import linprog

    limits = _limits(arrays, floor)
    count = len(arrays.weight)
    if (limits.low > 1).any():
        return Selection(is_infeasible=True, bound=None, share=np.zeros(count))
    if count == 0:
        is_infeasible = bool((arrays.least > 0).any())
        return Selection(
            is_infeasible=is_infeasible, bound=None if is_infeasible else 0, share=np.zeros(0)
        )
    options: dict[str, Any] = {} if limit_s is None else {"time_limit": max(0.1, limit_s)}
    found = linprog(
        -arrays.weight.astype(np.float64),
        A_ub=limits.matrix,
        b_ub=limits.limit,
        bounds=np.column_stack((limits.low, _ceiling(arrays))),
        method="highs",
        options=options,
    )
    if found.status == 2:
        return Selection(is_infeasible=True, bound=None, share=np.zeros(count))
    if found.status != 0:
        trivial = int(arrays.weight[_ceiling(arrays) > 0].sum())
        return Selection(is_infeasible=False, bound=trivial, share=np.zeros(count))
    prices = np.rint(np.maximum(0.0, -found.ineqlin.marginals) * _PRICE_UNIT).astype(np.int64)
    return Selection(
        is_infeasible=False,
        bound=_priced_bound(arrays, limits, prices),
        share=np.clip(found.x, 0.0, 1.0),
    )


def _ceiling(arrays: Arrays) -> NDArray[np.int64]:
    """Return 1 for each request that fits somewhere by itself, else 0."""
    return np.asarray(arrays.allowed.any(axis=1), dtype=np.int64)


def _priced_bound(arrays: Arrays, limits: _Limits, prices: NDArray[np.int64]) -> int:
    paid = limits.matrix.T.astype(np.int64) @ prices
    gain = arrays.weight * _PRICE_UNIT - paid
    value = int(limits.limit.astype(object) @ prices.astype(object))
    best = np.where(gain > 0, gain * _ceiling(arrays), gain * limits.low)
    value += int(best.astype(object).sum())
    return value // _PRICE_UNIT


def degree_limits(arrays: Arrays) -> NDArray[np.int64]:
    """Return, of shape (P,), the most meetings each participant can have, >= 0."""
    count = len(arrays.parallel)
    useful = np.zeros((count, arrays.allowed.shape[1]), dtype=np.int64)
    owner = np.repeat(np.arange(len(arrays.weight)), np.diff(arrays.member_ptr))
    np.add.at(useful, arrays.member_idx, arrays.allowed[owner].astype(np.int64))
    by_time = np.minimum(useful, arrays.parallel[:, None]).sum(axis=1)
    limits: NDArray[np.int64] = np.minimum(by_time, arrays.most).astype(np.int64)
    return limits


def _limits(arrays: Arrays, floor: NDArray[np.int64] | None) -> _Limits:
    from scipy import sparse

    count = len(arrays.weight)
    owner = np.repeat(np.arange(count), np.diff(arrays.member_ptr))
    ones = np.ones(len(owner), dtype=np.int64)
    people = sparse.csr_matrix(
        (ones, (arrays.member_idx, owner)), shape=(len(arrays.parallel), count)
    )
    blocks = [people, _row_matrix(arrays)]
    limit = [degree_limits(arrays), _row_limits(arrays)]
    needs = np.flatnonzero(arrays.least > 0)
    if len(needs):
        blocks.append(-people[needs])
        limit.append(-arrays.least[needs].astype(np.int64))
    if floor is not None and (floor > 0).any():
        asked = np.flatnonzero(floor > 0)
        weighted = people[asked].multiply(np.minimum(arrays.weight, floor.max())[None, :]).tocsr()
        weighted = _cut_coefficients(weighted, floor[asked])
        blocks.append(-weighted)
        limit.append(-floor[asked])
    low = arrays.must.astype(np.int64)
    low[(low > 0) & (_ceiling(arrays) == 0)] = 2  # impossible, and said to be
    return _Limits(matrix=sparse.vstack(blocks, format="csr"), limit=np.concatenate(limit), low=low)


def _cut_coefficients(weighted: Sparse, floor: NDArray[np.int64]) -> Sparse:
    """Return the rows with no coefficient above its right side: met weight above the floor counts for nothing."""
    capped = weighted.copy()
    per_entry = np.repeat(floor, np.diff(capped.indptr))
    capped.data = np.minimum(capped.data, per_entry)
    return capped


def _row_matrix(arrays: Arrays) -> Sparse:
    from scipy import sparse

    heads: list[int] = []
    requests: list[int] = []
    for request, (row, narrowed) in enumerate(zip(arrays.row_of, arrays.narrowed, strict=True)):
        around = (0,) if narrowed else arrays.rows_around(int(row))
        heads.extend(around)
        requests.extend([request] * len(around))
    return sparse.csr_matrix(
        (np.ones(len(heads), dtype=np.int64), (heads, requests)),
        shape=(len(arrays.rows), len(arrays.weight)),
    )


def _row_limits(arrays: Arrays) -> NDArray[np.int64]:
    limits: NDArray[np.int64] = arrays.capacity.sum(axis=1).astype(np.int64)
    there = (arrays.available * arrays.parallel[:, None]).sum(axis=0)
    limits[0] = np.minimum(arrays.capacity[0], there // 2).sum()
    return limits


def requested_weight(arrays: Arrays) -> NDArray[np.int64]:
    """Return, of shape (P,), the weight of all requests of each participant."""
    owner = np.repeat(np.arange(len(arrays.weight)), np.diff(arrays.member_ptr))
    requested: NDArray[np.int64] = np.bincount(
        arrays.member_idx, weights=arrays.weight[owner], minlength=len(arrays.parallel)
    ).astype(np.int64)
    return requested
