"""
The chain of a cooperation: from the milestone it serves to the draw that pays and the delivery, and the way back.

One chain for every page that is a station of it. A station that the reader may not see is not there, and nothing tells that
it is missing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.follow_up import side_of
from punte.apps.cooperation.models import Commitment, Cooperation, MeetingTask, StageChange, Task
from punte.apps.funding.models import EligibilityCase, LoanPlan
from punte.apps.market.bridge import reasons_between
from punte.apps.market.models import Listing
from punte.apps.market.queries import ListingLine, lines_of, others_of
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.programmes.chances import milestone_chances
from punte.apps.programmes.models import Milestone
from punte.apps.programmes.queries import milestones_by_id
from punte.web.cooperation.chain_end import add_delivery, add_draws
from punte.web.cooperation.stations import Station, in_words

MOST_CHAINS: Final = 3
"""Chains that a page of one station draws; of further cooperations it names the newest."""
MOST_COOPERATIONS: Final = 50
MOST_COMMITMENTS: Final = 4
"""Commitments that a chain names one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A cooperation with its stations in order."""

    row: Cooperation
    stations: tuple[Station, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Linked:
    """What the chains of some cooperations lead to, as far as the reader sees it; read once for all of them."""

    milestones: Mapping[UUID, Milestone]
    listings: Mapping[UUID, Listing]
    lines: Mapping[UUID, ListingLine]
    requests: Mapping[UUID, MeetingRequest]
    meetings: Mapping[UUID, Meeting]
    agreed: list[MeetingTask]
    tasks: list[Task]
    commitments: list[Commitment]
    delivered: list[StageChange]
    cases: Mapping[UUID, EligibilityCase]
    plans: Mapping[UUID, LoanPlan]
    chances: dict[UUID, float] = field(default_factory=dict)


def cooperations_of(
    *,
    milestone_ids: Iterable[UUID] = (),
    listing_id: UUID | None = None,
    request_id: UUID | None = None,
    case_id: UUID | None = None,
    loan_plan_id: UUID | None = None,
    cooperation_id: UUID | None = None,
) -> list[Cooperation]:
    """Return the cooperations that one link of the chain belongs to, as far as the reader sees them."""
    links = {
        "need_id": listing_id,
        "offer_id": listing_id,
        "request_id": request_id,
        "case_id": case_id,
        "loan_plan_id": loan_plan_id,
        "pk": cooperation_id,
    }
    served = list(milestone_ids)
    wanted = Q(milestone_id__in=served) if served else Q()
    for name, key in links.items():
        if key is not None:
            wanted |= Q(**{name: key})
    return list(Cooperation.objects.filter(wanted)[:MOST_COOPERATIONS]) if wanted else []


def chains_through(rows: list[Cooperation]) -> list[Chain]:
    """
    Return the chains of cooperations for the page of a station; those past the first few have no stations.

    The number of queries is the same for one and for many; none are asked where there is no cooperation.
    """
    if not rows:
        return []
    linked = _read(rows[:MOST_CHAINS])
    drawn = [Chain(row=row, stations=_stations(row, linked)) for row in rows[:MOST_CHAINS]]
    return drawn + [Chain(row=row) for row in rows[MOST_CHAINS:]]


def chain_of(row: Cooperation) -> tuple[Station, ...]:
    """Return the stations of one cooperation with all that is said of them: chances, and why need and offer fit."""
    linked = _read([row])
    milestone = linked.milestones.get(row.milestone_id) if row.milestone_id else None
    if milestone is not None:
        chance = milestone_chances(milestone.programme).get(milestone.pk)
        if chance:
            linked.chances[milestone.pk] = chance.share
    need, offer = (linked.listings.get(key) if key else None for key in (row.need_id, row.offer_id))
    reasons = (
        reasons_between(need, offer, others_of(need, active_subject())) if need and offer else ()
    )
    return _stations(row, linked, reasons)


def _read(rows: list[Cooperation]) -> _Linked:
    """Read what the links of the cooperations lead to, a query for each kind."""

    def keys(*names: str) -> set[UUID]:
        return {key for row in rows for name in names if (key := getattr(row, name)) is not None}

    listings = Listing.objects.in_bulk(keys("need_id", "offer_id"))
    request_ids, ids = keys("request_id"), [row.pk for row in rows]
    subject = active_subject()
    requests = {
        one.pk: one
        for one in MeetingRequest.objects.filter(pk__in=request_ids).select_related(
            "edition", "sender", "receiver"
        )
        if side_of(subject, one)  # its pages are for the two and the organisers
    }
    published = Meeting.objects.filter(
        request__in=list(requests), version__state=TimetableVersion.State.PUBLISHED
    )
    promised = Commitment.objects.filter(
        Q(cooperation_id__in=ids) | Q(request_id__in=list(requests))
    )
    return _Linked(
        milestones=milestones_by_id(keys("milestone_id")),
        listings=listings,
        lines={line.id: line for line in lines_of(list(listings.values()))},
        requests=requests,
        meetings={one.request_id: one for one in published.select_related("slot", "place")},
        agreed=list(MeetingTask.objects.filter(request_id__in=list(requests))),
        tasks=list(Task.objects.filter(cooperation__in=ids)),
        commitments=list(promised),
        delivered=list(
            StageChange.objects.filter(cooperation__in=ids, stage=Cooperation.Stage.DELIVERED)
        ),
        cases=EligibilityCase.objects.in_bulk(keys("case_id")),
        plans=LoanPlan.objects.in_bulk(keys("loan_plan_id")),
    )


def _stations(
    row: Cooperation, linked: _Linked, reasons: tuple[str, ...] = ()
) -> tuple[Station, ...]:
    found: list[Station] = []

    def add(
        label: str, title: str, address: str, detail: str = "", reasons: tuple[str, ...] = ()
    ) -> None:
        found.append(
            Station(label=label, title=title, address=address, detail=detail, reasons=reasons)
        )

    milestone = linked.milestones.get(row.milestone_id) if row.milestone_id else None
    if milestone is not None:
        detail = _("promised by %(day)s") % {"day": milestone.promised_on.isoformat()}
        if milestone.pk in linked.chances:
            share = 100 * linked.chances[milestone.pk]
            detail += ", " + _("kept with %(share).0f %%") % {"share": share}
        add(_("Programme"), milestone.programme.name, f"/programmes/{milestone.programme_id}/")
        add(_("Milestone"), milestone.name, f"/programmes/milestones/{milestone.pk}/", detail)
    for key, label, why in ((row.need_id, _("Need"), ()), (row.offer_id, _("Offer"), reasons)):
        line = linked.lines.get(key) if key else None
        if line is not None:
            add(label, line.title, f"/{line.side}s/{line.id}/", in_words(line), why)
    request = linked.requests.get(row.request_id) if row.request_id else None
    if request is not None:
        _add_meeting(request, linked, add)
    commitments = _add_promises(row, request, linked, add)
    case = linked.cases.get(row.case_id) if row.case_id else None
    if case is not None:
        add(_("Verdict"), case.name, f"/eligibility/{case.pk}/", case.get_state_display())
    plan = linked.plans.get(row.loan_plan_id) if row.loan_plan_id else None
    if plan is not None:
        add_draws(plan, milestone.pk if milestone else None, add)
    delivered = [one for one in linked.delivered if one.cooperation_id == row.pk]
    add_delivery(row, milestone, commitments, delivered, add)
    return tuple(found)


def _add_meeting(request: MeetingRequest, linked: _Linked, add: Callable[..., None]) -> None:
    """Add the request, the meeting with its time and place, and what the two agreed on there."""
    edition = request.edition
    address = f"/e/{edition.slug}/requests/{request.pk}/"
    add(_("Request"), request.reason[:80], address, request.get_state_display())
    follow = f"/e/{edition.slug}/follow-up/{request.pk}/"
    meeting = linked.meetings.get(request.pk)
    if meeting is not None:
        when = meeting.slot.starts_at.astimezone(edition.zone)
        add(_("Meeting"), f"{when:%Y-%m-%d %H:%M}, {meeting.place.name}", follow)
    agreed = [one for one in linked.agreed if one.request_id == request.pk]
    if agreed:
        add(_("Agreed there"), agreed[0].text[:80], f"{follow}#agreed", _done_of(agreed))


def _add_promises(
    row: Cooperation,
    request: MeetingRequest | None,
    linked: _Linked,
    add: Callable[..., None],
) -> list[Commitment]:
    """Add what was promised there and since, and the cooperation itself; return all that was promised."""
    found = [
        one
        for one in linked.commitments
        if one.cooperation_id == row.pk or (request is not None and one.request_id == request.pk)
    ]
    for one in found[:MOST_COMMITMENTS]:
        due = _("by %(day)s") % {"day": one.due_on.isoformat()} if one.due_on else ""
        detail = ", ".join(filter(None, (due, one.get_state_display())))
        add(_("Commitment"), one.what[:80], f"/commitments/{one.pk}/", detail)
    tasks = [one for one in linked.tasks if one.cooperation_id == row.pk]
    detail = row.get_stage_display()
    if tasks:
        detail += ", " + _done_of(tasks)
    add(_("Cooperation"), row.name, f"/cooperations/{row.pk}/", detail)
    return found


def _done_of(tasks: list[Task] | list[MeetingTask]) -> str:
    """Return how many agreed actions there are and how many are done."""
    return _("agreed actions done: %(done)d of %(all)d") % {
        "done": sum(one.done_at is not None for one in tasks),
        "all": len(tasks),
    }
