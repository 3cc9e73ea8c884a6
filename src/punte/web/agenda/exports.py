"""The agenda as files, each with what its reader may see: frab schedule in XML and JSON, and a calendar."""

import icalendar
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from punte.apps.forum import agenda
from punte.apps.forum.models import Edition, Session
from punte.formats.frab import Conference, Person, Talk, write_frab_json, write_frab_xml
from punte.web.agenda.pages import edition_or_404


def _address(request: HttpRequest, edition: Edition, session: Session) -> str:
    return request.build_absolute_uri(f"/e/{edition.slug}/agenda/{session.pk}/")


def _talk(request: HttpRequest, edition: Edition, session: Session) -> Talk:
    return Talk(
        guid=session.pk,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=session.title,
        subtitle=session.subtitle,
        room=session.place.name if session.place else edition.venue or edition.city,
        url=_address(request, edition, session),
        track=session.track,
        kind=session.kind,
        language=session.language,
        abstract=session.about.split("\n", 1)[0],
        description=session.about,
        persons=tuple(Person(name=one.name) for one in agenda.speakers_of(session)),
        links=(session.link,) if session.link else (),
    )


def _conference(request: HttpRequest, slug: str) -> Conference:
    edition = edition_or_404(slug)
    releases = agenda.list_releases(edition.pk)
    stamp = releases[0].at if releases else edition.labelled_at
    sessions = agenda.released_sessions(edition.pk)
    return Conference(
        acronym=edition.slug,
        title=edition.name,
        first=edition.starts_on,
        last=edition.ends_on,
        zone=edition.zone,
        base_url=request.build_absolute_uri(f"/e/{edition.slug}/agenda/"),
        version=f"{stamp.astimezone(edition.zone):%Y-%m-%d %H:%M}",
        talks=tuple(_talk(request, edition, one) for one in sessions if not one.is_cancelled),
    )


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private"},
    )


@login_not_required
@require_GET
def give_xml(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the frab schedule as XML."""
    content = write_frab_xml(_conference(request, slug))
    return _file(content, "application/xml; charset=utf-8", "schedule.xml")


@login_not_required
@require_GET
def give_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the frab schedule as JSON."""
    content = write_frab_json(_conference(request, slug))
    return _file(content, "application/json", "schedule.json")


@login_not_required
@require_GET
def give_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the agenda as a calendar; what was called off says so."""
    edition = edition_or_404(slug)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Punte//agenda//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", edition.name)
    for session in agenda.released_sessions(edition.pk):
        event = icalendar.Event()
        event.add("uid", f"session-{session.pk}@punte")
        event.add("dtstamp", session.labelled_at)
        event.add("dtstart", session.starts_at)
        event.add("dtend", session.ends_at)
        event.add("summary", session.title)
        event.add("location", session.place.name if session.place else edition.venue)
        event.add("description", session.about)
        event.add("url", _address(request, edition, session))
        event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
        calendar.add_component(event)
    return _file(calendar.to_ical(), "text/calendar; charset=utf-8", "agenda.ics")
