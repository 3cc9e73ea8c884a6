"""The agenda as files, each with what its reader may see: frab schedule in XML and JSON, and a calendar."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from punte.apps.forum.agenda_files import calendar_of, conference_of
from punte.formats.frab import write_frab_json, write_frab_xml
from punte.web.agenda.pages import edition_or_404


def _base(request: HttpRequest, slug: str) -> str:
    return request.build_absolute_uri(f"/e/{slug}/agenda/")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@login_not_required
@require_GET
def give_xml(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the frab schedule as XML."""
    conference = conference_of(edition_or_404(slug), base=_base(request, slug))
    return _file(write_frab_xml(conference), "application/xml; charset=utf-8", "schedule.xml")


@login_not_required
@require_GET
def give_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the frab schedule as JSON."""
    conference = conference_of(edition_or_404(slug), base=_base(request, slug))
    return _file(write_frab_json(conference), "application/json", "schedule.json")


@login_not_required
@require_GET
def give_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the agenda as a calendar; what was called off says so."""
    content = calendar_of(edition_or_404(slug), base=_base(request, slug))
    return _file(content, "text/calendar; charset=utf-8", "agenda.ics")
