"""The released agenda as files, with what the active subject sees: frab schedule and calendar."""

import datetime as dt

import icalendar
from django.utils import translation

from punte.apps.forum import agenda
from punte.apps.forum.models import Edition, Session
from punte.apps.forum.word_rows import originals_of
from punte.formats.frab import Conference, Person, Talk


def _talk(edition: Edition, session: Session, base: str, *, is_first: bool) -> Talk:
    """Return a session in the words of the active language, or of the edition's first."""
    said = originals_of(session) if is_first else session.said
    house = originals_of(edition) if is_first else edition.said
    place = session.place
    named = "" if place is None else place.name if is_first else str(place.said["name"])
    return Talk(
        guid=session.pk,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=str(said["title"]),
        first_title=session.title,
        subtitle=str(said["subtitle"]),
        room=named or str(house["venue"] or house["city"]),
        first_room=place.name if place else edition.venue or edition.city,
        url=f"{base}{session.pk}/",
        track=str(said["track"]),
        kind=session.kind,
        language=session.language,
        abstract=str(said["about"]).split("\n", 1)[0],
        description=str(said["about"]),
        persons=tuple(Person(name=one.name) for one in agenda.speakers_of(session)),
        links=(session.link,) if session.link else (),
    )


def conference_of(edition: Edition, *, base: str, language: str = "") -> Conference:
    """
    Return the released agenda for a frab schedule.

    Parameters
    ----------
    base
        Address of the agenda's page, with its last slash.
    language
        In which its texts are, as far as they are written in it; empty for the edition's first. The schema has a language for
        each event, which is the one that is spoken there, and none for texts: so there is a file for each language.
    """
    is_first = language in {"", edition.first_language}
    with translation.override(language or edition.first_language):
        releases = agenda.list_releases(edition.pk)
        stamp = releases[0].at if releases else edition.labelled_at
        sessions = agenda.released_sessions(edition.pk)
        return Conference(
            acronym=edition.slug,
            title=edition.name if is_first else str(edition.said["name"]),
            first=edition.starts_on,
            last=edition.ends_on,
            zone=edition.zone,
            base_url=base,
            version=f"{stamp.astimezone(edition.zone):%Y-%m-%d %H:%M}",
            talks=tuple(
                _talk(edition, one, base, is_first=is_first)
                for one in sessions
                if not one.is_cancelled
            ),
        )


def calendar_of(edition: Edition, *, base: str) -> bytes:
    """
    Return the released agenda as iCalendar; what was called off says so, in the reader's words. ``base`` as in :func:`conference_of`.

    A calendar that read it before takes each session's later revision in its place: RFC 5546, section 2.1.5.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Punte//agenda//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", str(edition.said["name"]))
    calendar.add("method", "PUBLISH")
    changes = agenda.changes_by_session(edition.pk)
    for session in agenda.released_sessions(edition.pk):
        sequence, changed_at = changes.get(session.pk, (0, session.labelled_at))
        said = session.said
        event = icalendar.Event()
        event.add("uid", f"session-{session.pk}@punte")
        event.add("sequence", sequence)
        event.add("dtstamp", changed_at.astimezone(dt.UTC))
        event.add("last-modified", changed_at.astimezone(dt.UTC))
        event.add("dtstart", session.starts_at.astimezone(edition.zone))
        event.add("dtend", session.ends_at.astimezone(edition.zone))
        event.add("summary", str(said["title"]))
        place = str(session.place.said["name"]) if session.place else str(edition.said["venue"])
        event.add("location", place)
        event.add("description", str(said["about"]))
        event.add("url", f"{base}{session.pk}/")
        event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
        calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content
