"""Kinds of evidence brought to one scale and added: standard scores, a code bonus, a hub correction."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from punte.engines.matching.collection import Collection
from punte.engines.matching.instance import Item

Floats = npt.NDArray[np.float32]

_CPV_AGREEMENT = {2: 0.25, 3: 0.5, 4: 0.65, 5: 0.8, 6: 0.9, 7: 0.95, 8: 1.0}
"""Worth of a common beginning of two CPV codes, by digits: division, group, class, category and below."""


def standard_scores(scores: Floats) -> Floats:
    """
    Return each row less its mean, divided by its deviation; a constant row gives zeros.

    Parameters
    ----------
    scores
        Shape (needs, offers), finite.
    """
    if scores.size == 0:
        return scores.astype(np.float32)
    wide = scores.astype(np.float64)
    deviation = wide.std(axis=1, keepdims=True)
    centred = wide - wide.mean(axis=1, keepdims=True)
    safe = np.where(deviation > 1e-9, deviation, np.inf)
    standard: Floats = (centred / safe).astype(np.float32)
    return standard


def common_digits(first: str, second: str) -> int:
    """
    Return how many leading digits two CPV codes share, trailing zeros of both left out of account.

    Examples
    --------
    >>> common_digits("35700000", "35722000"), common_digits("35722000", "35722000")
    (3, 8)
    """
    if first == second:
        return 8
    shared = 0
    for left, right in zip(first.rstrip("0"), second.rstrip("0"), strict=False):
        if left != right:
            break
        shared += 1
    return shared


def code_agreement(need: Item, offers: Sequence[Item]) -> Floats:
    """
    Return how far declared codes agree, 0 to 1, shape (offers,); 0 where either side declared none.

    Parameters
    ----------
    need
        With or without codes.
    offers
        With or without codes.
    """
    agreement = np.zeros(len(offers), dtype=np.float32)
    if not need.cpv and not need.capability:
        return agreement
    capability = frozenset(need.capability)
    for place, offer in enumerate(offers):
        best = 0.0
        if capability and offer.capability:
            best = len(capability.intersection(offer.capability)) / len(capability)
        for wanted in need.cpv:
            for given in offer.cpv:
                best = max(best, _CPV_AGREEMENT.get(common_digits(wanted, given), 0.0))
        agreement[place] = best
    return agreement


def components_of(
    collection: Collection, needs: Sequence[Item], vectors: Floats | None
) -> dict[str, Floats]:
    """
    Return the weighted contribution of each kind of evidence, each of shape (needs, offers).

    Parameters
    ----------
    collection
        The offers.
    needs
        One block of needs.
    vectors
        Of the needs, on the exact grid; ``None`` without an encoder.
    """
    fusion = collection.weights.fusion
    parts = {
        "words": fusion.words * standard_scores(collection.word_scores(needs)),
        "grams": fusion.grams * standard_scores(collection.gram_scores(needs)),
    }
    if vectors is not None and collection.vectors is not None:
        parts["meaning"] = fusion.meaning * standard_scores(vectors @ collection.vectors)
    if fusion.codes and any(need.cpv or need.capability for need in needs):
        parts["codes"] = fusion.codes * np.stack(
            [code_agreement(need, collection.offers) for need in needs]
        )
    return {name: part.astype(np.float32) for name, part in parts.items()}


def total_of(parts: dict[str, Floats]) -> Floats:
    """Return the sum of all parts, added in the order of their names so that the bits never change."""
    names = sorted(parts)
    total = parts[names[0]].copy()
    for name in names[1:]:
        total += parts[name]
    return total


def hub_correction(scores: Floats, neighbours: int) -> Floats:
    """
    Return how near each offer is to all needs, less the mean over the offers; shape (offers,).

    An offer of many common words is the neighbour of every need; holding back its mean score with the
    needs it is nearest to lets the offer come first that fits this need and few others.

    Parameters
    ----------
    scores
        Shape (needs, offers).
    neighbours
        How many needs make up the mean, >= 1; no more than a third of the needs are used.

    References
    ----------
    Conneau et al., "Word Translation Without Parallel Data", ICLR 2018, section 2.3 (CSLS).
    """
    count, columns = scores.shape
    kept = min(neighbours, count // 3)
    if kept == 0 or columns == 0:
        return np.zeros(columns, dtype=np.float32)
    best = np.sort(scores, axis=0)[count - kept :].astype(np.float64)
    nearness = best.mean(axis=0)
    correction: Floats = (nearness - nearness.mean()).astype(np.float32)
    return correction
