"""How good is a ranking: success at 1 and 10, nDCG at 10, each with its interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from punte.kernel.errors import PunteError

Z95: Final = 1.959963984540054
RESAMPLES: Final = 2_000
AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """
    A mean over needs with its interval at 95 %.

    Parameters
    ----------
    name
        ``R@1``, ``R@10`` or ``nDCG@10``.
    value, low, high
        0 to 1.
    """

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """
    Figures of one ranking.

    Parameters
    ----------
    needs
        Needs with at least one relevant offer: the base of every figure.
    missing
        How many of those have no list in the ranking; they count as zero.
    figures
        In the order R@1, R@10, nDCG@10.
    """

    needs: int
    missing: int
    figures: tuple[Figure, ...]


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """
    Return the interval of a share at 95 %.

    Parameters
    ----------
    successes
        0 to ``trials``.
    trials
        >= 1.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    """
    share = successes / trials
    spread = Z95**2 / trials
    centre = (share + spread / 2) / (1 + spread)
    half = Z95 * sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def ndcg(offers: Sequence[str], gains: Mapping[str, float], depth: int) -> float:
    """
    Return the normalised discounted cumulative gain of a list, 0 to 1, with gains as they are.

    Parameters
    ----------
    offers
        In the order of the list.
    gains
        Offer to its gain, > 0 where relevant.
    depth
        How many places count, >= 1.

    References
    ----------
    Jaervelin and Kekaelaeinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002.
    """
    found = sum(gains.get(o, 0.0) / log2(i + 2) for i, o in enumerate(offers[:depth]))
    ideal = sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:depth]
    best = sum(gain / log2(i + 2) for i, gain in enumerate(ideal))
    return found / best if best > 0 else 0.0


def evaluate(
    lists: Mapping[str, Sequence[str]], relevant: Mapping[str, Mapping[str, float]]
) -> Evaluation:
    """
    Return the figures of ranked lists.

    R@k is the share of needs with at least one relevant offer among the first k; its interval is
    Wilson's. The interval of nDCG@10 is the middle 95 % of means over resampled needs (seed 0).

    Parameters
    ----------
    lists
        Need to its offers, best first.
    relevant
        Need to its offers with gains; gains of 0 or less say "not relevant".

    Raises
    ------
    PunteError
        If no need has a relevant offer.
    """
    judged = {
        need: {offer: gain for offer, gain in offers.items() if gain > 0}
        for need, offers in sorted(relevant.items())
    }
    judged = {need: offers for need, offers in judged.items() if offers}
    if not judged:
        raise PunteError(
            "There is nothing to evaluate: no need has a relevant offer. Give judgements with gains above 0."
        )
    figures = []
    for depth in (1, 10):
        hits = sum(
            any(offer in offers for offer in lists.get(need, ())[:depth])
            for need, offers in judged.items()
        )
        low, high = wilson(hits, len(judged))
        figures.append(Figure(name=f"R@{depth}", value=hits / len(judged), low=low, high=high))
    gains = np.array([ndcg(lists.get(need, ()), offers, 10) for need, offers in judged.items()])
    low, high = np.quantile(_resampled(gains), [0.025, 0.975]).tolist()
    figures.append(Figure(name="nDCG@10", value=float(gains.mean()), low=low, high=high))
    return Evaluation(
        needs=len(judged),
        missing=sum(need not in lists for need in judged),
        figures=tuple(figures),
    )


def _resampled(gains: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the means of resampled needs, a hundred at a time, so that many needs take little memory."""
    drawer = np.random.default_rng(0)
    means = [
        gains[drawer.integers(0, len(gains), size=(AT_ONCE, len(gains)))].mean(axis=1)
        for _part in range(RESAMPLES // AT_ONCE)
    ]
    return np.concatenate(means)
