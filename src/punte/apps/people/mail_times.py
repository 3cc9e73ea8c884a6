"""Days and times as mails write them: as the pages do, in the language that is active, with weekday and zone."""

import datetime as dt
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from django.utils.translation import get_language


def words_for_day(day: dt.date) -> str:
    """Return a day as ``Sun 29 Nov 2026``."""
    return format_date(day, "EEE d MMM y", locale=_locale())


def words_for_time(moment: dt.datetime, zone: ZoneInfo) -> str:
    """Return a moment in a zone as ``Sun 29 Nov, 12:20 EET``."""
    there = moment.astimezone(zone)
    return f"{_short_day(there)}, {_clock(there)} {there:%Z}"


def words_for_span(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> str:
    """Return a span of time in a zone as ``Sun 29 Nov, 12:20-12:50 EET`` with an en dash, and the end's own day where it differs."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    until = _clock(last) if first.date() == last.date() else f"{_short_day(last)}, {_clock(last)}"
    return f"{_short_day(first)}, {_clock(first)}\N{EN DASH}{until} {first:%Z}"


def words_for_clock(moment: dt.datetime, zone: ZoneInfo) -> str:
    """Return the time of day in a zone as ``12:20 EET``."""
    there = moment.astimezone(zone)
    return f"{_clock(there)} {there:%Z}"


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")


def _short_day(moment: dt.datetime) -> str:
    return format_date(moment, "EEE d MMM", locale=_locale())


def _clock(moment: dt.datetime) -> str:
    return format_time(moment, "HH:mm", locale=_locale())
