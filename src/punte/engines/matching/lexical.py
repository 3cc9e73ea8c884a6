"""Word and character evidence: BM25 and character n-grams, as sparse matrices of our own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bm25:
    """
    Shape of the word score.

    Parameters
    ----------
    k1
        Saturation of a word's count in an offer, > 0.
    b
        How much length is punished, 0 to 1.
    k3
        Saturation of a word's count in a need, > 0.

    References
    ----------
    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and
    Trends in Information Retrieval 3(4), 2009, section 3.
    """

    k1: float = 1.2
    b: float = 0.75
    k3: float = 8.0


class Vocabulary:
    """
    Words numbered in the order they first appear; words that are not among them have no number.

    Parameters
    ----------
    words
        In order, repeated or not.
    """

    __slots__ = ("_number_of",)

    def __init__(self, words: Iterable[str]) -> None:
        self._number_of = {word: at for at, word in enumerate(dict.fromkeys(words))}

    def __len__(self) -> int:
        return len(self._number_of)

    def number_of(self, word: str) -> int | None:
        """Return the number of a word."""
        return self._number_of.get(word)

    def numbers_of(self, words: Iterable[str]) -> npt.NDArray[np.int32]:
        """Return the numbers of words that all have one, in their order."""
        return np.fromiter(map(self._number_of.__getitem__, words), dtype=np.int32)

    def count(self, texts: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """
        Return the counts of words that have a number, one row a text; shape (texts, words).

        Parameters
        ----------
        texts
            Each a sequence of words.
        """
        columns: list[int] = []
        counts: list[int] = []
        starts = [0]
        for text in texts:
            tally: dict[int, int] = {}
            for word in text:
                number = self._number_of.get(word)
                if number is not None:
                    tally[number] = tally.get(number, 0) + 1
            for number in sorted(tally):
                columns.append(number)
                counts.append(tally[number])
            starts.append(len(columns))
        return sparse.csr_matrix(
            (
                np.asarray(counts, dtype=np.float32),
                np.asarray(columns, dtype=np.int32),
                np.asarray(starts, dtype=np.int64),
            ),
            shape=(len(texts), len(self._number_of)),
        )


def _gram_numbers(points: npt.NDArray[np.uint64], lengths: range, bits: int) -> Integers:
    """Return hashed numbers of all character n-grams of one padded text, in no set order."""
    parts = []
    rolling = np.zeros(len(points), dtype=np.uint64)
    for length in range(1, lengths.stop):
        kept = len(points) - length + 1
        if kept <= 0:
            break
        rolling = (rolling[:kept] + points[length - 1 :][:kept] + np.uint64(length)) * _PRIME
        rolling ^= rolling >> np.uint64(29)
        if length >= lengths.start:
            mixed = rolling * _MIX
            parts.append((mixed >> np.uint64(64 - bits)).astype(np.int64))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def count_grams(
    texts: Sequence[str], *, shortest: int = 3, longest: int = 5, bits: int = 22
) -> sparse.csr_matrix:
    """
    Return counts of hashed character n-grams, one row a text; shape (texts, 2 ** bits).

    Parameters
    ----------
    texts
        Words with one space between them; a space is added at both ends, so that beginnings and
        ends of words have n-grams of their own.
    shortest, longest
        Lengths of the n-grams [characters], 1 <= shortest <= longest.
    bits
        Width of the hash, 1 to 31; at 22 bits some 300,000 n-grams share 4 million cells.
    """
    columns: list[npt.NDArray[np.int32]] = []
    counts: list[npt.NDArray[np.float32]] = []
    starts = [0]
    for text in texts:
        points = np.frombuffer(f" {text} ".encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        numbers, tally = np.unique(
            _gram_numbers(points, range(shortest, longest + 1), bits), return_counts=True
        )
        columns.append(numbers.astype(np.int32))
        counts.append(tally.astype(np.float32))
        starts.append(starts[-1] + len(numbers))
    return sparse.csr_matrix(
        (
            np.concatenate(counts) if counts else np.empty(0, dtype=np.float32),
            np.concatenate(columns) if columns else np.empty(0, dtype=np.int32),
            np.asarray(starts, dtype=np.int64),
        ),
        shape=(len(texts), 2**bits),
    )


def document_frequency(counts: sparse.csr_matrix) -> Integers:
    """Return in how many rows each column is present; shape (columns,)."""
    return np.bincount(counts.indices, minlength=counts.shape[1]).astype(np.int64)


def bm25_index(
    counts: sparse.csr_matrix, frequency: Integers, total: int, shape: Bm25
) -> sparse.csr_matrix:
    """
    Return the weight of each word in each offer; a need's score is its word weights times this.

    Parameters
    ----------
    counts
        Words of the offers, shape (offers, words).
    frequency
        In how many texts of the collection each word is present, shape (words,).
    total
        Texts of the collection, >= 1.
    shape
        Parameters of BM25.
    """
    lengths = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
    mean = lengths.mean() if len(lengths) and lengths.sum() > 0 else 1.0
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    idf = np.log1p((total - frequency + 0.5) / (frequency + 0.5))
    tf = counts.data.astype(np.float64)
    norm = shape.k1 * (1 - shape.b + shape.b * lengths[rows] / mean)
    weights = idf[counts.indices] * tf * (shape.k1 + 1) / (tf + norm)
    return sparse.csr_matrix(
        (weights.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape
    )


def bm25_needs(counts: sparse.csr_matrix, shape: Bm25) -> sparse.csr_matrix:
    """Return the weight of each word in each need, saturated by ``k3``; shape as ``counts``."""
    tf = counts.data.astype(np.float64)
    weights = tf * (shape.k3 + 1) / (tf + shape.k3)
    return sparse.csr_matrix(
        (weights.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape
    )


def bm25_ceiling(
    known: sparse.csr_matrix,
    unknown: npt.NDArray[np.float64],
    frequency: Integers,
    total: int,
    shape: Bm25,
) -> npt.NDArray[np.float64]:
    """
    Return the most that any offer could score for each need, so that word scores lie in 0 to 1.

    Words of the need that no offer has count too: a need in a language that no offer is written in scores
    near 0 everywhere, instead of having its few shared digits blown up.

    Parameters
    ----------
    known
        Weights from ``bm25_needs``, shape (needs, words).
    unknown
        Words of each need that are in no offer, shape (needs,).
    frequency, total, shape
        As in ``bm25_index``.
    """
    idf = np.log1p((total - frequency + 0.5) / (frequency + 0.5))
    rows = np.repeat(np.arange(known.shape[0]), np.diff(known.indptr))
    reached = np.bincount(
        rows, weights=known.data.astype(np.float64) * idf[known.indices], minlength=known.shape[0]
    )
    absent = float(np.log1p((total + 0.5) / 0.5))
    ceiling: npt.NDArray[np.float64] = (reached + unknown * absent) * (shape.k1 + 1)
    return np.maximum(ceiling, 1e-9)


def tfidf_rows(
    counts: sparse.csr_matrix, present: Integers, total: int, *, most_common: float = 1.0
) -> sparse.csr_matrix:
    """
    Return rows of unit length with weights (1 + log count) x idf.

    Parameters
    ----------
    counts
        Counts, shape (texts, features).
    present
        Texts of the collection that hold the feature of each stored count, in the order of ``counts.data``.
    total
        Texts of the collection, >= 1.
    most_common
        Features in more than this share of the collection are left out, 0 to 1: they cost most of the
        time and say least.

    References
    ----------
    Manning, Raghavan and Schuetze, Introduction to Information Retrieval, 2008, section 6.4.1.
    """
    idf = np.log((1.0 + total) / (1.0 + present)) + 1.0
    if most_common < 1.0:
        idf = np.where(present > max(most_common * total, 50.0), 0.0, idf)
    weights = (1.0 + np.log(counts.data.astype(np.float64))) * idf
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    norms = np.sqrt(np.bincount(rows, weights=weights**2, minlength=counts.shape[0]))
    weights /= np.maximum(norms, 1e-12)[rows]
    scaled = sparse.csr_matrix(
        (weights.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape
    )
    if most_common < 1.0:
        scaled = scaled.copy()  # the arrays of positions are those of ``counts``
        scaled.eliminate_zeros()
    return scaled


class GramTable:
    """
    Character n-grams of the offers, with the cells that some offer uses and no others.

    Parameters
    ----------
    columns, values
        Cells, ascending, and counts of each offer.
    most_common
        As in ``tfidf_rows``.
    """

    __slots__ = ("_cells", "_most_common", "_present", "_total", "table")

    def __init__(
        self, columns: Sequence[npt.NDArray[np.int32]], values: Sequence[Any], most_common: float
    ) -> None:
        every = np.concatenate([np.empty(0, np.int32), *columns])
        presence = np.bincount(every, minlength=1)
        self._cells = np.flatnonzero(presence).astype(np.int32)
        self._present = presence[self._cells].astype(np.int64)
        self._total = max(len(columns), 1)
        self._most_common = most_common
        place = np.zeros(len(presence), dtype=np.int32)
        place[self._cells] = np.arange(len(self._cells), dtype=np.int32)
        starts = np.zeros(len(columns) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in columns], out=starts[1:])
        tally = np.concatenate([np.empty(0, np.float32), *values]).astype(np.float32, copy=False)
        counts = sparse.csr_matrix(
            (tally, place[every], starts), shape=(len(columns), len(self._cells))
        )
        rows = tfidf_rows(
            counts, self._present[counts.indices], self._total, most_common=most_common
        )
        self.table = rows.T.tocsr()

    def scores(self, counts: sparse.csr_matrix) -> Floats:
        """
        Return cosines of texts with the offers, shape (texts, offers), each 0 to 1.

        Parameters
        ----------
        counts
            From ``count_grams``, over all cells; those that no offer uses count in a text's length.
        """
        if not len(self._cells):
            return np.zeros((counts.shape[0], self.table.shape[1]), dtype=np.float32)
        at, is_known = self._places(counts.indices)
        present = np.where(is_known, self._present[at], 0)
        rows = tfidf_rows(counts, present, self._total, most_common=self._most_common)
        at, is_known = self._places(rows.indices)
        kept = np.flatnonzero(is_known)
        starts = np.concatenate([[0], np.cumsum(is_known)])[rows.indptr]
        known = sparse.csr_matrix(
            (rows.data[kept], at[kept].astype(np.int32), starts),
            shape=(counts.shape[0], len(self._cells)),
        )
        return np.asarray((known @ self.table).toarray())

    def _places(self, cells: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
        """Return where each cell stands among those in use, and whether it is one of them."""
        at = np.minimum(np.searchsorted(self._cells, cells), len(self._cells) - 1)
        return at, self._cells[at] == cells
