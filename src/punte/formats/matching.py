"""Needs, offers and weights as files."""

import hashlib
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from punte.engines.matching.instance import Item, Question, cpv_digits
from punte.engines.matching.lexical import Bm25
from punte.engines.matching.weights import Enough, Floors, Fusion, Gate, Weights
from punte.formats.json_lines import read_lines
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.kernel.errors import InvalidInputError, Problem

WEIGHTS_FORMAT: Final = "punte.matching.weights/1"
WEIGHTS_FILE: Final = "data/matching_weights.json"


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
Weight = Annotated[float, Field(ge=0, le=1e6)]
"""Far above any that ranks better, far below what single precision can hold."""


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


class _FusionRecord(Record):
    words: Weight
    grams: Weight
    meaning: Weight
    thesaurus: Weight
    codes: Weight
    hub: Weight


class _FloorsRecord(Record):
    words: Weight
    grams: Weight
    meaning: Weight
    thesaurus: Weight


class _GateRecord(Record):
    closed_below: float = Field(ge=0, le=1)
    open_above: float = Field(ge=0, le=1)
    power: float = Field(ge=1, le=100)
    kept: int = Field(ge=1, le=100_000)


class _EnoughRecord(Record):
    words: float = Field(ge=0, le=1)
    grams: float = Field(ge=0, le=1)
    meaning: float = Field(ge=0, le=1)
    codes: float = Field(ge=0, le=1)


class _Bm25Record(Record):
    k1: float = Field(ge=1e-6, le=1e6)
    b: float = Field(ge=0, le=1)
    k3: float = Field(ge=1e-6, le=1e6)


class _GramsRecord(Record):
    shortest: int = Field(ge=1, le=8)
    longest: int = Field(ge=1, le=8)
    most_common: float = Field(ge=1e-6, le=1)


class _WeightsRecord(Record):
    format: str
    fusion: _FusionRecord
    floors: _FloorsRecord
    gate: _GateRecord
    enough: _EnoughRecord | None = None
    bm25: _Bm25Record
    grams: _GramsRecord
    hub_neighbours: int = Field(ge=1, le=1_000_000)


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
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
