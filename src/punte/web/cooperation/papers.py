"""Papers of an edition as PDF: badges, table cards, personal schedules, desk lists and room signs, always current."""

import io
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

import segno
import typst
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from punte.apps.access.actions import record
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.cooperation.permissions import may_check_in
from punte.apps.cooperation.turned_away import turned_away
from punte.apps.forum.models import Delegate, Edition, Place
from punte.apps.forum.own_language import languages_of_delegates
from punte.apps.forum.queries import Face, faces, find_edition, list_sessions
from punte.apps.meetings.models import Meeting, TimetableVersion
from punte.apps.meetings.permissions import may_organise
from punte.kernel.errors import PunteError
from punte.web.cooperation.letters import missing_letters
from punte.web.navigation import edition_items, main_items
from punte.web.refusals import tell_refusal
from punte.web.ui.templatetags.ui import short_day

KINDS: Final = {
    "badges": gettext_lazy("Badges"),
    "table-cards": gettext_lazy("Table cards"),
    "schedules": gettext_lazy("Personal schedules"),
    "desk-list": gettext_lazy("Desk list"),
    "room-signs": gettext_lazy("Room signs"),
}
OF_MEETINGS: Final = frozenset({"table-cards", "schedules"})
"""Papers that say who meets whom, which a desk does not see: a sheet of its own for each place or person."""
OF_EACH: Final = "each"
"""Asked for as a language: each personal schedule in its person's."""
NAMED: Final = 40
"""Names without letters that the page lists."""


def _edition_or_404(slug: str) -> Edition:
    edition = find_edition(slug)
    if edition is None or not may_check_in(active_subject(), edition.pk):
        raise Http404
    return edition


def _kinds(edition: Edition) -> list[tuple[str, str]]:
    """Return the papers that the reader can fill."""
    sees_meetings = may_organise(active_subject(), edition.pk)
    return [
        (code, str(name))
        for code, name in KINDS.items()
        if sees_meetings or code not in OF_MEETINGS
    ]


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
            "kinds": _kinds(edition),
            "languages": languages_of(edition),
            "of_each": OF_EACH,
            "version": _published(edition),
            "unset": _unset_names(edition),
        },
    )


@require_GET
def give(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Give one paper as PDF, made now from what is published, in the language that ``?language=`` asks for, or else the reader's."""
    edition = _edition_or_404(slug)
    if kind not in dict(_kinds(edition)):
        raise Http404
    with translation.override(_asked_language(request, edition)):
        content = typeset(kind, content_of(edition, kind, of_each=_is_of_each(request, kind)))
    record("paper.made", None, edition_id=edition.pk, kind=kind)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{edition.slug}-{kind}.pdf"'},
    )


def _asked_language(request: HttpRequest, edition: Edition) -> str:
    asked = request.GET.get("language", "")
    known = {code for code, _name in languages_of(edition)}
    return asked if asked in known else translation.get_language() or settings.LANGUAGE_CODE


def _is_of_each(request: HttpRequest, kind: str) -> bool:
    return kind == "schedules" and request.GET.get("language") == OF_EACH


def languages_of(edition: Edition) -> list[tuple[str, str]]:
    """Return code and name of the languages in which its papers can be made: the edition's that the site speaks, or the site's."""
    known = {code: str(name) for code, name in settings.LANGUAGES}
    said = [code.strip() for code in edition.languages.split(",") if code.strip() in known]
    return [(code, known[code]) for code in dict.fromkeys(said or known)]


@require_GET
def give_badge(request: HttpRequest, slug: str, delegate_id: UUID) -> HttpResponse:
    """Give the badge of one delegate, for who came without one."""
    edition = _edition_or_404(slug)
    face = faces(edition.pk).get(delegate_id)
    if face is None:
        raise Http404
    if delegate_id in turned_away(edition.pk, [delegate_id]):
        said = _("%(name)s is withdrawn or suspended, and gets no badge. Ask the organisers.")
        tell_refusal(request, PunteError(said % {"name": face.name}))
        return redirect(f"/e/{edition.slug}/check-in/")
    content = content_of(edition, "badges", people=[face])
    record("paper.made", None, edition_id=edition.pk, kind="badge", code=face.code)
    return HttpResponse(
        typeset("badges", content),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{edition.slug}-badge.pdf"'},
    )


def typeset(kind: str, content: dict[str, Any]) -> bytes:
    """Return a paper as PDF; its text is data and never markup."""
    form = "sheets" if kind in OF_MEETINGS else kind
    source = (files("punte.web.cooperation") / "typst" / f"{form}.typ").read_bytes()
    pdf: bytes = typst.compile(source, sys_inputs={"data": json.dumps(content, ensure_ascii=False)})
    return pdf


def _published(edition: Edition) -> TimetableVersion | None:
    return TimetableVersion.objects.filter(
        edition=edition, state=TimetableVersion.State.PUBLISHED
    ).first()


def content_of(
    edition: Edition, kind: str, *, people: Iterable[Face] | None = None, of_each: bool = False
) -> dict[str, Any]:
    """
    Return what a paper says, as the reader may see it, in the language that is active.

    Parameters
    ----------
    people
        Only the badges of these; everybody's where None.
    of_each
        Whether each personal schedule is in the language of the person whose it is.
    """
    version = _published(edition)
    known = faces(edition.pk)
    gone = turned_away(edition.pk)
    content: dict[str, Any] = {
        **_foot(edition, version),
        "title": str(KINDS[kind]),
        "words": {
            "nothing": _("No meetings."),
            "organisation": _("Organisation"),
            "name": _("Name"),
            "code": _("Code"),
        },
    }
    if kind in {"badges", "desk-list"}:
        shown = known.values() if people is None else people
        ordered = sorted(
            (face for face in shown if face.delegate_id not in gone),
            key=lambda face: (face.name, face.code),
        )
        names = _names_to_set(ordered)
        content["people"] = [
            _person(face, names[face.delegate_id], with_code=kind == "badges") for face in ordered
        ]
    elif kind == "room-signs":
        content["rooms"] = _rooms(edition)
    elif kind == "table-cards":
        foot = _foot(edition, version)
        content["sheets"] = [foot | one for one in _cards(edition, _held(version), known)]
    else:
        expected = {key: face for key, face in known.items() if key not in gone}
        spoken = languages_of_delegates(expected) if of_each else {}
        sheets = _schedules(edition, version, known, expected, spoken)
        content["sheets"] = sheets
    return content


def _foot(edition: Edition, version: TimetableVersion | None) -> dict[str, str]:
    """Return what stands under and over a sheet, in the language that is active."""
    return {
        "edition": str(edition.said["name"]),
        "stamp": _("version %(version)s, printed %(when)s")
        % {
            "version": version.number if version else "-",
            "when": f"{timezone.now().astimezone(edition.zone):%Y-%m-%d %H:%M}",
        },
        "synthetic": _("Sample: all people are invented.") if edition.is_synthetic else "",
        # The form knows the numbers, and puts them in the place of the letters.
        "page": _("page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }


def _names_to_set(people: Sequence[Face]) -> dict[UUID, str]:
    """Return the name that each badge can show: the person's other one where no font has the letters of the badge's."""
    names = {face.delegate_id: face.name for face in people}
    lacking = missing_letters("".join(names.values()))
    unset = [key for key, name in names.items() if lacking.intersection(name)]
    if not unset:
        return names
    others = dict(Delegate.objects.filter(pk__in=unset).values_list("pk", "person__name"))
    without = missing_letters("".join(others.values()))
    return names | {key: name for key, name in others.items() if not without.intersection(name)}


def _unset_names(edition: Edition) -> list[str]:
    """Return the names for whose letters this machine has no font, each with the code of the badge."""
    known = faces(edition.pk)
    gone = turned_away(edition.pk)
    people = [face for face in known.values() if face.delegate_id not in gone]
    names = _names_to_set(people)
    lacking = missing_letters("".join(names.values()))
    return sorted(
        f"{names[face.delegate_id]} ({face.code})"
        for face in people
        if lacking.intersection(names[face.delegate_id])
    )[:NAMED]


def _person(face: Face, name: str, *, with_code: bool) -> dict[str, str]:
    picture = io.BytesIO()
    if with_code:
        segno.make(face.code, error="m", micro=False).save(
            picture, kind="svg", scale=4, border=1, xmldecl=False
        )
    return {
        "name": name,
        "function": face.function,
        "organisation": face.organisation,
        "country": country_name(face.country) if face.country else "",
        "code": face.code,
        "picture": picture.getvalue().decode(),
    }


def _rooms(edition: Edition) -> list[dict[str, Any]]:
    rooms: dict[str, list[dict[str, str]]] = defaultdict(list)
    places = {place.pk: place for place in edition.places.prefetch_related("wordings")}
    for session in list_sessions(edition.pk):
        if session.is_released:
            room = places.get(session.place_id) if session.place_id else None
            place = str(room.said["name"] if room else edition.said["venue"])
            start, end = (
                moment.astimezone(edition.zone) for moment in (session.starts_at, session.ends_at)
            )
            rooms[place].append(
                {
                    "when": f"{short_day(start)} {start:%H:%M}\N{EN DASH}{end:%H:%M}",
                    "what": session.said["title"],
                }
            )
    return [{"name": name, "lines": lines} for name, lines in sorted(rooms.items())]


def _held(version: TimetableVersion | None) -> list[Meeting]:
    """Return the meetings of a version that the reader sees, in time order."""
    if version is None:
        return []
    held = Meeting.objects.filter(version=version).select_related("slot", "place", "request")
    held = held.prefetch_related("place__wordings")
    return list(held.order_by("slot__starts_at", "place__position", "seat_idx", "pk"))


def _when(edition: Edition, meeting: Meeting) -> str:
    start = meeting.slot.starts_at.astimezone(edition.zone)
    return f"{short_day(start)} {start:%H:%M}"


def _cards(
    edition: Edition, meetings: Iterable[Meeting], known: Mapping[UUID, Face]
) -> list[dict[str, Any]]:
    """Return one sheet for each place, also where two carry one name."""
    lines: dict[Place, list[dict[str, str]]] = defaultdict(list)
    for meeting in meetings:
        sides = [known.get(meeting.request.sender_id), known.get(meeting.request.receiver_id)]
        names = "  /  ".join(f"{face.name}, {face.organisation}" for face in sides if face)
        lines[meeting.place].append({"when": _when(edition, meeting), "what": names, "where": ""})
    return [
        {"name": str(place.said["name"]), "under": "", "code": place.code, "lines": found}
        for place, found in sorted(
            lines.items(), key=lambda one: (one[0].position, one[0].name, one[0].code)
        )
    ]


def _schedules(
    edition: Edition,
    version: TimetableVersion | None,
    known: Mapping[UUID, Face],
    expected: Mapping[UUID, Face],
    spoken: Mapping[UUID, str],
) -> list[dict[str, Any]]:
    """
    Return one sheet for each delegate who meets somebody, with the code that tells two of one name apart.

    Parameters
    ----------
    spoken
        In which language a sheet is written; the active one for everybody else.
    """
    held: dict[UUID, list[tuple[Meeting, UUID]]] = defaultdict(list)
    for meeting in _held(version):
        pair = (meeting.request.sender_id, meeting.request.receiver_id)
        for own, other in (pair, pair[::-1]):
            held[own].append((meeting, other))
    people = sorted(
        (expected[key] for key in held if key in expected), key=lambda face: (face.name, face.code)
    )
    names = _names_to_set(people)
    sheets = []
    for face in people:
        key = face.delegate_id
        with translation.override(spoken.get(key, translation.get_language())):
            lines = [_line(edition, meeting, known.get(other)) for meeting, other in held[key]]
            person = {"name": names[key], "under": face.organisation, "code": face.code}
            sheets.append({**_foot(edition, version), **person, "lines": lines})
    return sheets


def _line(edition: Edition, meeting: Meeting, met: Face | None) -> dict[str, str]:
    return {
        "when": _when(edition, meeting),
        "what": f"{met.name}, {met.organisation}" if met else "",
        "where": str(meeting.place.said["name"]),
    }
