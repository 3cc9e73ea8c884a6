"""The agenda as files, each with what its reader may see: frab schedule in XML and JSON, and a calendar."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from punte.apps.forum.agenda_files import calendar_of, conference_of
from punte.apps.forum.word_rows import other_languages
from punte.formats.frab import Conference, write_frab_json, write_frab_xml
from punte.web.agenda.pages import edition_or_404


def _base(request: HttpRequest, slug: str) -> str:
    return request.build_absolute_uri(f"/e/{slug}/agenda/")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def _schedule(request: HttpRequest, slug: str) -> tuple[Conference, str]:
    """
    Return the agenda in the language that ``?language=`` asks for, and its code; else in the edition's first.

    The address alone says which: whatever reads such files sends the language of its machine, and keeps what it got by its address.
    """
    edition = edition_or_404(slug)
    asked, first = request.GET.get("language", ""), edition.first_language
    language = asked if asked in dict(other_languages(edition)) else first
    return conference_of(edition, base=_base(request, slug), language=language), language


@login_not_required
@require_GET
def give_xml(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the frab schedule as XML; its texts in another language of the edition with ``?language=``."""
    conference, language = _schedule(request, slug)
    answer = _file(write_frab_xml(conference), "application/xml; charset=utf-8", "schedule.xml")
    answer["Content-Language"] = language
    return answer


@login_not_required
@require_GET
def give_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the frab schedule as JSON; its texts in another language of the edition with ``?language=``."""
    conference, language = _schedule(request, slug)
    answer = _file(write_frab_json(conference), "application/json", "schedule.json")
    answer["Content-Language"] = language
    return answer


@login_not_required
@require_GET
def give_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the agenda as a calendar; what was called off says so."""
    content = calendar_of(edition_or_404(slug), base=_base(request, slug))
    return _file(content, "text/calendar; charset=utf-8", "agenda.ics")
