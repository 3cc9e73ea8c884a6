"""Which offers are near enough to a need to count as filling it, one by one and whatever else there is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from punte.engines.matching.collection import Collection
from punte.engines.matching.instance import Item

Floats = npt.NDArray[np.float32]


def near_enough(
    collection: Collection, needs: Sequence[Item], vectors: Floats | None
) -> npt.NDArray[np.bool_]:
    """
    Return whether each offer fits each need, shape (needs, offers): one kind of evidence must be strong in itself.

    Standard scores tell which offer is best and not whether it is good. Here the raw evidence is held against the limits
    of the weights (``Enough``).

    Parameters
    ----------
    collection
        The offers.
    needs
        One block of needs.
    vectors
        Of the needs, on the exact grid; ``None`` without an encoder.
    """
    limits = collection.weights.enough
    found: npt.NDArray[np.bool_] = collection.word_scores(needs) >= limits.words
    found |= collection.gram_scores(needs) >= limits.grams
    if vectors is not None and collection.vectors is not None:
        found |= vectors @ collection.vectors >= limits.meaning
    for row, need in enumerate(needs):
        if need.cpv or need.capability:
            found[row] |= collection.codes.agreement(need) >= limits.codes
    return found
