"""The register of assistance: what is offered and asked for, who may join, and a calendar of it."""

import datetime as dt
from typing import Final
from uuid import UUID

import icalendar
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation import assistance as actions
from punte.apps.cooperation.models import Assistance, AssistanceChange
from punte.apps.cooperation.permissions import may_change, may_write
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import audiences, day_from, groups_of, page
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed

FIELDS: Final = {
    "title": gettext_lazy("title"),
    "about": gettext_lazy("what it is about"),
    "beneficiaries": gettext_lazy("for"),
    "place": gettext_lazy("place"),
    "starts_on": gettext_lazy("begins"),
    "ends_on": gettext_lazy("ends"),
    "seats": gettext_lazy("seats"),
    "state": gettext_lazy("state"),
    "outcome": gettext_lazy("what came of it"),
}
"""What can be changed of an activity, in words."""


@login_not_required
@require_http_methods(["GET", "POST"])
def show_all(request: HttpRequest) -> HttpResponse:
    """List what is offered and asked for, by kind, side and country; enter one."""
    subject = active_subject()
    if request.method == "POST":
        return _enter(request)
    kind, side = request.GET.get("kind", ""), request.GET.get("side", "")
    country = request.GET.get("country", "")
    everything = list(Assistance.objects.all()[:1000])
    countries = sorted({code for row in everything for code in row.beneficiaries}, key=country_name)
    rows = [
        row
        for row in everything
        if (not kind or row.kind == kind)
        and (not side or row.side == side)
        and (not country or country in row.beneficiaries)
    ]
    return page(
        request,
        "assistance.html",
        rows=[(row, [country_name(code) for code in row.beneficiaries]) for row in rows],
        kinds=Assistance.Kind.choices,
        sides=Assistance.Side.choices,
        countries=[(code, country_name(code)) for code in countries],
        kind=kind,
        side=side,
        country=country,
        may_write=may_write(subject),
        audiences=audiences(),
    )


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
            releasable_to=groups_of(data.get("audience", "")),
            place=data.get("place", ""),
            starts_on=day_from(data.get("starts_on", "")),
            ends_on=day_from(data.get("ends_on", "")),
            seats=_seats(data.get("seats", "")),
        )
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request)
        return redirect("assistance")
    messages.success(request, _("Entered."))
    return redirect("assistance_one", assistance_id=row.pk)


def _seats(text: str) -> int | None:
    """Return how many seats a field says [count]; None where it is empty."""
    if not text.strip():
        return None
    if not (text.strip().isdecimal() and len(text.strip()) < 6):
        raise PunteError(_("Give the seats as a whole number."))
    return int(text)


@login_not_required
@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """Show one activity, who takes part, and why the reader may; take seats."""
    row = Assistance.objects.filter(pk=assistance_id).first()
    if row is None:
        raise Http404
    subject = active_subject()
    if request.method == "POST":
        return _step(request, row)
    taken = list(row.taken.all())
    used = sum(seat.count for seat in taken)
    mine = next((s.count for s in taken if s.organisation_id == subject.org_id), 0)
    changes = may_change(subject, row)
    return page(
        request,
        "assistance_one.html",
        row=row,
        beneficiaries=[country_name(code) for code in row.beneficiaries],
        # Who takes part is for those who are here; whoever only looks reads how many.
        taken=taken if subject.person_id is not None else [],
        used=used,
        left=None if row.seats is None else row.seats - used,
        mine=mine,
        read=actions.revision_of(row),
        may_join=may_write(subject) and actions.takes_seats(row, timezone.localdate()),
        may_change=changes,
        states=Assistance.State.choices,
        history=_history(row),
        answers=actions.answers_to(row) if row.side == Assistance.Side.REQUEST else [],
        why=explain(subject, row),
        marking=row.label_tlp,
        synthetic=row.is_synthetic,
    )


def _history(row: Assistance) -> list[tuple[AssistanceChange, str, str]]:
    """Return what was changed, with the field and what stood there before in words, the newest first."""
    return [
        (one, str(FIELDS.get(one.field, one.field)), _before(one))
        for one in row.changes.all()[:100]
    ]


def _before(change: AssistanceChange) -> str:
    if change.field == "state":
        return str(dict(Assistance.State.choices).get(change.before, change.before))
    if change.field == "beneficiaries":
        return ", ".join(country_name(code) for code in change.before.split(", ") if code)
    return change.before


def _step(request: HttpRequest, row: Assistance) -> HttpResponse:
    data, subject = request.POST, active_subject()
    try:
        if data.get("do") == "change":
            actions.change_assistance(
                by=subject,
                assistance=row,
                state=data.get("state", ""),
                outcome=data.get("outcome", ""),
                place=data.get("place", ""),
                starts_on=day_from(data.get("starts_on", "")),
                ends_on=day_from(data.get("ends_on", "")),
                seats=_seats(data.get("seats", "")),
                title=data.get("title"),
                about=data.get("about"),
                beneficiaries=data.get("beneficiaries"),
                read=data.get("read"),
            )
        else:
            count, read = _seats(data.get("count", "")) or 0, _seats(data.get("read", ""))
            actions.take_seats(by=subject, assistance=row, count=count, read=read)
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request, form=data.get("do", "seats"))
    else:
        messages.success(request, _("Kept."))
    return redirect("assistance_one", assistance_id=row.pk)


@login_not_required
@require_GET
def give_calendar(request: HttpRequest) -> HttpResponse:
    """Give the activities that have a day as a calendar."""
    del request
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Punte//Assistance//EN")
    calendar.add("version", "2.0")
    for row in Assistance.objects.exclude(starts_on=None).order_by("starts_on", "pk"):
        event = icalendar.Event()
        event.add("uid", f"{row.pk}@punte.invalid")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", row.starts_on)
        if row.ends_on is not None:
            # RFC 5545 3.6.1: the end of whole days is the day after the last.
            event.add("dtend", row.ends_on + dt.timedelta(days=1))
        event.add("summary", row.title)
        event.add("location", row.place)
        event.add("status", "CANCELLED" if row.state == Assistance.State.CANCELLED else "CONFIRMED")
        calendar.add_component(event)
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
