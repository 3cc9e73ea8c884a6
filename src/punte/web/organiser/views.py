"""Pages of the timetable: the board, one meeting, what is not met, the proof, versions and their comparison."""

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.access.models import Tlp
from punte.apps.forum.models import Place
from punte.apps.meetings.board import Change, board, compare_versions
from punte.apps.meetings.queries import (
    UnmetLine,
    VersionLine,
    list_unmet,
    list_versions,
    newest_version,
    published_version,
    run_of_version,
)
from punte.web.organiser.board import draw_head, draw_rows
from punte.web.organiser.day import lay_out_day, names_of
from punte.web.organiser.desk import Desk, VersionCard, card_of, open_desk
from punte.web.organiser.meeting import find_meeting
from punte.web.organiser.moves import offer_moves
from punte.web.organiser.run import run_card, state_of
from punte.web.organiser.sentences import explain_unmet
from punte.web.tables import asked_ending, minute_in, table_response

UNMET_A_PAGE = 50
MOVED_SHOWN = 100
PEOPLE_SHOWN = 12
BLOCKING_SHOWN = 4


@require_GET
def show_timetable(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the version being solved, else the newest, else the list that says how to begin."""
    desk = open_desk(request, slug)
    versions = list_versions(desk.edition.pk)
    solving = next((version for version in versions if version.state == "solving"), None)
    if solving is not None:
        return HttpResponseRedirect(f"{desk.address}v{solving.number}/proof/")
    chosen = newest_version(desk.edition.pk)
    if chosen is None:
        return HttpResponseRedirect(f"{desk.address}versions/")
    return HttpResponseRedirect(f"{desk.address}v{chosen.number}/")


def _version_context(desk: Desk, version: VersionLine) -> dict[str, Any]:
    card = card_of(version)
    return desk.context(version=card, goals=card.goals, claim=card.claim)


def _chosen_day(request: HttpRequest) -> dt.date | None:
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


def board_context(request: HttpRequest, desk: Desk, version: VersionLine) -> dict[str, Any]:
    """Return the board's page; also used where one meeting stands open beside it."""
    rows = board(version, day=_chosen_day(request))
    who, kind = request.GET.get("who", "").strip(), request.GET.get("kind", "")
    day = lay_out_day(rows, words=who, kind=kind)
    only = request.GET.get("only") == "1" and bool(day.lit)
    return _version_context(desk, version) | {
        "board": day,
        "head": draw_head(day.columns, desk.edition.zone),
        "rows": draw_rows(day, only=only),
        "days": rows.days,
        "chosen_day": rows.day,
        "names": names_of(rows.people),
        "who": who,
        "kind": kind,
        "kinds": Place.Kind.choices,
        "only": only,
        "open_code": request.GET.get("open", ""),
        "back": request.get_full_path(),
    }


@require_GET
def show_board(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one day of a version: places by slots."""
    desk = open_desk(request, slug)
    version = desk.version(number)
    if version.state == "solving":
        return HttpResponseRedirect(f"{desk.address}v{number}/proof/")
    return render(request, "organiser/board.html", board_context(request, desk, version))


@require_GET
def export_meetings(
    request: HttpRequest, slug: str, number: int, ending: str = "csv"
) -> HttpResponse:
    """Give the meetings of a version, of every day, as a table in CSV or XLSX."""
    desk = open_desk(request, slug)
    version = desk.version(number)
    zone = desk.edition.zone
    days = [board(version)]
    days += [board(version, day=day) for day in days[0].days[1:]]
    rows = []
    for day in days:
        starts = {slot.code: slot.starts_at for slot in day.slots}
        names = {place.code: place.name for place in day.places}
        for cell in sorted(day.cells, key=lambda cell: (starts[cell.slot_code], cell.place_code)):
            sides = [
                part
                for face in (cell.sender, cell.receiver)
                for part in ((face.name, face.organisation, face.country) if face else ("", "", ""))
            ]
            rows.append(
                [
                    cell.request_code,
                    starts[cell.slot_code].astimezone(zone).isoformat(timespec="minutes"),
                    names[cell.place_code],
                    *sides,
                ]
            )
    columns = ["request", "start", "place"]
    columns += [
        f"{side}_{what}"
        for side in ("sender", "receiver")
        for what in ("name", "organisation", "country")
    ]
    return table_response(f"meetings-v{number}", columns, rows, ending=ending)


@require_GET
def show_unmet(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show which requests are not met, each with its cause; as a file with ``?as=csv`` or ``?as=xlsx``."""
    desk = open_desk(request, slug)
    version = desk.version(number)
    words, cause = request.GET.get("q", "").strip(), request.GET.get("cause", "")
    found = list_unmet(version, code=cause, words=words, limit=version.request_count or 1)
    if ending := asked_ending(request):
        return _unmet_file(desk, version, ending, found.lines)
    pages = Paginator(found.lines, UNMET_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "code": line.request_code,
            "sender": line.sender.organisation if line.sender else "\N{EM DASH}",
            "receiver": line.receiver.organisation if line.receiver else "\N{EM DASH}",
            "weight": line.weight,
            "sentence": explain_unmet(line.code),
            "blocking": line.blocking[:BLOCKING_SHOWN],
            "more_blocking": max(0, len(line.blocking) - BLOCKING_SHOWN),
        }
        for line in pages.object_list
    ]
    causes = [
        {"code": code, "sentence": explain_unmet(code), "count": count}
        for code, count in sorted(found.by_code.items())
    ]
    context = _version_context(desk, version) | {
        "rows": rows,
        "pages": pages,
        "causes": causes,
        "chosen_cause": cause,
        "q": words,
    }
    return render(request, "organiser/unmet.html", context)


def _unmet_file(
    desk: Desk, version: VersionLine, ending: str, lines: tuple[UnmetLine, ...]
) -> HttpResponse:
    columns = [
        _("Request"),
        _("From"),
        _("To"),
        _("Worth"),
        _("Why it is not met"),
        _("Held in its stead"),
    ]
    rows = [
        [
            line.request_code,
            line.sender.organisation if line.sender else "",
            line.receiver.organisation if line.receiver else "",
            line.weight,
            explain_unmet(line.code),
            ", ".join(line.blocking),
        ]
        for line in lines
    ]
    name = f"{desk.edition.slug}-v{version.number}-unmet"
    return table_response(name, columns, rows, ending=ending, marking=Tlp.AMBER)


@require_GET
def show_proof(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what is proved, goal by goal, and the run that found it, live while it runs."""
    desk = open_desk(request, slug)
    version = desk.version(number)
    context = _version_context(desk, version) | {"run": run_card(version, host=request.get_host())}
    return render(request, "organiser/proof.html", context)


@require_GET
def tell_state(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Answer where the run of a version stands, for the page's script."""
    desk = open_desk(request, slug)
    run = run_of_version(desk.version(number).id)
    if run is None:
        raise Http404
    return JsonResponse(state_of(run))


@require_GET
def show_versions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every version, newest first."""
    desk = open_desk(request, slug)
    versions = [card_of(line) for line in list_versions(desk.edition.pk)]
    if ending := asked_ending(request):
        return _versions_file(desk, versions, ending)
    context = desk.context(
        versions=versions,
        first=versions[1].number if len(versions) > 1 else None,
        second=versions[0].number if versions else None,
    )
    return render(request, "organiser/versions.html", context)


def _versions_file(desk: Desk, versions: list[VersionCard], ending: str) -> HttpResponse:
    columns = [
        _("Version"),
        _("State"),
        _("Made"),
        _("Made by"),
        _("Met"),
        _("Requests"),
        _("Goals: reached of the proved limit"),
        _("Why this version"),
        _("Instance (SHA-256)"),
    ]
    rows = [
        [
            card.number,
            card.state_label,
            minute_in(desk.edition.zone, card.made_at),
            card.origin_label,
            card.met,
            card.asked,
            "; ".join(f"{goal.name} {goal.value}/{goal.bound}" for goal in card.goals),
            card.comment,
            card.instance_sha256,
        ]
        for card in versions
    ]
    name = f"{desk.edition.slug}-versions"
    return table_response(name, columns, rows, ending=ending, marking=Tlp.AMBER)


def _change_row(change: Change) -> dict[str, str]:
    between = " \N{EN DASH} ".join(
        face.organisation if face else "\N{EM DASH}" for face in (change.sender, change.receiver)
    )
    before, after = (
        f"{spot.slot_code}, {spot.place_code}" if spot else "\N{EN DASH}"
        for spot in (change.before, change.after)
    )
    return {"code": change.request_code, "between": between, "before": before, "after": after}


@require_GET
def show_comparison(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what moved, who gains and who loses between two versions."""
    desk = open_desk(request, slug)
    try:
        numbers = [int(request.GET.get(side, "")) for side in ("a", "b")]
    except ValueError:
        return HttpResponseRedirect(f"{desk.address}versions/")
    before, after = (desk.version(number) for number in numbers)
    found = compare_versions(before, after)
    first, second = card_of(before), card_of(after)
    reached = {goal.name: goal.shown_value for goal in first.goals}
    context = desk.context(
        first=first,
        second=second,
        kept=found.kept,
        moved=found.moved,
        gained=found.gained,
        lost=found.lost,
        moved_shown=[_change_row(change) for change in found.moved[:MOVED_SHOWN]],
        moved_hidden=max(0, len(found.moved) - MOVED_SHOWN),
        goals=[
            {"label": goal.label, "before": reached.get(goal.name, ""), "after": goal.shown_value}
            for goal in second.goals
        ],
        winners_hidden=max(0, len(found.winners) - PEOPLE_SHOWN),
        losers_hidden=max(0, len(found.losers) - PEOPLE_SHOWN),
        winners=[
            {
                "name": f"{row.face.name}, {row.face.organisation}",
                "change": row.weight_after - row.weight_before,
            }
            for row in found.winners[:PEOPLE_SHOWN]
        ],
        losers=[
            {
                "name": f"{row.face.name}, {row.face.organisation}",
                "change": row.weight_before - row.weight_after,
            }
            for row in found.losers[:PEOPLE_SHOWN]
        ],
    )
    return render(request, "organiser/compare.html", context)


@require_GET
def show_meeting(request: HttpRequest, slug: str, number: int, code: str) -> HttpResponse:
    """Show one meeting: in the panel beside the board, or with the board as a page of its own."""
    desk = open_desk(request, slug)
    version = desk.version(number)
    panel = find_meeting(version, code)
    if panel is None:
        raise Http404
    back = back_to(request, f"{desk.address}v{number}/?day={panel.row.slot.day.isoformat()}")
    more: dict[str, Any] = {"panel": panel, "back": back}
    if request.GET.get("move") and desk.may_change and not panel.is_locked:
        more["options"] = offer_moves(panel)
    if request.headers.get("X-Panel"):
        return render(request, "organiser/meeting.html", _version_context(desk, version) | more)
    query = request.GET.copy()
    query["day"] = panel.row.slot.day.isoformat()
    request.GET = query  # type: ignore[assignment]
    more["open_code"] = code
    return render(request, "organiser/board.html", board_context(request, desk, version) | more)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Return where the reader came from, if that is a page of this site."""
    wanted = request.POST.get("back") or request.headers.get("Referer", "")
    if wanted and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, request.is_secure()
    ):
        return wanted
    return otherwise


def current_version(desk: Desk) -> VersionLine | None:
    """Return what delegates see now."""
    return published_version(desk.edition.pk)
