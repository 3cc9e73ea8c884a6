"""One assistance: what it is, who may join and takes part, its activities, and what came of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import Subject, active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation import activities, seats
from punte.apps.cooperation import assistance as actions
from punte.apps.cooperation.assistance_history import revision_of
from punte.apps.cooperation.joining import joining_of, words_for
from punte.apps.cooperation.models import Activity, Assistance
from punte.apps.cooperation.named_readers import not_reached, release_to_named
from punte.apps.cooperation.permissions import may_change, may_write
from punte.kernel.errors import PunteError
from punte.web.cooperation.answers import STEPS, answers_context, step_answer
from punte.web.cooperation.assistance_form import (
    history_of,
    joins,
    narrowed,
    only_for,
    party,
    seats_context,
    seats_from,
    step_seats,
    who_joins,
)
from punte.web.cooperation.frame import day_from, page
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed, typed_before


@login_not_required
@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """Show one assistance, who takes part, and why the reader may; take seats."""
    row = Assistance.objects.filter(pk=assistance_id).first()
    if row is None:
        raise Http404
    subject, today = active_subject(), timezone.localdate()
    if request.method == "POST":
        return _step(request, row)
    changes, typed = may_change(subject, row), typed_before(request)
    joining = joining_of(subject, row) if seats.takes_seats(row, today) else None
    chosen, countries = narrowed(None, typed if typed.get("form") == "activity" else {})
    return page(
        request,
        "assistance_one.html",
        row=row,
        beneficiaries=[country_name(code) for code in row.beneficiaries],
        **seats_context(row, list(row.taken.filter(activity=None))),
        read=revision_of(row),
        joining=joining,
        may_join=joining is not None and joining.may,
        whom=words_for(row.joiners),
        helper=party(row.provider, row.provider_country),
        asker=party(row.asker, row.asker_country),
        joins=joins(row, typed if typed.get("form") == "change" else {}),
        narrowed=chosen,
        countries=countries,
        typed=typed,
        activities=_activities(row),
        may_add=changes and row.side == Assistance.Side.OFFER and row.state not in Assistance.OVER,
        # The wall shows a step to its organisation and to the side that helps, and to nobody else.
        steps=row.seat_events.filter(activity=None)[:100],
        may_change=changes,
        states=Assistance.State.choices,
        **_named(subject, row),
        history=history_of(row),
        **answers_context(row),
        why=explain(subject, row),
        marking=row.label_tlp,
        synthetic=row.is_synthetic,
    )


def _named(subject: Subject, row: Assistance) -> dict[str, Any]:
    """Return which countries it is for and does not reach, for those who may let them read it."""
    if not may_write(subject) or subject.org_id != row.owner_org_id:
        return {"unread": []}
    is_own = not row.label_releasable_to
    return {"unread": [country_name(code) for code in not_reached(row)], "is_own": is_own}


def _activities(row: Assistance) -> list[tuple[Activity, int | None]]:
    """Return the activities, what comes before what is past, with the seats that are left [count]; None: not counted."""
    today = timezone.localdate()
    found = list(row.activities.prefetch_related("taken"))
    found.sort(key=lambda one: one.ends_on < today or one.state == Assistance.State.CANCELLED)
    return [
        (one, None if one.seats is None else one.seats - sum(s.count for s in one.taken.all()))
        for one in found
    ]


def _step(request: HttpRequest, row: Assistance) -> HttpResponse:
    data = request.POST
    try:
        if data.get("do") == "change":
            _change(request, row)
        elif data.get("do") == "activity":
            activities.enter_activity(
                by=active_subject(),
                assistance=row,
                title=data.get("title", ""),
                place=data.get("place", ""),
                starts_on=day_from(data.get("starts_on", "")),
                ends_on=day_from(data.get("ends_on", "")),
                seats=seats_from(data.get("seats", "")),
                only_for=only_for(data),
            )
        elif data.get("do") == "release":
            release_to_named(by=active_subject(), assistance=row)
        elif data.get("do") in STEPS:
            step_answer(row, data)
        else:
            step_seats(data, row)
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request, form=data.get("do", "seats"))
    else:
        messages.success(request, _("Kept."))
    return redirect("assistance_one", assistance_id=row.pk)


def _change(request: HttpRequest, row: Assistance) -> None:
    data = request.POST
    actions.change_assistance(
        by=active_subject(),
        assistance=row,
        state=data.get("state", ""),
        outcome=data.get("outcome", ""),
        place=data.get("place", ""),
        starts_on=day_from(data.get("starts_on", "")),
        ends_on=day_from(data.get("ends_on", "")),
        seats=seats_from(data.get("seats", "")),
        title=data.get("title"),
        about=data.get("about"),
        beneficiaries=data.get("beneficiaries"),
        read=data.get("read"),
        **who_joins(data, row),
    )
