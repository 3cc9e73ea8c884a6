"""The meetings of authorities with firms that have one pair of eyes: listed, taken along, and their people asked for a second."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Tlp
from punte.apps.access.permissions import active_subject
from punte.apps.meetings.eyes_after import EyesAfter
from punte.apps.meetings.four_eyes import OnePair, ask_for_second, asks_four_eyes, with_one_pair
from punte.apps.meetings.queries import published_version
from punte.kernel.errors import PunteError
from punte.web.organiser.desk import Desk, open_desk
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, table_response

NAMED: Final = 5
"""So many meetings are named before one opens the rest."""
SHOWN: Final = 60
ROWS: Final = 50
"""Meetings on a page."""


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """List the accepted meetings at which an authority's person would be alone with a firm; ask those persons."""
    desk = open_desk(request, slug, to_change=request.method == "POST")
    if request.method == "POST":
        return _ask(request, desk)
    lines = with_one_pair(desk.edition)
    if ending := asked_ending(request):
        return _file(desk, ending, lines)
    published = published_version(desk.edition.pk)
    held = with_one_pair(desk.edition, version_id=published.id) if published else []
    return render(
        request,
        "organiser/four_eyes.html",
        desk.context(
            pages=Paginator(lines, ROWS).get_page(request.GET.get("page")),
            held={one.request_id for one in held},
            asks=asks_four_eyes(desk.edition.pk),
        ),
    )


def one_pair_note(desk: Desk, version_id: UUID | None) -> dict[str, object]:
    """Return what an organiser reads before a timetable is published, where the edition asks for two."""
    if version_id is None or not asks_four_eyes(desk.edition.pk):
        return {}
    return {"one_pair": with_one_pair(desk.edition, version_id=version_id)}


def alone_after(eyes: EyesAfter) -> dict[str, object]:
    """Return what an organiser reads before a repair is published: who would be alone newly, and who is already."""
    newly, already = eyes.newly, eyes.already
    return {
        "newly_alone": newly[:NAMED],
        "newly_more": newly[NAMED:],
        "newly_count": len(newly),
        "already_alone": already[:SHOWN],
        "already_count": len(already),
        "already_more": max(0, len(already) - SHOWN),
    }


def _ask(request: HttpRequest, desk: Desk) -> HttpResponse:
    chosen = [uuid_of(text) for text in request.POST.getlist("request")]
    if request.POST.get("do") == "all":
        chosen = [one.request_id for one in with_one_pair(desk.edition)]
    try:
        count = ask_for_second(by=active_subject(), edition=desk.edition, request_ids=chosen)
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(
            request,
            ngettext(
                "For %(count)d meeting the authority is asked by mail; once a day at most.",
                "For %(count)d meetings the authority is asked by mail; once a day at most.",
                count,
            )
            % {"count": count},
        )
    return redirect("four_eyes", slug=desk.edition.slug)


def _file(desk: Desk, ending: str, lines: list[OnePair]) -> HttpResponse:
    columns = [_("Request"), _("Authority"), _("Who is alone"), _("Firm")]
    rows = [[one.code, one.authority, one.official, one.firm] for one in lines]
    name = f"{desk.edition.slug}-one-pair-of-eyes"
    return table_response(name, columns, rows, ending=ending, marking=str(Tlp.AMBER))
