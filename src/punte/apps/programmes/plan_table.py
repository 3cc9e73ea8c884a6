"""The table of a plan: a page of its activities as rows, and what was typed into them back to a plan."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.kernel.errors import InvalidInputError, Problem

_AFTER_NAME: Final = r"(?:\s*(?P<type>FS|SS|FF|SF))?(?:\s*(?P<lag>[+-]\d{1,5}))?"
KIND_AND_LAG: Final = re.compile(_AFTER_NAME)
LINK: Final = re.compile(r"(?P<first>\S+?)" + _AFTER_NAME)
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
    waits = _waits(content, {line["id"] for line in lines})
    rows = [{**_shown(line), "waits": ", ".join(waits.get(line["id"], []))} for line in lines]
    return rows + blank_rows()


def _waits(content: Mapping[str, Any], names: set[str]) -> dict[str, list[str]]:
    """Return what each of some activities waits for, in the words of its cell."""
    waits: dict[str, list[str]] = {}
    for link in content.get("links", []):
        if link["to"] not in names:
            continue
        kind, lag = link.get("type", "FS"), link.get("lag", 0)
        # With its kind a lag is never read as the end of a name: "A FS-1", beside an activity "A-1".
        words = link["from"] + (f" {kind}" if lag or kind != "FS" else "")
        words += f"{lag:+d}" if lag else ""
        waits.setdefault(link["to"], []).append(words)
    return waits


def blank_rows() -> list[Row]:
    """Return rows to write new activities in."""
    return [dict.fromkeys(ROW_FIELDS, "") for _row in range(BLANK_ROWS)]


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
    return "" if value is None else f"{value:g}"


def rows_from(data: Mapping[str, str]) -> list[Row]:
    """Return the rows that a form was sent with, whole, blank ones left out."""
    rows = []
    number = 0
    while f"id-{number}" in data:
        row = {
            name: data.get(f"{name}-{number}", "").replace("\x00", "").strip()
            for name in ROW_FIELDS
        }
        if any(row.values()):
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
    replaced = before["activities"][first:last]
    old = {line["id"]: line for line in replaced}
    rest = [*before["activities"][:first], *before["activities"][last:]]
    known = {row["id"] for row in rows if row["id"]} | {line["id"] for line in rest}
    waits = _waits(before, set(old))
    typed: list[dict[str, Any]] = []
    links: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(rows):
        line = dict(old.get(row["id"], {}))
        line |= {"id": row["id"], "name": row["name"], "stage": row["stage"] or None}
        cells = _shown(line) if "duration" in line else {}
        # A cell that nobody touched says no more than it shows: what stands behind it stays whole.
        if any(row[field] != cells.get(field) for field in LENGTH_FIELDS):
            line["duration"] = _duration(number, row, line.get("duration"), faults)
        if any(row[field] != cells.get(field) for field in PROGRESS_FIELDS):
            line["progress"] = _progress(number, row, faults)
        typed.append({key: value for key, value in line.items() if value is not None})
        own = links.setdefault(row["id"], [])
        if row["id"] in waits and row["waits"] == ", ".join(waits[row["id"]]):
            own += [link for link in before.get("links", []) if link["to"] == row["id"]]
        else:
            own += _links_to(number, row, known, before, faults)
    activities = [*before["activities"][:first], *typed, *before["activities"][last:]]
    content = {**before, "activities": activities, "start": start}
    content["links"] = _all_links(before, {line["id"] for line in replaced}, links, activities)
    content |= _without_gone(before, {line["id"] for line in activities})
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


def _all_links(
    before: Mapping[str, Any],
    replaced: set[str],
    typed: dict[str, list[dict[str, Any]]],
    activities: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return the links by activity: those that were typed, and for activities of other pages those there were."""
    others: dict[str, list[dict[str, Any]]] = {}
    for link in before.get("links", []):
        if link["to"] not in replaced:
            others.setdefault(link["to"], []).append(link)
    found: list[dict[str, Any]] = []
    for name in dict.fromkeys(line["id"] for line in activities):
        found += typed.pop(name, [])
        found += others.pop(name, [])
    return found + [link for links in (*typed.values(), *others.values()) for link in links]


def _links_to(
    number: int, row: Row, known: set[str], before: Mapping[str, Any], faults: _Faults
) -> list[dict[str, Any]]:
    """Return the links that a row's cell says; each keeps what its old self held beside kind and lag."""
    links = []
    for words in filter(None, (part.strip() for part in re.split(r"[,;]", row["waits"]))):
        found = _link_of(words, known)
        if found is None:
            what = _("“%(words)s” is no link.") % {"words": words}
            faults.add(number, row, "waits", what, _("Write B, B SS or B FS+2."))
            continue
        first, kind, lag = found
        pair = [
            link
            for link in before.get("links", [])
            if (link["from"], link["to"]) == (first, row["id"])
        ]
        same = [link for link in pair if link.get("type", "FS") == kind]
        old = same[0] if same else pair[0] if len(pair) == 1 else {}
        links.append({**old, "from": first, "to": row["id"], "type": kind, "lag": lag})
    return links


def _link_of(words: str, known: set[str]) -> tuple[str, str, int] | None:
    """Return first activity, kind and lag; the longest known name that the words begin with is the activity."""
    for end in range(len(words), 0, -1):
        rest = KIND_AND_LAG.fullmatch(words[end:]) if words[:end] in known else None
        if rest is not None:
            return words[:end], rest["type"] or "FS", int(rest["lag"] or 0)
    found = LINK.fullmatch(words)
    return (found["first"], found["type"] or "FS", int(found["lag"] or 0)) if found else None


def _without_gone(before: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    """Return risks and correlations without activities that were taken out of the table."""
    gone = {line["id"] for line in before["activities"]} - kept
    risks = []
    for risk in before.get("risks", []):
        named = [name for name in risk["activities"] if name not in gone]
        if named:
            risks.append({**risk, "activities": named})
    gone |= {risk["id"] for risk in before.get("risks", [])} - {risk["id"] for risk in risks}
    groups = []
    for group in before.get("correlations", []):
        members = [name for name in group["members"] if name not in gone]
        if len(members) > 1:
            groups.append({**group, "members": members})
    return {"risks": risks, "correlations": groups}


def _duration(number: int, row: Row, before: object, faults: _Faults) -> object:
    values: dict[str, float] = {}
    for field in LENGTH_FIELDS:
        text = row[field].replace(",", ".")
        if not text:
            continue
        try:
            values[field] = float(text)
        except ValueError:
            what = _("“%(text)s” is no number.") % {"text": text}
            faults.add(number, row, field, what, _("Write days, such as 12 or 7.5."))
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
