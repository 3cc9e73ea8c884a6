"""Papers of an edition as PDF: badges, table cards, personal schedules, desk lists and room signs, always current."""

import io
import json
from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

import segno
import typst
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from punte.apps.access.actions import record
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.cooperation.permissions import may_check_in
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import Face, faces, find_edition, list_sessions
from punte.apps.meetings.models import Meeting, TimetableVersion
from punte.web.navigation import edition_items, main_items

KINDS: Final = {
    "badges": gettext_lazy("Badges"),
    "table-cards": gettext_lazy("Table cards"),
    "schedules": gettext_lazy("Personal schedules"),
    "desk-list": gettext_lazy("Desk list"),
    "room-signs": gettext_lazy("Room signs"),
}


def _edition_or_404(slug: str) -> Edition:
    edition = find_edition(slug)
    if edition is None or not may_check_in(active_subject(), edition.pk):
        raise Http404
    return edition


@require_GET
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """List the papers of an edition."""
    edition = _edition_or_404(slug)
    return render(
        request,
        "cooperation/papers.html",
        {
            "edition": edition,
            "synthetic": edition.is_synthetic,
            "navigation": main_items(request),
            "subnavigation": edition_items(request, edition, active_subject()),
            "kinds": list(KINDS.items()),
            "version": _published(edition),
        },
    )


@require_GET
def give(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Give one paper as PDF, made now from what is published."""
    del request
    edition = _edition_or_404(slug)
    if kind not in KINDS:
        raise Http404
    content = typeset(kind, content_of(edition, kind))
    record("paper.made", None, edition_id=edition.pk, kind=kind)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{edition.slug}-{kind}.pdf"'},
    )


@require_GET
def give_badge(request: HttpRequest, slug: str, delegate_id: UUID) -> HttpResponse:
    """Give the badge of one delegate, for who came without one."""
    del request
    edition = _edition_or_404(slug)
    face = faces(edition.pk).get(delegate_id)
    if face is None:
        raise Http404
    content = content_of(edition, "badges", people=[face])
    record("paper.made", None, edition_id=edition.pk, kind="badge", code=face.code)
    return HttpResponse(
        typeset("badges", content),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{edition.slug}-badge.pdf"'},
    )


def typeset(kind: str, content: dict[str, Any]) -> bytes:
    """Return a paper as PDF; its text is data and never markup."""
    source = (files("punte.web.cooperation") / "typst" / f"{kind}.typ").read_bytes()
    pdf: bytes = typst.compile(source, sys_inputs={"data": json.dumps(content, ensure_ascii=False)})
    return pdf


def _published(edition: Edition) -> TimetableVersion | None:
    return TimetableVersion.objects.filter(
        edition=edition, state=TimetableVersion.State.PUBLISHED
    ).first()


def content_of(
    edition: Edition, kind: str, *, people: Iterable[Face] | None = None
) -> dict[str, Any]:
    """Return what a paper says, as the reader may see it; badges of some people alone where they are given."""
    version = _published(edition)
    known = faces(edition.pk)
    stamp = _("version %(version)s, printed %(when)s") % {
        "version": version.number if version else "-",
        "when": f"{timezone.now().astimezone(edition.zone):%Y-%m-%d %H:%M}",
    }
    content: dict[str, Any] = {
        "edition": edition.name,
        "stamp": stamp,
        "title": str(KINDS[kind]),
        "synthetic": _("Sample: all people are invented.") if edition.is_synthetic else "",
        "words": {
            "nothing": _("No meetings."),
            "organisation": _("Organisation"),
            "name": _("Name"),
            "code": _("Code"),
        },
    }
    if kind in {"badges", "desk-list"}:
        shown = known.values() if people is None else people
        ordered = sorted(shown, key=lambda face: (face.name, face.code))
        content["people"] = [_person(face, with_code=kind == "badges") for face in ordered]
    elif kind == "room-signs":
        content["rooms"] = _rooms(edition)
    else:
        content["sheets"] = _sheets(edition, version, known, by_place=kind == "table-cards")
    return content


def _person(face: Face, *, with_code: bool) -> dict[str, str]:
    picture = io.BytesIO()
    if with_code:
        segno.make(face.code, error="m", micro=False).save(
            picture, kind="svg", scale=4, border=1, xmldecl=False
        )
    return {
        "name": face.name,
        "function": face.function,
        "organisation": face.organisation,
        "country": country_name(face.country) if face.country else "",
        "code": face.code,
        "picture": picture.getvalue().decode(),
    }


def _rooms(edition: Edition) -> list[dict[str, Any]]:
    rooms: dict[str, list[dict[str, str]]] = defaultdict(list)
    for session in list_sessions(edition.pk):
        if session.is_released:
            place = session.place.name if session.place_id and session.place else edition.venue
            start, end = (
                moment.astimezone(edition.zone) for moment in (session.starts_at, session.ends_at)
            )
            rooms[place].append(
                {"when": f"{start:%a %H:%M}\N{EN DASH}{end:%H:%M}", "what": session.title}
            )
    return [{"name": name, "lines": lines} for name, lines in sorted(rooms.items())]


def _sheets(
    edition: Edition,
    version: TimetableVersion | None,
    known: Any,  # noqa: ANN401  (a mapping of faces)
    *,
    by_place: bool,
) -> list[dict[str, Any]]:
    """Return one sheet for each place or each person, its meetings in time order."""
    sheets: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    meetings = (
        Meeting.objects.filter(version=version)
        .select_related("slot", "place", "request")
        .order_by("slot__starts_at", "place__position")
        if version
        else []
    )
    for meeting in meetings:
        start = meeting.slot.starts_at.astimezone(edition.zone)
        when = f"{start:%d.%m. %H:%M}"
        sides = [known.get(meeting.request.sender_id), known.get(meeting.request.receiver_id)]
        if by_place:
            names = "  /  ".join(f"{face.name}, {face.organisation}" for face in sides if face)
            sheets[meeting.place.name, ""].append({"when": when, "what": names, "where": ""})
            continue
        for own, other in (sides, reversed(sides)):
            if own:
                sheets[own.name, own.organisation].append(
                    {
                        "when": when,
                        "what": f"{other.name}, {other.organisation}" if other else "",
                        "where": meeting.place.name,
                    }
                )
    return [
        {"name": name, "under": under, "lines": lines}
        for (name, under), lines in sorted(sheets.items())
    ]
