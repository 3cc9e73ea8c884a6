"""Offers made ready once, then asked by many needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from punte.engines.matching.codes import CodeIndex
from punte.engines.matching.instance import Item
from punte.engines.matching.lexical import (
    GramTable,
    Vocabulary,
    bm25_ceiling,
    bm25_index,
    bm25_needs,
    document_frequency,
)
from punte.engines.matching.prepared import (
    Prepared,
    full_text,
    gram_counts,
    item_words,
    prepare,
    stacked,
)
from punte.engines.matching.text import beginning_of
from punte.engines.matching.thesaurus import Thesaurus
from punte.engines.matching.vectors import Encoder, on_grid
from punte.engines.matching.weights import Weights

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

ENCODED_WORDS: Final = 150
"""Words of a text that go to the encoder: its cost grows with length, and more did not rank better."""
ENCODED_EFFORT: Final = 1_280
"""What those words may cost, as ``beginning_of`` counts it: more than 150 words of prose do in any measured language,
and never much more than the 512 tokens that the encoder reads at a time."""


def encoded_text(item: Item) -> str:
    """Return the part of an item that an encoder reads; empty when it says nothing."""
    words = full_text(item).split(maxsplit=ENCODED_WORDS)[:ENCODED_WORDS]
    return beginning_of(" ".join(words), ENCODED_EFFORT)


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
        Weights of character n-grams.
    codes
        Declared codes and the offers that declare them.
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
    grams: GramTable
    codes: CodeIndex
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
        vectors = None if encoder is None else encode_items(ordered, encoder)
        counted = prepare(ordered, weights, thesaurus)
        return cls.of_prepared(ordered, counted, weights, vectors=vectors, thesaurus=thesaurus)

    @classmethod
    def of_prepared(
        cls,
        offers: Sequence[Item],
        counted: Sequence[Prepared],
        weights: Weights,
        *,
        vectors: Floats | None = None,
        thesaurus: Thesaurus | None = None,
    ) -> "Collection":
        """
        Return offers that were counted before, put together.

        Parameters
        ----------
        offers
            In order of id.
        counted
            What ``prepare`` gives for each, with the same weights and thesaurus.
        weights, thesaurus
            As in ``of``.
        vectors
            Of the offers, on the exact grid, shape (offers, dimensions); ``None`` without an encoder.
        """
        vocabulary, counts = _counted_words(counted)
        word_frequency = document_frequency(counts)
        offer_words = bm25_index(counts, word_frequency, max(len(offers), 1), weights.bm25)
        described = None if thesaurus is None else _described(counted, thesaurus)
        return cls(
            offers=tuple(offers),
            weights=weights,
            vocabulary=vocabulary,
            word_frequency=word_frequency,
            words=offer_words.T.tocsr(),
            offer_words=offer_words,
            grams=GramTable(
                [one.cells for one in counted],
                [one.cell_tally for one in counted],
                weights.most_common_gram,
            ),
            codes=CodeIndex(offers),
            vectors=None if vectors is None else np.ascontiguousarray(vectors.T),
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
        return self.grams.scores(gram_counts([item_words(item) for item in needs], self.weights))


def _counted_words(counted: Sequence[Prepared]) -> tuple[Vocabulary, sparse.csr_matrix]:
    """Return the words of all offers, numbered as they first appear, and their counts."""
    vocabulary = Vocabulary(chain.from_iterable(one.words for one in counted))
    numbers = vocabulary.numbers_of(chain.from_iterable(one.words for one in counted))
    lengths = [len(one.words) for one in counted]
    tally = np.concatenate([np.empty(0, np.float32), *(one.tally for one in counted)])
    rows = np.repeat(np.arange(len(counted), dtype=np.int64), lengths)
    order = np.argsort(rows * (len(vocabulary) + 1) + numbers, kind="stable")
    starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    counts = sparse.csr_matrix(
        (tally.astype(np.float32, copy=False)[order], numbers[order], starts),
        shape=(len(counted), len(vocabulary)),
    )
    return vocabulary, counts


def _described(counted: Sequence[Prepared], thesaurus: Thesaurus) -> sparse.csr_matrix:
    none = np.empty(0, dtype=np.int32)
    return stacked(
        [none if one.topics is None else one.topics for one in counted],
        [none if one.topic_weights is None else one.topic_weights for one in counted],
        len(thesaurus.lines.codes),
    )
