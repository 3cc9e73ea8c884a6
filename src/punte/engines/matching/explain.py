"""Why an offer stands where it does, in things a person can check."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from punte.engines.matching.codes import common_digits
from punte.engines.matching.collection import Collection, encoded_text
from punte.engines.matching.function_words import FUNCTION_WORDS
from punte.engines.matching.instance import Item
from punte.engines.matching.prepared import describe_items, full_text
from punte.engines.matching.result import (
    Reason,
    SentencePair,
    SharedCodes,
    SharedTerms,
    SharedTopics,
)
from punte.engines.matching.text import fold, sentences_of, words_of
from punte.engines.matching.vectors import Encoder, on_grid

Floats = npt.NDArray[np.float32]

MOST_TERMS: Final = 6
MOST_TOPICS: Final = 3
LEAST_TOPIC: Final = 0.01
"""A line that carries less than this of the comparison by codes (its whole is 1) explains nothing."""
COMMON_SHARE: Final = 0.25
"""A word in more than this share of the offers explains nothing."""
LEAST_SIMILARITY: Final = 0.25
"""Sentences farther apart than this are not named. A higher limit lost reasons for true pairs of two languages."""
NEAR_IN_MEANING: Final = 0.4
"""
Sentences, or texts, from this cosine on are called near in meaning; nearer than ``LEAST_SIMILARITY`` alone they are named as
the nearest, and no more is claimed. Chosen on the development halves (``bench/matching_nearness.py``), where it holds for 87 %
or more of like pairs of prose and for 3 to 6 % of unlike ones; at .25 half of the unlike were nearer.
"""
LEAST_LETTERS: Final = 8
"""A piece with fewer letters, as the end of a list, is no sentence to show; a piece of two such characters can be."""


class Explainer:
    """
    Finds the terms and codes that one need shares with offers of a collection.

    Parameters
    ----------
    collection
        The offers.
    need
        What is asked.
    is_search
        Whether the need is what somebody searches for: then each of its words tells why something was found, be it as
        common or as short as it may; function words only where there are no others.
    """

    __slots__ = ("_collection", "_need", "_surface", "_topics")

    def __init__(self, collection: Collection, need: Item, *, is_search: bool = False) -> None:
        self._collection = collection
        self._need = need
        self._surface: dict[int, str] = {}
        self._topics: dict[int, float] | None = None
        most = max(2.0, COMMON_SHARE * len(collection.offers))
        written = [
            (word, folded) for word in words_of(full_text(need)) for folded in words_of(fold(word))
        ]
        telling = [(word, folded) for word, folded in written if folded not in FUNCTION_WORDS]
        for word, folded in telling or (written if is_search else ()):
            number = collection.vocabulary.number_of(folded)
            if number is None:
                continue
            if is_search or (collection.word_frequency[number] <= most and _is_word(folded)):
                self._surface.setdefault(number, word)

    def reasons(self, offer_idx: int) -> tuple[Reason, ...]:
        """Return shared terms and shared codes with the offer at that place of the collection."""
        found: list[Reason] = []
        terms = self._shared_terms(offer_idx)
        if terms:
            found.append(SharedTerms(terms=terms))
        found.extend(shared_codes(self._need, self._collection.offers[offer_idx]))
        return tuple(found)

    def topics(self, offer_idx: int) -> SharedTopics | None:
        """Return the thesaurus lines that need and offer both come near to, the most telling first."""
        thesaurus, table = self._collection.thesaurus, self._collection.offer_topics
        if thesaurus is None or table is None:
            return None
        if self._topics is None:
            ours, _ = describe_items([self._need], thesaurus, self._collection.weights.gate)
            self._topics = dict(zip(ours.indices.tolist(), ours.data.tolist(), strict=True))
        row = slice(table.indptr[offer_idx], table.indptr[offer_idx + 1])
        theirs = zip(table.indices[row].tolist(), table.data[row].tolist(), strict=True)
        shared = sorted((-self._topics[at] * near, at) for at, near in theirs if at in self._topics)
        best = [at for worth, at in shared[:MOST_TOPICS] if -worth >= LEAST_TOPIC]
        if not best:
            return None
        return SharedTopics(
            codes=tuple(thesaurus.lines.codes[at] for at in best),
            labels=tuple(thesaurus.lines.label(at, self._need.lang) for at in best),
        )

    def _shared_terms(self, offer_idx: int) -> tuple[str, ...]:
        table = self._collection.offer_words
        row = slice(table.indptr[offer_idx], table.indptr[offer_idx + 1])
        held = dict(zip(table.indices[row].tolist(), table.data[row].tolist(), strict=True))
        shared = sorted((-held[number], number) for number in self._surface if number in held)
        return tuple(self._surface[number] for _, number in shared[:MOST_TERMS])


def _is_word(folded: str) -> bool:
    """Return whether a folded word is more than an initial or an ending."""
    return len(folded) >= 3 or not folded.isascii() or any(c.isdigit() for c in folded)


def _is_sentence(text: str) -> bool:
    """Return whether a piece of a text says enough to be shown as a sentence."""
    return not text.isascii() or sum(c.isalpha() for c in text) >= LEAST_LETTERS


def shared_codes(need: Item, offer: Item) -> list[SharedCodes]:
    """Return the declared codes that agree: whole ones, else the longest common CPV beginning."""
    found = []
    whole = tuple(code for code in need.cpv if code in offer.cpv)
    if whole:
        found.append(SharedCodes(system="cpv", codes=whole))
    else:
        pairs = [(common_digits(a, b), a) for a in need.cpv for b in offer.cpv]
        digits, code = max(pairs, default=(0, ""))
        if digits >= 2:
            found.append(SharedCodes(system="cpv", codes=(code[:digits],)))
    capability = tuple(code for code in need.capability if code in offer.capability)
    if capability:
        found.append(SharedCodes(system="capability", codes=capability))
    return found


def pair_sentences(
    pairs: Sequence[tuple[Item, Item]], encoder: Encoder
) -> list[SentencePair | None]:
    """
    Return for each need and offer the two sentences nearest in meaning, ``None`` where none are near.

    Parameters
    ----------
    pairs
        Needs with their offers.
    encoder
        Model or cache.
    """
    needs = {need.id: _shown(need) for need, _ in pairs}
    offers = {offer.id: _shown(offer) for _, offer in pairs}
    need_vectors = _vectors_of([s for found in needs.values() for s in found], encoder)
    offer_vectors = _vectors_of([s for found in offers.values() for s in found], encoder)
    answers: list[SentencePair | None] = []
    for need, offer in pairs:
        ours, theirs = needs[need.id], offers[offer.id]
        if not ours or not theirs:
            answers.append(None)
            continue
        left = np.stack([need_vectors[s] for s in ours])
        right = np.stack([offer_vectors[s] for s in theirs])
        near = left @ right.T
        row, column = divmod(int(near.argmax()), near.shape[1])
        similarity = float(near[row, column])
        answers.append(
            SentencePair(need=ours[row], offer=theirs[column], similarity=round(similarity, 4))
            if similarity >= LEAST_SIMILARITY
            else None
        )
    return answers


def _shown(item: Item) -> list[str]:
    """Return the sentences of an item that say something; all, where none does."""
    found = sentences_of(encoded_text(item))
    return [one for one in found if _is_sentence(one)] or found


def _vectors_of(sentences: list[str], encoder: Encoder) -> dict[str, Floats]:
    unique = list(dict.fromkeys(sentences))
    if not unique:
        return {}
    return dict(zip(unique, on_grid(encoder.encode(unique)), strict=True))
