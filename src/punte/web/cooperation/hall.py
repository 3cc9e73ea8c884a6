"""The hall on a screen: for everybody without names, for organisers and desks with all they may see."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.permissions import VISITOR, acting, active_subject
from punte.apps.cooperation import hall
from punte.apps.cooperation.desk import count_expected, count_present
from punte.apps.cooperation.follow_up import mark_meeting
from punte.apps.cooperation.hall_keys import revoke_copy
from punte.apps.cooperation.hall_marks import meetings_to_mark
from punte.apps.cooperation.models import HallCopy
from punte.apps.forum.agenda import released_sessions
from punte.apps.forum.models import Delegate, Edition, Slot
from punte.apps.forum.queries import list_places, list_slots
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.permissions import may_organise
from punte.kernel.errors import PunteError
from punte.web.agenda.pages import edition_or_404 as open_edition
from punte.web.agenda.pages import rows_of
from punte.web.cooperation.desk import edition_or_404
from punte.web.cooperation.frame import NOBODY, id_from
from punte.web.navigation import edition_items, main_items
from punte.web.refusals import tell_refusal

REFRESH_S = 30
"""How often a screen asks again [s]."""


@login_not_required
@require_GET
def show_screen(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the clock of the hall, what is on and what is closed: as a visitor sees it, whoever is signed in."""
    now = timezone.now()
    with acting(VISITOR):
        edition = open_edition(slug)
        clock = hall.clock_of(list_slots(edition.pk), now)
        standing = [one for one in released_sessions(edition.pk) if not one.is_cancelled]
        coming = [one for one in standing if one.starts_at > now]
        closed = hall.closed_places(list_places(edition.pk), clock.running or clock.coming)
        prefetch_related_objects(closed, "wordings")
        response = render(
            request,
            "cooperation/screen.html",
            {
                "edition": edition,
                "synthetic": edition.is_synthetic,
                "moment": now,
                "clock": clock,
                "closed": closed,
                "running": rows_of(one for one in standing if one.starts_at <= now < one.ends_at),
                "coming": rows_of(coming[:2]),
            },
        )
    response["Refresh"] = str(REFRESH_S)
    return response


@require_http_methods(["GET", "POST"])
def show_board(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every place now and next, who is missing and what is closed; note who comes late."""
    edition = edition_or_404(slug)
    subject, now = active_subject(), timezone.now()
    if request.method == "POST":
        return _change(request, edition)
    slots = list_slots(edition.pk)
    seen = hall.read_hall(edition, now)
    asked = id_from(request.GET.get("late", ""))
    response = render(
        request,
        "cooperation/board.html",
        {
            "edition": edition,
            "synthetic": edition.is_synthetic,
            "navigation": main_items(request),
            "subnavigation": edition_items(request, edition, subject),
            "moment": now,
            "hall": seen,
            "to_mark": meetings_to_mark(edition, now),
            "later": [slot for slot in slots if slot.starts_at > now][1:40],
            "late": Delegate.objects.filter(edition=edition, pk=asked).first() if asked else None,
            "may_change": may_organise(subject, edition.pk),
            "is_over": seen.clock.running is None and seen.clock.coming is None,
            "present": count_present(edition),
            "expected": count_expected(edition),
        },
    )
    if request.GET.get("screen") == "1":
        response["Refresh"] = str(REFRESH_S)
    return response


def _change(request: HttpRequest, edition: Edition) -> HttpResponse:
    deed = request.POST.get("do", "")
    try:
        told = _late(request, edition) if deed == "late" else ""
        if deed in {"close", "open"}:
            told = _close(request, edition, is_closed=deed == "close")
        if deed in {"held", "not"}:
            told = _mark(request, edition, deed)
    except PunteError as error:
        tell_refusal(request, error)
    else:
        if told:
            messages.success(request, told)
    return redirect(f"/e/{edition.slug}/check-in/board/")


def _close(request: HttpRequest, edition: Edition, *, is_closed: bool) -> str:
    place = edition.places.filter(pk=id_from(request.POST.get("place", "")) or NOBODY).first()
    if place is None:
        raise PunteError(_("There is no such place. Load the page again."))
    hall.close_place(
        by=active_subject(), edition=edition, place=place, is_closed=is_closed, now=timezone.now()
    )
    told = (
        _("%(place)s is closed from now on. Repair the timetable to move its meetings.")
        if is_closed
        else _("%(place)s is open again.")
    )
    return told % {"place": place.name}


def _mark(request: HttpRequest, edition: Edition, mark: str) -> str:
    asked = id_from(request.POST.get("meeting", "")) or NOBODY
    found = MeetingRequest.objects.filter(edition=edition, pk=asked)
    row = found.select_related("sender", "receiver", "edition").first()
    if row is None:
        raise PunteError(_("You see no such meeting. Load the page again."))
    mark_meeting(by=active_subject(), request=row, mark=mark)
    return _("Kept: %(sender)s, %(receiver)s.") % {
        "sender": row.sender.badge_name,
        "receiver": row.receiver.badge_name,
    }


def _late(request: HttpRequest, edition: Edition) -> str:
    delegate = Delegate.objects.filter(
        edition=edition, pk=id_from(request.POST.get("delegate", "")) or NOBODY
    ).first()
    until = Slot.objects.filter(edition=edition, code=request.POST.get("until", "")[:20]).first()
    if delegate is None or until is None:
        raise PunteError(_("Choose who comes late and from which slot on."))
    count = hall.expect_late(
        by=active_subject(), delegate=delegate, until=until, now=timezone.now()
    )
    return ngettext(
        "Noted. %(count)d meeting of %(name)s lies before; repair the timetable to move it.",
        "Noted. %(count)d meetings of %(name)s lie before; repair the timetable to move them.",
        count,
    ) % {"count": count, "name": delegate.badge_name}


@require_http_methods(["GET", "POST"])
def show_copies(request: HttpRequest, slug: str) -> HttpResponse:
    """List the copies for the hall to organisers; revoke one."""
    edition = edition_or_404(slug)
    subject = active_subject()
    if not may_organise(subject, edition.pk):
        raise Http404
    if request.method == "POST":
        copy = HallCopy.objects.filter(
            edition=edition, pk=id_from(request.POST.get("copy", "")) or NOBODY
        ).first()
        if copy is None:
            raise Http404
        revoke_copy(by=subject, copy=copy)
        messages.success(
            request, _("Revoked: nothing that comes from this copy is taken any more.")
        )
        return redirect("hall_copies", slug=slug)
    return render(
        request,
        "cooperation/hall_copies.html",
        {
            "edition": edition,
            "synthetic": edition.is_synthetic,
            "navigation": main_items(request),
            "subnavigation": edition_items(request, edition, subject),
            "copies": list(HallCopy.objects.filter(edition=edition)),
            "now": timezone.now(),
        },
    )
