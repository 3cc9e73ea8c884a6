"""Vectors on disk, by hash of text and model: a text is encoded once and never again."""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from punte.engines.matching.vectors import Encoder
from punte.kernel.errors import PunteError

Floats = npt.NDArray[np.float32]

BATCH: Final = 32
"""Texts encoded between two writes, so that a stop loses little."""


def data_folder() -> Path:
    """
    Return where Punte keeps what it computed or imported for this user.

    ``PUNTE_DATA`` names it; without it, ``punte`` under ``XDG_DATA_HOME`` or ``~/.local/share``.
    """
    named = os.environ.get("PUNTE_DATA")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "punte"


class VectorCache:
    """
    An encoder that remembers.

    Parameters
    ----------
    encoder
        Model asked for texts not yet known.
    path
        SQLite file; made when missing.
    each
        Told after each batch: texts encoded, texts to encode.

    Raises
    ------
    PunteError
        If the file cannot be written or is no cache.
    """

    def __init__(
        self,
        encoder: Encoder,
        path: Path,
        *,
        each: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self._encoder = encoder
        self._path = path
        self._each = each
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as cache:
                cache.execute(
                    "CREATE TABLE IF NOT EXISTS vector (hash BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
                )
        except (OSError, sqlite3.Error) as error:
            raise PunteError(
                f"The vector cache {path} cannot be used: {error}. Name another with --cache, or set PUNTE_DATA."
            ) from error

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._encoder.name

    @property
    def sha256(self) -> str:
        """Hash of the model."""
        return self._encoder.sha256

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=60)

    def _hash(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.sha256}\0{text}".encode()).digest()

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text, from the file where it knows the text."""
        hashes = [self._hash(text) for text in texts]
        with closing(self._open()) as cache:
            known = self._read(cache, hashes)
            missing = {h: t for h, t in zip(hashes, texts, strict=True) if h not in known}
            order = list(missing)
            for start in range(0, len(order), BATCH):
                batch = order[start : start + BATCH]
                vectors = self._encoder.encode([missing[h] for h in batch])
                rows = [(h, v.astype("<f4").tobytes()) for h, v in zip(batch, vectors, strict=True)]
                with cache:
                    cache.executemany("INSERT OR IGNORE INTO vector VALUES (?, ?)", rows)
                known.update(rows)
                self._each(min(start + BATCH, len(order)), len(order))
        if not hashes:
            return np.zeros((0, 0), dtype=np.float32)
        return np.stack([np.frombuffer(known[h], dtype="<f4") for h in hashes])

    @staticmethod
    def _read(cache: sqlite3.Connection, hashes: Sequence[bytes]) -> dict[bytes, bytes]:
        known: dict[bytes, bytes] = {}
        unique = list(dict.fromkeys(hashes))
        for start in range(0, len(unique), 500):
            part = unique[start : start + 500]
            marks = ",".join("?" * len(part))
            question = f"SELECT hash, value FROM vector WHERE hash IN ({marks})"  # noqa: S608 - only marks
            known.update(cache.execute(question, part).fetchall())
        return known
