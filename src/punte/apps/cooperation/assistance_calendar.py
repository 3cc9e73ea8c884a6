"""Assistance and its activities as events of a calendar, and as the invitation that goes with a mail."""

import datetime as dt
from collections.abc import Iterable

import icalendar
from django.conf import settings
from django.utils import timezone

from punte.apps.cooperation.models import Activity, Assistance
from punte.apps.people.itip import address_event, attach_calendar, begin_calendar
from punte.apps.people.mail_kinds import Attachment
from punte.apps.people.models import Person
from punte.kernel.days import day_after


def path_of(row: Assistance | Activity) -> str:
    """Return the page of an assistance or of one of its activities."""
    if isinstance(row, Activity):
        return f"/assistance/{row.assistance_id}/activities/{row.pk}/"
    return f"/assistance/{row.pk}/"


def calendar_of(rows: Iterable[Assistance | Activity]) -> icalendar.Calendar:
    """Return what has a day, as a calendar; each event keeps its UID for good."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Punte//Assistance//EN")
    calendar.add("version", "2.0")
    for row in rows:
        if row.starts_on is not None:
            calendar.add_component(_event(row))
    return calendar


def dated_rows() -> list[Assistance | Activity]:
    """Return what the reader sees of assistance and activities that have a day, by day."""
    rows: list[Assistance | Activity] = [
        *Assistance.objects.exclude(starts_on=None),
        *Activity.objects.select_related("assistance"),
    ]
    return sorted(rows, key=lambda one: (one.starts_on or dt.date.max, str(one.pk)))


def invitation(row: Assistance | Activity, reader: Person, *, is_on: bool) -> Attachment:
    """Return the event for a reader's calendar, or what takes it out of it."""
    event = _event(row)
    if not is_on:
        event["status"] = icalendar.vText("CANCELLED")
    parent = row.assistance if isinstance(row, Activity) else row
    address_event(
        event, caller=parent.provider or settings.PUNTE_PUBLISHER, reader=reader, name=reader.name
    )
    calendar = begin_calendar("REQUEST" if is_on else "CANCEL")
    calendar.add_component(event)
    return attach_calendar(calendar, what=f"{row.starts_on}")


def _event(row: Assistance | Activity) -> icalendar.Event:
    assert row.starts_on is not None
    event = icalendar.Event()
    event.add("uid", f"{row.pk}@punte.invalid")
    event.add("sequence", row.sequence)
    event.add("dtstamp", timezone.now())
    event.add("dtstart", row.starts_on)
    # RFC 5545 3.6.1: the end of whole days is the day after the last.
    event.add("dtend", day_after(row.ends_on or row.starts_on))
    event.add("summary", row.title)
    event.add("location", row.place)
    event.add("url", f"{settings.PUNTE_ADDRESS}{path_of(row)}")
    event.add("status", "CANCELLED" if row.state == Assistance.State.CANCELLED else "CONFIRMED")
    return event
