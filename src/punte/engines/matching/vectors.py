"""Vectors whose products are exact, so that no number of threads can change a bit; and top-k."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

GRID: Final = 4096.0
"""Coordinates are whole multiples of 1/4096 and vectors no longer than 1: a product of two is a multiple of
2**-24, every partial sum of a dot product is at most 1, and float32 holds all those numbers exactly. So the
sum is the same in any order, in any blocking, with or without fused multiply-add, for any number of threads."""


class Encoder(Protocol):
    """Turns texts into vectors; what a cache or a model must offer."""

    @property
    def name(self) -> str:
        """Name of the model, part of every answer."""

    @property
    def sha256(self) -> str:
        """Hash of the model: vectors of two models never meet."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text, shape (texts, dimensions)."""


def on_grid(vectors: Floats) -> Floats:
    """
    Return unit vectors rounded to the grid, each at most 1 long; zero rows stay zero.

    Parameters
    ----------
    vectors
        Any finite vectors, shape (n, dimensions).
    """
    wide = vectors.astype(np.float64)
    norms = np.sqrt(np.einsum("ij,ij->i", wide, wide))[:, None]
    # 0.995 leaves room for the rounding of up to 1,000 coordinates by half a step each.
    scaled = np.where(norms > 0, wide / np.maximum(norms, 1e-30), 0.0) * 0.995
    return (np.rint(scaled * GRID) / GRID).astype(np.float32)


def top_columns(scores: Floats | Doubles, count: int) -> Integers:
    """
    Return the columns of the highest scores in each row, best first, ties by column.

    Parameters
    ----------
    scores
        Shape (rows, columns), finite.
    count
        How many, >= 1; at most all columns are returned.

    Returns
    -------
    npt.NDArray[np.int64]
        Shape (rows, min(count, columns)).
    """
    rows, columns = scores.shape
    count = min(count, columns)
    if count == 0 or rows == 0:
        return np.empty((rows, count), dtype=np.int64)
    if count == columns:
        return np.argsort(-scores, axis=1, kind="stable").astype(np.int64)
    limits: npt.NDArray[Any] = np.partition(scores, columns - count, axis=1)[:, columns - count]
    best = np.empty((rows, count), dtype=np.int64)
    flat = np.flatnonzero(scores >= limits[:, None])
    edges = np.searchsorted(flat, np.arange(rows + 1) * columns)
    for row in range(rows):
        found = flat[edges[row] : edges[row + 1]] - row * columns
        best[row] = found[np.argsort(-scores[row, found], kind="stable")[:count]]
    return best


def blocks_of(total: int, size: int) -> Iterator[slice]:
    """Return slices of at most ``size`` that cover ``range(total)``."""
    for start in range(0, total, size):
        yield slice(start, min(start + size, total))


def nearest(
    needs: Floats, offers: Floats, count: int, *, each: Callable[[slice], None] | None = None
) -> tuple[Integers, Floats]:
    """
    Return the nearest offers of each need by dot product, exactly, never holding the whole matrix.

    Parameters
    ----------
    needs, offers
        Vectors from ``on_grid``, shapes (n, d) and (m, d).
    count
        How many a need, >= 1.
    each
        Called after each block of needs.

    Returns
    -------
    tuple
        Columns and their scores, shapes (n, min(count, m)).
    """
    kept = min(count, len(offers))
    columns = np.empty((len(needs), kept), dtype=np.int64)
    scores = np.empty((len(needs), kept), dtype=np.float32)
    turned = np.ascontiguousarray(offers.T)
    for block in blocks_of(len(needs), 256):
        product = needs[block] @ turned
        columns[block] = top_columns(product, count)
        scores[block] = np.take_along_axis(product, columns[block], axis=1)
        if each is not None:
            each(block)
    return columns, scores
