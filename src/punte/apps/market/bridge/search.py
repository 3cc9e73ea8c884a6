"""Words held against everything that a reader may see."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from punte.apps.market.bridge.fits import Floats, Reading, explained
from punte.apps.market.bridge.readings import free_of_languages, model, thesaurus
from punte.apps.market.bridge.reasons import find_in_words
from punte.apps.market.bridge.shelves import ReadSource, Shelf, Source, shelf_of
from punte.apps.programmes.models.capability import AREAS, area_name
from punte.engines.matching.collection import encode_items
from punte.engines.matching.enough import near_enough
from punte.engines.matching.explain import Explainer
from punte.engines.matching.function_words import has_telling_word
from punte.engines.matching.instance import Item
from punte.engines.matching.result import Match, SentencePair, SharedTerms, SharedTopics
from punte.engines.matching.solve import rank_block

EXPLAINED: Final = 30
"""Finds of a search for which the nearest sentence is looked up."""
NEAR: Final = 10
"""Things near enough to take a hint of a code from."""
COMPARED: Final = 3
"""How many times more are compared than are found, since those that nothing speaks for are left out."""
LEAST_NEAR: Final = 0.25
"""Cosine of what is searched and a whole text from which on it is found by meaning alone; words without meaning stay below .15."""
LEAST_LIKE: Final = 0.2
"""Likeness to a CPV line below which its code is no hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """
    A text that a search can find.

    Parameters
    ----------
    key
        Identifier of its row.
    is_name
        Whether it is no more than a name, which says nothing of meaning: it is found by its words alone.
    """

    key: str
    language: str
    title: str
    text: str
    is_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something that a search found, and why, in the reader's language."""

    key: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A code that may be right, and why: so many near things declare it, or a line of the thesaurus reads alike."""

    system: str
    code: str
    count: int = 0
    label: str = ""


def source_of(documents: Sequence[Document]) -> Source:
    """Return documents as something that a search can read."""
    return ReadSource([item_of_document(one) for one in documents])


def item_of_document(one: Document) -> Item:
    """Return a document as the engine reads it."""
    return Item(id=one.key, lang=one.language, title=one.title, text=one.text)


def search_in(
    words: str,
    *sources: Source,
    language: str,
    top: int = 30,
    names: Collection[str] = (),
    named: Collection[str] = (),
) -> tuple[tuple[Hit, ...], Reading]:
    """
    Return what the words find, best first, and whether meaning counted beside words.

    The collection is what the sources read in the subject's name: what it does not see has no part in any score. Nothing
    but the words is encoded: a text that its worker has not read yet is found by its words.

    Parameters
    ----------
    words
        What the reader asked, not empty; encoded, never looked up nor kept.
    top
        How many at most, >= 1.
    names
        Keys of texts that are no more than names; they come after all others.
    named
        Those of them that have all the words, and keep their place.
    """
    shelf = shelf_of(*sources)
    answer = _asked(shelf, words, language=language, top=COMPARED * top)
    hits = [
        Hit(key=match.offer_id, reasons=reasons)
        for match in answer.matches
        if (reasons := _in_words(shelf, match, answer.near, names))
    ]
    # A name is short, so that one word of several weighs as much in it as a whole text about all of them.
    hits.sort(key=lambda hit: hit.key in names and hit.key not in named)
    return tuple(hits[:top]), answer.reading


def _in_words(
    shelf: Shelf, match: Match, near: frozenset[str], names: Collection[str]
) -> tuple[str, ...]:
    if match.offer_id in names:
        return tuple(find_in_words(one) for one in match.reasons if isinstance(one, SharedTerms))
    title = shelf.items[shelf.places[match.offer_id]].title.strip(" .")
    reasons = tuple(
        _("Its title is near in meaning.")
        if isinstance(one, SentencePair) and one.offer.strip(" .") == title
        else find_in_words(one)
        for one in match.reasons
    )
    if not reasons and match.offer_id in near:
        return (_("As a whole, it is near in meaning."),)
    return reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What some words are held against: matches, those near in meaning as a whole, those near enough to take a hint from."""

    matches: list[Match]
    near: frozenset[str]
    enough: frozenset[str]
    reading: Reading


def _asked(shelf: Shelf, words: str, *, language: str, top: int, is_search: bool = True) -> _Answer:
    asked = Item(id="asked", lang=language, title=words)
    fresh: dict[str, Floats] = {}
    reading: Reading = "off"
    vectors = None
    if model() is not None:
        vectors = encode_items([asked], free_of_languages({}, fresh=fresh))
    matches = rank_block(shelf.collection, [asked], vectors, None, top)
    if is_search:
        matches = _named(shelf, asked, matches)
    places = [shelf.places[match.offer_id] for match in matches]
    near: frozenset[str] = frozenset()
    if vectors is not None and shelf.collection.vectors is not None:
        first, is_whole = explained(shelf, asked, matches[:EXPLAINED], fresh=fresh)
        matches = [*first, *matches[EXPLAINED:]]
        reading = "waiting" if shelf.waiting or not is_whole else "whole"
        likeness = (vectors @ shelf.collection.vectors[:, places])[0] >= LEAST_NEAR
        near = frozenset(
            m.offer_id for m, is_near in zip(matches, likeness, strict=True) if is_near
        )
    enough = near_enough(shelf.collection, [asked], vectors)[0]
    return _Answer(
        matches=matches,
        near=near,
        enough=frozenset(m.offer_id for m, at in zip(matches, places, strict=True) if enough[at]),
        reading=reading,
    )


def _named(shelf: Shelf, asked: Item, matches: Sequence[Match]) -> list[Match]:
    """Return matches with each word of the reader's that they hold, be it as common as it may."""
    explainer = Explainer(shelf.collection, asked, is_search=True)
    found = []
    for match in matches:
        topics = (one for one in match.reasons if isinstance(one, SharedTopics))
        reasons = (*explainer.reasons(shelf.places[match.offer_id]), *topics)
        found.append(replace(match, reasons=reasons))
    return found


def hints_of(words: str, *sources: Source, language: str) -> list[Hint]:
    """
    Return codes that may be right for what somebody writes: a hint and no more.

    First those that near needs and offers declare, the most frequent first; then those of the CPV lines that read alike,
    where a thesaurus was imported.

    Parameters
    ----------
    words
        What was written so far, not empty.
    """
    shelf = shelf_of(*sources)
    top = NEAR if has_telling_word(words) else 0
    answer = _asked(shelf, words, language=language, top=max(top, 1), is_search=False)
    count: Counter[tuple[str, str]] = Counter()
    for match in answer.matches[:top]:
        if match.reasons and match.offer_id in answer.enough:
            item = shelf.items[shelf.places[match.offer_id]]
            count.update(("cpv", code) for code in item.cpv)
            count.update(("capability", code) for code in item.capability)
    lines = thesaurus()
    place_of = {} if lines is None else {code: at for at, code in enumerate(lines.lines.codes)}

    def label(system: str, code: str) -> str:
        if system == "capability":
            return area_name(code) if code in AREAS else ""
        known = lines is not None and code in place_of
        return lines.lines.label(place_of[code], language) if lines is not None and known else ""

    hints = [
        Hint(system=system, code=code, count=times, label=label(system, code))
        for (system, code), times in sorted(count.items(), key=lambda one: (-one[1], one[0]))
    ]
    if lines is not None:
        hints += [
            Hint(system="cpv", code=code, label=label("cpv", code))
            for code, likeness in lines.suggest(words, top=5)
            if likeness >= LEAST_LIKE and ("cpv", code) not in count
        ]
    return hints
