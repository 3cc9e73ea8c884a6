"""The venue of an edition: places, slots, closing times, and whether the hall holds the meetings."""

from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum import set_up_parts
from punte.apps.forum.capacity import Need, expect
from punte.apps.forum.floor_plans import plans_of
from punte.apps.forum.models import Delegate, Edition, Place
from punte.apps.forum.wordings import naming_form_of, word_place
from punte.apps.meetings.stage import meetings_in
from punte.kernel.errors import PunteError
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.setup.files import list_file
from punte.web.setup.kept_forms import form_again, status_of
from punte.web.setup.pages import frame, open_edition
from punte.web.setup.reading import day, time, whole
from punte.web.setup.words import words_form, words_typed
from punte.web.tables import asked_ending
from punte.web.typed import revision_read

NEW_ROWS: Final = {
    "starts": "10:00",
    "ends": "12:00",
    "minutes": "20",
    "pause": "0",
    "count": "10",
    "capacity": "1",
}
"""What the forms of new slots and places begin with."""


NAMES: Final = "place-words"
"""The step that says what the other languages call a place."""
MOST_NAMED = 5
"""Meetings in the way that are named, the first in time."""


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the venue; add or take away places and slots, close a place, work out what is needed."""
    edition = open_edition(slug)
    refused: PunteError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _take_step(request, edition))
        except PunteError as error:
            tell_refusal(request, error)
            refused = error
        else:
            return redirect("set_up_venue", slug=slug)
    deed = request.POST.get("do", "")
    places = list(edition.places.prefetch_related("closures"))
    hall = set_up_parts.hall_of(edition)
    slots = list(edition.slots.all())
    if ending := asked_ending(request):
        return list_file(edition, places, slots, which=request.GET.get("list", ""), ending=ending)
    delegates = Delegate.objects.filter(
        edition=edition, category__may_be_asked=True, left_at__isnull=True
    ).count()
    asked, need = _need(request, edition, delegates)
    values = NEW_ROWS | {"day": f"{edition.starts_on:%Y-%m-%d}", "name": _("Table")}
    return render(
        request,
        "setup/venue.html",
        frame(
            request,
            edition,
            places=places,
            plans=plans_of(edition),
            kinds=Place.Kind.choices,
            days=[(one, list(group)) for one, group in groupby(slots, key=lambda slot: slot.day)],
            hall=hall,
            asked=asked,
            need=need,
            seats_used=round(need.meetings * 100 / hall.seats) if need and hall.seats else None,
            values=values | (request.POST.dict() if deed in {"slots", "places"} else {}),
            **_closing(request, edition, places, refused),
        ),
        status=status_of(refused),
    )


def _closing(
    request: HttpRequest, edition: Edition, places: list[Place], refused: PunteError | None
) -> dict[str, Any]:
    """Return what the form takes in which a place is closed; nothing where none is chosen."""
    deed = request.POST.get("do")
    is_sent = refused is not None and deed in {"close", NAMES}
    code = request.POST.get("code") if is_sent else request.GET.get("close")
    chosen = next((one for one in places if one.code == code), None)
    if chosen is None:
        return {"chosen": None}
    fault = refused if deed == "close" else None
    standing = {closure.slot_id for closure in chosen.closures.all()}
    names = {
        slot.pk: f"{slot.starts_at.astimezone(edition.zone):%Y-%m-%d %H:%M}"
        for slot in edition.slots.all()
    }
    form = form_again(
        request,
        edition,
        set_up_parts.closing_form_of(chosen),
        values={"slots": ", ".join(names[key] for key in names if key in standing)},
        labels={"slots": _("Closed slots")},
        refused=fault,
    )
    closed = standing if fault is None else {uuid_of(one) for one in request.POST.getlist("slot")}
    return {
        "chosen": chosen,
        "closed": closed,
        "revision": form["revision"],
        "stands": form["stands"],
        "words": words_form(
            request,
            edition,
            chosen,
            kind="place",
            about=naming_form_of(chosen),
            refused=refused if deed == NAMES else None,
            deed=NAMES,
            key=chosen.code,
        ),
    }


def _need(
    request: HttpRequest, edition: Edition, delegates: int
) -> tuple[dict[str, int], Need | None]:
    """Return what is asked of the calculator, and its answer; a wrong number is said, not raised."""
    asked = {"delegates": delegates, "each": 6, "fill": 85}
    try:
        asked = {
            "delegates": whole(request.GET, "delegates", _("Delegates who meet"), delegates),
            "each": whole(request.GET, "each", _("Meetings of each"), 6),
            "fill": whole(request.GET, "fill", _("How full the hall gets"), 85),
        }
        need = expect(
            set_up_parts.hall_of(edition),
            delegates=asked["delegates"],
            each=asked["each"],
            fill_pct=asked["fill"],
        )
    except PunteError as error:
        tell_refusal(request, error)
        return asked, None
    return asked, need


def _take_step(request: HttpRequest, edition: Edition) -> str:
    data, by = request.POST, active_subject()
    deed = data.get("do", "")
    if deed == "places":
        added = set_up_parts.add_places(
            by=by,
            edition=edition,
            kind=data.get("kind", ""),
            name=data.get("name", ""),
            count=whole(data, "count", _("How many")),
            capacity=whole(data, "capacity", _("Meetings at once in each"), 1),
        )
        return ngettext("%(count)d place added.", "%(count)d places added.", len(added)) % {
            "count": len(added)
        }
    if deed == NAMES:
        word_place(
            by=by,
            edition=edition,
            code=data.get("code", ""),
            words=words_typed(data, edition, Place.WORDS),
            read_revision=revision_read(request),
        )
        return _("Kept.")
    if deed in {"place-away", "close"}:
        return _take_place_step(request, edition)
    return _take_slot_step(request, edition)


def _take_place_step(request: HttpRequest, edition: Edition) -> str:
    data, by = request.POST, active_subject()
    if data["do"] == "place-away":
        set_up_parts.remove_place(by=by, edition=edition, code=data.get("code", ""))
        return _("Taken away.")
    place = edition.places.filter(code=data.get("code", "")).first()
    if place is None:
        raise Http404
    wanted = {uuid_of(one) for one in data.getlist("slot")}
    set_up_parts.set_closed(
        by=by,
        edition=edition,
        place=place,
        slot_ids=wanted,
        read_revision=revision_read(request),
    )
    _warn_of_meetings(request, edition, place, wanted)
    return _("Kept.")


def _warn_of_meetings(
    request: HttpRequest, edition: Edition, place: Place, closed: set[UUID]
) -> None:
    """Say which meetings stand where the place is closed now: nobody moves them but the organisers."""
    standing = meetings_in(place.pk, closed)
    if not standing:
        return
    told = ", ".join(
        f"{one.slot.starts_at.astimezone(edition.zone):%Y-%m-%d %H:%M} {one.request.sender.badge_name} / "
        f"{one.request.receiver.badge_name}"
        for one in standing[:MOST_NAMED]
    )
    text = ngettext(
        "%(count)d published meeting still stands there: %(told)s. Repair the timetable under Timetable, Versions.",
        "%(count)d published meetings still stand there: %(told)s. Repair the timetable under Timetable, Versions.",
        len(standing),
    )
    more = " …" if len(standing) > MOST_NAMED else ""
    messages.warning(request, text % {"count": len(standing), "told": told + more})


def _take_slot_step(request: HttpRequest, edition: Edition) -> str:
    data, by = request.POST, active_subject()
    which = day(data.get("day", ""), _("Day"))
    if data.get("do") == "slots-away":
        count = set_up_parts.clear_slots(by=by, edition=edition, day=which)
        return ngettext("%(count)d slot taken away.", "%(count)d slots taken away.", count) % {
            "count": count
        }
    laid = set_up_parts.lay_slots(
        by=by,
        edition=edition,
        day=which,
        starts=time(data.get("starts", ""), _("Begins")),
        ends=time(data.get("ends", ""), _("Ends")),
        minutes=whole(data, "minutes", _("Minutes of each")),
        pause=whole(data, "pause", _("Minutes between"), 0),
    )
    return ngettext("%(count)d slot added.", "%(count)d slots added.", len(laid)) % {
        "count": len(laid)
    }
