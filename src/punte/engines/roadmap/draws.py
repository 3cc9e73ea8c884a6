"""
Random lengths by counter: draw number ``k`` of an activity depends on the seed, the id it was first known by and ``k`` alone.

So two runs of the same plan, or of a changed plan, use the same luck for the same activity (common random numbers): their difference
is the change, not the noise.

References
----------
G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014 (the mixing function); P. J. Acklam's rational
approximation of the inverse normal law; correlation by one common normal factor for each group (P. Glasserman, Monte Carlo Methods in
Financial Engineering, Springer 2003, section 9.2); the beta-PERT law with weight 4.
"""

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from punte.engines.roadmap.instance import Length, Plan
from punte.engines.roadmap.kernel import compiled

Reals = NDArray[np.float64]
Codes = NDArray[np.uint64]

FIXED, TRIANGULAR, PERT, UNIFORM, NORMAL = range(5)
LAWS: Final = {"triangular": TRIANGULAR, "pert": PERT, "uniform": UNIFORM, "normal": NORMAL}

ALPHAS: Final = 65
"""Lines of the beta table, for alpha from 1 to 5."""

STEPS: Final = 1024
"""Steps of probability in a line of the beta table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Laws:
    """
    The laws of all lengths of a plan, activities first, then the impacts of its risks.

    Parameters
    ----------
    names
        Ids, shape (n,).
    kind
        Shape (n,): one of the codes above.
    shape
        Shape (n, 3): low, likely, high; for a normal law mean, standard deviation, unused.
    code
        Shape (n,): what the id it was first known by contributes to its random numbers.
    group, loading
        Shape (n,): number of its correlation group or -1, and the square root of its correlation.
    chance
        Shape (n,): probability that it counts at all; 1 for activities.
    """

    names: tuple[str, ...]
    kind: NDArray[np.int64]
    shape: Reals
    code: Codes
    group: NDArray[np.int64]
    loading: Reals
    chance: Reals


def read_laws(plan: Plan) -> Laws:
    """Return the laws of a sound plan; what has finished is certain."""
    lengths = [
        Length(likely=a.duration.likely)
        if a.progress is not None and a.progress.actual_finish is not None
        else a.duration
        for a in plan.activities
    ] + [risk.impact for risk in plan.risks]
    names = [a.id for a in plan.activities] + [risk.id for risk in plan.risks]
    known = [a.known_as for a in plan.activities] + [risk.id for risk in plan.risks]
    group_of = {m: (i, g.rho) for i, g in enumerate(plan.correlations) for m in g.members}
    groups = [group_of.get(name, (-1, 0.0)) for name in names]
    return Laws(
        names=tuple(names),
        kind=np.array([FIXED if n.is_fixed else LAWS[n.shape] for n in lengths], dtype=np.int64),
        shape=np.array([_parameters(length) for length in lengths], dtype=np.float64),
        code=np.array([hash_name(name) for name in known], dtype=np.uint64),
        group=np.array([number for number, _ in groups], dtype=np.int64),
        loading=np.sqrt(np.array([rho for _, rho in groups], dtype=np.float64)),
        chance=np.array([1.0] * len(plan.activities) + [r.probability for r in plan.risks]),
    )


def _parameters(length: Length) -> tuple[float, float, float]:
    if length.shape == "normal":
        return length.likely, length.sd or 0.0, 0.0
    low = length.likely if length.low is None else length.low
    high = length.likely if length.high is None else length.high
    return low, length.likely, high


def hash_name(name: str) -> int:
    """Return 64 bits that stand for a name, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


@lru_cache(maxsize=1)
def beta_table() -> Reals:
    """Return quantiles of beta laws with alpha + beta = 6, shape (ALPHAS, STEPS + 1)."""
    alpha = np.linspace(1.0, 5.0, ALPHAS)[:, None]
    found: Reals = betaincinv(alpha, 6.0 - alpha, np.linspace(0.0, 1.0, STEPS + 1)[None, :])
    return found


def draw_uniforms(laws: Laws, draws: int, seed: int) -> Reals:
    """Return the uniform numbers behind the lengths, shape (n, draws)."""
    return _draw(laws.code, laws.group, laws.loading, draws, np.uint64(seed))


def draw_lengths(laws: Laws, draws: int, seed: int) -> Reals:
    """
    Return lengths, and impacts that are 0 where the risk does not happen, shape (n, draws) [units].

    Parameters
    ----------
    draws
        >= 1.
    seed
        >= 0.
    """
    uniforms = draw_uniforms(laws, draws, seed)
    _stretch(uniforms, laws.kind, laws.shape, laws.chance, beta_table())
    return uniforms


@compiled
def _mix(code: np.uint64) -> np.uint64:
    code ^= code >> np.uint64(30)
    code *= np.uint64(0xBF58476D1CE4E5B9)
    code ^= code >> np.uint64(27)
    code *= np.uint64(0x94D049BB133111EB)
    return code ^ (code >> np.uint64(31))


@compiled
def _uniform(code: np.uint64, draw: int) -> float:
    """Return a number inside (0, 1)."""
    word = _mix(code + np.uint64(draw + 1) * np.uint64(0x9E3779B97F4A7C15))
    return (float(word >> np.uint64(12)) + 0.5) / 4503599627370496.0


@compiled
def normal_quantile(share: float) -> float:
    """Return the standard normal quantile, relative error below 1.2e-9 (Acklam)."""
    tail = min(share, 1.0 - share)
    if tail < 0.02425:
        q = math.sqrt(-2.0 * math.log(tail))
        top = -7.784894002430293e-03 * q - 3.223964580411365e-01
        top = ((top * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968
        top = top * q + 2.938163982698783
        low = ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q
        found = top / ((low + 3.754408661907416) * q + 1.0)
        return found if share < 0.5 else -found
    q = share - 0.5
    r = q * q
    top = (-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02
    top = ((top * r + 1.383577518672690e02) * r - 3.066479806614716e01) * r + 2.506628277459239
    low = (-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02
    low = ((low * r + 6.680131188771972e01) * r - 1.328068155288572e01) * r + 1.0
    return top * q / low


@compiled
def _draw(
    code: Codes, group: NDArray[np.int64], loading: Reals, draws: int, seed: np.uint64
) -> Reals:
    found = np.empty((code.size, draws))
    salt = _mix(seed + np.uint64(0x5851F42D4C957F2D))
    for row in range(code.size):
        own = code[row] ^ salt
        shared = _mix(np.uint64(group[row] + 1) ^ (salt << np.uint64(1)))
        rest = math.sqrt(1.0 - loading[row] * loading[row])
        for draw in range(draws):
            share = _uniform(own, draw)
            if group[row] >= 0 and loading[row] > 0.0:
                z = loading[row] * normal_quantile(_uniform(shared, draw))
                z += rest * normal_quantile(share)
                share = min(max(0.5 * math.erfc(-z / math.sqrt(2.0)), 1e-16), 1.0 - 1e-16)
            found[row, draw] = share
    return found


@compiled
def _beta(share: float, alpha: float, table: Reals) -> float:
    row, column = (alpha - 1.0) * (ALPHAS - 1) / 4.0, share * STEPS
    i, j = min(int(row), ALPHAS - 2), min(int(column), STEPS - 1)
    x, y = row - i, column - j
    below = table[i, j] * (1.0 - y) + table[i, j + 1] * y
    above = table[i + 1, j] * (1.0 - y) + table[i + 1, j + 1] * y
    return float(below * (1.0 - x) + above * x)


@compiled
def _stretch(
    shares: Reals, kind: NDArray[np.int64], shape: Reals, chance: Reals, table: Reals
) -> None:
    """Turn uniform numbers into lengths, in place."""
    for row in range(shares.shape[0]):
        low, likely, high = shape[row]
        law, width = kind[row], high - low
        turn = (likely - low) / width if law in (TRIANGULAR, PERT) else 0.0
        for draw in range(shares.shape[1]):
            share = shares[row, draw]
            if chance[row] < 1.0:
                if share <= 1.0 - chance[row]:  # high shares are bad luck, for risks as for lengths
                    shares[row, draw] = 0.0
                    continue
                share = (share - 1.0 + chance[row]) / chance[row]
            if law == FIXED:
                found = likely
            elif law == TRIANGULAR:
                found = (
                    low + width * math.sqrt(share * turn)
                    if share < turn
                    else high - width * math.sqrt((1.0 - share) * (1.0 - turn))
                )
            elif law == PERT:
                found = low + width * _beta(share, 1.0 + 4.0 * turn, table)
            elif law == UNIFORM:
                found = low + width * share
            else:
                found = max(0.0, low + likely * normal_quantile(share))
            shares[row, draw] = found
