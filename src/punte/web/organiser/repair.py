"""The repair page: tick who did not come and what is closed, look at the proposal, publish it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.desk import who_is_here
from punte.apps.forum.folding import holds
from punte.apps.forum.models import Delegate, Place, Slot
from punte.apps.forum.queries import faces
from punte.apps.meetings.bridge import Held
from punte.apps.meetings.in_the_way import meetings_in_the_way
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.publication import Publication
from punte.apps.meetings.queries import published_version
from punte.apps.meetings.repairing import (
    Change,
    Proposal,
    ProposalChangedError,
    RepairDoneError,
    expected_after,
    open_slots,
    propose_repair,
    publish_repair,
    repair_timetable,
)
from punte.apps.people.mail import address_of
from punte.kernel.collecting import uncollected
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import id_from
from punte.web.organiser.changes import say_published
from punte.web.organiser.desk import Desk, open_desk
from punte.web.organiser.four_eyes import alone_after
from punte.web.refusals import tell_refusal
from punte.web.ui.templatetags.ui import moment

SHOWN = 60
NOBODY = "\N{EM DASH}"


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who has meetings and is not here; propose the repair, and publish it or keep it as a draft."""
    desk = open_desk(request, slug, to_change=True)
    slots = open_slots(desk.edition, timezone.now())
    given = request.POST if request.method == "POST" else request.GET
    chosen_slot = Slot.objects.filter(edition=desk.edition, code=given.get("since", "")[:20])
    since = chosen_slot.first() or next(iter(slots), None)
    if since is not None and request.method == "POST":
        return _answer(request, desk, since)
    if since is not None and request.GET.get("do") == "propose":
        return _propose(request, desk, since)
    since = since if since in slots else next(iter(slots), None)
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    expected = expected_after(desk.edition, since) if since is not None else {}
    chosen = Delegate.objects.filter(edition=desk.edition, pk__in=expected)
    for word in words.split():
        chosen = chosen.filter(
            holds(word, "badge_name", "organisation__name") | Q(code__iexact=word)
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
            **_in_the_way(desk, slots, since),
            places=list(desk.edition.places.all()),
            published=published_version(desk.edition.pk),
        ),
    )


def _in_the_way(desk: Desk, slots: list[Slot], since: Slot | None) -> dict[str, Any]:
    """Return which meetings from a slot on cannot take place as things stand, as the page shows them."""
    ahead = [one for one in slots if since is not None and one.starts_at >= since.starts_at]
    found = meetings_in_the_way(desk.edition, ahead)
    return {"in_the_way": found[:SHOWN], "more_in_the_way": max(0, len(found) - SHOWN)}


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


def _chosen(given: QueryDict, desk: Desk) -> Chosen:
    keys = [key for key in map(id_from, given.getlist("absent")) if key is not None]
    places = [key for key in map(id_from, given.getlist("closed")) if key is not None]
    return Chosen(
        absent=list(Delegate.objects.filter(edition=desk.edition, pk__in=keys)),
        closed=list(desk.edition.places.filter(pk__in=places)),
    )


def _asked(desk: Desk, since: Slot, chosen: Chosen) -> dict[str, Any]:
    """Return what the actions are asked."""
    return {
        "by": active_subject(),
        "edition": desk.edition,
        "since": since,
        "absent": chosen.absent,
        "closed": chosen.closed,
    }


def _proposal_at(desk: Desk, since: Slot, chosen: Chosen) -> HttpResponseRedirect:
    """Lead to the proposal by an address, to which the browser can go back once it is published."""
    query = QueryDict(mutable=True)
    query["do"], query["since"] = "propose", since.code
    query.setlist("absent", [str(one.pk) for one in chosen.absent])
    query.setlist("closed", [str(one.pk) for one in chosen.closed])
    return HttpResponseRedirect(f"{desk.address}repair/?{query.urlencode()}")


def _answer(request: HttpRequest, desk: Desk, since: Slot) -> HttpResponse:
    """Propose, keep as a draft, or publish; a refusal leads back with nothing changed."""
    chosen = _chosen(request.POST, desk)
    asked = _asked(desk, since, chosen)
    wish = request.POST.get("do", "propose")
    try:
        if wish == "publish":
            done = publish_repair(**asked, mark=request.POST.get("mark", ""))
            messages.success(request, say_published(done))
            _say_untold(request, done)
            return HttpResponseRedirect(f"{desk.address}v{done.version.number}/")
        if wish == "draft":
            draft = repair_timetable(**asked)
            said = _("Draft %(number)d: nobody is told yet.") % {"number": draft.number}
            messages.success(request, said)
            return HttpResponseRedirect(f"{desk.address}v{draft.number}/publish/")
    except RepairDoneError as before:
        messages.info(request, str(before))
        return HttpResponseRedirect(f"{desk.address}v{before.version.number}/")
    except ProposalChangedError as changed:
        messages.warning(request, str(changed))
    except PunteError as error:
        tell_refusal(request, error)
        return HttpResponseRedirect(f"{desk.address}repair/?since={since.code}")
    return _proposal_at(desk, since, chosen)


def _propose(request: HttpRequest, desk: Desk, since: Slot) -> HttpResponse:
    """Show the proposal for what the address names; nothing is stored."""
    chosen = _chosen(request.GET, desk)
    try:
        proposal = propose_repair(**_asked(desk, since, chosen))
    except PunteError as error:
        tell_refusal(request, error)
        return HttpResponseRedirect(f"{desk.address}repair/")
    return _show_proposal(request, desk, since, chosen, proposal)


def _without_address(touched: Iterable[UUID]) -> list[Delegate]:
    """Return whom no mail reaches, so that a desk tells them."""
    people = Delegate.objects.filter(pk__in=list(touched), left_at__isnull=True)
    reached = {one.pk for one in people.select_related("person__account") if address_of(one.person)}
    return [
        one
        for one in people.select_related("organisation").order_by("badge_name", "pk")
        if one.pk not in reached
    ]


def _say_untold(request: HttpRequest, done: Publication) -> None:
    """Name once more, after the publication, whom no mail reached."""
    untold = [f"{one.badge_name} ({one.code})" for one in _without_address(done.touched)]
    if untold:
        told = _(
            "No mail reaches these, because they have no e-mail address; tell them: %(names)s."
        )
        messages.warning(request, told % {"names": ", ".join(untold[:SHOWN])})


@uncollected()
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
        untold=_without_address(touched),
        changes=_rows(desk, proposal, requests, changes[:SHOWN]),
        more=max(0, len(changes) - SHOWN),
        **alone_after(proposal.eyes),
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
