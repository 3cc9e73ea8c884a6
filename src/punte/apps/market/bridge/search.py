"""Words held against everything that a reader may see."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from punte.apps.market.bridge.fits import Floats, Reading, explained
from punte.apps.market.bridge.readings import free_of_languages, model, thesaurus
from punte.apps.market.bridge.reasons import find_in_words
from punte.apps.market.bridge.shelves import ReadSource, Shelf, Source, shelf_of
from punte.engines.matching.collection import encode_items
from punte.engines.matching.instance import Item
from punte.engines.matching.result import Match
from punte.engines.matching.solve import rank_block

NEW_VECTORS: Final = 24
"""Texts that one search may encode while the reader waits."""
EXPLAINED: Final = 8
"""Finds of a search for which the nearest sentence is looked up."""
NEAR: Final = 10
"""Things near enough to take a hint of a code from."""
LEAST_LIKE: Final = 0.2
"""Likeness to a CPV line below which its code is no hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that a search can find; ``key`` is the identifier of its row."""

    key: str
    language: str
    title: str
    text: str


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
    return ReadSource(
        [Item(id=one.key, lang=one.language, title=one.title, text=one.text) for one in documents]
    )


def search_in(
    words: str, *sources: Source, language: str, top: int = 30
) -> tuple[tuple[Hit, ...], Reading]:
    """
    Return what the words find, best first, and whether meaning counted beside words.

    The collection is what the sources read in the subject's name: what it does not see has no part in any score.

    Parameters
    ----------
    words
        What the reader asked, not empty; encoded, never looked up nor kept.
    top
        How many at most, >= 1.
    """
    shelf = shelf_of(*sources, most_new=NEW_VECTORS)
    matches, reading = _asked(shelf, words, language=language, top=top)
    hits = (
        Hit(key=match.offer_id, reasons=tuple(map(find_in_words, match.reasons)))
        for match in matches
        if match.reasons
    )
    return tuple(hits), reading


def _asked(shelf: Shelf, words: str, *, language: str, top: int) -> tuple[list[Match], Reading]:
    asked = Item(id="asked", lang=language, title=words)
    if model() is None:
        return rank_block(shelf.collection, [asked], None, None, top), "off"
    fresh: dict[str, Floats] = {}
    vectors = encode_items([asked], free_of_languages({}, fresh=fresh))
    matches = rank_block(shelf.collection, [asked], vectors, None, top)
    first, is_whole = explained(
        shelf, asked, matches[:EXPLAINED], most_new=NEW_VECTORS, fresh=fresh
    )
    found = [*first, *matches[EXPLAINED:]]
    return found, "waiting" if shelf.waiting or not is_whole else "whole"


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
    matches, _reading = _asked(shelf, words, language=language, top=NEAR)
    count: Counter[tuple[str, str]] = Counter()
    for match in matches:
        if match.reasons:
            item = shelf.items[shelf.places[match.offer_id]]
            count.update(("cpv", code) for code in item.cpv)
            count.update(("capability", code) for code in item.capability)
    lines = thesaurus()
    place_of = {} if lines is None else {code: at for at, code in enumerate(lines.lines.codes)}

    def label(system: str, code: str) -> str:
        known = lines is not None and system == "cpv" and code in place_of
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
