"""Codes that people declared: how far those of a need and of offers agree."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from punte.engines.matching.instance import Item

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

_CPV_AGREEMENT: Final = {2: 0.25, 3: 0.5, 4: 0.65, 5: 0.8, 6: 0.9, 7: 0.95, 8: 1.0}
"""Worth of a common beginning of two CPV codes, by digits: division, group, class, category and below."""


def common_digits(first: str, second: str) -> int:
    """
    Return how many leading digits two CPV codes share; zeros after the division are left out of account.

    Examples
    --------
    >>> common_digits("35700000", "35722000"), common_digits("35722000", "35722000")
    (3, 8)
    >>> common_digits("30000000", "30200000"), common_digits("30000000", "31000000")
    (2, 1)
    """
    if first == second:
        return 8
    shared = 0
    for left, right in zip(_level(first), _level(second), strict=False):
        if left != right:
            break
        shared += 1
    return shared


def _level(code: str) -> str:
    """Return the digits that say something: all but the zeros at the end, and always the division's two."""
    return code[:2] + code[2:].rstrip("0")


class CodeIndex:
    """
    Offers by the codes that they declare.

    Parameters
    ----------
    offers
        With or without codes.
    """

    __slots__ = ("_capability", "_cpv", "_size")

    def __init__(self, offers: Sequence[Item]) -> None:
        self._size = len(offers)
        self._cpv = _places([offer.cpv for offer in offers])
        self._capability = _places([offer.capability for offer in offers])

    def agreement(self, need: Item) -> Floats:
        """Return how far declared codes agree, 0 to 1, shape (offers,); 0 where either side declared none."""
        best = np.zeros(self._size, dtype=np.float32)
        wanted = frozenset(need.capability)
        if wanted:
            shared = np.zeros(self._size, dtype=np.int64)
            for code in sorted(wanted & self._capability.keys()):
                shared[self._capability[code]] += 1
            best = (shared / len(wanted)).astype(np.float32)
        for given, places in self._cpv.items() if need.cpv else ():
            worth = max(_CPV_AGREEMENT.get(common_digits(code, given), 0.0) for code in need.cpv)
            if worth:
                best[places] = np.maximum(best[places], np.float32(worth))
        return best


def _places(codes: Sequence[Sequence[str]]) -> dict[str, Integers]:
    places: dict[str, list[int]] = {}
    for at, declared in enumerate(codes):
        for code in dict.fromkeys(declared):
            places.setdefault(code, []).append(at)
    return {code: np.asarray(found, dtype=np.int64) for code, found in places.items()}
