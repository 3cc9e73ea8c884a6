"""The repair page: tick who did not come and what is closed, look at the proposal, publish it."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.desk import who_is_here
from punte.apps.forum.models import Delegate, Slot
from punte.apps.meetings.queries import published_version
from punte.apps.meetings.repairing import expected_after, next_slot, repair_timetable
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import id_from
from punte.web.organiser.desk import Desk, open_desk

SHOWN = 60


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who has meetings and is not here; make the repair and lead to its publication."""
    desk = open_desk(request, slug, to_change=True)
    slots = list(Slot.objects.filter(edition=desk.edition))
    asked = request.POST.get("since") or request.GET.get("since", "")
    since = next((slot for slot in slots if slot.code == asked), None) or next_slot(
        desk.edition, timezone.now()
    )
    if request.method == "POST" and since is not None:
        return _repair(request, desk, since)
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    expected = expected_after(desk.edition, since) if since is not None else {}
    chosen = Delegate.objects.filter(edition=desk.edition, pk__in=expected)
    for word in words.split():
        chosen = chosen.filter(
            Q(badge_name__icontains=word)
            | Q(organisation__name__icontains=word)
            | Q(code__iexact=word)
        )
    people = list(chosen.select_related("organisation"))
    here = who_is_here(desk.edition, people)
    places = {key: place for place, key in enumerate(expected)}
    missing = [
        (one, expected[one.pk])
        for one in sorted(people, key=lambda one: places[one.pk])
        if one.pk not in here or not here[one.pk].is_here
    ]
    return render(
        request,
        "organiser/repair.html",
        desk.context(
            slots=slots,
            since=since,
            q=words,
            missing=missing[:SHOWN],
            more=max(0, len(missing) - SHOWN),
            places=list(desk.edition.places.all()),
            published=published_version(desk.edition.pk),
        ),
    )


def _repair(request: HttpRequest, desk: Desk, since: Slot) -> HttpResponse:
    keys = [key for key in map(id_from, request.POST.getlist("absent")) if key is not None]
    places = [key for key in map(id_from, request.POST.getlist("closed")) if key is not None]
    try:
        done = repair_timetable(
            by=active_subject(),
            edition=desk.edition,
            since=since,
            absent=list(Delegate.objects.filter(edition=desk.edition, pk__in=keys)),
            closed=list(desk.edition.places.filter(pk__in=places)),
        )
    except PunteError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(f"{desk.address}repair/?since={since.code}")
    messages.success(
        request,
        _(
            "Draft %(number)d: %(kept)d meetings stay, %(moved)d move (%(touched)d people), "
            "%(added)d are new, %(lost)d fall out. Nobody is told yet."
        )
        % {
            "number": done.draft.number,
            "kept": done.kept,
            "moved": done.moved,
            "touched": done.touched,
            "added": done.added,
            "lost": done.lost,
        },
    )
    return HttpResponseRedirect(f"{desk.address}v{done.draft.number}/publish/")
