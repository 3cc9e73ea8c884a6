"""Lists as files: CSV and XLSX that a spreadsheet opens without running anything in them."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from punte.formats.spreadsheets import guard

HANDLING_HEADER: Final = "X-Handling"
"""On an answer that is a file: how whoever has it may pass it on."""


def told_apart(columns: Iterable[str]) -> list[str]:
    """
    Return names of columns of which no two are the same; people name some themselves, and a pivot takes one for the other.

    >>> told_apart(["Name", "Food", "food"])
    ['Name', 'Food', 'food (2)']
    """
    found: list[str] = []
    taken: set[str] = set()
    for column in columns:
        name, number = column, 1
        while name.casefold() in taken:
            number += 1
            name = f"{column} ({number})"
        taken.add(name.casefold())
        found.append(name)
    return found


def asked_ending(request: HttpRequest) -> str:
    """Return ``csv`` or ``xlsx`` where a list is asked for as such a file with ``?as=``; empty where its page is."""
    ending = request.GET.get("as", "")
    return ending if ending in {"csv", "xlsx"} else ""


def minute_in(zone: ZoneInfo, moment: dt.datetime | None) -> str:
    """Return a moment as a table shows it, by the clock of the venue; empty for none."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment is not None else ""


def csv_response(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, marking: str = ""
) -> HttpResponse:
    """
    Return a table as a CSV file to keep.

    Parameters
    ----------
    name
        Of the file, without its ending.
    rows
        Each as long as ``columns``.
    marking
        Of the whole, such as ``TLP:AMBER``. A line in the table would break who reads it: it stands in the name.
    """
    text = io.StringIO()
    # Excel takes a file for UTF-8 only when it begins with the byte order mark.
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([guard(column) for column in told_apart(columns)])
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers=_headers(name, "csv", marking),
    )


def file_response(
    name: str, text: str, ending: str, content_type: str, *, marking: str = ""
) -> HttpResponse:
    """
    Return a text as a file to keep.

    Parameters
    ----------
    name
        Of the file, without its ending.
    marking
        Of the whole, such as ``TLP:AMBER``; it stands in the name and in a header.
    """
    return HttpResponse(
        text,
        content_type=f"{content_type}; charset=utf-8",
        headers=_headers(name, ending, marking),
    )


def _headers(name: str, ending: str, marking: str) -> dict[str, str]:
    marked = f"{name}.{marking.replace(':', '-')}" if marking else name
    handling = {HANDLING_HEADER: marking} if marking else {}
    return {"Content-Disposition": f'attachment; filename="{marked}.{ending}"', **handling}


def table_response(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    ending: str,
    marking: str = "",
) -> HttpResponse:
    """
    Return a table as a file to keep.

    Parameters
    ----------
    ending
        ``csv`` or ``xlsx``.
    marking
        Of the whole; in a workbook it stands in the head and foot of each printed page, and in its properties.
    """
    if ending == "csv":
        return csv_response(name, columns, rows, marking=marking)
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    if marking:
        sheet.oddHeader.center.text = sheet.oddFooter.center.text = marking
        book.properties.keywords = book.properties.category = marking
    sheet.append([guard(column) for column in told_apart(columns)])
    for row in rows:
        sheet.append(
            [cell if isinstance(cell, int | float | Decimal) else guard(cell) for cell in row]
        )
    content = io.BytesIO()
    book.save(content)
    return HttpResponse(
        content.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers=_headers(name, "xlsx", marking),
    )
