"""One page of the table of a plan: what was read, what was typed since on this page and others, and what has to be mended."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from punte.apps.programmes import bridge
from punte.apps.programmes.models import PlanVersion, Programme
from punte.apps.programmes.plan_table import (
    LABELS,
    PAGE_ROWS,
    WAS,
    Fault,
    Row,
    blank_rows,
    content_from,
    is_blank,
    rows_from,
    rows_of,
)
from punte.apps.programmes.queries import newest

Kind = PlanVersion.Kind
LOOKS: Final = {
    "id": ("text", "id", ""),
    "name": ("text", "wide", ""),
    "stage": ("text", "", ""),
    "likely": ("text", "num", "decimal"),
    "low": ("text", "num", "decimal"),
    "high": ("text", "num", "decimal"),
    "waits": ("text", "", ""),
    "begun": ("date", "", ""),
    "ended": ("date", "", ""),
    "done": ("text", "num short", "numeric"),
}
"""Column to the type, class and keyboard of its input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One input of the table; ``fault`` says what is wrong with it, empty where nothing is."""

    name: str
    value: str
    label: str
    type: str
    css: str
    keyboard: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the table: its inputs, and under ``name`` the id that its activity had when the page was read."""

    name: str
    was: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the table: its first activity, counted from 0, and what its button says."""

    first: int
    label: str
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToMend:
    """One fault in the list above the table: its sentence, the cell it is in, or the page on which that is."""

    fault: Fault
    cell: str
    page: int | None


@dataclass(slots=True, kw_only=True)
class Sheet:
    """
    A page of the table as it is shown, or as it was sent.

    Parameters
    ----------
    read_number
        The newest version of the plan that the writer has seen, 0 where there was none.
    content
        The plan that the rows belong to: the version that was read, with what was typed on other pages.
    is_drafted
        Whether it holds such changes and so has to travel with the form.
    first, shown
        The rows stand for ``shown`` activities of ``content`` from number ``first`` on.
    """

    read_number: int
    content: bridge.Content
    rows: list[Row]
    first: int
    shown: int
    start: str
    status_at: str
    is_drafted: bool = False
    reason: str = ""
    name: str = ""
    faults: tuple[Fault, ...] = ()
    columns: list[str] = field(default_factory=lambda: [str(label) for label in LABELS.values()])

    def typed(self) -> bridge.Content:
        """Return the whole plan as it is typed; :class:`TableError` where a cell cannot be read."""
        return content_from(
            [row for row in self.rows if not is_blank(row)],
            self.content,
            start=self.start,
            status_at=self.status_at,
            first=self.first,
            shown=self.shown,
        )

    def turn_to(self, first: int, content: bridge.Content) -> None:
        """Show another page of the plan, with what is typed so far."""
        last = max(0, len(content["activities"]) - 1)
        if content != self._untouched():
            self.content, self.is_drafted = content, True
        self.first = min(max(0, first), last) // PAGE_ROWS * PAGE_ROWS
        self.rows = rows_of(content, self.first, PAGE_ROWS)
        self.shown = len(content["activities"][self.first : self.first + PAGE_ROWS])

    def _untouched(self) -> bridge.Content:
        """Return what the page gives when nobody has touched it."""
        return content_from(
            [row for row in rows_of(self.content, self.first, self.shown) if not is_blank(row)],
            self.content,
            start=str(self.content.get("start", "")),
            status_at=str(self.content.get("status_at", "")),
            first=self.first,
            shown=self.shown,
        )

    @property
    def draft(self) -> str:
        """The plan with what was typed on other pages, as the form carries it; empty where nothing was."""
        return json.dumps(self.content, ensure_ascii=False) if self.is_drafted else ""

    @property
    def pages(self) -> list[Page]:
        """The pages of the table; empty where one holds all."""
        total = len(self.content["activities"])
        if total <= PAGE_ROWS:
            return []
        return [
            Page(
                first=first,
                label=f"{first + 1}\N{EN DASH}{min(first + PAGE_ROWS, total)}",
                is_shown=first == self.first,
            )
            for first in range(0, total, PAGE_ROWS)
        ]

    @property
    def lines(self) -> list[Line]:
        """The inputs of the table, row by row."""
        told: dict[tuple[int, str], list[str]] = {}
        typed = sum(not is_blank(row) for row in self.rows)
        for fault in self.faults:
            if fault.activity is not None and fault.activity - self.first < typed:
                place = (fault.activity - self.first, fault.field)
                told.setdefault(place, []).append(f"{fault.problem.what} {fault.problem.remedy}")
        return [
            Line(
                name=f"{WAS}-{number}",
                was=row[WAS],
                cells=[
                    Cell(
                        name=f"{column}-{number}",
                        value=row[column],
                        label=f"{LABELS[column]} {row['id'] or self.first + number + 1}",
                        type=kind,
                        css=css,
                        keyboard=keyboard,
                        fault=" ".join(told.get((number, column), ())),
                    )
                    for column, (kind, css, keyboard) in LOOKS.items()
                ],
            )
            for number, row in enumerate(self.rows)
        ]

    @property
    def to_mend(self) -> list[ToMend]:
        """The faults, each with the way to its cell."""
        found = []
        typed = sum(not is_blank(row) for row in self.rows)
        for fault in self.faults:
            cell, page = "", None
            if fault.activity is not None:
                number = fault.activity - self.first
                if 0 <= number < typed:
                    cell = f"{fault.field}-{number}"
                else:
                    page = fault.activity // PAGE_ROWS * PAGE_ROWS
            found.append(ToMend(fault=fault, cell=cell, page=page))
        return found


def open_sheet(programme: Programme) -> Sheet:
    """Return the first page of the newest plan."""
    version = newest(programme, Kind.PLAN)
    content = content_of(programme, version)
    return Sheet(
        read_number=version.number if version else 0,
        content=content,
        rows=rows_of(content, 0, PAGE_ROWS),
        first=0,
        shown=len(content["activities"][:PAGE_ROWS]),
        start=str(content.get("start", "")),
        status_at=str(content.get("status_at", "")),
    )


def sent_sheet(request: HttpRequest, programme: Programme) -> Sheet:
    """
    Return the page that was sent, over the version that its writer read.

    Raises
    ------
    InvalidInputError
        What was carried from other pages is no plan.
    """
    data = request.POST
    number = number_of(data.get("read_number", ""))
    version = programme.plans.filter(kind=Kind.PLAN, number=number).first()
    # Of number 0 there was no plan, and what was typed is laid over none.
    if version is None and number != 0:
        version = newest(programme, Kind.PLAN)
    content = content_of(programme, version)
    draft = data.get("draft", "")
    if draft:
        content = bridge.read_draft(draft, source="")
    total = len(content["activities"])
    first = min(max(0, number_of(data.get("first", "0"))), total)
    shown = number_of(data["shown"]) if "shown" in data else total - first
    return Sheet(
        read_number=number,
        content=content,
        is_drafted=bool(draft),
        rows=rows_from(data) + blank_rows(),
        first=first,
        shown=min(max(0, shown), total - first),
        start=data.get("start", ""),
        status_at=data.get("status_at", ""),
        reason=data.get("reason", ""),
        name=data.get("name", ""),
    )


def content_of(programme: Programme, version: PlanVersion | None) -> dict[str, Any]:
    """Return the plan of a version; one to begin with where there is none."""
    if version is None:
        return bridge.empty_content(programme.name, timezone.localdate())
    found: dict[str, Any] = version.content
    return found


def number_of(text: str) -> int:
    """Return a number that a form was sent with; -1, which no version has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
