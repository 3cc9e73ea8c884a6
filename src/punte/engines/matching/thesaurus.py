"""
The CPV thesaurus as a bridge between languages: a text is described by the lines it comes near to.

Each CPV code has one line in each of many languages. A text in any of them resembles some lines; the codes of
those lines are the same whatever the language, so two texts can be compared by codes. It works for texts
that read like product lines and not for prose: a gate says how far it is heard.

References
----------
Gabrilovich and Markovitch, "Computing Semantic Relatedness using Wikipedia-based Explicit Semantic Analysis",
IJCAI 2007; Potthast, Stein and Anderka, "A Wikipedia-Based Multilingual Retrieval Model", ECIR 2008 (the same
across languages).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from punte.engines.matching.lexical import count_grams, document_frequency
from punte.engines.matching.text import clean, fold, words_of
from punte.engines.matching.vectors import blocks_of, top_columns

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

GRAM_LENGTHS: Final = (3, 5)
WORDS_READ: Final = 25
"""A product line is short; the first words of a longer text are its title and say what it is about."""
_NO_LINE: Final = re.compile(r"[\d\s-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """
    A multilingual list of codes.

    Parameters
    ----------
    codes
        Each once, in order.
    labels
        Language to its descriptions, one for each code; empty where there is none.
    """

    codes: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]

    def label(self, code_idx: int, lang: str) -> str:
        """Return a description in ``lang``, else in English, else in any language."""
        for tag in (lang.lower().split("-")[0], "en", *sorted(self.labels)):
            found = self.labels.get(tag)
            if found and found[code_idx]:
                return found[code_idx]
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thesaurus:
    """
    Lines made ready for comparison.

    Parameters
    ----------
    lines
        Codes and descriptions.
    idf
        Weight of each n-gram cell; shape (cells,).
    table
        Unit weights of n-grams, shape (cells, lines of all languages).
    code_of_line
        Index of the code of each column of ``table``.
    sha256
        Hash of the file the lines came from.
    """

    lines: Lines
    idf: Floats
    table: sparse.csr_matrix
    code_of_line: Integers
    sha256: str = ""

    @classmethod
    def of(cls, lines: Lines, *, sha256: str = "") -> "Thesaurus":
        """
        Return the lines made ready: some 20 s for 9,454 codes in 25 languages.

        A line that repeats the English one in another language is left out, so is one without letters.

        Parameters
        ----------
        lines
            Codes and descriptions.
        sha256
            Hash of their file.
        """
        english = lines.labels.get("en", ("",) * len(lines.codes))
        counts: list[sparse.csr_matrix] = []
        code_of_line: list[Integers] = []
        most: Integers | None = None
        for lang, labels in sorted(lines.labels.items()):
            kept = [
                at
                for at, label in enumerate(labels)
                if not _NO_LINE.fullmatch(label) and (lang == "en" or label != english[at])
            ]
            counted = _grams_of([labels[at] for at in kept])
            frequency = document_frequency(counted)
            most = frequency if most is None else np.maximum(most, frequency)
            counts.append(counted)
            code_of_line.append(np.asarray(kept, dtype=np.int64))
        if most is None or not lines.codes:
            most = np.zeros(1, dtype=np.int64)
        # One weight for all languages, from the language that uses the n-gram most: endings and
        # articles of any language weigh little.
        idf = (np.log((1.0 + len(lines.codes)) / (1.0 + most)) + 1.0).astype(np.float32)
        rows = [_unit_rows(counted, idf) for counted in counts]
        table = sparse.vstack(rows).T.tocsr() if rows else sparse.csr_matrix((len(idf), 0))
        return cls(
            lines=lines,
            idf=idf,
            table=table.astype(np.float32),
            code_of_line=np.concatenate(code_of_line) if code_of_line else np.empty(0, np.int64),
            sha256=sha256,
        )

    def similarities(self, texts: Sequence[str]) -> Floats:
        """
        Return how near each text comes to each code in its best language, shape (texts, codes), 0 to 1.

        Parameters
        ----------
        texts
            Any texts; the first ``WORDS_READ`` words of each are read.
        """
        best = np.zeros((len(texts), len(self.lines.codes)), dtype=np.float32)
        if not self.table.shape[1]:
            return best
        for block in blocks_of(len(texts), 32):
            read = [" ".join(clean(text).split()[:WORDS_READ]) for text in texts[block]]
            near = (_unit_rows(_grams_of(read), self.idf) @ self.table).tocsr()
            for row in range(near.shape[0]):
                part = slice(near.indptr[row], near.indptr[row + 1])
                np.maximum.at(
                    best[block.start + row], self.code_of_line[near.indices[part]], near.data[part]
                )
        return best

    def describe(
        self, texts: Sequence[str], *, power: float, kept: int
    ) -> tuple[sparse.csr_matrix, Floats]:
        """
        Return texts as unit vectors over codes, and how near each came to its nearest line.

        Parameters
        ----------
        texts
            Any texts.
        power
            Exponent of the similarities, >= 1: more gives the nearest lines more weight.
        kept
            Codes kept for each text, >= 1.

        Returns
        -------
        tuple
            Vectors, shape (texts, codes), and nearness, shape (texts,), 0 to 1.
        """
        pieces = []
        nearness = np.zeros(len(texts), dtype=np.float32)
        for block in blocks_of(len(texts), 256):
            near = self.similarities(texts[block])
            if near.shape[1]:
                nearness[block] = near.max(axis=1)
            columns = top_columns(near, kept)
            values = np.take_along_axis(near, columns, axis=1).astype(np.float64) ** power
            norms = np.sqrt((values**2).sum(axis=1, keepdims=True))
            values = np.where(norms > 0, values / np.maximum(norms, 1e-12), 0.0)
            starts = np.arange(len(near) + 1) * columns.shape[1]
            piece = sparse.csr_matrix(
                (values.astype(np.float32).ravel(), columns.ravel(), starts), shape=near.shape
            )
            piece.eliminate_zeros()
            piece.sort_indices()
            pieces.append(piece)
        empty = sparse.csr_matrix((0, len(self.lines.codes)), dtype=np.float32)
        return sparse.vstack([empty, *pieces]).tocsr(), nearness

    def suggest(self, text: str, *, top: int) -> list[tuple[str, float]]:
        """
        Return the codes whose lines a text comes nearest to, with their similarity; a hint, no more.

        Parameters
        ----------
        text
            A title, keywords or a product line.
        top
            How many, >= 1; codes that share nothing with the text are not given.
        """
        near = self.similarities([text])
        best = top_columns(near, top)[0].tolist() if near.shape[1] else []
        return [(self.lines.codes[at], float(near[0, at])) for at in best if near[0, at] > 0]


def _grams_of(texts: Sequence[str]) -> sparse.csr_matrix:
    return count_grams(
        [" ".join(words_of(fold(clean(text)))) for text in texts],
        shortest=GRAM_LENGTHS[0],
        longest=GRAM_LENGTHS[1],
    )


def _unit_rows(counts: sparse.csr_matrix, idf: Floats) -> sparse.csr_matrix:
    weights = (1.0 + np.log(counts.data.astype(np.float64))) * idf[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    norms = np.sqrt(np.bincount(rows, weights=weights**2, minlength=counts.shape[0]))
    weights /= np.maximum(norms, 1e-12)[rows]
    return sparse.csr_matrix(
        (weights.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape
    )
