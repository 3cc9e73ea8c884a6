"""Calendars of MSPDI: weekdays, exceptions, working times and base calendars, in both directions."""

from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement

from punte.engines.roadmap.instance import Calendar, CalendarException
from punte.kernel.errors import InvalidInputError, Problem

Hours = tuple[str, ...]

DAYS_OF_WEEK = {str(number % 7 + 1): number for number in range(1, 8)}
"""MSPDI counts from Sunday = 1, we from Monday = 1."""


def read_calendars(root: Element, source: str) -> tuple[tuple[Calendar, ...], dict[str, str]]:
    """
    Return the calendars of a project and our id of each ``UID``.

    Raises
    ------
    InvalidInputError
        If a date in one cannot be read.
    """
    elements = root.findall("Calendars/Calendar")
    ids = {(e.findtext("UID") or "").strip(): _name(e, elements) for e in elements}
    return tuple(_read_calendar(element, ids, source) for element in elements), ids


def _name(element: Element, elements: list[Element]) -> str:
    """Return the calendar's name where it is the only one of it, else with its number."""
    name, uid = (element.findtext("Name") or "").strip(), (element.findtext("UID") or "").strip()
    same = [other for other in elements if (other.findtext("Name") or "").strip() == name]
    return (
        name if name and len(same) == 1 and name != "elapsed" else f"{name or 'calendar'} ({uid})"
    )


def _read_calendar(element: Element, ids: dict[str, str], source: str) -> Calendar:
    uid = (element.findtext("UID") or "").strip()
    base = (element.findtext("BaseCalendarUID") or "-1").strip()
    parent = ids.get(base) if base != uid else None
    weekdays: dict[int, bool] = {}
    hours: list[tuple[int, Hours]] = []
    exceptions: list[CalendarException] = []
    for day in element.findall("WeekDays/WeekDay"):
        kind, works = (day.findtext("DayType") or "").strip(), _is_yes(day, "DayWorking")
        if kind == "0":  # the older way to write an exception
            exceptions.append(_read_exception(day, works, source))
        elif kind in DAYS_OF_WEEK:
            weekdays[DAYS_OF_WEEK[kind]] = works
            if works and _hours(day):
                hours.append((DAYS_OF_WEEK[kind], _hours(day)))
    seen = {(e.first, e.last) for e in exceptions}
    for entry in element.findall("Exceptions/Exception"):
        found = _read_exception(entry, _is_yes(entry, "DayWorking"), source)
        if (found.first, found.last) not in seen:
            exceptions.append(found)
    inherits = parent is not None and not weekdays
    usual = {number: number <= 5 for number in range(1, 8)}
    week = tuple(number for number, works in sorted((usual | weekdays).items()) if works)
    return Calendar(
        id=ids[uid],
        name=(element.findtext("Name") or "").strip(),
        parent=parent,
        weekdays=None if inherits else week,
        hours=tuple(sorted(hours)),
        exceptions=tuple(exceptions),
    )


def _is_yes(element: Element, name: str) -> bool:
    return (element.findtext(name) or "0").strip() in ("1", "true")


def _hours(element: Element) -> Hours:
    return tuple(
        f"{(time.findtext('FromTime') or '')[:5]}-{(time.findtext('ToTime') or '')[:5]}"
        for time in element.findall("WorkingTimes/WorkingTime")
    )


def _read_exception(element: Element, works: bool, source: str) -> CalendarException:  # noqa: FBT001 - the flag is a field of the record read
    first = _read_date(element.findtext("TimePeriod/FromDate"), source)
    last = _read_date(element.findtext("TimePeriod/ToDate"), source)
    name = (element.findtext("Name") or "").strip()
    return CalendarException(
        name=name, first=first, last=last, working=works, hours=_hours(element) if works else ()
    )


def _read_date(text: str | None, source: str) -> date:
    try:
        return datetime.fromisoformat((text or "").strip()).date()
    except ValueError:
        problem = Problem(
            place="Calendars", what=f"{text!r} is no date of an exception.", remedy="Mend it."
        )
        raise InvalidInputError(source, [problem]) from None


def write_calendars(root: Element, calendars: tuple[Calendar, ...], uids: dict[str, str]) -> None:
    """Add the calendars to a project; ``uids`` are the numbers they get."""
    group = SubElement(root, "Calendars")
    for calendar in calendars:
        element = SubElement(group, "Calendar")
        base = uids[calendar.parent] if calendar.parent else "-1"
        for name, text in (
            ("UID", uids[calendar.id]),
            ("Name", calendar.name or calendar.id),
            ("IsBaseCalendar", "0" if calendar.parent else "1"),
            ("BaseCalendarUID", base),
        ):
            SubElement(element, name).text = text
        if calendar.weekdays is not None:
            _write_week(element, calendar)
        if calendar.exceptions:
            entries = SubElement(element, "Exceptions")
            for exception in calendar.exceptions:
                _write_exception(entries, exception)


def _write_week(element: Element, calendar: Calendar) -> None:
    week, hours = SubElement(element, "WeekDays"), dict(calendar.hours)
    for kind, number in sorted(DAYS_OF_WEEK.items()):
        day = SubElement(week, "WeekDay")
        works = number in (calendar.weekdays or ())
        SubElement(day, "DayType").text = kind
        SubElement(day, "DayWorking").text = "1" if works else "0"
        if works:
            _write_hours(day, hours.get(number, ("08:00-12:00", "13:00-17:00")))


def _write_exception(entries: Element, exception: CalendarException) -> None:
    entry = SubElement(entries, "Exception")
    SubElement(entry, "EnteredByOccurrences").text = "0"
    period = SubElement(entry, "TimePeriod")
    SubElement(period, "FromDate").text = f"{exception.first}T00:00:00"
    SubElement(period, "ToDate").text = f"{exception.last}T23:59:00"
    if exception.name:
        SubElement(entry, "Name").text = exception.name
    SubElement(entry, "DayWorking").text = "1" if exception.working else "0"
    if exception.working and exception.hours:
        _write_hours(entry, exception.hours)


def _write_hours(element: Element, hours: Hours) -> None:
    times = SubElement(element, "WorkingTimes")
    for span in hours:
        begin, _, end = span.partition("-")
        time = SubElement(times, "WorkingTime")
        SubElement(time, "FromTime").text = f"{begin}:00"
        SubElement(time, "ToTime").text = f"{end}:00"
