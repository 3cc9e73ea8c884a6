"""The chain of a cooperation, from the milestone it serves to the draw that pays, and the way back to it."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from punte.apps.cooperation.models import Cooperation
from punte.apps.funding.models import EligibilityCase, LoanPlan
from punte.apps.market.models import Listing
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.programmes.chances import milestone_chances
from punte.apps.programmes.queries import find_milestone
from punte.web.ui.templatetags.ui import money


def cooperations_of(
    *,
    milestone_ids: Iterable[UUID] = (),
    listing_id: UUID | None = None,
    request_id: UUID | None = None,
    case_id: UUID | None = None,
    loan_plan_id: UUID | None = None,
) -> list[Cooperation]:
    """Return the cooperations that one link of the chain belongs to, as far as the reader sees them."""
    links = {
        "need_id": listing_id,
        "offer_id": listing_id,
        "request_id": request_id,
        "case_id": case_id,
        "loan_plan_id": loan_plan_id,
    }
    served = list(milestone_ids)
    wanted = Q(milestone_id__in=served) if served else Q()
    for name, key in links.items():
        if key is not None:
            wanted |= Q(**{name: key})
    return list(Cooperation.objects.filter(wanted)[:50]) if wanted else []


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
            f"{draw['id']}, {draw['date']}, {money(Decimal(draw['amount']))}"
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
