"""The CPV vocabulary as a file: read once, made ready, kept in the data folder."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy import sparse

from punte.engines.matching.instance import cpv_digits
from punte.engines.matching.thesaurus import Lines, Thesaurus
from punte.formats.reading import read_bytes
from punte.formats.writing import write_bytes
from punte.kernel.errors import InvalidInputError, Problem, PunteError

READY_FORMAT: Final = "punte.matching.cpv/1"
READY_FILE: Final = "cpv.npz"
_COPIES_ENGLISH: Final = 0.9


def read_cpv(path: Path) -> tuple[Lines, str]:
    """
    Return the codes and descriptions of a table, and the hash of the file.

    The first column is ``code``; every other column is headed by a language tag. Tab-separated (``.tsv``,
    ``.tsv.gz``), comma- or semicolon-separated (``.csv``) and ``.xlsx`` are read. A language whose lines
    are the English ones in nine of ten codes is a copy and is left out.

    Raises
    ------
    InvalidInputError
        With every fault: no code column, no language, codes that are none or stand twice.
    """
    content = read_bytes(path)
    rows = list(_rows_of(path, content))
    languages = _languages_of(path, rows)
    codes: list[str] = []
    labels: list[list[str]] = [[] for _ in languages]
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        digits = cpv_digits(row[0].strip())
        if digits is None or digits in seen:
            what = "is no CPV code." if digits is None else "stands twice."
            problems.append(Problem(place=f"row {number}", what=f"{row[0]!r} {what}"))
            continue
        seen.add(digits)
        codes.append(digits)
        for column, cells in enumerate(labels, start=1):
            cells.append(row[column].strip() if column < len(row) else "")
    if not codes and not problems:
        problems.append(Problem(place="row 2", what="there is no code in the file."))
    if problems:
        raise InvalidInputError(str(path), problems)
    by_language = {
        lang: tuple(cells) for lang, cells in zip(languages, labels, strict=True) if lang
    }
    return (
        Lines(codes=tuple(codes), labels=_without_copies(by_language)),
        hashlib.sha256(content).hexdigest(),
    )


def _languages_of(path: Path, rows: list[list[str]]) -> list[str]:
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if len(header) < 2 or header[0] not in ("code", "cpv"):
        what = f"expected a column named code, then one column a language, found {header[:3]}."
        raise InvalidInputError(str(path), [Problem(place="first row", what=what)])
    return header[1:]


def _without_copies(labels: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    english = labels.get("en")
    if english is None:
        return labels
    return {
        lang: cells
        for lang, cells in labels.items()
        if lang == "en"
        or sum(a == b for a, b in zip(cells, english, strict=True)) < _COPIES_ENGLISH * len(english)
    }


def _rows_of(path: Path, content: bytes) -> Iterator[list[str]]:
    name = path.name.lower()
    if name.endswith(".xlsx"):
        yield from _rows_of_workbook(path, content)
        return
    if name.endswith(".gz"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError) as error:
            raise InvalidInputError(
                str(path), [Problem(place="", what=f"The file cannot be unpacked: {error}.")]
            ) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            str(path), [Problem(place="", what="is no UTF-8.", remedy="Save it as UTF-8.")]
        ) from error
    first = text.split("\n", 1)[0]
    mark = "\t" if "\t" in first else ";" if ";" in first else ","
    if mark == "\t":  # a description may hold a single quotation mark
        yield from (line.rstrip("\r").split("\t") for line in text.split("\n"))
    else:
        reader = csv.reader(io.StringIO(text), delimiter=mark)
        try:
            yield from reader
        except csv.Error as error:
            problem = Problem(
                place=f"line {reader.line_num}",
                what=f"This is no CSV: {error}.",
                remedy="Export it again.",
            )
            raise InvalidInputError(str(path), [problem]) from error


def _rows_of_workbook(path: Path, content: bytes) -> Iterable[list[str]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:
        raise InvalidInputError(
            str(path), [Problem(place="", what=f"is no workbook that can be read: {error}.")]
        ) from error
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(values_only=True):
        yield ["" if cell is None else str(cell) for cell in row]


def write_thesaurus(path: Path, thesaurus: Thesaurus) -> None:
    """Write a thesaurus that is made ready, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {
        "format": READY_FORMAT,
        "sha256": thesaurus.sha256,
        "codes": thesaurus.lines.codes,
        "labels": thesaurus.lines.labels,
        "shape": thesaurus.table.shape,
    }
    stream = io.BytesIO()
    np.savez(
        stream,
        head=np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8),
        idf=thesaurus.idf,
        data=thesaurus.table.data,
        indices=thesaurus.table.indices.astype(np.int32),
        starts=thesaurus.table.indptr.astype(np.int64),
        code_of_line=thesaurus.code_of_line,
    )
    write_bytes(path, stream.getvalue())


def read_thesaurus(path: Path) -> Thesaurus | None:
    """
    Return the thesaurus that was imported; ``None`` when there is none.

    Raises
    ------
    PunteError
        If the file is there but cannot be read.
    """
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as kept:
            head = json.loads(kept["head"].tobytes().decode())
            found = head["format"]
            thesaurus = _thesaurus_of(head, kept) if found == READY_FORMAT else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        found, thesaurus = f"{type(error).__name__}: {error}", None
    if thesaurus is None:
        raise PunteError(
            f"The imported CPV vocabulary {path} cannot be read ({found}). Import it again with "
            "punte data import cpv FILE."
        )
    return thesaurus


def _thesaurus_of(head: dict[str, Any], kept: Mapping[str, Any]) -> Thesaurus:
    return Thesaurus(
        lines=Lines(
            codes=tuple(head["codes"]),
            labels={lang: tuple(cells) for lang, cells in head["labels"].items()},
        ),
        idf=kept["idf"],
        table=sparse.csr_matrix(
            (kept["data"], kept["indices"], kept["starts"]), shape=tuple(head["shape"])
        ),
        code_of_line=kept["code_of_line"],
        sha256=head["sha256"],
    )
