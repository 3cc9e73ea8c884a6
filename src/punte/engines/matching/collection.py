"""Offers made ready once, then asked by many needs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from punte.engines.matching.instance import Item
from punte.engines.matching.lexical import (
    Vocabulary,
    bm25_ceiling,
    bm25_index,
    bm25_needs,
    count_grams,
    document_frequency,
    tfidf_rows,
)
from punte.engines.matching.text import clean, fold, sounds_of, words_of
from punte.engines.matching.thesaurus import Thesaurus
from punte.engines.matching.vectors import Encoder, on_grid
from punte.engines.matching.weights import Gate, Weights

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

ENCODED_WORDS = 150
"""Words of a text that go to the encoder: its cost grows with length, and more did not rank better."""


def full_text(item: Item) -> str:
    """Return title and text as one cleaned text, the title as its first sentence."""
    title, text = clean(item.title), clean(item.text)
    if not title or text.startswith(title):
        return text
    end = "" if title[-1] in ".!?;:\u2026" else "."
    return f"{title}{end} {text}".strip() if text else title


def encoded_text(item: Item) -> str:
    """Return the part of an item that an encoder reads; empty when it says nothing."""
    return " ".join(full_text(item).split()[:ENCODED_WORDS])


def item_words(item: Item) -> list[str]:
    """Return the folded words of title and text."""
    return words_of(fold(full_text(item)))


def encode_items(items: Sequence[Item], encoder: Encoder) -> Floats:
    """
    Return vectors of items on the exact grid, shape (items, dimensions); zero where there is no text.

    Parameters
    ----------
    items
        Needs or offers.
    encoder
        Model or cache.
    """
    texts = [encoded_text(item) for item in items]
    spoken = [place for place, text in enumerate(texts) if text]
    found = encoder.encode([texts[place] for place in spoken])
    vectors = np.zeros((len(items), found.shape[1] if found.ndim == 2 else 0), dtype=np.float32)
    vectors[spoken] = found
    return on_grid(vectors)


def describe_items(
    items: Sequence[Item], thesaurus: Thesaurus, gate: Gate
) -> tuple[sparse.csr_matrix, Floats]:
    """
    Return items as unit vectors over codes, and how near each came to its nearest line.

    Parameters
    ----------
    items
        Needs or offers.
    thesaurus
        The CPV lines.
    gate
        Power and number of codes kept.
    """
    texts = [full_text(item) for item in items]
    return thesaurus.describe(texts, power=gate.power, kept=gate.kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """
    Offers as numbers: what every need is held against.

    Parameters
    ----------
    offers
        In order of id, so that ties go by id.
    weights
        Parameters used for building.
    vocabulary
        Words of the offers.
    word_frequency
        In how many offers each word is present.
    words, offer_words
        BM25 weights, shapes (words, offers) and (offers, words).
    grams
        Weights of character n-grams, shape (cells, offers).
    gram_frequency
        In how many offers each n-gram is present.
    vectors
        On the exact grid, shape (dimensions, offers); ``None`` without an encoder.
    thesaurus
        The CPV lines; ``None`` when none were imported.
    topics, offer_topics
        Offers described by codes, shapes (codes, offers) and (offers, codes); ``None`` without a thesaurus.
    """

    offers: tuple[Item, ...]
    weights: Weights
    vocabulary: Vocabulary
    word_frequency: Integers
    words: sparse.csr_matrix
    offer_words: sparse.csr_matrix
    grams: sparse.csr_matrix
    gram_frequency: Integers
    vectors: Floats | None = None
    thesaurus: Thesaurus | None = None
    topics: sparse.csr_matrix | None = None
    offer_topics: sparse.csr_matrix | None = None

    @classmethod
    def of(
        cls,
        offers: Sequence[Item],
        weights: Weights,
        *,
        encoder: Encoder | None = None,
        thesaurus: Thesaurus | None = None,
    ) -> "Collection":
        """
        Return the offers made ready.

        Parameters
        ----------
        offers
            Any order.
        weights
            Parameters.
        encoder
            Model or cache; ``None`` to rank by words and n-grams only.
        thesaurus
            The CPV lines; ``None`` when none were imported.
        """
        ordered = tuple(sorted(offers, key=lambda item: item.id))
        folded = [item_words(item) for item in ordered]
        vocabulary = Vocabulary()
        counts = vocabulary.count(folded)
        vocabulary.is_frozen = True
        grams = gram_counts(folded, weights)
        gram_frequency = document_frequency(grams)
        total = max(len(ordered), 1)
        word_frequency = document_frequency(counts)
        described = (
            None if thesaurus is None else describe_items(ordered, thesaurus, weights.gate)[0]
        )
        offer_words = bm25_index(counts, word_frequency, total, weights.bm25)
        return cls(
            offers=ordered,
            weights=weights,
            vocabulary=vocabulary,
            word_frequency=word_frequency,
            words=offer_words.T.tocsr(),
            offer_words=offer_words,
            grams=tfidf_rows(
                grams, gram_frequency, total, most_common=weights.most_common_gram
            ).T.tocsr(),
            gram_frequency=gram_frequency,
            vectors=None
            if encoder is None
            else np.ascontiguousarray(encode_items(ordered, encoder).T),
            thesaurus=thesaurus,
            topics=None if described is None else described.T.tocsr(),
            offer_topics=described,
        )

    def word_scores(self, needs: Sequence[Item]) -> Floats:
        """Return BM25 of each need as a share of its ceiling, shape (needs, offers), each 0 to 1."""
        folded = [item_words(item) for item in needs]
        known = bm25_needs(self.vocabulary.count(folded), self.weights.bm25)
        unknown = np.array(
            [
                sum(self.vocabulary.number_of(word) is None for word in set(words))
                for words in folded
            ],
            dtype=np.float64,
        )
        ceiling = bm25_ceiling(
            known, unknown, self.word_frequency, max(len(self.offers), 1), self.weights.bm25
        )
        scores = (known @ self.words).toarray()
        return np.asarray((scores / ceiling[:, None]).astype(np.float32))

    def gram_scores(self, needs: Sequence[Item]) -> Floats:
        """Return cosines of character n-grams, shape (needs, offers), each 0 to 1."""
        counts = gram_counts([item_words(item) for item in needs], self.weights)
        rows = tfidf_rows(
            counts,
            self.gram_frequency,
            max(len(self.offers), 1),
            most_common=self.weights.most_common_gram,
        )
        return np.asarray((rows @ self.grams).toarray())


def gram_counts(folded: Sequence[Sequence[str]], weights: Weights) -> sparse.csr_matrix:
    """Return n-gram counts of folded words, in rough Latin sounds."""
    return count_grams(
        [sounds_of(" ".join(words)) for words in folded],
        shortest=weights.shortest_gram,
        longest=weights.longest_gram,
    )
