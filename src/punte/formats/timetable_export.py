"""Timetables for people: CSV, XLSX, iCalendar and a page to print."""

import csv
import hashlib
import html
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from punte.engines.timetable.instance import Instance, Slot
from punte.engines.timetable.result import Result
from punte.kernel.errors import PunteError

_FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r")
HEADER: Final = ("request", "day", "start", "end", "slot", "place", "participants", "weight")
HEADER_WITHOUT_INSTANCE: Final = ("request", "slot", "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One meeting as people read it; times are ``None`` without the question."""

    request: str
    slot_id: str
    slot: Slot | None
    place: str
    participants: tuple[str, ...]
    weight: int | None


def list_lines(result: Result, instance: Instance | None) -> list[Line]:
    """
    Return the meetings in time order, or in the file's order without the question.

    Raises
    ------
    PunteError
        If the answer names a request or slot that the question does not know.
    """
    if instance is None:
        return [
            Line(
                request=meeting.request,
                slot_id=meeting.slot,
                slot=None,
                place=meeting.place,
                participants=(),
                weight=None,
            )
            for meeting in result.meetings
        ]
    slots = {slot.id: slot for slot in instance.slots}
    requests = {request.id: request for request in instance.requests}
    lines = []
    for meeting in result.meetings:
        if meeting.slot not in slots or meeting.request not in requests:
            raise PunteError(
                f"The answer holds {meeting.request} in {meeting.slot}, which this question does not know: "
                "give the question it was made for."
            )
        request = requests[meeting.request]
        lines.append(
            Line(
                request=meeting.request,
                slot_id=meeting.slot,
                slot=slots[meeting.slot],
                place=meeting.place,
                participants=request.between,
                weight=request.weight,
            )
        )
    order = {slot.id: (slot.start, idx) for idx, slot in enumerate(instance.slots)}
    return sorted(lines, key=lambda line: (order[line.slot_id], line.place, line.request))


def guard_cell(text: str) -> str:
    """
    Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> guard_cell("=HYPERLINK(1)")
    "'=HYPERLINK(1)"

    References
    ----------
    OWASP, "CSV Injection": cells that begin with = + - @, a tab or a carriage return.
    """
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def _rows(lines: Iterable[Line], *, has_instance: bool) -> list[tuple[str, ...]]:
    if not has_instance:
        return [HEADER_WITHOUT_INSTANCE, *((x.request, x.slot_id, x.place) for x in lines)]
    rows: list[tuple[str, ...]] = [HEADER]
    for line in lines:
        assert line.slot is not None
        slot = line.slot
        times = (slot.day, f"{slot.start:%H:%M}", f"{slot.end:%H:%M}")
        people = " | ".join(line.participants)
        rows.append((line.request, *times, slot.id, line.place, people, str(line.weight)))
    return rows


def as_csv(result: Result, instance: Instance | None) -> bytes:
    """Return the meetings as CSV in UTF-8 with a byte-order mark, which spreadsheets need to see ș and ї."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in _rows(list_lines(result, instance), has_instance=instance is not None):
        writer.writerow([guard_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(result: Result, instance: Instance | None) -> bytes:
    """Return a workbook with the sheets meetings, unmet and goals; every cell is text, so none can compute."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheets: list[tuple[str, Sequence[Sequence[str]]]] = [
        ("meetings", _rows(list_lines(result, instance), has_instance=instance is not None)),
        (
            "unmet",
            [
                ("request", "code", "reason", "blocking"),
                *((u.request, u.code, u.reason, " | ".join(u.blocking)) for u in result.unmet),
            ],
        ),
        (
            "goals",
            [
                ("goal", "value", "bound", "proved"),
                *(
                    (g.name, _number(g.value), _number(g.bound), "yes" if g.proved else "no")
                    for g in result.objective
                ),
            ],
        ),
    ]
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([guard_cell(_printable(cell)) for cell in row])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    book.remove(book.worksheets[0])
    # The same answer gives the same file: no clock in it.
    book.properties.created = book.properties.modified = datetime(2025, 1, 1, tzinfo=UTC).replace(
        tzinfo=None
    )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _printable(text: str) -> str:
    """Return a text without the control characters that a workbook cannot hold."""
    return "".join(mark for mark in text if mark >= " " or mark in "\t\n")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if value % 1 else f"{value:.0f}"


def as_ics(result: Result, instance: Instance, participant: str | None = None) -> bytes:
    """
    Return an iCalendar of the meetings, of all or of one participant.

    Each meeting has a UID that depends on the forum's name and the request alone, so a later timetable updates the entry.

    Raises
    ------
    PunteError
        If the participant is unknown.

    References
    ----------
    RFC 5545 sections 3.6.1, 3.6.5, 3.8.4.7.
    """
    from icalendar import Calendar, Event

    known = {person.id for person in instance.participants}
    if participant is not None and participant not in known:
        raise PunteError(f"{participant!r} is no participant of this question: check the id.")
    calendar = Calendar()
    calendar.add("prodid", "-//Punte//timetable//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", instance.name or "Timetable")
    zones: dict[str, timedelta] = {}
    events = []
    for line in list_lines(result, instance):
        if participant is not None and participant not in line.participants:
            continue
        assert line.slot is not None
        event = Event()
        event.add("uid", _uid(instance.name, line.request))
        event.add("dtstamp", min(slot.start for slot in instance.slots).astimezone(UTC))
        event.add("sequence", 0)
        for name, moment in (("dtstart", line.slot.start), ("dtend", line.slot.end)):
            offset = moment.utcoffset() or timedelta()
            if not offset:
                event.add(name, moment.astimezone(UTC))
                continue
            zones[_zone_name(offset)] = offset
            event.add(name, moment.replace(tzinfo=None), parameters={"TZID": _zone_name(offset)})
        others = [name for name in line.participants if name != participant]
        event.add("summary", " + ".join(others))
        event.add("location", line.place)
        event.add("description", f"Request {line.request}: {', '.join(line.participants)}")
        event.add("status", "CONFIRMED")
        events.append(event)
    for name, offset in sorted(zones.items()):
        calendar.add_component(_zone(name, offset))
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _uid(forum: str, request: str) -> str:
    return hashlib.sha256(f"{forum}\n{request}".encode()).hexdigest()[:32] + "@punte"


def _zone_name(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"UTC{'+' if minutes >= 0 else '-'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _zone(name: str, offset: timedelta) -> Any:  # noqa: ANN401 - icalendar has no types
    from icalendar import Timezone, TimezoneStandard

    zone = Timezone()
    zone.add("tzid", name)
    rule = TimezoneStandard()
    rule.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 - local time by definition
    rule.add("tzoffsetfrom", offset)
    rule.add("tzoffsetto", offset)
    zone.add_component(rule)
    return zone


def board(
    lines: Sequence[Line], instance: Instance
) -> list[tuple[str, list[Slot], list[str], dict[tuple[str, str], list[Line]]]]:
    """Return for each day its name, slots, places in use or open, and the meetings by (place, slot)."""
    cells: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        cells.setdefault((line.place, line.slot_id), []).append(line)
    days: dict[str, list[Slot]] = {}
    for slot in instance.slots:
        days.setdefault(slot.day, []).append(slot)
    places = [place.id for place in instance.places]
    return [(day, slots, places, cells) for day, slots in days.items()]


_STYLE: Final = """
:root{color-scheme:light dark;--line:#8884;--quiet:#8888}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem;max-width:none}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:0 0 2rem}
th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
thead th{position:sticky;top:0;background:Canvas} td:empty{background:var(--line)}
small{color:var(--quiet)} @media print{body{margin:0;font-size:9px} h2{break-before:page}}
"""


def as_html(result: Result, instance: Instance) -> bytes:
    """Return a page without scripts: a board of places by slots for each day, then what each participant meets."""
    lines = list_lines(result, instance)
    title = html.escape(instance.name or "Timetable")
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>',
        f"<style>{_STYLE}</style><h1>{title}</h1><p>{html.escape(_summary(result))}</p>",
    ]
    for day, slots, places, cells in board(lines, instance):
        head = "".join(f'<th scope="col">{slot.start:%H:%M}</th>' for slot in slots)
        parts.append(
            f'<h2>{day}</h2><table><thead><tr><th scope="col">Place</th>{head}</tr></thead><tbody>'
        )
        for place in places:
            row = "".join(f"<td>{_cell(cells.get((place, slot.id), []))}</td>" for slot in slots)
            parts.append(f'<tr><th scope="row">{html.escape(place)}</th>{row}</tr>')
        parts.append("</tbody></table>")
    parts.append(_agendas(lines, instance))
    return "".join(parts).encode()


def _summary(result: Result) -> str:
    goals = ", ".join(
        f"{goal.name} {_number(goal.value)}"
        + (
            " (proved best)"
            if goal.proved
            else f" (bound {_number(goal.bound)})"
            if goal.bound is not None
            else ""
        )
        for goal in result.objective
    )
    return f"{len(result.meetings)} meetings, {len(result.unmet)} requests unmet; {goals}."


def _cell(lines: Sequence[Line]) -> str:
    return "<br>".join(html.escape(" + ".join(line.participants)) for line in lines)


def _agendas(lines: Sequence[Line], instance: Instance) -> str:
    mine: dict[str, list[Line]] = {}
    for line in lines:
        for name in line.participants:
            mine.setdefault(name, []).append(line)
    parts = [
        "<h2>By participant</h2><table><thead><tr><th>Participant</th><th>Meetings</th></tr></thead><tbody>"
    ]
    for person in instance.participants:
        agenda = "<br>".join(_agenda_entry(line, person.id) for line in mine.get(person.id, ()))
        parts.append(f'<tr><th scope="row">{html.escape(person.id)}</th><td>{agenda}</td></tr>')
    parts.append("</tbody></table>")
    return "".join(parts)


def _agenda_entry(line: Line, person: str) -> str:
    assert line.slot is not None
    others = html.escape(" + ".join(name for name in line.participants if name != person))
    return (
        f"{line.slot.day} {line.slot.start:%H:%M} <small>{html.escape(line.place)}</small> {others}"
    )
