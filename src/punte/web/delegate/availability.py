"""When a delegate is away, as a table of days and slots."""

from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.forum.models import Slot
from punte.apps.forum.queries import list_slots
from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.availability import away_slots, meetings_while_away, set_away
from punte.apps.meetings.own import MyMeeting, my_meetings
from punte.apps.meetings.queries import published_version
from punte.kernel.errors import PunteError
from punte.web.delegate.place import take_seat
from punte.web.refusals import tell_refusal


@require_http_methods(["GET", "POST"])
def show_availability(request: HttpRequest, slug: str) -> HttpResponse:
    """Show in which slots the reader is away, and change it."""
    seat = take_seat(request, slug)
    me = seat.me
    slots = list_slots(seat.edition.pk)
    if request.method == "POST":
        here, shown = (_keys(request, name) for name in ("here", "shown"))
        # What was added since the page was read stays as it is: nobody unticked it.
        away = (shown - here) | (away_slots(me.pk) - shown)
        wish = request.POST.get("day", "")
        verb, _separator, day = wish.partition(" ")
        if verb in {"all", "none"}:
            of_day = {slot.pk for slot in slots if slot.day.isoformat() == day}
            away = away - of_day if verb == "all" else away | of_day
        try:
            if not here <= shown:
                raise NotThereError(_("A slot is gone. Load the page again and choose anew."))
            count = set_away(by=seat.subject, delegate=me, slot_ids=away)
        except PunteError as error:
            tell_refusal(request, error)
        else:
            messages.success(
                request,
                _("Kept: you are there in %(here)d of %(all)d slots.")
                % {"here": len(slots) - count, "all": len(slots)},
            )
            _warn_of_meetings(request, me.pk, seat.edition.pk)
        return redirect(f"{seat.address}availability/")
    away_now = away_slots(me.pk)
    return render(
        request,
        "delegate/availability.html",
        seat.context(
            days=_days(slots, away_now),
            here=len(slots) - len(away_now),
            total=len(slots),
            standing=_standing(me.pk, seat.edition.pk, away_now),
        ),
    )


def _days(slots: list[Slot], away: frozenset[UUID]) -> list[dict[str, object]]:
    return [
        {"day": day, "slots": [(slot, slot.pk not in away) for slot in group]}
        for day, group in groupby(slots, key=lambda slot: slot.day)
    ]


def _standing(delegate_id: UUID, edition_id: UUID, away: frozenset[UUID]) -> list[MyMeeting]:
    """Return the published meetings of a delegate in the slots in which it is away."""
    version = published_version(edition_id) if away else None
    if version is None:
        return []
    return [one for one in my_meetings(delegate_id, version) if one.slot.pk in away]


def _keys(request: HttpRequest, name: str) -> set[UUID]:
    """Return the slots that a field of the form names; one that is no key stands for one that is gone."""
    found = set()
    for text in request.POST.getlist(name):
        try:
            found.add(UUID(text))
        except ValueError:
            found.add(UUID(int=0))
    return found


def _warn_of_meetings(request: HttpRequest, delegate_id: UUID, edition_id: UUID) -> None:
    count = len(meetings_while_away(delegate_id, edition_id))
    if count:
        messages.warning(
            request,
            ngettext(
                "You have %(count)d meeting at a time at which you are away. Call it off, or let a colleague stand in.",
                "You have %(count)d meetings at times at which you are away. Call them off, or let a colleague stand in.",
                count,
            )
            % {"count": count},
        )
