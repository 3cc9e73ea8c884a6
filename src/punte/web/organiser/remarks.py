"""A draft shown to the delegates as preliminary, and what they remark on it, beside the version."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Tlp
from punte.apps.access.permissions import active_subject
from punte.apps.forum.queries import Face
from punte.apps.meetings.preliminary import show_preliminary, stop_showing
from punte.apps.meetings.queries import VersionLine
from punte.apps.meetings.remarks import RemarkLine, list_remarks
from punte.kernel.errors import PunteError
from punte.web.organiser.desk import Desk, card_of, open_desk
from punte.web.refusals import tell_refusal
from punte.web.setup.reading import moment, said_twice
from punte.web.tables import asked_ending, minute_in, table_response
from punte.web.typed import keep_typed, typed_before

DASH = "\N{EM DASH}"


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show who remarked what, and until when the version is shown; show it, or stop. As a file with ``?as=csv`` or ``?as=xlsx``."""
    desk = open_desk(request, slug, to_change=request.method == "POST")
    version = desk.version(number)
    if request.method == "POST":
        return _change(request, desk, version)
    lines = list_remarks(desk.edition.pk, version.id)
    if ending := asked_ending(request):
        return _file(desk, version, ending, lines)
    card = card_of(version)
    until = version.preliminary_until
    context = desk.context(
        version=card,
        goals=card.goals,
        claim=card.claim,
        until=until if until is not None and until > timezone.now() else None,
        proposed=f"{_in_a_week(desk):%Y-%m-%dT%H:%M}",
        open_lines=[_row(one) for one in lines if one.remark.closed_at is None],
        closed_lines=[_row(one) for one in lines if one.remark.closed_at is not None],
        typed=typed_before(request),
    )
    return render(request, "organiser/remarks.html", context)


def _in_a_week(desk: Desk) -> dt.datetime:
    now = timezone.now().astimezone(desk.edition.zone)
    return dt.datetime.combine(now.date() + dt.timedelta(days=7), dt.time(18), desk.edition.zone)


def _change(request: HttpRequest, desk: Desk, version: VersionLine) -> HttpResponse:
    page = f"{desk.address}v{version.number}/remarks/"
    try:
        if request.POST.get("do") == "stop":
            stop_showing(by=active_subject(), version_id=version.id)
            messages.success(request, _("The delegates see this version no more."))
            return HttpResponseRedirect(page)
        until = moment(request.POST.get("until", ""), _("Until"), desk.edition.zone)
        show_preliminary(by=active_subject(), version_id=version.id, until=until)
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request, page=page)
        return HttpResponseRedirect(page)
    for said in said_twice([until]):
        messages.info(request, said)
    messages.success(
        request, _("The delegates see their own meetings of this version, marked as preliminary.")
    )
    return HttpResponseRedirect(page)


def _name(face: Face | None) -> str:
    return f"{face.name}, {face.organisation}" if face else DASH


def _row(line: RemarkLine) -> dict[str, Any]:
    return {
        "code": line.request_code,
        "between": f"{_name(line.sender)} \N{EN DASH} {_name(line.receiver)}",
        "by": _name(line.by),
        "text": line.remark.text,
        "written_at": line.remark.written_at,
        "number": line.shown_number,
        "slot": line.slot,
        "now": line.now[0] if line.now else None,
        "place": line.now[1].name if line.now else "",
        "is_moved": line.is_moved,
    }


def _file(desk: Desk, version: VersionLine, ending: str, lines: list[RemarkLine]) -> HttpResponse:
    columns = [
        _("Request"),
        _("From"),
        _("To"),
        _("Who"),
        _("Remark"),
        _("Written"),
        _("On version"),
        _("About the time"),
        _("In version %(number)s") % {"number": version.number},
        _("Place"),
        _("Open"),
    ]
    zone = desk.edition.zone
    rows = [
        [
            one.request_code,
            _name(one.sender),
            _name(one.receiver),
            _name(one.by),
            one.remark.text,
            minute_in(zone, one.remark.written_at),
            one.shown_number,
            minute_in(zone, one.slot.starts_at),
            minute_in(zone, one.now[0].starts_at) if one.now else _("not held"),
            one.now[1].name if one.now else "",
            _("yes") if one.remark.closed_at is None else _("no"),
        ]
        for one in lines
    ]
    name = f"{desk.edition.slug}-v{version.number}-remarks"
    return table_response(name, columns, rows, ending=ending, marking=Tlp.AMBER)
