"""Timetables for people: calendars that other programs read, tables that cannot compute, pages that cannot inject."""

import csv
import io
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
import vobject
from openpyxl import load_workbook

from engines.timetable.questions import answer, held, question
from punte.engines.timetable.instance import Request
from punte.formats.timetable_export import as_csv, as_html, as_ics, as_xlsx, guard_cell
from punte.kernel.errors import PunteError

EVIL = "=HYPERLINK(1)"
VENUE = timezone(timedelta(hours=2))
INSTANCE = replace(
    question(
        Request(id="ab", between=("a", EVIL), weight=4),
        Request(id="cd", between=("<b>c</b>", "d")),
        "ef",
        places=2,
    ),
    name="Forum",
)
INSTANCE = replace(
    INSTANCE,
    slots=tuple(
        replace(slot, start=slot.start.astimezone(VENUE), end=slot.end.astimezone(VENUE))
        for slot in INSTANCE.slots
    ),
)
RESULT = answer(INSTANCE, held("ab s1 t0", "cd s0 t1"))


def test_calendar_is_read_by_another_program() -> None:
    calendar = vobject.readOne(as_ics(RESULT, INSTANCE).decode())
    assert len(calendar.vevent_list) == 2
    assert calendar.vtimezone.tzid.value == "UTC+0200"
    first = calendar.vevent_list[0]
    assert first.dtstart.value.isoformat() == "2025-11-05T11:00:00+02:00"
    assert (first.location.value, first.sequence.value) == ("t1", "0")


def test_identifiers_survive_another_timetable() -> None:
    later = answer(INSTANCE, held("ab s2 t1"))
    first = {e.uid.value for e in vobject.readOne(as_ics(RESULT, INSTANCE).decode()).vevent_list}
    second = {e.uid.value for e in vobject.readOne(as_ics(later, INSTANCE).decode()).vevent_list}
    assert second < first


def test_calendar_of_one_participant() -> None:
    calendar = vobject.readOne(as_ics(RESULT, INSTANCE, "d").decode())
    assert [event.summary.value for event in calendar.vevent_list] == ["<b>c</b>"]
    with pytest.raises(PunteError, match="'z' is no participant"):
        as_ics(RESULT, INSTANCE, "z")


def test_csv_is_in_time_order_and_guarded() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(RESULT, INSTANCE).decode("utf-8-sig"))))
    assert [row["request"] for row in rows] == ["cd", "ab"]
    assert rows[0]["start"] == "11:00"
    plain = as_csv(RESULT, None).decode("utf-8-sig").splitlines()
    assert plain == ["request,slot,place", "ab,s1,t0", "cd,s0,t1"]


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r"])
def test_every_formula_mark_is_guarded(mark: str) -> None:
    assert guard_cell(mark + "1") == "'" + mark + "1"
    assert guard_cell("1" + mark) == "1" + mark


def test_workbook_holds_text_only() -> None:
    instance = replace(
        INSTANCE,
        requests=(replace(INSTANCE.requests[0], between=(EVIL, "a")), *INSTANCE.requests[1:]),
    )
    content = as_xlsx(RESULT, instance)
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["meetings", "unmet", "goals"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert "'=HYPERLINK(1) | a" in [cell.value for cell in cells]
    assert [cell.value for cell in book["unmet"][2]][:2] == ["ef", "lost_to_optimum"]


def test_page_escapes_names_and_has_no_script() -> None:
    page = as_html(RESULT, INSTANCE).decode()
    assert "&lt;b&gt;c&lt;/b&gt; + d" in page
    assert "<b>" not in page
    assert "<script" not in page


def test_an_answer_to_another_question_is_refused() -> None:
    with pytest.raises(PunteError, match="does not know"):
        as_csv(RESULT, question("xy"))
