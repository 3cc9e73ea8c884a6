"""One activity of an assistance: where and when, who may join and takes part, and what came of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain
from punte.apps.cooperation import activities as actions
from punte.apps.cooperation import seats
from punte.apps.cooperation.assistance_calendar import calendar_of
from punte.apps.cooperation.assistance_history import revision_of
from punte.apps.cooperation.joining import joining_of, words_for
from punte.apps.cooperation.models import Activity, Assistance
from punte.apps.cooperation.permissions import may_change
from punte.kernel.errors import PunteError
from punte.web.cooperation.assistance_form import (
    history_of,
    narrowed,
    only_for,
    party,
    seats_context,
    seats_from,
    step_seats,
)
from punte.web.cooperation.frame import day_from, page
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed, typed_before


@login_not_required
@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, assistance_id: UUID, activity_id: UUID) -> HttpResponse:
    """Show one activity, who takes part, and why the reader may; take seats, change it."""
    row = _found(assistance_id, activity_id)
    if request.method == "POST":
        return _step(request, row)
    subject, parent, typed = active_subject(), row.assistance, typed_before(request)
    takes = seats.takes_seats(parent, timezone.localdate(), row)
    joining = joining_of(subject, parent, row) if takes else None
    chosen, countries = narrowed(row, typed if typed.get("form") == "change" else {})
    return page(
        request,
        "activity.html",
        row=row,
        parent=parent,
        **seats_context(row, list(row.taken.all())),
        read=revision_of(row),
        joining=joining,
        may_join=joining is not None and joining.may,
        whom=words_for(parent.joiners),
        only=words_for(row.only_for),
        helper=party(parent.provider, parent.provider_country),
        narrowed=chosen,
        countries=countries,
        typed=typed,
        steps=row.seat_events.all()[:100],
        may_change=may_change(subject, parent),
        states=Assistance.State.choices,
        history=history_of(row),
        why=explain(subject, parent),
        marking=parent.label_tlp,
        synthetic=row.is_synthetic,
    )


@login_not_required
@require_GET
def give_calendar(request: HttpRequest, assistance_id: UUID, activity_id: UUID) -> HttpResponse:
    """Give one activity for the calendar."""
    del request
    content = calendar_of([_found(assistance_id, activity_id)]).to_ical()
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


def _found(assistance_id: UUID, activity_id: UUID) -> Activity:
    rows = Activity.objects.filter(pk=activity_id, assistance_id=assistance_id)
    row = rows.select_related("assistance").first()
    if row is None:
        raise Http404
    return row


def _step(request: HttpRequest, row: Activity) -> HttpResponse:
    data = request.POST
    try:
        if data.get("do") == "change":
            actions.change_activity(
                by=active_subject(),
                activity=row,
                state=data.get("state", ""),
                title=data.get("title", ""),
                place=data.get("place", ""),
                starts_on=day_from(data.get("starts_on", "")),
                ends_on=day_from(data.get("ends_on", "")),
                seats=seats_from(data.get("seats", "")),
                only_for=only_for(data, row),
                outcome=data.get("outcome", ""),
                read=data.get("read"),
            )
        else:
            step_seats(data, row.assistance, row)
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request, form=data.get("do", "seats"))
    else:
        messages.success(request, _("Kept."))
    return redirect("activity_one", assistance_id=row.assistance_id, activity_id=row.pk)
