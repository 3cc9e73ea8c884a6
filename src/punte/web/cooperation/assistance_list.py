"""The register of assistance: what comes, runs and is past, found by words, kind, state and day; as a page, a file and a calendar."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.country_codes import read_countries
from punte.apps.access.models import strictest_tlp
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.cooperation import assistance as actions
from punte.apps.cooperation import seats
from punte.apps.cooperation.assistance_calendar import calendar_of, dated_rows, path_of
from punte.apps.cooperation.joining import Joining, joining_of, words_for
from punte.apps.cooperation.models import Activity, Assistance
from punte.apps.cooperation.permissions import may_write
from punte.apps.cooperation.register import Register, register_of
from punte.kernel.errors import PunteError
from punte.web.cooperation.assistance_form import joins, party, seats_from, who_joins
from punte.web.cooperation.frame import audiences, day_from, groups_of, page
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, table_response
from punte.web.typed import keep_typed, typed_before

NAMED: Final = "named"
"""Chosen as who reads it: the countries that it is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the list shows of an assistance."""

    row: Assistance
    countries: list[str]
    whom: str
    joining: Joining | None
    helper: str
    asker: str
    next: Activity | None
    activities: int


@login_not_required
@require_http_methods(["GET", "POST"])
def show_all(request: HttpRequest) -> HttpResponse:
    """List what is offered and asked for, what comes first; enter one."""
    if request.method == "POST":
        return _enter(request)
    today, typed = timezone.localdate(), typed_before(request)
    asked = _asked(request)
    everything, parts = register_of(asked, today=today)
    if ending := asked_ending(request):
        return _file([row for part in parts.values() for row in part], ending)
    countries = sorted({code for row in everything for code in row.beneficiaries}, key=country_name)
    names = {"coming": _("Coming"), "running": _("Running"), "past": _("Past")}
    names["invented"] = _("Invented, to show how the register works")
    return page(
        request,
        "assistance.html",
        parts=[(names[key], [_line(row, today) for row in rows]) for key, rows in parts.items()],
        count=sum(map(len, parts.values())),
        kinds=Assistance.Kind.choices,
        sides=Assistance.Side.choices,
        states=Assistance.State.choices,
        countries=[(code, country_name(code)) for code in countries],
        asked=asked,
        may_write=may_write(active_subject()),
        audiences=[
            *audiences()[:1],
            (NAMED, _("my organisation and the countries it is for")),
            *audiences()[1:],
        ],
        joins=joins(None, typed),
        typed=typed,
    )


def _asked(request: HttpRequest) -> Register:
    """Return what of the register is asked for; a day that is none asks for nothing."""
    get = {name: request.GET.get(name, "").replace("\x00", "") for name in request.GET}
    return Register(
        words=get.get("q", "")[:120],
        kind=get.get("kind", ""),
        side=get.get("side", ""),
        country=get.get("country", ""),
        state=get.get("state", ""),
        since=_day(get.get("from", "")),
        until=_day(get.get("until", "")),
    )


def _day(text: str) -> dt.date | None:
    try:
        return day_from(text)
    except PunteError:
        return None


def _line(row: Assistance, today: dt.date) -> Line:
    activities = [one for one in row.activities.all() if one.state != Assistance.State.CANCELLED]
    takes = seats.takes_seats(row, today)
    return Line(
        row=row,
        countries=[country_name(code) for code in row.beneficiaries],
        whom=words_for(row.joiners),
        joining=joining_of(active_subject(), row) if takes else None,
        helper=party(row.provider, row.provider_country),
        asker=party(row.asker, row.asker_country),
        next=next((one for one in activities if one.ends_on >= today), None),
        activities=len(activities),
    )


def _file(rows: Sequence[Assistance], ending: str) -> HttpResponse:
    """Return the register as a table: a line for each assistance, and under it one for each of its activities."""
    columns = [_("Title"), _("Activity"), _("Kind"), _("Offered or asked for"), _("State")]
    columns += [_("Who helps"), _("Who asks"), _("For"), _("Who may join"), _("Place")]
    columns += [_("Begins"), _("Ends"), _("Seats"), _("Amount, EUR"), _("What came of it")]
    columns += [_("Sources"), _("Verified"), _("Invented"), _("Address")]
    lines = [line for row in rows for line in _lines(row)]
    marking = strictest_tlp(row.label_tlp for row in rows)
    return table_response("assistance", columns, lines, ending=ending, marking=marking)


def _lines(row: Assistance) -> list[list[object]]:
    sides = [party(row.provider, row.provider_country), party(row.asker, row.asker_country)]
    sides.append(", ".join(country_name(code) for code in row.beneficiaries))
    kind: list[object] = [row.get_kind_display(), row.get_side_display()]
    cents = "" if row.amount_cents is None else f"{row.amount_cents / 100:.2f}"
    sources, is_read = " ".join(row.sources), _("yes") if row.is_verified else _("no")
    ones: list[tuple[Assistance | Activity, str]] = [
        (row, ""),
        *((one, one.title) for one in row.activities.all()),
    ]
    lines = []
    for one, title in ones:
        only = one.only_for if isinstance(one, Activity) else []
        joiners = words_for(only or row.joiners) if row.side == Assistance.Side.OFFER else ""
        lines.append(
            [
                row.title,
                title,
                *kind,
                one.get_state_display(),
                *sides,
                joiners,
                one.place,
                one.starts_on or "",
                one.ends_on or "",
                "" if one.seats is None else one.seats,
                "" if title else cents,
                one.outcome,
                sources,
                is_read,
                _("yes") if one.is_synthetic else _("no"),
                path_of(one),
            ]
        )
    return lines


def _enter(request: HttpRequest) -> HttpResponse:
    if not may_write(active_subject()):
        raise Http404
    data = request.POST
    try:
        row = actions.enter_assistance(
            by=active_subject(),
            kind=data["kind"] if data.get("kind") in Assistance.Kind.values else "training",
            side=data["side"] if data.get("side") in Assistance.Side.values else "offer",
            title=data.get("title", ""),
            about=data.get("about", ""),
            beneficiaries=data.get("beneficiaries", ""),
            releasable_to=_readers(data),
            place=data.get("place", ""),
            starts_on=day_from(data.get("starts_on", "")),
            ends_on=day_from(data.get("ends_on", "")),
            seats=seats_from(data.get("seats", "")),
            **who_joins(data),
        )
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request)
        return redirect("assistance")
    told = _("Entered.")
    if not row.label_releasable_to:
        told = _("Entered. Only your organisation and the organisers can read it so far.")
    messages.success(request, told)
    return redirect("assistance_one", assistance_id=row.pk)


def _readers(data: QueryDict) -> list[str]:
    """Return the groups that a form shows an assistance to; the countries it is for only where that was chosen."""
    if data.get("audience") == NAMED:
        return read_countries(data.get("beneficiaries", ""))
    return groups_of(data.get("audience", ""))


@login_not_required
@require_GET
def give_calendar(request: HttpRequest) -> HttpResponse:
    """Give what has a day as a calendar, activities too."""
    del request
    content = calendar_of(dated_rows()).to_ical()
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
