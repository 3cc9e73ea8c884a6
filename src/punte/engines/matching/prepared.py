"""What is counted in one item, whatever stands beside it: counted once, put together with any others later."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from punte.engines.matching.instance import Item
from punte.engines.matching.lexical import count_grams
from punte.engines.matching.text import clean, fold, sounds_of, words_of
from punte.engines.matching.thesaurus import Thesaurus
from punte.engines.matching.weights import Gate, Weights

Floats = npt.NDArray[np.float32]
Counts = npt.NDArray[Any]


def full_text(item: Item) -> str:
    """Return title and text as one cleaned text, the title as its first sentence."""
    title, text = clean(item.title), clean(item.text)
    if not title or text.startswith(title):
        return text
    end = "" if title[-1] in ".!?;:\u2026" else "."
    return f"{title}{end} {text}".strip() if text else title


def item_words(item: Item) -> list[str]:
    """Return the folded words of title and text."""
    return words_of(fold(full_text(item)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """
    The counts of one item.

    Parameters
    ----------
    words
        Each once, in the order they first appear.
    tally
        How often each is there; shape (words,).
    cells, cell_tally
        Hashed character n-grams, ascending, and how often each is there; shape (n-grams,).
    topics, topic_weights
        Codes of the thesaurus, ascending, and their weights; ``None`` without a thesaurus.
    """

    words: tuple[str, ...]
    tally: Counts
    cells: npt.NDArray[np.int32]
    cell_tally: Counts
    topics: npt.NDArray[np.int32] | None = None
    topic_weights: Floats | None = None


def prepare(
    items: Sequence[Item], weights: Weights, thesaurus: Thesaurus | None = None
) -> list[Prepared]:
    """
    Return the counts of items, each of its own text alone.

    Parameters
    ----------
    items
        Needs or offers.
    weights
        Lengths of n-grams, and how texts are described by the thesaurus.
    thesaurus
        The CPV lines; ``None`` when none were imported.
    """
    folded = [item_words(item) for item in items]
    grams = gram_counts(folded, weights)
    described = None if thesaurus is None else describe_items(items, thesaurus, weights.gate)[0]
    found = []
    for at, words in enumerate(folded):
        tally: dict[str, int] = {}
        for word in words:
            tally[word] = tally.get(word, 0) + 1
        row = slice(grams.indptr[at], grams.indptr[at + 1])
        topics = topic_weights = None
        if described is not None:
            part = slice(described.indptr[at], described.indptr[at + 1])
            topics = described.indices[part].astype(np.int32)
            topic_weights = described.data[part].astype(np.float32)
        found.append(
            Prepared(
                words=tuple(map(sys.intern, tally)),
                tally=_narrow(np.fromiter(tally.values(), dtype=np.int64, count=len(tally))),
                cells=grams.indices[row].astype(np.int32),
                cell_tally=_narrow(grams.data[row].astype(np.int64)),
                topics=topics,
                topic_weights=topic_weights,
            )
        )
    return found


def _narrow(counts: npt.NDArray[np.int64]) -> Counts:
    """Return counts in the fewest bytes that hold them: most are below 256."""
    most = int(counts.max()) if len(counts) else 0
    return counts.astype(np.min_scalar_type(most))


def gram_counts(folded: Sequence[Sequence[str]], weights: Weights) -> sparse.csr_matrix:
    """Return n-gram counts of folded words, in rough Latin sounds."""
    return count_grams(
        [sounds_of(" ".join(words)) for words in folded],
        shortest=weights.shortest_gram,
        longest=weights.longest_gram,
    )


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


def stacked(
    columns: Sequence[npt.NDArray[Any]], values: Sequence[npt.NDArray[Any]], width: int
) -> sparse.csr_matrix:
    """
    Return rows put on one another as a matrix.

    Parameters
    ----------
    columns, values
        One array each a row, columns ascending.
    width
        Columns of the matrix.
    """
    starts = np.zeros(len(columns) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in columns], out=starts[1:])
    return sparse.csr_matrix(
        (
            np.concatenate([np.empty(0, np.float32), *values]).astype(np.float32, copy=False),
            np.concatenate([np.empty(0, np.int32), *columns]).astype(np.int32, copy=False),
            starts,
        ),
        shape=(len(columns), width),
    )
