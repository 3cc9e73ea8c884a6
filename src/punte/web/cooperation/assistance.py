"""The register of assistance: what is offered and asked for, who may join, and a calendar of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
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

from punte.apps.access.permissions import PUBLIC, active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation import assistance as actions
from punte.apps.cooperation import seats
from punte.apps.cooperation.joining import Joining, joining_of, words_for
from punte.apps.cooperation.models import Assistance, AssistanceChange
from punte.apps.cooperation.permissions import may_change, may_write
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import (
    NOBODY,
    audiences,
    day_from,
    groups_of,
    id_from,
    page,
    statuses,
)
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed, typed_before

FIELDS: Final = {
    "title": gettext_lazy("title"),
    "about": gettext_lazy("what it is about"),
    "beneficiaries": gettext_lazy("for"),
    "place": gettext_lazy("place"),
    "starts_on": gettext_lazy("begins"),
    "ends_on": gettext_lazy("ends"),
    "seats": gettext_lazy("seats"),
    "is_open_to_beneficiaries": gettext_lazy("open to organisations of the countries it is for"),
    "open_to": gettext_lazy("who may join besides"),
    "state": gettext_lazy("state"),
    "outcome": gettext_lazy("what came of it"),
}
"""What can be changed of an activity, in words."""


ORDER: Final = ("-starts_on", "title", "pk")
"""Below what is invented: the newest first."""


@login_not_required
@require_http_methods(["GET", "POST"])
def show_all(request: HttpRequest) -> HttpResponse:
    """List what is offered and asked for, by kind, side and country; enter one."""
    subject = active_subject()
    if request.method == "POST":
        return _enter(request)
    kind, side = request.GET.get("kind", ""), request.GET.get("side", "")
    country, typed = request.GET.get("country", ""), typed_before(request)
    everything = list(Assistance.objects.order_by("is_synthetic", *ORDER)[:1000])
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
        rows=[_shown(row) for row in rows],
        kinds=Assistance.Kind.choices,
        sides=Assistance.Side.choices,
        countries=[(code, country_name(code)) for code in countries],
        kind=kind,
        side=side,
        country=country,
        may_write=may_write(subject),
        audiences=audiences(),
        joins=_joins(None, typed),
        typed=typed,
    )


def _shown(row: Assistance) -> tuple[Assistance, list[str], str, Joining | None, str, str]:
    """Return what the list shows of an activity: for whom, who may join and why, who helps, who asks."""
    return (
        row,
        [country_name(code) for code in row.beneficiaries],
        words_for(row.joiners),
        _joining(row),
        _party(row.provider, row.provider_country),
        _party(row.asker, row.asker_country),
    )


def _joining(row: Assistance) -> Joining | None:
    """Return whether and why the reader may join; nothing where nobody can any more."""
    if not seats.takes_seats(row, timezone.localdate()):
        return None
    return joining_of(active_subject(), row)


def _joins(row: Assistance | None, typed: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Return who may be let in, with the words for it, and whether that stands or was typed."""
    choices = [
        ("for", _("organisations of the countries it is for")),
        *statuses(),
        (PUBLIC, _("everyone who is cleared")),
    ]
    if typed:
        return [(key, words, f"joins_{key}" in typed) for key, words in choices]
    if row is None:
        return [(key, words, key == "for") for key, words in choices]
    held = set(row.open_to)
    return [
        (key, words, row.is_open_to_beneficiaries if key == "for" else _is_held(key, held))
        for key, words in choices
    ]


def _is_held(audience: str, held: set[str]) -> bool:
    groups = {PUBLIC} if audience == PUBLIC else set(groups_of(audience))
    return bool(groups) and groups <= held


def _who_joins(data: Mapping[str, str], row: Assistance | None = None) -> dict[str, Any]:
    """Return who may join as a form says it; groups that the form does not show stay as they are."""
    shown = {key: groups_of(key) for key, _words in statuses()} | {PUBLIC: [PUBLIC]}
    known = {group for groups in shown.values() for group in groups}
    kept = [group for group in row.open_to if group not in known] if row else []
    chosen = [g for key, groups in shown.items() if f"joins_{key}" in data for g in groups]
    return {
        "is_open_to_beneficiaries": "joins_for" in data,
        "open_to": list(dict.fromkeys([*kept, *chosen])),
    }


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
            **_who_joins(data),
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
    changes, typed = may_change(subject, row), typed_before(request)
    joining = _joining(row)
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
        joining=joining,
        may_join=joining is not None and joining.may,
        whom=words_for(row.joiners),
        helper=_party(row.provider, row.provider_country),
        asker=_party(row.asker, row.asker_country),
        joins=_joins(row, typed if typed.get("form") == "change" else {}),
        typed=typed,
        # The wall shows a step to its organisation and to the side that helps, and to nobody else.
        steps=row.seat_events.all()[:100],
        may_change=changes,
        states=Assistance.State.choices,
        history=_history(row),
        answers=actions.answers_to(row) if row.side == Assistance.Side.REQUEST else [],
        why=explain(subject, row),
        marking=row.label_tlp,
        synthetic=row.is_synthetic,
    )


def _party(name: str, code: str) -> str:
    """Return who helps or asks: the organisation and its country, or the country alone."""
    country = country_name(code) if code else ""
    return name if not country or name == country else f"{name}, {country}" if name else country


def _history(row: Assistance) -> list[tuple[AssistanceChange, str, str]]:
    """Return what was changed, with the field and what stood there before in words, the newest first."""
    return [
        (one, str(FIELDS.get(one.field, one.field)), _before(one))
        for one in row.changes.all()[:100]
    ]


def _before(change: AssistanceChange) -> str:
    if change.field == "state":
        return str(dict(Assistance.State.choices).get(change.before, change.before))
    if change.field == "is_open_to_beneficiaries":
        return _("yes") if change.before == "True" else _("no")
    if change.field == "open_to":
        return words_for(one for one in change.before.split(", ") if one)
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
                **_who_joins(data, row),
            )
        elif data.get("do") in {"confirm", "take_back"}:
            _answer_seats(row, data)
        else:
            count, read = _seats(data.get("count", "")) or 0, _seats(data.get("read", ""))
            seats.take_seats(by=subject, assistance=row, count=count, read=read)
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request, form=data.get("do", "seats"))
    else:
        messages.success(request, _("Kept."))
    return redirect("assistance_one", assistance_id=row.pk)


def _answer_seats(row: Assistance, data: Mapping[str, str]) -> None:
    """Confirm an organisation's seats, or take them back, for the side that helps."""
    seat = row.taken.filter(pk=id_from(data.get("seat", "")) or NOBODY).first()
    if seat is None:
        raise PunteError(_("These seats are given back already. Look again."))
    by, count = active_subject(), _seats(data.get("count", "")) or 0
    if data.get("do") == "confirm":
        seats.confirm_seats(by=by, seat=seat, count=count)
    else:
        seats.take_back_seats(by=by, seat=seat, count=count, reason=data.get("reason", ""))


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
