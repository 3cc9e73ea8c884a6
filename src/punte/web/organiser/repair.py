"""The repair page: tick who did not come and what is closed, look at the proposal, publish it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.desk import who_is_here
from punte.apps.forum.models import Delegate, Place, Slot
from punte.apps.forum.queries import faces
from punte.apps.meetings.bridge import Held
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.queries import published_version
from punte.apps.meetings.repairing import (
    Change,
    Proposal,
    ProposalChangedError,
    expected_after,
    next_slot,
    propose_repair,
    publish_repair,
    repair_timetable,
)
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import id_from
from punte.web.organiser.changes import say_published
from punte.web.organiser.desk import Desk, open_desk
from punte.web.ui.templatetags.ui import moment

SHOWN = 60
NOBODY = "\N{EM DASH}"


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who has meetings and is not here; propose the repair, and publish it or keep it as a draft."""
    desk = open_desk(request, slug, to_change=True)
    slots = list(Slot.objects.filter(edition=desk.edition))
    asked = request.POST.get("since") or request.GET.get("since", "")
    since = next((slot for slot in slots if slot.code == asked), None) or next_slot(
        desk.edition, timezone.now()
    )
    if request.method == "POST" and since is not None:
        return _answer(request, desk, since)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was ticked."""

    absent: list[Delegate]
    closed: list[Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One meeting that changes, as the page shows it; times and places are empty for none."""

    code: str
    sender: str
    receiver: str
    before: str
    after: str


def _chosen(request: HttpRequest, desk: Desk) -> Chosen:
    keys = [key for key in map(id_from, request.POST.getlist("absent")) if key is not None]
    places = [key for key in map(id_from, request.POST.getlist("closed")) if key is not None]
    return Chosen(
        absent=list(Delegate.objects.filter(edition=desk.edition, pk__in=keys)),
        closed=list(desk.edition.places.filter(pk__in=places)),
    )


def _answer(request: HttpRequest, desk: Desk, since: Slot) -> HttpResponse:
    """Propose, keep as a draft, or publish; a refusal leads back with nothing changed."""
    chosen = _chosen(request, desk)
    given: dict[str, Any] = {
        "by": active_subject(),
        "edition": desk.edition,
        "since": since,
        "absent": chosen.absent,
        "closed": chosen.closed,
    }
    wish = request.POST.get("do", "propose")
    try:
        if wish == "publish":
            done = publish_repair(**given, mark=request.POST.get("mark", ""))
            messages.success(request, say_published(done))
            return HttpResponseRedirect(f"{desk.address}v{done.version.number}/")
        if wish == "draft":
            draft = repair_timetable(**given)
            said = _("Draft %(number)d: nobody is told yet.") % {"number": draft.number}
            messages.success(request, said)
            return HttpResponseRedirect(f"{desk.address}v{draft.number}/publish/")
        proposal = propose_repair(**given)
    except ProposalChangedError as changed:
        messages.warning(request, str(changed))
        proposal = propose_repair(**given)
    except PunteError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(f"{desk.address}repair/?since={since.code}")
    return _show_proposal(request, desk, since, chosen, proposal)


def _show_proposal(
    request: HttpRequest, desk: Desk, since: Slot, chosen: Chosen, proposal: Proposal
) -> HttpResponse:
    requests = dict(proposal.question.requests)
    # What was withdrawn since the publication is not asked for any more, and falls out.
    gone = [change.code for change in proposal.changes if change.code not in requests]
    for one in MeetingRequest.objects.filter(edition=desk.edition, code__in=gone):
        requests[one.code] = one
    changes = [change for change in proposal.changes if change.code in requests]
    touched = {
        key
        for change in changes
        for key in (requests[change.code].sender_id, requests[change.code].receiver_id)
    }
    context = desk.context(
        since=since,
        absent=chosen.absent,
        closed=chosen.closed,
        proposal=proposal,
        touched=len(touched),
        changes=_rows(desk, proposal, requests, changes[:SHOWN]),
        more=max(0, len(changes) - SHOWN),
    )
    return render(request, "organiser/repair_proposal.html", context)


def _rows(
    desk: Desk,
    proposal: Proposal,
    requests: Mapping[str, MeetingRequest],
    changes: Sequence[Change],
) -> list[ChangeRow]:
    known = faces(desk.edition.pk) if changes else {}
    slots, places = proposal.question.slots, proposal.question.places

    def where(held: Held | None) -> str:
        if held is None:
            return ""
        starts_at = moment(slots[held.slot].starts_at, desk.edition.zone)
        return f"{starts_at}, {places[held.place].name}"

    def who(delegate_id: UUID) -> str:
        face = known.get(delegate_id)
        return f"{face.name}, {face.organisation}" if face else NOBODY

    return [
        ChangeRow(
            code=change.code,
            sender=who(requests[change.code].sender_id),
            receiver=who(requests[change.code].receiver_id),
            before=where(change.before),
            after=where(change.after),
        )
        for change in changes
    ]
