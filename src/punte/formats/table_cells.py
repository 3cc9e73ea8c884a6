"""Spreadsheet tables as rows of text: CSV in whatever encoding a spreadsheet writes, XLSX without formulas."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from punte.formats.reading import read_bytes
from punte.formats.spreadsheets import unguarded
from punte.kernel.errors import InvalidInputError, Problem

_MOST_UNPACKED: Final = 512 * 1024 * 1024
"""Largest workbook once unpacked [bytes]."""
_DELIMITERS: Final = (";", ",", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One line of a table.

    Parameters
    ----------
    number
        As the spreadsheet shows it, the header being 1 as a rule.
    cells
        Column name to its trimmed text; empty cells are left out.
    """

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A table with a header.

    Parameters
    ----------
    source
        File, and sheet if there are several, for messages.
    name
        File name without ending, or sheet name, in small letters.
    columns
        In their order, in small letters, spaces as underscores.
    """

    source: str
    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_tables(path: Path) -> list[Table]:
    """
    Return the tables of a CSV file, of the sheets of an XLSX workbook, or of all such files of a folder.

    Raises
    ------
    InvalidInputError
        If a file is missing, no table, has no header, names a column twice or holds formulas.
    """
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in (".csv", ".xlsx"))
        if not found:
            raise _refused(str(path), "", "The folder has no .csv and no .xlsx file.", "")
        return [table for file in found for table in read_tables(file)]
    return read_table_bytes(read_bytes(path), str(path))


def read_table_bytes(content: bytes, source: str) -> list[Table]:
    """
    Return the tables of an uploaded file: the sheets of a workbook, or the one table of a CSV file.

    Parameters
    ----------
    source
        The file's name, for messages; its ending decides how it is read.

    Raises
    ------
    InvalidInputError
        If it is no table, has no header, names a column twice or holds formulas.
    """
    path = Path(source)
    if path.suffix.lower() == ".xlsx":
        return _read_workbook(content, source)
    return [_read_csv(content, source, path.stem)]


def _refused(source: str, place: str, what: str, remedy: str) -> InvalidInputError:
    return InvalidInputError(source, [Problem(place=place, what=what, remedy=remedy)])


def _decode(content: bytes, source: str) -> str:
    """Return the text of a CSV file: UTF-8, UTF-16 with its mark, or else Windows-1250 as Central European offices write it."""
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if is_utf16 else ["utf-8-sig", "cp1250"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _refused(
        source,
        "",
        "This is no text in UTF-8 or Windows-1250.",
        "Export it again as CSV UTF-8 from the spreadsheet.",
    )


def _read_csv(content: bytes, source: str, name: str) -> Table:
    text = _decode(content, source)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=lambda mark: (first.count(mark), mark == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            lines.append((reader.line_num, cells))  # noqa: PERF401 - line_num changes while reading
    except csv.Error as error:
        raise _refused(
            source, f"line {reader.line_num}", f"This is no CSV: {error}.", "Export it again."
        ) from error
    return _as_table(source, name, lines)


def _open_workbook(content: bytes, source: str) -> Any:  # noqa: ANN401 - openpyxl's own type
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(info.file_size for info in packed.infolist())
        if size <= _MOST_UNPACKED:
            return load_workbook(io.BytesIO(content), data_only=False)
    except Exception as error:  # a broken workbook fails in openpyxl in many ways
        raise _refused(
            source, "", "This is no XLSX workbook.", "Save it as .xlsx or .csv and try again."
        ) from error
    raise _refused(
        source, "", f"Unpacked it has {size:,} bytes.", "Check that it is the file you meant."
    )


def _read_workbook(content: bytes, source: str) -> list[Table]:
    tables = []
    formulas: list[Problem] = []
    for sheet in _open_workbook(content, source).worksheets:
        rows = list(sheet.iter_rows())
        formulas.extend(
            Problem(
                place=f"{sheet.title}!{cell.coordinate}",
                what=f"holds the formula {str(cell.value)[:40]!r}.",
                remedy="Copy the cells and paste them as values.",
            )
            for row in rows
            for cell in row
            if cell.data_type == "f"
        )
        lines = [
            (number, [_as_text(cell.value) for cell in row])
            for number, row in enumerate(rows, start=1)
        ]
        if any(any(cells) for _, cells in lines):
            tables.append((f"{source}, sheet {sheet.title}", sheet.title, lines))
    if formulas:
        raise InvalidInputError(source, formulas)
    if not tables:
        raise _refused(source, "", "Every sheet is empty.", "Give a sheet of requests.")
    return [_as_table(*table) for table in tables]


def _as_text(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        is_day = value.time() == time(0)
        return value.date().isoformat() if is_day else value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return str(value)


def _as_table(source: str, name: str, lines: list[tuple[int, list[str]]]) -> Table:
    full = [(number, [unguarded(cell.strip()) for cell in cells]) for number, cells in lines]
    full = [(number, cells) for number, cells in full if any(cells)]
    if not full:
        raise _refused(source, "", "The table is empty.", "Give a header and a row for each entry.")
    number, header = full[0]
    columns = [re.sub(r"[\s-]+", "_", cell.lower()) for cell in header]
    named = [column for column in columns if column]
    twice = sorted({column for column in named if named.count(column) > 1})
    if twice:
        raise _refused(
            source, f"row {number}", f"The column {twice[0]!r} stands twice.", "Name each once."
        )
    problems = []
    rows = []
    for number, cells in full[1:]:
        extra = [cell for cell in cells[len(columns) :] if cell]
        if extra:
            problems.append(
                Problem(
                    place=f"row {number}",
                    what=f"has more cells than the header has columns: {extra[0]!r}.",
                    remedy="Put quotes around text that holds the delimiter.",
                )
            )
        pairs = zip(columns, cells, strict=False)
        rows.append(Row(number=number, cells={c: text for c, text in pairs if c and text}))
    if problems:
        raise InvalidInputError(source, problems)
    return Table(source=source, name=name.strip().lower(), columns=tuple(named), rows=tuple(rows))
