"""
Invitations as files of a mail: who calls, who is asked, one event and one method for each file.

References
----------
RFC 5546, sections 3.2.2 (REQUEST) and 3.2.5 (CANCEL): all events of a message have the same UID.
RFC 6047, section 2.4: the method stands in the media type too.
"""

import datetime as dt
import re

import icalendar
from django.conf import settings

from punte.apps.people.mail import address_of
from punte.apps.people.mail_kinds import Attachment
from punte.apps.people.models import Person


def begin_calendar(method: str) -> icalendar.Calendar:
    """Return an empty calendar of a method, ``REQUEST`` for what is new or moved and ``CANCEL`` for what is off."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Punte//Invitation//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def address_event(event: icalendar.Event, *, caller: str, reader: Person, name: str) -> None:
    """
    Say in an event who calls to it and who is asked: the site's own address, and the reader's.

    Parameters
    ----------
    caller, name
        What calendars show of the two, such as the edition's name and the name on the badge.
    """
    organizer = icalendar.vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    organizer.params["CN"] = icalendar.vText(caller)
    event["organizer"] = organizer
    attendee = icalendar.vCalAddress(f"mailto:{address_of(reader)}")
    attendee.params["CN"] = icalendar.vText(name)
    # The time is agreed: the calendar need not ask.
    attendee.params["PARTSTAT"] = icalendar.vText("ACCEPTED")
    attendee.params["RSVP"] = icalendar.vText("FALSE")
    event.add("attendee", attendee, encode=False)


def attach_calendar(calendar: icalendar.Calendar, *, what: str) -> Attachment:
    """
    Return a calendar of one event as the file of a mail, with the time zones that it needs.

    Parameters
    ----------
    what
        For the name of the file: which event it is among those of the mail.

    Raises
    ------
    ValueError
        The calendar holds events of several UIDs: a program of mails would take in one of them.
    """
    events = calendar.events
    if len({str(event["uid"]) for event in events}) != 1:
        raise ValueError("An invitation holds one event; write a file for each.")
    year = events[0].start.year
    # The rules of its own days are enough; those of 68 years would be half of the file.
    calendar.add_missing_timezones(dt.date(year, 1, 1), dt.date(year + 1, 12, 31))
    method = str(calendar["method"])
    name = re.sub(r"[^A-Za-z0-9-]", "", what)
    return Attachment(
        name=f"{method.lower()}-{name}.ics",
        content=calendar.to_ical(),
        media_type=f"text/calendar; method={method}; charset=utf-8",
    )
