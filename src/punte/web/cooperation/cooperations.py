"""Cooperations: the whole chain, from the milestone they serve to the draw that pays, both ways."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation import follow_up
from punte.apps.cooperation.models import Commitment, Cooperation
from punte.apps.cooperation.permissions import may_change
from punte.apps.funding.models import EligibilityCase, LoanPlan
from punte.apps.market.models import Listing
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.people.models import Organisation
from punte.apps.programmes.chances import milestone_chances
from punte.apps.programmes.queries import find_milestone, open_milestones
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import NOBODY, day_from, id_from, page, say


@require_GET
def show_all(request: HttpRequest) -> HttpResponse:
    """List what one's organisation has going on with others, by stage."""
    stage = request.GET.get("stage", "")
    rows = Cooperation.objects.prefetch_related("partners")
    if stage in Cooperation.Stage.values:
        rows = rows.filter(stage=stage)
    return page(
        request,
        "cooperations.html",
        rows=list(rows[:500]),
        stages=Cooperation.Stage.choices,
        stage=stage,
    )


@require_GET
def show_one(request: HttpRequest, cooperation_id: UUID) -> HttpResponse:
    """Show a cooperation: its partners, stage, agreed actions, and the chain as far as the reader sees it."""
    row = _found_or_404(cooperation_id)
    subject = active_subject()
    changes = may_change(subject, row)
    return page(
        request,
        "cooperation.html",
        row=row,
        partners=[
            (one, country_name(one.country) if one.country else "") for one in row.partners.all()
        ],
        changes=list(row.changes.all()),
        tasks=list(row.tasks.all()),
        chain=chain_of(row),
        commitments=list(Commitment.objects.filter(cooperation_id=row.pk)),
        may_change=changes,
        own_org=subject.org_id,
        stages=Cooperation.Stage.choices,
        choices=_choices() if changes else {},
        organisations=list(Organisation.objects.order_by("name")[:500]) if changes else [],
        today=timezone.localdate(),
        why=explain(subject, row),
        marking=row.label_tlp,
        synthetic=row.is_synthetic,
    )


def _found_or_404(cooperation_id: UUID) -> Cooperation:
    found = Cooperation.objects.filter(pk=cooperation_id).first()
    if found is None:
        raise Http404
    return found


def chain_of(row: Cooperation) -> list[dict[str, Any]]:
    """Return the links of the chain in order; a link that the reader may not see is not there."""
    found: list[dict[str, Any]] = []

    def add(label: str, title: str, address: str, detail: str = "") -> None:
        found.append({"label": label, "title": title, "address": address, "detail": detail})

    milestone = find_milestone(row.milestone_id) if row.milestone_id else None
    if milestone is not None:
        chance = milestone_chances(milestone.programme).get(milestone.pk)
        detail = _("promised by %(day)s") % {"day": milestone.promised_on.isoformat()}
        if chance:
            detail += ", " + _("kept with %(share).0f %%") % {"share": 100 * chance.share}
        add(_("Programme"), milestone.programme.name, f"/programmes/{milestone.programme_id}/")
        add(_("Milestone"), milestone.name, f"/programmes/milestones/{milestone.pk}/", detail)
    listings = Listing.objects.in_bulk([key for key in (row.need_id, row.offer_id) if key])
    for key, label in ((row.need_id, _("Need")), (row.offer_id, _("Offer"))):
        listing = listings.get(key) if key else None
        if listing is not None:
            add(label, listing.title, f"/{listing.side}s/{listing.pk}/")
    _add_meeting(row, add)
    add(_("Cooperation"), row.name, f"/cooperations/{row.pk}/", row.get_stage_display())
    case = EligibilityCase.objects.filter(pk=row.case_id).first() if row.case_id else None
    if case is not None:
        add(_("Verdict"), case.name, f"/eligibility/{case.pk}/", case.get_state_display())
    plan = LoanPlan.objects.filter(pk=row.loan_plan_id).first() if row.loan_plan_id else None
    if plan is not None:
        waiting = [
            f"{draw['id']}, {draw['date']}, {draw['amount']}"
            for draw in plan.content["draws"]
            if row.milestone_id and draw.get("milestone") == f"programme:{row.milestone_id}"
        ]
        add(_("Draw"), plan.name, f"/finance/plans/{plan.pk}/", "; ".join(waiting))
    return found


def _add_meeting(row: Cooperation, add: Callable[..., None]) -> None:
    request = (
        MeetingRequest.objects.select_related("edition").filter(pk=row.request_id).first()
        if row.request_id
        else None
    )
    if request is None:
        return
    address = f"/e/{request.edition.slug}/requests/{request.pk}/"
    add(_("Request"), request.reason[:80], address, request.get_state_display())
    meeting = (
        Meeting.objects.filter(request=request, version__state=TimetableVersion.State.PUBLISHED)
        .select_related("slot", "place")
        .first()
    )
    if meeting is not None:
        when = meeting.slot.starts_at.astimezone(request.edition.zone)
        follow = f"/e/{request.edition.slug}/follow-up/{request.pk}/"
        add(_("Meeting"), f"{when:%Y-%m-%d %H:%M}, {meeting.place.name}", follow)


def _choices() -> dict[str, list[tuple[str, str]]]:
    listings = Listing.objects.filter(state=Listing.State.PUBLISHED).order_by("title")[:500]
    return {
        "need_id": [(str(one.pk), one.title) for one in listings if one.side == "need"],
        "offer_id": [(str(one.pk), one.title) for one in listings if one.side == "offer"],
        "milestone_id": [
            (str(one.pk), f"{one.programme.name}: {one.name}") for one in open_milestones()
        ],
        "case_id": [(str(one.pk), one.name) for one in EligibilityCase.objects.all()[:200]],
        "loan_plan_id": [(str(one.pk), one.name) for one in LoanPlan.objects.all()[:200]],
    }


def _stage(request: HttpRequest, row: Cooperation) -> None:
    follow_up.set_stage(
        by=active_subject(),
        cooperation=row,
        stage=request.POST.get("stage", ""),
        reason=request.POST.get("reason", ""),
    )


def _task(request: HttpRequest, row: Cooperation) -> None:
    follow_up.agree_on(
        by=active_subject(),
        cooperation=row,
        text=request.POST.get("text", ""),
        who=request.POST.get("who", ""),
        due_on=day_from(request.POST.get("due_on", "")),
    )


def _done(request: HttpRequest, row: Cooperation) -> None:
    task = row.tasks.filter(pk=id_from(request.POST.get("task", "")) or NOBODY).first()
    if task is None:
        raise PunteError(_("There is no such action."))
    follow_up.finish_task(by=active_subject(), task=task)


def _link(request: HttpRequest, row: Cooperation) -> None:
    follow_up.link(
        by=active_subject(),
        cooperation=row,
        links={name: id_from(request.POST.get(name, "")) for name in follow_up.LINKS},
    )


def _partner(request: HttpRequest, row: Cooperation) -> None:
    organisation = Organisation.objects.filter(
        pk=id_from(request.POST.get("organisation", "")) or NOBODY
    ).first()
    if organisation is None:
        raise PunteError(_("Choose an organisation."))
    follow_up.add_partner(
        by=active_subject(),
        cooperation=row,
        organisation=organisation,
        speaker=request.POST.get("speaker", ""),
    )


def _successor(request: HttpRequest, row: Cooperation) -> None:
    partner = row.partners.filter(pk=id_from(request.POST.get("partner", "")) or NOBODY).first()
    if partner is None:
        raise PunteError(_("There is no such partner."))
    follow_up.name_successor(
        by=active_subject(), partner=partner, speaker=request.POST.get("speaker", "")
    )


STEPS: Final[dict[str, Callable[[HttpRequest, Cooperation], None]]] = {
    "stage": _stage,
    "task": _task,
    "done": _done,
    "link": _link,
    "partner": _partner,
    "successor": _successor,
}


@require_POST
def take_step(request: HttpRequest, cooperation_id: UUID, step: str) -> HttpResponse:
    """Take one step with a cooperation and say what came of it."""
    row = _found_or_404(cooperation_id)
    if step not in STEPS:
        raise Http404
    try:
        STEPS[step](request, row)
    except PunteError as error:
        say(request, error)
    else:
        messages.success(request, _("Kept."))
    return redirect("cooperation", cooperation_id=row.pk)
