"""A plan as a table: one activity a row, predecessors as people write them (``A; B SS+2; C FF-1``)."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import dropwhile
from typing import Final

from punte.engines.roadmap.instance import Activity, Length, Link, LinkType, Plan, Resource
from punte.engines.roadmap.soundness import checked
from punte.formats.reading import plain_number
from punte.kernel.errors import InvalidInputError, Problem

COLUMNS: Final = (
    "id",
    "name",
    "duration",
    "low",
    "high",
    "predecessors",
    "stage",
    "cost",
    "resources",
)
"""Columns that are read; ``id`` and ``duration`` are needed."""

LINK: Final = re.compile(
    r"(?P<id>.+?)(?:\s+(?P<type>FS|SS|FF|SF)|(?<=\d)(?P<near>FS|SS|FF|SF))?\s*(?P<lag>[+-]\s*[0-9]{1,9})?d?"
)
"""An id, then perhaps a link type, then perhaps a lag."""


def parse_csv(content: bytes, *, source: str) -> Plan:
    """
    Return the plan of a table; comma, semicolon or tab between columns, a header row first.

    A resource's capacity is the greatest demand for it: a table says who holds it, not how much there is.

    Raises
    ------
    InvalidInputError
        With every fault, each with its row and column.
    """
    rows = _read_rows(content, source)
    problems: list[Problem] = []
    known = {row.get("id", "").strip() for _, row in rows}
    activities, links = [], []
    for number, row in rows:
        name = row.get("id", "").strip()
        if not name:
            problems.append(Problem(place=f"row {number}, column id", what="is empty."))
            continue
        activities.append(_read_activity(row, name, number, problems))
        for word in re.split(r"[;,]", row.get("predecessors", "")):
            if word.strip():
                links += _read_link(word.strip(), name, number, known, problems)
    if problems:
        raise InvalidInputError(source, problems)
    most: dict[str, int] = {}
    for activity in activities:
        for resource, amount in activity.demands:
            most[resource] = max(most.get(resource, 0), amount)
    plan = Plan(
        name=source.rsplit("/", 1)[-1],
        activities=tuple(activities),
        links=tuple(links),
        resources=tuple(Resource(id=name, capacity=amount) for name, amount in most.items()),
    )
    return checked(plan, source=source)


def _read_rows(content: bytes, source: str) -> list[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(
            place="", what=f"Byte {error.start:,} is no UTF-8.", remedy="Save the file as UTF-8."
        )
        raise InvalidInputError(source, [problem]) from error
    lines = _read_lines(text, source)
    titles = [title.strip().lower() for title in lines[0][1]] if lines else []
    problems = list(_title_problems(titles))
    for number, cells in lines[1:]:
        extra = [cell for cell in cells[len(titles) :] if cell.strip()]
        if extra:
            problems.append(
                Problem(
                    place=f"row {number}",
                    what=f"has more cells than the header has columns: {extra[0][:60]!r}.",
                    remedy="Put quotes around text that holds the delimiter.",
                )
            )
    if problems:
        raise InvalidInputError(source, problems)
    rows = [(number, dict(zip(titles, cells, strict=False))) for number, cells in lines[1:]]
    return [(number, row) for number, row in rows if any(cell.strip() for cell in row.values())]


def _read_lines(text: str, source: str) -> list[tuple[int, list[str]]]:
    """Return the lines of a table, numbered as a spreadsheet shows them."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    try:
        lines = list(enumerate(reader, start=1))
    except csv.Error as error:
        raise InvalidInputError(source, [_no_csv(reader.line_num, str(error))]) from error
    return list(dropwhile(lambda line: not any(cell.strip() for cell in line[1]), lines))


def _no_csv(line: int, told: str) -> Problem:
    if "expected after" in told:
        return Problem(
            place=f"line {line}",
            what="something stands between the quote that ends a cell and the next cell.",
            remedy="Take it out, also where it is a blank; a quote inside a text is written twice.",
        )
    return Problem(
        place=f"line {line}",
        what=f"This is no CSV: {told}.",
        remedy="Shorten the cell, close its quotes, or export the table again.",
    )


def _title_problems(titles: list[str]) -> Iterator[Problem]:
    for title in ("id", "duration"):
        if title not in titles:
            yield Problem(place="row 1", what=f"there is no column {title!r}.", remedy="Add it.")
    for title, count in Counter(titles).items():
        if title not in COLUMNS:
            yield Problem(
                place="row 1",
                what=f"the column {title[:60]!r} is not known.",
                remedy=f"Known are {', '.join(COLUMNS)}.",
            )
        elif count > 1:
            yield Problem(
                place="row 1",
                what=f"the column {title!r} stands {count} times.",
                remedy="Name each once.",
            )


def _number(row: dict[str, str], column: str, number: int, problems: list[Problem]) -> float | None:
    text = row.get(column, "").strip()
    if not text:
        return None
    found = plain_number(text)
    if found is not None:
        return found
    problems.append(
        Problem(
            place=f"row {number}, column {column}",
            what=f"{text[:60]!r} is no number.",
            remedy="Write 12 or 7.5.",
        )
    )
    return None


def _read_activity(
    row: dict[str, str], name: str, number: int, problems: list[Problem]
) -> Activity:
    duration = _number(row, "duration", number, problems)
    if duration is None and not row.get("duration", "").strip():
        problems.append(Problem(place=f"row {number}, column duration", what="is empty."))
    cost = _number(row, "cost", number, problems)
    low, high = _number(row, "low", number, problems), _number(row, "high", number, problems)
    demands: dict[str, int] = {}
    for word in re.split(r"[;,]", row.get("resources", "")):
        resource, _, amount = word.strip().partition(":")
        if resource and not re.fullmatch(r"[0-9]{1,18}", amount.strip() or "1"):
            place = f"row {number}, column resources"
            problems.append(Problem(place=place, what=f"{word[:60]!r} is no name:amount."))
        elif resource:
            demands[resource.strip()] = int(amount or 1)
    return Activity(
        id=name,
        name=row.get("name", "").strip(),
        duration=Length(likely=duration or 0.0, low=low, high=high),
        stage=row.get("stage", "").strip() or None,
        demands=tuple(demands.items()),
        cost=round(cost or 0),
    )


def _read_link(
    word: str, second: str, number: int, known: set[str], problems: list[Problem]
) -> list[Link]:
    if word in known:
        return [Link(first=word, second=second)]
    found = LINK.fullmatch(word)
    if found is None:
        place = f"row {number}, column predecessors"
        problems.append(
            Problem(
                place=place, what=f"{word[:60]!r} is no link.", remedy="Write B, B SS or B FS+2."
            )
        )
        return []
    kinds: dict[str, LinkType] = {"FS": "FS", "SS": "SS", "FF": "FF", "SF": "SF"}
    kind = kinds[found["type"] or found["near"] or "FS"]
    lag = int((found["lag"] or "0").replace(" ", ""))
    return [Link(first=found["id"].strip(), second=second, type=kind, lag=lag)]
