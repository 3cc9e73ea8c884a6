"""What fits a need, or an offer, with the reasons."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from punte.apps.access.permissions import Subject
from punte.apps.market.bridge.readings import (
    ReadInPart,
    model,
    sentences_about,
    vectors_of,
)
from punte.apps.market.bridge.reasons import reason_in_words
from punte.apps.market.bridge.shelves import ListingSource, Shelf, item_of, shelf_of
from punte.apps.market.models import Listing
from punte.engines.matching.enough import near_enough
from punte.engines.matching.explain import NEAR_IN_MEANING
from punte.engines.matching.instance import Item
from punte.engines.matching.result import Match, SentencePair
from punte.engines.matching.solve import rank_block, with_sentences

Floats = npt.NDArray[np.float32]
Reading = Literal["whole", "waiting", "off"]
"""Whether the language model had its part: fully, not for texts that still wait for it, or not at all on this site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """
    One listing that fits another.

    Parameters
    ----------
    score
        Comparable within one list only.
    share
        Of the best score in the list, 0 to 1.
    reasons
        Sentences in the reader's language.
    """

    listing: Listing
    score: float
    share: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """What fits a listing, best first; ``is_cut`` where more was compared than is named."""

    fits: tuple[Fit, ...]
    reading: Reading
    is_cut: bool = False


NAMED: Final = 10
"""Listings that a page names at first: the same thing offered in each of the forum's languages by several owners has room."""
COMPARED: Final = 2
"""How many times more are compared than are named, since those that nothing speaks for are left out."""


def fits_of(
    listing: Listing,
    others: QuerySet[Listing],
    *,
    by: Subject,
    top: int = NAMED,
    is_strict: bool = False,
) -> Fits:
    """
    Return the listings of the other side that fit best, each with its reasons.

    Its owner is shown everybody's; another organisation is shown its own, to see what it could answer with. All scores are
    measured on everything of that side that the subject sees.

    Parameters
    ----------
    others
        Published listings of the other side that the active subject sees.
    top
        How many, >= 1.
    is_strict
        Whether only what is near enough to count in a coverage is named.
    """
    shelf = shelf_of(ListingSource(others))
    among = shelf.owners != str(listing.owner_org_id)
    if by.org_id != listing.owner_org_id:
        among &= shelf.owners == str(by.org_id)
    if is_strict and among.any():
        among &= _enough(shelf, item_of(listing))
    matches, near, reading = ranked_on(shelf, item_of(listing), among=among, top=COMPARED * top)
    rows = {str(row.pk): row for row in others.filter(pk__in=[m.offer_id for m in matches])}
    best = max((match.score for match in matches), default=0.0)
    fits = tuple(
        Fit(
            listing=rows[match.offer_id],
            score=match.score,
            share=max(0.0, match.score) / best if best > 0 else 0.0,
            reasons=reasons,
        )
        for match in matches
        if (reasons := _in_words(match, near)) and match.offer_id in rows
    )
    return Fits(fits=fits[:top], reading=reading, is_cut=len(fits) > top)


def reasons_between(need: Listing, offer: Listing, others: QuerySet[Listing]) -> tuple[str, ...]:
    """
    Return why an offer fits a need, in the reader's language.

    Parameters
    ----------
    others
        Published offers that the active subject sees: it is measured on them.

    Returns
    -------
    tuple of str
        Empty where the offer is published no longer, or nothing speaks for it.
    """
    shelf = shelf_of(ListingSource(others))
    place = shelf.places.get(str(offer.pk))
    if place is None:
        return ()
    among = np.zeros(len(shelf.items), dtype=np.bool_)
    among[place] = True
    matches, near, _reading = ranked_on(shelf, item_of(need), among=among, top=1)
    return _in_words(matches[0], near) if matches else ()


def _enough(shelf: Shelf, item: Item) -> npt.NDArray[np.bool_]:
    """Return which items of a shelf are near enough to count, shape (items,)."""
    has_model = model() is not None and shelf.collection.vectors is not None
    vectors = vectors_of([item], most_new=1)[0] if has_model else None
    found: npt.NDArray[np.bool_] = near_enough(shelf.collection, [item], vectors)[0]
    return found


def _in_words(match: Match, near: Collection[str]) -> tuple[str, ...]:
    reasons = tuple(map(reason_in_words, match.reasons))
    is_said = any(
        isinstance(reason, SentencePair) and reason.similarity >= NEAR_IN_MEANING
        for reason in match.reasons
    )
    if match.offer_id in near and not is_said:
        return (*reasons, _("As a whole, the two texts are near in meaning."))
    return reasons


def ranked_on(
    shelf: Shelf, item: Item, *, among: npt.NDArray[np.bool_], top: int
) -> tuple[list[Match], set[str], Reading]:
    """
    Return the best items of a shelf for one that is somebody's listing.

    Returns
    -------
    tuple
        Matches with their reasons, which of them are near in meaning as a whole, and whether the model had its part.
    """
    shelved = shelf.collection.vectors
    if model() is None or shelved is None:
        return rank_block(shelf.collection, [item], None, None, top, among=among), set(), "off"
    vectors, waiting = vectors_of([item], most_new=1)
    matches = rank_block(shelf.collection, [item], vectors, None, top, among=among)
    places = [shelf.places[match.offer_id] for match in matches]
    nearness = (vectors @ shelved[:, places])[0] if places else ()
    near = {
        match.offer_id
        for match, likeness in zip(matches, nearness, strict=True)
        if likeness >= NEAR_IN_MEANING
    }
    # Its sentences are the worker's to read: the page is quick, and says that something is waited for.
    found, is_whole = explained(shelf, item, matches)
    return found, near, "waiting" if waiting or shelf.waiting or not is_whole else "whole"


def explained(
    shelf: Shelf,
    item: Item,
    matches: Sequence[Match],
    *,
    fresh: dict[str, Floats] | None = None,
) -> tuple[list[Match], bool]:
    """
    Return matches with the nearest sentences among their reasons, and whether the worker has read all sentences.

    A sentence that waits for its worker is passed over; the others are used.

    Parameters
    ----------
    fresh
        Where ``item`` is made of the reader's own words, which are never kept: those already encoded for this answer.
    """
    offers = {match.offer_id: shelf.items[shelf.places[match.offer_id]] for match in matches}
    about = sentences_about(offers.values())
    about = (
        {text: key for text, key in about.items() if text not in sentences_about([item])}
        if fresh is not None
        else about | sentences_about([item])
    )
    encoder = ReadInPart(about, fresh=fresh)
    found = with_sentences(matches, {item.id: item}, offers, encoder, len(matches))
    return found, encoder.is_whole
