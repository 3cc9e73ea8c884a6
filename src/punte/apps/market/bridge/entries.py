"""Items with what was read out of them, kept in memory by the version of their rows."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from punte.apps.market.bridge.readings import counted, model, reader_sha256, vectors_of
from punte.engines.matching.instance import Item
from punte.engines.matching.prepared import Prepared

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item with what was read out of it; ``vector`` is ``None`` while it waits for the model."""

    item: Item
    counts: Prepared
    vector: Floats | None


class _Recent:
    """The entries that this process used last, by the version of their row; threads share them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[str, Entry] = {}
        self._lock = threading.Lock()

    def known(self, names: Iterable[str]) -> dict[str, Entry]:
        """Return the entries that are here and were read the way texts are read now."""
        mark = reader_sha256()
        with self._lock:
            found = ((name, self._kept.get(f"{mark} {name}")) for name in names)
            return {name: one for name, one in found if one is not None}

    def keep(self, entries: Mapping[str, Entry]) -> None:
        """Take entries in; those taken in longest ago go."""
        mark = reader_sha256()
        with self._lock:
            self._kept |= {f"{mark} {name}": one for name, one in entries.items()}
            for name in list(self._kept)[: max(0, len(self._kept) - self._most)]:
                del self._kept[name]

    def clear(self) -> None:
        """Forget all, as at a start."""
        with self._lock:
            self._kept.clear()


ENTRIES: Final = _Recent(40_000)


def read_entries(items: Mapping[str, Item]) -> dict[str, Entry]:
    """Return items with what was read out of them, by the given names; whole ones are kept for the next time."""
    listed = list(items.values())
    counts = counted(listed)
    vectors, waiting = vectors_of(listed) if model() is not None else (None, [])
    waits = frozenset(waiting)
    entries = {
        name: Entry(
            item=item,
            counts=counts[at],
            vector=None if vectors is None or at in waits else vectors[at],
        )
        for at, (name, item) in enumerate(items.items())
    }
    ENTRIES.keep(
        {name: one for name, one in entries.items() if vectors is None or one.vector is not None}
    )
    return entries
