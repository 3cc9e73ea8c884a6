"""Needs, offers, rankings and judgements as files."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, Field

from punte.engines.matching.instance import Item, Question, cpv_digits
from punte.engines.matching.lexical import Bm25
from punte.engines.matching.result import Match, Ranking
from punte.engines.matching.weights import Enough, Floors, Fusion, Gate, Weights
from punte.formats.reading import Record, Schema, check_format, parse_json, read_bytes, validate
from punte.formats.writing import write_bytes
from punte.kernel.errors import InvalidInputError, Problem

WEIGHTS_FORMAT: Final = "punte.matching.weights/1"
WEIGHTS_FILE: Final = "data/matching_weights.json"

Found = TypeVar("Found")


def _cpv(code: str) -> str:
    digits = cpv_digits(code)
    if digits is None:
        raise ValueError("a CPV code has eight digits, with or without -check digit")
    return digits


def _sound_id(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("an id has no control characters and no space at its ends")
    return text


def _sound_code(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a code has no control characters and nothing that is no character")
    return text


Id = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_sound_id)]
Cpv = Annotated[str, AfterValidator(_cpv)]


class _Codes(Record):
    cpv: list[Cpv] = Field(default_factory=list)
    capability: list[
        Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_sound_code)]
    ] = Field(default_factory=list)


class _ItemLine(Record):
    id: Id
    lang: str | None = None
    title: str | None = None
    text: str | None = None
    codes: _Codes | None = None
    org: dict[str, Any] | None = None


class _MatchLine(Record):
    need_id: Id
    offer_id: Id
    rank: int = Field(ge=1)
    score: float
    components: dict[str, float] = Field(default_factory=dict)
    reasons: list[dict[str, Any]] = Field(default_factory=list)


class _FusionRecord(Record):
    words: float = Field(ge=0)
    grams: float = Field(ge=0)
    meaning: float = Field(ge=0)
    thesaurus: float = Field(ge=0)
    codes: float = Field(ge=0)
    hub: float = Field(ge=0)


class _FloorsRecord(Record):
    words: float = Field(ge=0)
    grams: float = Field(ge=0)
    meaning: float = Field(ge=0)
    thesaurus: float = Field(ge=0)


class _GateRecord(Record):
    closed_below: float = Field(ge=0, le=1)
    open_above: float = Field(ge=0, le=1)
    power: float = Field(ge=1)
    kept: int = Field(ge=1)


class _EnoughRecord(Record):
    words: float = Field(ge=0, le=1)
    grams: float = Field(ge=0, le=1)
    meaning: float = Field(ge=0, le=1)
    codes: float = Field(ge=0, le=1)


class _Bm25Record(Record):
    k1: float = Field(gt=0)
    b: float = Field(ge=0, le=1)
    k3: float = Field(gt=0)


class _GramsRecord(Record):
    shortest: int = Field(ge=1, le=8)
    longest: int = Field(ge=1, le=8)
    most_common: float = Field(gt=0, le=1)


class _WeightsRecord(Record):
    format: str
    fusion: _FusionRecord
    floors: _FloorsRecord
    gate: _GateRecord
    enough: _EnoughRecord | None = None
    bm25: _Bm25Record
    grams: _GramsRecord
    hub_neighbours: int = Field(ge=1)


def read_lines(path: Path, schema: type[Schema]) -> list[tuple[int, Schema]]:
    """
    Return the records of a JSON lines file with their line numbers; empty lines are passed over.

    Raises
    ------
    InvalidInputError
        With every fault of every line.
    """
    records: list[tuple[int, Schema]] = []
    problems: list[Problem] = []
    lines = read_bytes(path).removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = parse_json(line, source=str(path), odd_texts=True)
            records.append((number, validate(record, schema, source=str(path))))
        except InvalidInputError as error:
            problems.extend(_at_line(number, problem) for problem in error.problems)
    if problems:
        raise InvalidInputError(str(path), problems)
    return records


def _at_line(number: int, problem: Problem) -> Problem:
    inner = problem.place.removeprefix("line 1, ")
    place = f"line {number}, {inner}" if inner else f"line {number}"
    return Problem(place=place, what=problem.what, remedy=problem.remedy)


def read_items(path: Path) -> tuple[Item, ...]:
    """
    Return the needs or offers of a JSON lines file.

    Raises
    ------
    InvalidInputError
        With every fault: no JSON, unknown keys, wrong types, codes that are none, ids that stand twice.
    """
    items: list[Item] = []
    line_of: dict[str, int] = {}
    problems = []
    for number, line in read_lines(path, _ItemLine):
        if line.id in line_of:
            problems.append(
                Problem(
                    place=f"line {number}, id",
                    what=f"{line.id!r} stands already in line {line_of[line.id]}.",
                    remedy="Give each an id of its own.",
                )
            )
            continue
        line_of[line.id] = number
        codes = line.codes or _Codes()
        organisation = (line.org or {}).get("id")
        items.append(
            Item(
                id=line.id,
                lang=line.lang or "",
                title=line.title or "",
                text=line.text or "",
                cpv=tuple(dict.fromkeys(codes.cpv)),
                capability=tuple(dict.fromkeys(codes.capability)),
                org_id=organisation if isinstance(organisation, str) else "",
            )
        )
    if problems:
        raise InvalidInputError(str(path), problems)
    return tuple(items)


def read_question(needs: Path, offers: Path) -> Question:
    """
    Return the question of two JSON lines files.

    Raises
    ------
    InvalidInputError
        With every fault of the first file that has one.
    """
    return Question(needs=read_items(needs), offers=read_items(offers))


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


def read_lists(path: Path) -> dict[str, list[str]]:
    """
    Return need to offers, best first, of a ranking that was written.

    Raises
    ------
    InvalidInputError
        If a line is faulty, or a need has one rank or one offer twice.
    """
    return {need: [m.offer_id for m in found] for need, found in _ranked(path).items()}


def read_scores(path: Path) -> dict[str, list[tuple[str, float]]]:
    """
    Return need to offers with their scores, best first, of a ranking that was written.

    Raises
    ------
    InvalidInputError
        As ``read_lists``.
    """
    return {need: [(m.offer_id, m.score) for m in found] for need, found in _ranked(path).items()}


def _ranked(path: Path) -> dict[str, list[_MatchLine]]:
    lists: dict[str, list[_MatchLine]] = {}
    seen: set[tuple[str, str | int]] = set()
    problems = []
    for number, line in read_lines(path, _MatchLine):
        for what, mark in (("offer", line.offer_id), ("rank", line.rank)):
            if (line.need_id, mark) in seen:
                problems.append(
                    Problem(
                        place=f"line {number}",
                        what=f"the {what} {mark!r} stands twice for need {line.need_id!r}.",
                    )
                )
            seen.add((line.need_id, mark))
        lists.setdefault(line.need_id, []).append(line)
    if problems:
        raise InvalidInputError(str(path), problems)
    for found in lists.values():
        found.sort(key=lambda line: line.rank)
    return lists


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
        if not any(cells) or (number == 1 and not _is_number(cells[-1])):
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
    try:
        return abs(float(cell)) < float("inf")
    except ValueError:
        return False


def read_weights(path: Path | None = None) -> Weights:
    """
    Return the weights of a file; those that come with Punte when ``None``.

    Raises
    ------
    InvalidInputError
        With every fault.
    """
    ours = resources.files("punte.formats").joinpath(WEIGHTS_FILE)
    content = ours.read_bytes() if path is None else read_bytes(path)
    source = str(path or WEIGHTS_FILE)
    record = parse_json(content, source=source)
    check_format(record, WEIGHTS_FORMAT, source=source)
    found = validate(record, _WeightsRecord, source=source)
    return Weights(
        fusion=Fusion(**found.fusion.model_dump()),
        floors=Floors(**found.floors.model_dump()),
        gate=Gate(**found.gate.model_dump()),
        enough=Enough(**found.enough.model_dump()) if found.enough else Enough(),
        bm25=Bm25(**found.bm25.model_dump()),
        shortest_gram=found.grams.shortest,
        longest_gram=max(found.grams.longest, found.grams.shortest),
        most_common_gram=found.grams.most_common,
        hub_neighbours=found.hub_neighbours,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def content_sha256(paths: Iterable[Path]) -> str:
    """Return one hash of several files, in order."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
