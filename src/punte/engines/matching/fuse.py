"""Kinds of evidence brought to one scale and added: standard scores, a code bonus, a hub correction."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from punte.engines.matching.collection import Collection
from punte.engines.matching.instance import Item
from punte.engines.matching.prepared import describe_items

Floats = npt.NDArray[np.float32]


def standard_scores(scores: Floats, floor: float = 0.0) -> Floats:
    """
    Return each row less its mean, divided by its deviation; a constant row gives zeros.

    Parameters
    ----------
    scores
        Shape (needs, offers), finite.
    floor
        Least deviation, >= 0; the divisor is sqrt(deviation**2 + floor**2).
    """
    if scores.size == 0:
        return scores.astype(np.float32)
    wide = scores.astype(np.float64)
    deviation = np.sqrt(wide.var(axis=1, keepdims=True) + floor**2)
    centred = wide - wide.mean(axis=1, keepdims=True)
    safe = np.where(deviation > 1e-9, deviation, np.inf)
    standard: Floats = (centred / safe).astype(np.float32)
    return standard


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
    fusion, floors = collection.weights.fusion, collection.weights.floors
    parts = {
        "words": fusion.words * standard_scores(collection.word_scores(needs), floors.words),
        "grams": fusion.grams * standard_scores(collection.gram_scores(needs), floors.grams),
    }
    if vectors is not None and collection.vectors is not None:
        near = vectors @ collection.vectors
        parts["meaning"] = fusion.meaning * standard_scores(near, floors.meaning)
    if collection.thesaurus is not None and collection.topics is not None:
        parts["thesaurus"] = fusion.thesaurus * _topic_scores(collection, needs)
    if fusion.codes and any(need.cpv or need.capability for need in needs):
        parts["codes"] = fusion.codes * np.stack(
            [collection.codes.agreement(need) for need in needs]
        )
    return {name: part.astype(np.float32) for name, part in parts.items()}


def _topic_scores(collection: Collection, needs: Sequence[Item]) -> Floats:
    """Return gated standard scores of the comparison by codes."""
    assert collection.thesaurus is not None
    gate = collection.weights.gate
    described, nearness = describe_items(needs, collection.thesaurus, gate)
    width = max(gate.open_above - gate.closed_below, 1e-9)
    heard = np.clip((nearness - gate.closed_below) / width, 0.0, 1.0)[:, None]
    scores = np.asarray((described @ collection.topics).toarray())
    gated: Floats = heard * standard_scores(scores, collection.weights.floors.thesaurus)
    return gated


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
