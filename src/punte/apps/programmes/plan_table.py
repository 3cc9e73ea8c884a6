"""The table of a plan: a page of its activities as rows, and what was typed into them back to a plan."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.numbers import UnreadableNumberError, read_number, write_number
from punte.apps.programmes import bridge
from punte.apps.programmes.plan_links import (
    Link,
    LinkReader,
    UnreadableLinkError,
    cell_of,
    in_order,
    words_by_activity,
)
from punte.kernel.errors import InvalidInputError, Problem

BLANK_ROWS: Final = 4
PAGE_ROWS: Final = 100
"""So many activities stand on one page of the table: a form of all would be more than a browser or a server takes."""

LENGTH_FIELDS: Final = ("likely", "low", "high")
PROGRESS_FIELDS: Final = ("begun", "ended", "done")
LABELS: Final = {
    "id": gettext_lazy("Id"),
    "name": gettext_lazy("Activity"),
    "stage": gettext_lazy("Stage"),
    "likely": gettext_lazy("Likely"),
    "low": gettext_lazy("Least"),
    "high": gettext_lazy("Greatest"),
    "waits": gettext_lazy("Waits for"),
    "begun": gettext_lazy("Began"),
    "ended": gettext_lazy("Ended"),
    "done": gettext_lazy("Done, %"),
}
ROW_FIELDS: Final = tuple(LABELS)
WAS: Final = "was"
"""Hidden beside the cells of a row: the id that its activity had when the page was read, empty for a new one."""
Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """
    What has to be mended, and where it stands.

    Parameters
    ----------
    activity
        Position of the activity in the plan, from 0; ``None`` where the fault is of no single one.
    field
        Column of the cell; empty where it is of no single one.
    """

    problem: Problem
    activity: int | None = None
    field: str = ""


class TableError(InvalidInputError):
    """Cells that cannot be read."""

    def __init__(self, source: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(source, [fault.problem for fault in self.faults])


@dataclass(slots=True)
class _Faults:
    """Collects what is wrong with the rows of a page that begins at activity ``first``."""

    first: int
    found: list[Fault]

    def add(self, number: int, row: Row, field: str, what: str, remedy: str = "") -> None:
        name = row["id"] or str(_("row %(number)d") % {"number": self.first + number + 1})
        problem = Problem(place=f"{name}, {LABELS[field]}", what=what, remedy=remedy)
        self.found.append(Fault(problem=problem, activity=self.first + number, field=field))


def rows_of(content: Mapping[str, Any], first: int = 0, count: int | None = None) -> list[Row]:
    """Return ``count`` activities of a plan from number ``first`` on as rows, all where ``None``, with blank ones to add."""
    last = None if count is None else first + count
    lines = content["activities"][first:last]
    waits = words_by_activity(content, (line["id"] for line in lines))
    rows = [_row(line, waits[line["id"]]) for line in lines]
    return rows + blank_rows()


def _row(line: Mapping[str, Any], waits: list[tuple[str, Link]]) -> Row:
    return {**_shown(line), "waits": cell_of(waits), WAS: line["id"]}


def is_blank(row: Row) -> bool:
    """Whether nothing stands in the cells of a row."""
    return not any(row[field] for field in ROW_FIELDS)


def blank_rows() -> list[Row]:
    """Return rows to write new activities in."""
    return [dict.fromkeys((*ROW_FIELDS, WAS), "") for _row in range(BLANK_ROWS)]


def _shown(line: Mapping[str, Any]) -> Row:
    """Return the cells of an activity, but for what it waits for."""
    length = line["duration"]
    known = length if isinstance(length, dict) else {"likely": length}
    progress = line.get("progress") or {}
    return {
        "id": line["id"],
        "name": line.get("name", ""),
        "stage": line.get("stage") or "",
        "likely": _number(known.get("likely")),
        "low": _number(known.get("low")),
        "high": _number(known.get("high")),
        "begun": str(progress.get("actual_start", "")),
        "ended": str(progress.get("actual_finish") or ""),
        "done": _number(round(100 * progress["percent_complete"]))
        if progress.get("percent_complete")
        else "",
    }


def _number(value: float | None) -> str:
    return "" if value is None else write_number(f"{value:g}")


def rows_from(data: Mapping[str, str]) -> list[Row]:
    """Return the rows that a form was sent with, whole, blank ones left out."""
    rows = []
    number = 0
    while f"id-{number}" in data:
        row = {
            name: data.get(f"{name}-{number}", "").replace("\x00", "").strip()
            for name in ROW_FIELDS
        }
        row[WAS] = data.get(f"{WAS}-{number}", "")
        if row[WAS] and data[f"id-{number}"] == row[WAS]:
            row["id"] = row[WAS]  # nobody touched it: blanks around it are part of it
        if not is_blank(row):
            rows.append(row)
        number += 1
    return rows


def content_from(
    rows: list[Row],
    before: Mapping[str, Any],
    *,
    start: str,
    status_at: str,
    first: int = 0,
    shown: int | None = None,
) -> dict[str, Any]:
    """
    Return the plan that the rows say; what the page of the table does not show stays as it was.

    Parameters
    ----------
    first, shown
        Which activities of ``before`` the rows stand for: ``shown`` of them from number ``first`` on, all where ``None``.

    Raises
    ------
    TableError
        Naming the cell of each fault.
    """
    faults = _Faults(first, [])
    last = len(before["activities"]) if shown is None else first + shown
    old = {line["id"]: line for line in before["activities"][first:last]}
    was = _earlier_ids(rows, old, faults)
    renamed = {
        name: row["id"] for name, row in zip(was, rows, strict=True) if name not in ("", row["id"])
    }
    typed = [
        _line(number, row, old.get(name, {}), faults)
        for number, (row, name) in enumerate(zip(rows, was, strict=True))
    ]
    activities = [*before["activities"][:first], *typed, *before["activities"][last:]]
    fresh = {first + number for number, name in enumerate(was) if not name}
    activities = bridge.with_own_origins(activities, fresh)
    reader = LinkReader(known=frozenset(line["id"] for line in activities), renamed=renamed)
    links = _typed_links(rows, was, words_by_activity(before, old), reader, faults)
    others = [link for link in before.get("links", []) if link["to"] not in old]
    content = {**before, "activities": activities, "start": start}
    content["links"] = in_order(
        activities, links, (reader.moved(link, link["to"]) for link in others)
    )
    content |= _under_new_ids(before, set(old) - set(was), renamed)
    content.pop("status_at", None)
    if status_at:
        content["status_at"] = status_at
    for day, field in ((start, _("begins")), (status_at or start, _("progress known until"))):
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            faults.found.append(Fault(problem=Problem(place=field, what=_("is no date."))))
    if faults.found:
        raise TableError(str(_("The plan")), faults.found)
    return content


def _earlier_ids(rows: list[Row], old: Mapping[str, Any], faults: _Faults) -> list[str]:
    """Return by row the id that its activity had, empty for a new one."""
    claims = Counter(row[WAS] for row in rows)
    found = []
    for number, row in enumerate(rows):
        name = row[WAS]
        if not name and row["id"] in old and not claims[row["id"]]:
            name = row["id"]  # its own row was cleared, and it was typed again in another
        elif name and (name not in old or claims[name] > 1):
            what = _("stands for no activity of the plan that was read.")
            faults.add(number, row, "id", what, _("Open the plan again."))
            name = ""
        found.append(name)
    return found


def _line(number: int, row: Row, before: Mapping[str, Any], faults: _Faults) -> dict[str, Any]:
    """Return the activity of a row; a cell that nobody touched says no more than it shows: what stands behind it stays whole."""
    line = dict(before)
    cells = _shown(before) if before else {}
    for field in ("name", "stage"):
        if not before or _typed(row[field]) != _typed(cells[field]):
            line[field] = row[field] or None
    if before and row["id"] != before["id"]:
        line["origin"] = bridge.known_as(line) if bridge.known_as(line) != row["id"] else None
    line["id"] = row["id"]
    if any(row[field] != cells.get(field) for field in LENGTH_FIELDS):
        line["duration"] = _duration(number, row, line.get("duration"), faults)
    if any(row[field] != cells.get(field, "") for field in PROGRESS_FIELDS):
        line["progress"] = _progress(number, row, faults)
    return {key: value for key, value in line.items() if value is not None}


def _typed(text: str) -> str:
    """Return a text as a browser sends it back: without line breaks, and without blanks around it."""
    return re.sub(r"[\r\n]", "", text).strip()


def _typed_links(
    rows: list[Row],
    was: list[str],
    earlier: Mapping[str, list[tuple[str, Link]]],
    reader: LinkReader,
    faults: _Faults,
) -> dict[str, list[Link]]:
    """Return the links that the rows say, by the activity that waits."""
    found: dict[str, list[Link]] = {}
    for number, (row, name) in enumerate(zip(rows, was, strict=True)):
        own, waits = found.setdefault(row["id"], []), earlier.get(name, [])
        if _typed(row["waits"]) == _typed(cell_of(waits)):
            own += [reader.moved(link, row["id"]) for _words, link in waits]
            continue
        try:
            own += reader.read(row["waits"], waits, row["id"])
        except UnreadableLinkError as error:
            what = _("“%(words)s” is no link.") % {"words": error}
            faults.add(number, row, "waits", what, _("Write B, B SS or B FS+2."))
    return found


def _under_new_ids(
    before: Mapping[str, Any], gone: set[str], renamed: Mapping[str, str]
) -> dict[str, Any]:
    """Return what names activities beside links, without those that were taken out and with those that were renamed."""

    def now(names: Iterable[str]) -> list[str]:
        return [renamed.get(name, name) for name in names if name not in gone]

    risks, groups = before.get("risks", []), before.get("correlations", [])
    kept = [{**risk, "activities": names} for risk in risks if (names := now(risk["activities"]))]
    gone |= {risk["id"] for risk in risks} - {risk["id"] for risk in kept}
    found: dict[str, Any] = {
        "risks": kept,
        "correlations": [
            {**group, "members": names}
            for group in groups
            if len(names := now(group["members"])) > 1
        ],
    }
    if "milestones" in before:
        found["milestones"] = [
            {**one, "activity": names[0]}
            for one in before["milestones"]
            if (names := now([one["activity"]]))
        ]
    return found


def _duration(number: int, row: Row, before: object, faults: _Faults) -> object:
    values: dict[str, float] = {}
    for field in LENGTH_FIELDS:
        if not row[field]:
            continue
        try:
            values[field] = float(read_number(row[field]))
        except UnreadableNumberError as error:
            faults.add(number, row, field, str(error), _("Write days, such as 12 or 7.5."))
    if "likely" not in values:
        if not row["likely"]:
            remedy = _("Write its days, 0 for a moment.")
            faults.add(number, row, "likely", _("has no length."), remedy)
        return 0
    if "low" in values and "high" in values:
        shape = before.get("shape", "triangular") if isinstance(before, dict) else "triangular"
        return {**values, "shape": shape}
    if len(values) == 2:
        missing = "high" if "low" in values else "low"
        what = _("has only one of least and greatest length.")
        faults.add(number, row, missing, what, _("Give both, or neither."))
    return values["likely"]


def _progress(number: int, row: Row, faults: _Faults) -> dict[str, Any] | None:
    if not (row["begun"] or row["ended"] or row["done"]):
        return None
    if not row["begun"]:
        what = _("has progress and no day on which it began.")
        faults.add(number, row, "begun", what, _("Give the day."))
    text = row["done"].replace("%", "").strip() or ("100" if row["ended"] else "0")
    share = int(text) if text.isdecimal() and len(text) < 4 else -1
    if not 0 <= share <= 100:
        faults.add(number, row, "done", _("The share done lies between 0 and 100 per cent."))
    found: dict[str, Any] = {"actual_start": row["begun"], "percent_complete": share / 100}
    if row["ended"]:
        found["actual_finish"] = row["ended"]
    return found


_OF_ACTIVITY: Final = re.compile(r"activities\[(\d{1,9})\](?:\.(\w+))?")
_OF_LINK: Final = re.compile(r"links\[(\d{1,9})\]")
_COLUMNS: Final = {
    "duration": "likely",
    "progress": "begun",
    "id": "id",
    "name": "name",
    "stage": "stage",
}


def faults_of(problems: Iterable[Problem], content: Mapping[str, Any]) -> list[Fault]:
    """Return the problems that a check found in a plan, each with the cell of the table that it speaks of."""
    places = {line["id"]: number for number, line in enumerate(content["activities"])}
    return [_fault_of(problem, content, places) for problem in problems]


def _fault_of(problem: Problem, content: Mapping[str, Any], places: dict[str, int]) -> Fault:
    of_link, of_activity = _OF_LINK.match(problem.place), _OF_ACTIVITY.match(problem.place)
    links = content.get("links", [])
    activity, field = None, ""
    if of_link is not None and int(of_link[1]) < len(links):
        activity, field = places.get(links[int(of_link[1])]["to"]), "waits"
    elif of_activity is not None and int(of_activity[1]) < len(content["activities"]):
        activity, field = int(of_activity[1]), _COLUMNS.get(of_activity[2] or "", "id")
    if activity is None:
        return Fault(problem=problem)
    name = content["activities"][activity]["id"] or str(
        _("row %(number)d") % {"number": activity + 1}
    )
    named = Problem(place=f"{name}, {LABELS[field]}", what=problem.what, remedy=problem.remedy)
    return Fault(problem=named, activity=activity, field=field)
