"""The worked example after the sample edition: a cooperation from milestone to draw, and a working group. Invented."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.cooperation import discussions, polls
from punte.apps.cooperation.discussions import Place
from punte.apps.cooperation.models import Cooperation, Decision, Partner
from punte.apps.cooperation.sample_agreed import JOINS_AFTER, STAGES, days_after, write_history
from punte.apps.forum.models import Edition
from punte.apps.funding import bridge
from punte.apps.funding.models import EligibilityCase, LoanPlan
from punte.apps.market.models import Listing
from punte.apps.market.sample import write_need
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.permissions import stewards_of
from punte.apps.people import working_groups
from punte.apps.people.models import Organisation, Person, WorkingGroup
from punte.apps.people.queries import subject_of_person

NAME: Final = "Sensor masts for the border watch line (synthetic)"
AREA: Final = "drones_counter_drones"
"""The capability area of the invented programme."""
REASONS: Final = {
    "offers": "You published a need in drones and counter-drone systems; our masts with sensors could stand in nine months.",
    "needs": "We published a need in drones and counter-drone systems; your masts with sensors could stand in nine months.",
}
"""Why the two of the worked example meet, by what the one who asks does."""
GROUP: Final = "Sensors and masts along the border (synthetic)"
CASE: Final[dict[str, Any]] = {
    "format": "punte.eligibility.case/1",
    "name": NAME,
    "categories": ["1d"],
    "participants": [{"country": "RO", "role": "borrower"}, {"country": "FR"}],
    "entities": [
        {
            "id": "lead",
            "country": "RO",
            "management_country": "RO",
            "controlled_by": "RO",
            "facilities": ["RO"],
            "share": "1",
        }
    ],
    "components": [
        {"id": "mast", "origin": "RO", "cost": "7000000"},
        {"id": "camera", "origin": "MD", "cost": "3000000"},
    ],
    "flags": {"harmful_components": False, "design_authority": True},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A meeting of the sample whose sides have a need and an offer for each other."""

    meeting: Meeting
    need: Listing
    offer: Listing


def load_worked_example(
    edition: Edition, *, milestones: Mapping[str, UUID], people: Sequence[str] = ()
) -> Cooperation | None:
    """
    Lay the chain from an invented milestone to an invented draw over a meeting of the published timetable.

    Parameters
    ----------
    milestones
        Of the invented programme, by activity.
    people
        E-mail addresses of who can sign in. A meeting of the first of them is taken where there is one that serves, so that
        somebody who can sign in sees every link; the next who was not at it brings the cameras as the third partner.

    Returns
    -------
    Cooperation or None
        None where it stands already, or no meeting of the timetable has a need on one side and an offer on the other.
    """
    with transaction.atomic(), acting_as_system("load the sample edition"):
        if Cooperation.objects.filter(name=NAME, is_synthetic=True).exists():
            return None
        known = _known(people)
        pair = _pair(edition, known[0].owner_org_id if known else None)
        if pair is None or "T4" not in milestones:
            return None
        Listing.objects.filter(pk__in=[pair.need.pk, pair.offer.pk]).update(
            milestone_id=milestones["T4"]
        )
        # Requests of the sample are drawn without a look at needs: this one is about what its sides need and offer.
        asks = pair.meeting.request.sender.organisation_id
        reason = REASONS["needs" if asks == pair.need.owner_org_id else "offers"]
        MeetingRequest.objects.filter(pk=pair.meeting.request_id).update(reason=reason)
        met = {pair.need.owner_org_id, pair.offer.owner_org_id}
        joins = next((one for one in known if one.owner_org_id not in met), None)
        made = _cooperation(edition, pair, milestones["T4"], joins)
        write_history(edition, pair.meeting.request, made)
    return made


def _known(emails: Sequence[str]) -> list[Person]:
    """Return the people of addresses, in their order."""
    found = Person.objects.filter(account__email__in=list(emails)).select_related("account")
    return sorted(
        found, key=lambda one: emails.index(one.account.email) if one.account else len(emails)
    )


def _pair(edition: Edition, first_id: UUID | None) -> _Pair | None:
    """
    Return the meeting that fits best: one of the first organisation, then both sides of one area, best the programme's.

    An authority that the first organisation met and that needs nothing of the kind yet then needs what is offered: so the example
    does not hang on what the sample drew.
    """
    listed = Listing.objects.filter(
        edition_id=edition.pk, state=Listing.State.PUBLISHED, is_synthetic=True
    )
    needs = {one.owner_org_id: one for one in listed.filter(side="need")}
    offers = {one.owner_org_id: one for one in listed.filter(side="offer")}
    found: list[
        tuple[tuple[bool, bool, bool, bool, str], Meeting, Organisation, Listing | None, Listing]
    ] = []
    for meeting in Meeting.objects.filter(
        version__edition=edition, version__state=TimetableVersion.State.PUBLISHED
    ).select_related("request__sender__organisation", "request__receiver__organisation"):
        sides = (meeting.request.sender.organisation, meeting.request.receiver.organisation)
        for one, other in (sides, sides[::-1]):
            offer, need = offers.get(other.pk), needs.get(one.pk)
            is_first = first_id in {one.pk, other.pk}
            may_need = is_first and one.kind == Organisation.Kind.AUTHORITY and one.is_synthetic
            if offer is None or (need is None and not may_need):
                continue
            shared = set(offer.capability) & set(need.capability if need else ())
            if not shared and may_need:
                need, shared = None, set(offer.capability)
            rank = (
                not is_first,
                not shared,
                AREA not in shared,
                need is None,
                meeting.request.code,
            )
            found.append((rank, meeting, one, need, offer))
    if not found:
        return None
    _rank, meeting, one, need, offer = min(found, key=lambda entry: entry[0])
    need = need or write_need(edition.pk, one, offer.capability[0])
    return _Pair(meeting=meeting, need=need, offer=offer)


def _cooperation(
    edition: Edition, pair: _Pair, milestone_id: UUID, joins: Person | None
) -> Cooperation:
    request = pair.meeting.request
    orgs = [request.sender.organisation, request.receiver.organisation]
    orgs += [joins.owner_org] if joins else []
    groups = [f"org:{org.pk}" for org in orgs]
    case = _case(edition, pair, groups)
    plan = LoanPlan.objects.filter(is_synthetic=True).order_by("pk").first()
    made = Cooperation.objects.create(
        name=NAME,
        about="Invented, to show the whole chain from the promise to the money.",
        stage=STAGES[-1][0],
        request_id=request.pk,
        need_id=pair.need.pk,
        offer_id=pair.offer.pk,
        milestone_id=milestone_id,
        case_id=case.pk,
        loan_plan_id=plan.pk if plan else None,
        is_synthetic=True,
        began_at=days_after(edition, 1),
        owner_org_id=pair.need.owner_org_id,
        label_stewards=[*groups, *stewards_of(edition.pk)],
    )
    _partners(edition, made, request, joins)
    return made


def _partners(
    edition: Edition, made: Cooperation, request: MeetingRequest, joins: Person | None
) -> None:
    sides = (request.sender, request.receiver)
    found = [(one.organisation, one.badge_name, one.person_id, 1) for one in sides]
    if joins is not None:
        found.append((joins.owner_org, joins.name, joins.pk, JOINS_AFTER))
    for organisation, name, person_id, days in found:
        Partner.objects.create(
            cooperation=made,
            organisation=organisation,
            organisation_name=organisation.name,
            country=organisation.country_id,
            speaker=name,
            speaker_id=person_id,
            joined_at=days_after(edition, days),
        )


def _case(edition: Edition, pair: _Pair, groups: list[str]) -> EligibilityCase:
    verdict, stored = bridge.judge(CASE, rules="safe", on=edition.ends_on, source=NAME)
    return EligibilityCase.objects.create(
        name=NAME,
        rules="safe",
        on=edition.ends_on,
        content=CASE,
        content_sha256=bridge.sha256_of(CASE),
        verdict=stored,
        state=verdict.state,
        listing_id=pair.offer.pk,
        is_synthetic=True,
        owner_org_id=pair.offer.owner_org_id,
        label_releasable_to=[*groups, *right_groups("organise", "audit", edition_id=edition.pk)],
    )


def load_group(edition: Edition, emails: tuple[str, ...]) -> WorkingGroup | None:
    """
    Found the sample's working group in the names of those who can sign in; the first chairs it.

    Returns
    -------
    WorkingGroup or None
        None where it stands already, or fewer than two of them are there.
    """
    with acting_as_system("load the sample edition"):
        if WorkingGroup.objects.filter(name=GROUP).exists():
            return None
        people = [
            person
            for email in emails
            for account in Account.objects.filter(email=email)
            for person in Person.objects.filter(account=account)
        ]
    if len(people) < 2:
        return None
    chair, *others = [subject_of_person(person.pk) for person in people]
    with transaction.atomic():
        with acting(chair) as by:
            group = working_groups.found_group(
                by=by,
                name=GROUP,
                about="Invented. What a mast must carry, and how it is accepted.",
                open_to=[f"edition:{edition.pk}"],
                admission="at-once",
                area=AREA,
            )
            WorkingGroup.objects.filter(pk=group.pk).update(is_synthetic=True)
        for subject in others:
            with acting(subject) as by:
                working_groups.ask_to_join(by=by, group=group)
        _talk(group, people)
    return group


def _talk(group: WorkingGroup, people: list[Person]) -> None:
    """Let them talk; subjects are built anew, for they are in the group only now."""
    chair, member = (subject_of_person(person.pk) for person in people[:2])
    with acting(member) as by:
        topic = discussions.open_topic(
            by=by,
            title="Height of the mast and wind load (synthetic)",
            text=f"@{people[0].name} Which wind load do we take for the acceptance test?",
            place=Place(group=group),
        )
    with acting(chair) as by:
        first = topic.posts.get()
        discussions.write_post(
            by=by, topic=topic, text="The national annex; zone 3.", answers=first
        )
        decision = discussions.decide(
            by=by,
            topic=topic,
            text="Masts are tested with the wind load of zone 3 of the national annex. (synthetic)",
            releasable_to=["PUBLIC"],
        )
        Decision.objects.filter(pk=decision.pk).update(is_synthetic=True)
        start = timezone.now().replace(hour=8, minute=0, second=0, microsecond=0)
        polls.open_poll(
            by=by,
            topic=topic,
            title="Next meeting of the group (synthetic)",
            starts=[start + dt.timedelta(days=days) for days in (30, 31, 35)],
            place="Iași",
        )
