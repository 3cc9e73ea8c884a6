"""Counts of a text as bytes, and back."""

import struct
import sys
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from punte.engines.matching.prepared import Prepared

_HEAD: Final = struct.Struct("<6I")
"""Bytes of the words; words, n-grams and topics (one more than there are, 0 for none); widths of both tallies [B]."""
_KINDS: Final = {1: "<u1", 2: "<u2", 4: "<u4", 8: "<u8"}


def pack_tally(counted: Prepared) -> bytes:
    """Return counts as bytes, the same on every machine."""
    words = "\n".join(counted.words).encode("utf-8", "surrogatepass")
    topics = 0 if counted.topics is None else len(counted.topics) + 1
    widths = counted.tally.dtype.itemsize, counted.cell_tally.dtype.itemsize
    head = _HEAD.pack(len(words), len(counted.words), len(counted.cells), topics, *widths)
    parts = [
        head,
        words,
        counted.tally.astype(_KINDS[widths[0]]).tobytes(),
        counted.cells.astype("<i4").tobytes(),
        counted.cell_tally.astype(_KINDS[widths[1]]).tobytes(),
    ]
    if counted.topics is not None and counted.topic_weights is not None:
        parts += [
            counted.topics.astype("<i4").tobytes(),
            counted.topic_weights.astype("<f4").tobytes(),
        ]
    return b"".join(parts)


def unpack_tally(content: bytes) -> Prepared:
    """Return the counts that ``pack_tally`` wrote."""
    size, words, cells, topics, width, cell_width = _HEAD.unpack_from(content)
    at = _HEAD.size
    text = content[at : at + size].decode("utf-8", "surrogatepass")
    at += size

    def take(kind: str, count: int) -> npt.NDArray[Any]:
        nonlocal at
        found = np.frombuffer(content, dtype=kind, count=count, offset=at)
        at += found.nbytes
        return found

    return Prepared(
        words=tuple(map(sys.intern, text.split("\n"))) if words else (),
        tally=take(_KINDS[width], words),
        cells=take("<i4", cells),
        cell_tally=take(_KINDS[cell_width], cells),
        topics=take("<i4", topics - 1) if topics else None,
        topic_weights=take("<f4", topics - 1) if topics else None,
    )
