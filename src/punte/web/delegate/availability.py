"""When a delegate is away, as a table of days and slots."""

from contextlib import suppress
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.forum.queries import list_slots
from punte.apps.meetings.availability import away_slots, set_away
from punte.kernel.errors import PunteError
from punte.web.delegate.place import take_seat


@require_http_methods(["GET", "POST"])
def show_availability(request: HttpRequest, slug: str) -> HttpResponse:
    """Show in which slots the reader is away, and change it."""
    seat = take_seat(request, slug)
    me = seat.me
    slots = list_slots(seat.edition.pk)
    if request.method == "POST":
        here = set()
        for text in request.POST.getlist("here"):
            with suppress(ValueError):
                here.add(UUID(text))
        away = {slot.pk for slot in slots} - here
        wish = request.POST.get("day", "")
        verb, _separator, day = wish.partition(" ")
        if verb in {"all", "none"}:
            of_day = {slot.pk for slot in slots if slot.day.isoformat() == day}
            away = away - of_day if verb == "all" else away | of_day
        try:
            count = set_away(by=seat.subject, delegate=me, slot_ids=away)
        except PunteError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("Kept: you are there in %(here)d of %(all)d slots.")
                % {"here": len(slots) - count, "all": len(slots)},
            )
        return redirect(f"{seat.address}availability/")
    away_now = away_slots(me.pk)
    days = [
        {"day": day, "slots": [(slot, slot.pk not in away_now) for slot in group]}
        for day, group in groupby(slots, key=lambda slot: slot.day)
    ]
    return render(
        request,
        "delegate/availability.html",
        seat.context(days=days, here=len(slots) - len(away_now), total=len(slots)),
    )
