"""A plan as a table: one activity a row, predecessors as people write them (``A; B SS+2; C FF-1``)."""

import csv
import io
import re
from typing import Final

from punte.engines.roadmap.instance import Activity, Length, Link, LinkType, Plan, Resource
from punte.engines.roadmap.soundness import checked
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
    r"(?P<id>.+?)(?:\s+(?P<type>FS|SS|FF|SF)|(?<=\d)(?P<near>FS|SS|FF|SF))?\s*(?P<lag>[+-]\s*\d+)?d?"
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
    rows, first_row = _read_rows(content, source)
    problems: list[Problem] = []
    known = {row.get("id", "").strip() for row in rows}
    activities, links = [], []
    for number, row in enumerate(rows, start=first_row):
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


def _read_rows(content: bytes, source: str) -> tuple[list[dict[str, str]], int]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(
            place="", what=f"Byte {error.start:,} is no UTF-8.", remedy="Save the file as UTF-8."
        )
        raise InvalidInputError(source, [problem]) from error
    head = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text.lstrip()), delimiter=delimiter)
    titles = [(title or "").strip().lower() for title in reader.fieldnames or ()]
    problems = [
        Problem(place="row 1", what=f"there is no column {title!r}.", remedy="Add it.")
        for title in ("id", "duration")
        if title not in titles
    ]
    problems += [
        Problem(
            place="row 1",
            what=f"the column {title!r} is not known.",
            remedy=f"Known are {', '.join(COLUMNS)}.",
        )
        for title in titles
        if title not in COLUMNS
    ]
    if problems:
        raise InvalidInputError(source, problems)
    reader.fieldnames = titles
    rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    return [row for row in rows if any(value.strip() for value in row.values())], 2


def _number(row: dict[str, str], column: str, number: int, problems: list[Problem]) -> float | None:
    text = row.get(column, "").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        place = f"row {number}, column {column}"
        problems.append(
            Problem(place=place, what=f"{text!r} is no number.", remedy="Write 12 or 7.5.")
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
        if resource and not (amount.strip() or "1").isdecimal():
            place = f"row {number}, column resources"
            problems.append(Problem(place=place, what=f"{word!r} is no name:amount."))
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
            Problem(place=place, what=f"{word!r} is no link.", remedy="Write B, B SS or B FS+2.")
        )
        return []
    kinds: dict[str, LinkType] = {"FS": "FS", "SS": "SS", "FF": "FF", "SF": "SF"}
    kind = kinds[found["type"] or found["near"] or "FS"]
    lag = int((found["lag"] or "0").replace(" ", ""))
    return [Link(first=found["id"].strip(), second=second, type=kind, lag=lag)]
