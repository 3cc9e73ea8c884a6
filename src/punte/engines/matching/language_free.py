"""Vectors freed of the language they were written in, so that a foreign offer isn't far for being foreign."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from punte.engines.matching.vectors import Encoder

Floats = npt.NDArray[np.float32]


def language_directions(means: npt.NDArray[np.float64], kept: int) -> npt.NDArray[np.float64]:
    """
    Return the mean of all languages and the directions in which languages differ most.

    Parameters
    ----------
    means
        Mean vector of the same texts in each language, shape (languages, dimensions).
    kept
        Directions, 1 to languages - 1.

    Returns
    -------
    npt.NDArray[np.float64]
        Shape (1 + kept, dimensions): the mean, then orthonormal directions.
    """
    centre = means.mean(axis=0)
    _, _, directions = np.linalg.svd(means - centre, full_matrices=False)
    return np.vstack([centre, directions[:kept]])


class LanguageFree:
    """
    An encoder whose vectors carry what was said and not in which language.

    Parameters
    ----------
    encoder
        Model or cache.
    directions
        From ``language_directions`` for that model, shape (1 + kept, dimensions).

    References
    ----------
    Xie, Zhao, Yu and Li, "Discovering Low-rank Subspaces for Language-agnostic Multilingual
    Representations", EMNLP 2022.
    """

    def __init__(self, encoder: Encoder, directions: npt.NDArray[np.float64]) -> None:
        self._encoder = encoder
        self._centre = directions[0].astype(np.float64)
        self._directions = directions[1:].astype(np.float64)
        digest = hashlib.sha256(encoder.sha256.encode())
        digest.update(np.ascontiguousarray(directions, dtype="<f8").tobytes())
        self._sha256 = digest.hexdigest()

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._encoder.name

    @property
    def sha256(self) -> str:
        """Hash of the model and of the directions."""
        return self._sha256

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text, shape (texts, dimensions)."""
        return self.freed(self._encoder.encode(texts))

    def freed(self, vectors: Floats) -> Floats:
        """Return vectors of the model with the languages taken out, shape as given."""
        if not len(vectors):
            return vectors
        centred = vectors.astype(np.float64) - self._centre
        # einsum without BLAS sums in one fixed order, whatever the number of threads.
        along = np.einsum("nd,kd->nk", centred, self._directions, optimize=False)
        freed = centred - np.einsum("nk,kd->nd", along, self._directions, optimize=False)
        return np.asarray(freed.astype(np.float32))
