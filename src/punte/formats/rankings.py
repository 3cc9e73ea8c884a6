"""Rankings and judgements as files."""

import json
from array import array
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from punte.engines.matching.result import Match, Ranking
from punte.formats.json_lines import each_line
from punte.formats.matching import Id
from punte.formats.reading import Record, plain_number, read_bytes
from punte.formats.writing import write_bytes
from punte.kernel.errors import InvalidInputError, Problem

MOST_BYTES: Final = 1024 * 1024 * 1024
"""Largest ranking that is read [bytes]: ten times what 10,000 needs with 50 offers each come to."""
MOST_SCORE: Final = 1e12
"""Greatest score that is read, far above any that Punte writes; sums of them are still exact enough to compare."""


class _MatchLine(Record):
    need_id: Id
    offer_id: Id
    rank: int = Field(ge=1, le=1_000_000_000)
    score: float = Field(ge=-MOST_SCORE, le=MOST_SCORE)
    components: dict[str, float] = Field(default_factory=dict)
    reasons: list[dict[str, Any]] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedLists:
    """
    A ranking that was written.

    Parameters
    ----------
    lists
        Need to its offers with their scores, best first; or offer to its needs.
    is_reversed
        Whether needs were ranked for offers.
    """

    lists: Mapping[str, list[tuple[str, float]]]
    is_reversed: bool

    def pairs(self) -> list[tuple[str, str, float]]:
        """Return need, offer and score of each pair, in the order of the lists."""
        turn = self.is_reversed
        return [
            (other, one, score) if turn else (one, other, score)
            for one, found in self.lists.items()
            for other, score in found
        ]


def match_record(match: Match) -> dict[str, Any]:
    """Return a match as the JSON object of one line."""
    reasons = []
    for reason in match.reasons:
        record = asdict(reason)
        reasons.append({"kind": record.pop("kind"), **record})
    return {
        "need_id": match.need_id,
        "offer_id": match.offer_id,
        "rank": match.rank,
        "score": match.score,
        "components": match.components,
        "reasons": reasons,
    }


def write_ranking(path: Path, ranking: Ranking) -> None:
    """Write one JSON line a match, whole or not at all."""
    lines = (
        json.dumps(match_record(match), ensure_ascii=False, allow_nan=False)
        for match in ranking.matches
    )
    write_bytes(path, "".join(f"{line}\n" for line in lines).encode())


def read_ranking(path: Path, *, is_reversed: bool = False) -> RankedLists:
    """
    Return a ranking that was written: offers for each need, or needs for each offer.

    Which of the two it is, its ranks say: they count from 1 within each list. Only where they fit both ways it is taken
    for offers of needs.

    Parameters
    ----------
    is_reversed
        Read it as needs for offers, whatever its ranks would allow.

    Raises
    ------
    InvalidInputError
        If a line is faulty, or a rank or a pair stands twice in a list.
    """
    rows = _Rows(path)
    problems = rows.twice(is_reversed=is_reversed)
    if problems and not is_reversed:
        is_reversed = not rows.twice(is_reversed=True)
        problems = [] if is_reversed else problems
    if problems:
        raise InvalidInputError(str(path), problems)
    return RankedLists(lists=rows.lists(is_reversed=is_reversed), is_reversed=is_reversed)


class _Rows:
    """The lines of a ranking in few bytes each: a file of half a million is kept whole until it is known which way round it is."""

    def __init__(self, path: Path) -> None:
        self._places: dict[str, int] = {}
        self._needs, self._offers, self._lines = array("q"), array("q"), array("q")
        self._ranks, self._scores = array("q"), array("d")
        for number, line in each_line(path, _MatchLine, most_bytes=MOST_BYTES):
            self._needs.append(self._places.setdefault(line.need_id, len(self._places)))
            self._offers.append(self._places.setdefault(line.offer_id, len(self._places)))
            self._ranks.append(line.rank)
            self._scores.append(line.score)
            self._lines.append(number)

    def twice(self, *, is_reversed: bool) -> list[Problem]:
        """Return each rank and each pair that stands twice in a list."""
        names = list(self._places)
        word, listed = ("offer", "need") if is_reversed else ("need", "offer")
        firsts, others = self._sides(is_reversed=is_reversed)
        pairs: set[tuple[int, int]] = set()
        ranks: set[tuple[int, int]] = set()
        problems = []
        for at, (first, other) in enumerate(zip(firsts, others, strict=True)):
            rank = self._ranks[at]
            for what, shown, mark, seen in (
                (listed, repr(names[other]), other, pairs),
                ("rank", str(rank), rank, ranks),
            ):
                if (first, mark) in seen:
                    told = f"the {what} {shown} stands twice for {word} {names[first]!r}."
                    problems.append(Problem(place=f"line {self._lines[at]}", what=told))
                seen.add((first, mark))
        return problems

    def lists(self, *, is_reversed: bool) -> dict[str, list[tuple[str, float]]]:
        """Return the lists, best first."""
        names = list(self._places)
        firsts, others = self._sides(is_reversed=is_reversed)
        found: dict[str, list[tuple[str, float]]] = {names[first]: [] for first in firsts}
        for at in sorted(range(len(firsts)), key=self._ranks.__getitem__):
            found[names[firsts[at]]].append((names[others[at]], self._scores[at]))
        return found

    def _sides(self, *, is_reversed: bool) -> tuple["array[int]", "array[int]"]:
        return (self._offers, self._needs) if is_reversed else (self._needs, self._offers)


def read_judgements(path: Path) -> dict[str, dict[str, float]]:
    """
    Return need to relevant offers with their gains.

    The file has tab- or space-separated lines ``need offer gain``, or the four columns of TREC
    ``need iteration offer gain``; a first line of names is passed over.

    Raises
    ------
    InvalidInputError
        With every line that is neither, or repeats a pair.
    """
    gains: dict[str, dict[str, float]] = {}
    problems = []
    text = read_bytes(path).decode("utf-8-sig", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.split("\t") if "\t" in line else line.split()
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (number == 1 and _is_name(cells[-1])):
            continue
        if len(cells) not in (3, 4) or not _is_number(cells[-1]):
            problems.append(
                Problem(
                    place=f"line {number}",
                    what=f"expected need, offer and gain, found {line[:60]!r}.",
                )
            )
            continue
        need, offer = cells[0], cells[-2]
        if offer in gains.setdefault(need, {}):
            problems.append(Problem(place=f"line {number}", what=f"{need} {offer} stands twice."))
        gains[need][offer] = float(cells[-1])
    if problems:
        raise InvalidInputError(str(path), problems)
    return gains


def _is_number(cell: str) -> bool:
    return plain_number(cell) is not None


def _is_name(cell: str) -> bool:
    """Whether a cell is no number at all; what is none that can be used, such as ``nan``, is a fault and no header."""
    try:
        float(cell)
    except ValueError:
        return True
    return False
