"""Lists as files: CSV and XLSX that a spreadsheet opens without running anything in them."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpResponse

from punte.formats.spreadsheets import guard


def csv_response(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """
    Return a table as a CSV file to keep.

    Parameters
    ----------
    name
        Of the file, without its ending.
    rows
        Each as long as ``columns``.
    """
    text = io.StringIO()
    # Excel takes a file for UTF-8 only when it begins with the byte order mark.
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([guard(column) for column in columns])
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def table_response(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, ending: str
) -> HttpResponse:
    """
    Return a table as a file to keep.

    Parameters
    ----------
    ending
        ``csv`` or ``xlsx``.
    """
    if ending == "csv":
        return csv_response(name, columns, rows)
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([guard(column) for column in columns])
    for row in rows:
        sheet.append(
            [cell if isinstance(cell, int | float | Decimal) else guard(cell) for cell in row]
        )
    content = io.BytesIO()
    book.save(content)
    return HttpResponse(
        content.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
