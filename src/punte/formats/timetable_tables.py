"""A timetable's question from spreadsheet tables: requests, and, where given, participants, slots and places."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Final, TypeVar

from punte.engines.timetable.instance import (
    Instance,
    Lock,
    Participant,
    Place,
    Request,
    Slot,
    checked,
)
from punte.formats.table_cells import Row, Table, read_tables
from punte.kernel.errors import InvalidInputError, Problem

KINDS: Final = ("requests", "participants", "slots", "places")
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "requests": (
        *("id", "from", "to", "between", "weight", "must"),
        *("slots", "places", "locked_slot", "locked_place"),
    ),
    "participants": ("id", "unavailable", "max_meetings", "min_meetings", "parallel", "seat"),
    "slots": ("id", "day", "start", "end", "session"),
    "places": ("id", "capacity", "closed"),
}
"""Columns of each table; others are left aside and named."""
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "requests": ("from", "to"),
    "participants": ("id",),
    "slots": ("day", "start", "end"),
    "places": ("id",),
}
_YES: Final = {"yes", "y", "true", "1", "x", "da"}
_NO: Final = {"no", "n", "false", "0", "nu", ""}
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """
    What stands in for tables that are not given.

    Parameters
    ----------
    days
        Dates of the venue; needed without a table of slots.
    first, last
        When the first slot begins and the last ends.
    slot_min
        Length of a slot [min], >= 1.
    offset
        UTC offset of the venue, also for times of a slots table that have none.
    tables
        Number of tables, named T1, T2, ...; needed without a table of places.
    """

    days: tuple[date, ...] = ()
    first: time = time(9)
    last: time = time(17)
    slot_min: int = 20
    offset: timedelta = timedelta(hours=2)
    tables: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A question read from tables, and the columns that mean nothing here, as ``table: column``."""

    instance: Instance
    ignored: tuple[str, ...]


def import_tables(path: Path, defaults: Defaults) -> Imported:
    """
    Return the question that a CSV file, an XLSX workbook or a folder of them holds.

    Tables are told apart by their names (``requests``, ``participants``, ``slots``, ``places``); a single table of any name
    holds requests. Lists inside a cell are separated by ``|``, ``,`` or ``;``.

    Raises
    ------
    InvalidInputError
        With every fault, each with its table, row and column.
    """
    tables = _by_kind(read_tables(path), str(path))
    reader = _Reader(path=str(path), offset=defaults.offset)
    requests = reader.entries("requests", tables["requests"], _request)
    participants = _participants(tables, reader, requests)
    slots = (
        reader.entries("slots", tables["slots"], _slot)
        if "slots" in tables
        else _default_slots(defaults, reader)
    )
    places = (
        reader.entries("places", tables["places"], _place)
        if "places" in tables
        else _tables(defaults, reader)
    )
    if reader.problems:
        raise InvalidInputError(str(path), reader.problems)
    instance = Instance(
        name=path.stem,
        slots=tuple(slots),
        places=tuple(places),
        participants=tuple(participants),
        requests=tuple(requests),
    )
    try:
        checked(instance, source=str(path))
    except InvalidInputError as error:
        raise InvalidInputError(str(path), map(reader.with_row, error.problems)) from None
    ignored = tuple(
        f"{kind}: {column}"
        for kind, table in tables.items()
        for column in table.columns
        if column not in COLUMNS[kind]
    )
    return Imported(instance=instance, ignored=ignored)


def _by_kind(tables: list[Table], source: str) -> dict[str, Table]:
    if len(tables) == 1:
        return {"requests": tables[0]}
    found: dict[str, Table] = {}
    problems = []
    for table in tables:
        if table.name not in KINDS or table.name in found:
            problems.append(
                Problem(
                    place=table.source,
                    what=f"{table.name!r} is no table of a forum, or stands twice.",
                    remedy=f"Name tables {', '.join(KINDS)}; remove the others.",
                )
            )
        found[table.name] = table
    if "requests" not in found:
        problems.append(
            Problem(place="requests", what="there is no such table.", remedy="Add requests.csv.")
        )
    if problems:
        raise InvalidInputError(source, problems)
    return found


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Collects entries, the rows they stand in, and faults."""

    path: str
    offset: timedelta
    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)

    def entries(
        self, kind: str, table: Table, convert: Callable[["_Cells", int], Entry | None]
    ) -> list[Entry]:
        found: list[Entry] = []
        lacking = [column for column in _NEEDED[kind] if column not in table.columns]
        if lacking and not (kind == "requests" and "between" in table.columns):
            self.problems.append(
                Problem(
                    place=table.source,
                    what=f"has no column {' and no column '.join(lacking)}.",
                    remedy=f"Name the columns {', '.join(COLUMNS[kind])}.",
                )
            )
            return found
        for number, row in enumerate(table.rows, start=1):
            entry = convert(_Cells(self, table, row), number)
            if entry is not None:
                found.append(entry)
                self.rows.setdefault(kind, []).append(f"{table.source}, row {row.number}")
        if not table.rows:
            self.problems.append(
                Problem(place=table.source, what="has a header and no row.", remedy="Fill it.")
            )
        return found

    def with_row(self, problem: Problem) -> Problem:
        """Return a fault of the question with the row it comes from."""
        found = re.match(r"(\w+)\[(\d+)\]\.?(.*)", problem.place)
        rows = self.rows.get(found[1], []) if found else []
        if found is None or int(found[2]) >= len(rows):
            return problem
        where = rows[int(found[2])]
        place = f"{where}, column {found[3]}" if found[3] else where
        return Problem(place=place, what=problem.what, remedy=problem.remedy)


class _Cells:
    """The cells of one row, read as what they should be."""

    def __init__(self, reader: _Reader, table: Table, row: Row) -> None:
        self.reader = reader
        self.table = table
        self.row = row

    def complain(self, column: str, what: str, remedy: str = "") -> None:
        place = f"{self.table.source}, row {self.row.number}, column {column}"
        self.reader.problems.append(Problem(place=place, what=what, remedy=remedy))

    def text(self, column: str) -> str | None:
        return self.row.cells.get(column)

    def required(self, column: str) -> str:
        found = self.text(column)
        if found is None:
            self.complain(column, "is empty.", "Fill it.")
        return found or ""

    def items(self, column: str) -> tuple[str, ...]:
        parts = re.split(r"[|,;]", self.text(column) or "")
        return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def whole(self, column: str, default: int) -> int:
        found = self.text(column)
        if found is None:
            return default
        try:
            return int(found)
        except ValueError:
            self.complain(column, f"{found!r} is no whole number.", "Write digits only.")
            return default

    def yes(self, column: str) -> bool:
        found = (self.text(column) or "").lower()
        if found not in _YES | _NO:
            self.complain(column, f"{found!r} is neither yes nor no.", "Write yes or no.")
        return found in _YES

    def moment(self, column: str, day: str) -> datetime | None:
        found = self.required(column)
        if not found:
            return None
        text = found if "T" in found or "-" in found else f"{day}T{found.zfill(5)}"
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.complain(
                column, f"{found!r} is no time.", "Write 10:00 or 2025-11-05T10:00+02:00."
            )
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone(self.reader.offset))


def _request(cells: _Cells, number: int) -> Request | None:
    between = cells.items("between")
    if not between:
        between = tuple(name for name in (cells.required("from"), cells.required("to")) if name)
    if cells.text("between") is None and len(between) < 2:
        return None
    locked = cells.text("locked_slot")
    if locked is None and cells.text("locked_place") is not None:
        cells.complain("locked_slot", "is empty, yet a place is locked.", "Fill it, or use places.")
    return Request(
        id=cells.text("id") or f"R{number}",
        between=between,
        weight=cells.whole("weight", 1),
        must=cells.yes("must"),
        slots=cells.items("slots") or None,
        places=cells.items("places") or None,
        locked=None if locked is None else Lock(slot=locked, place=cells.text("locked_place")),
    )


def _participant(cells: _Cells, number: int) -> Participant | None:
    del number
    name = cells.required("id")
    if not name:
        return None
    most = cells.whole("max_meetings", -1)
    return Participant(
        id=name,
        unavailable=cells.items("unavailable"),
        max_meetings=None if cells.text("max_meetings") is None else most,
        min_meetings=cells.whole("min_meetings", 0),
        parallel=cells.whole("parallel", 1),
        seat=cells.text("seat"),
    )


def _place(cells: _Cells, number: int) -> Place | None:
    del number
    name = cells.required("id")
    if not name:
        return None
    return Place(id=name, capacity=cells.whole("capacity", 1), closed=cells.items("closed"))


def _slot(cells: _Cells, number: int) -> Slot | None:
    day = cells.required("day")
    try:
        date.fromisoformat(day)
    except ValueError:
        if day:
            cells.complain("day", f"{day!r} is no date.", "Write 2025-11-05.")
        return None
    start, end = cells.moment("start", day), cells.moment("end", day)
    if start is None or end is None:
        return None
    return Slot(
        id=cells.text("id") or f"s{number}",
        day=day,
        start=start,
        end=end,
        session=cells.text("session"),
    )


def _participants(
    tables: dict[str, Table], reader: _Reader, requests: list[Request]
) -> list[Participant]:
    if "participants" in tables:
        return reader.entries("participants", tables["participants"], _participant)
    names = dict.fromkeys(name for request in requests for name in request.between)
    return [Participant(id=name) for name in names]


def _default_slots(defaults: Defaults, reader: _Reader) -> list[Slot]:
    if not defaults.days:
        reader.problems.append(
            Problem(
                place="slots",
                what="there is no table of slots and no day was named.",
                remedy="Add slots.csv, or name days with --day 2025-11-05.",
            )
        )
    venue = timezone(defaults.offset)
    slots = []
    for number, day in enumerate(defaults.days, start=1):
        start = datetime.combine(day, defaults.first, venue)
        closing = datetime.combine(day, defaults.last, venue)
        length = timedelta(minutes=defaults.slot_min)
        while start + length <= closing:
            name = f"d{number}-{start:%H%M}"
            slots.append(Slot(id=name, day=day.isoformat(), start=start, end=start + length))
            start += length
    return slots


def _tables(defaults: Defaults, reader: _Reader) -> list[Place]:
    if defaults.tables is None:
        reader.problems.append(
            Problem(
                place="places",
                what="there is no table of places and no number of tables was given.",
                remedy="Add places.csv, or say how many with --tables 40.",
            )
        )
        return []
    return [Place(id=f"T{number + 1}") for number in range(defaults.tables)]
