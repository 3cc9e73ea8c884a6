"""The worked example after the sample edition: a cooperation from milestone to draw, and a working group. Invented."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.cooperation import discussions, polls
from punte.apps.cooperation.discussions import Place
from punte.apps.cooperation.models import (
    Commitment,
    Cooperation,
    Decision,
    Feedback,
    MeetingMark,
    Partner,
    StageChange,
    Task,
)
from punte.apps.forum.models import Edition
from punte.apps.funding import bridge
from punte.apps.funding.models import EligibilityCase, LoanPlan
from punte.apps.market.models import Listing
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.permissions import stewards_of
from punte.apps.people import working_groups
from punte.apps.people.models import Person, WorkingGroup
from punte.apps.people.queries import subject_of_person

NAME: Final = "Sensor masts for the border watch line (synthetic)"
STAGES: Final = (
    ("contact", 1, "Begun after a meeting."),
    ("explore", 75, "Visit to the test site."),
    ("nda", 117, "Signed by both."),
    ("consort", 187, "A third firm brings the cameras."),
    ("apply", 300, "Application handed in."),
)
"""Each stage, how many days after the edition it was reached [d], and why."""
JOINS_AFTER: Final = 187
"""When the third firm joins: as the consortium is made, so many days after the edition [d]."""
AREA: Final = "drones_counter_drones"
"""The capability area of the invented programme."""
REASON: Final = "You published a need in drones and counter-drone systems; our masts with sensors could stand in nine months."
"""Why the two of the worked example asked to meet."""
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
    edition: Edition, *, milestones: Mapping[str, UUID], third: str = ""
) -> Cooperation | None:
    """
    Lay the chain from an invented milestone to an invented draw over a meeting of the published timetable.

    Parameters
    ----------
    milestones
        Of the invented programme, by activity.
    third
        E-mail address of who brings the cameras as the third partner, where neither of the two who met can sign in; so
        somebody who can sign in sees the chain.

    Returns
    -------
    Cooperation or None
        None where it stands already, or no meeting of the timetable has a need on one side and an offer on the other.
    """
    with transaction.atomic(), acting_as_system("load the sample edition"):
        if Cooperation.objects.filter(name=NAME, is_synthetic=True).exists():
            return None
        pair = _pair(edition)
        if pair is None or "T4" not in milestones:
            return None
        Listing.objects.filter(pk__in=[pair.need.pk, pair.offer.pk]).update(
            milestone_id=milestones["T4"]
        )
        # Requests of the sample are drawn without a look at needs: this one is about what its sides need and offer.
        MeetingRequest.objects.filter(pk=pair.meeting.request_id).update(reason=REASON)
        joins = _who_signs_in(third, pair)
        made = _cooperation(edition, pair, milestones["T4"], joins)
        _history(edition, pair, made)
    return made


def _pair(edition: Edition) -> _Pair | None:
    """Return the meeting that fits best: both sides of the programme's area, then one of somebody who can sign in."""
    needs: dict[UUID, Listing] = {}
    offers: dict[UUID, Listing] = {}
    for listing in Listing.objects.filter(
        edition_id=edition.pk, state=Listing.State.PUBLISHED, is_synthetic=True
    ):
        (needs if listing.side == "need" else offers)[listing.owner_org_id] = listing
    found: list[tuple[tuple[bool, bool, str], _Pair]] = []
    for meeting in Meeting.objects.filter(
        version__edition=edition, version__state=TimetableVersion.State.PUBLISHED
    ).select_related("request__sender__person", "request__receiver__person"):
        sides = (meeting.request.sender, meeting.request.receiver)
        for one, other in (sides, sides[::-1]):
            need = needs.get(one.organisation_id)
            offer = offers.get(other.organisation_id)
            if need is not None and offer is not None:
                rank = (
                    AREA not in need.capability or AREA not in offer.capability,
                    not (one.person.account_id or other.person.account_id),
                    meeting.request.code,
                )
                found.append((rank, _Pair(meeting=meeting, need=need, offer=offer)))
    return min(found, key=lambda entry: entry[0])[1] if found else None


def _who_signs_in(email: str, pair: _Pair) -> Person | None:
    """Return the person of an address, where its organisation is not one of the two who met."""
    request = pair.meeting.request
    met = {request.sender.organisation_id, request.receiver.organisation_id}
    person = Person.objects.filter(account__email=email).first() if email else None
    return person if person is not None and person.owner_org_id not in met else None


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
        began_at=_at(edition, 1),
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
            joined_at=_at(edition, days),
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


def _at(edition: Edition, days: int) -> dt.datetime:
    day = edition.ends_on + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(10), edition.zone)


def _history(edition: Edition, pair: _Pair, made: Cooperation) -> None:
    request = pair.meeting.request
    for stage, days, reason in STAGES:
        StageChange.objects.create(
            cooperation=made, stage=stage, reason=reason, at=_at(edition, days)
        )
    for side, delegate in (("sender", request.sender), ("receiver", request.receiver)):
        MeetingMark.objects.create(
            request=request, side=side, mark="held", by_name=delegate.badge_name, at=_at(edition, 0)
        )
        Feedback.objects.create(
            request_id=request.pk,
            edition_id=edition.pk,
            wave=Feedback.Wave.SECOND,
            outcome=Feedback.Outcome.WORK,
            worth=5,
            by_name=delegate.badge_name,
            at=_at(edition, 183),
            owner_org_id=delegate.organisation_id,
            label_releasable_to=right_groups("organise", "audit", edition_id=edition.pk),
        )
    _agreed(edition, pair, made)


def _agreed(edition: Edition, pair: _Pair, made: Cooperation) -> None:
    partner = made.partners.order_by("pk").first()
    Task.objects.create(
        cooperation=made,
        text="Send the drawings of the mast",
        who=partner.organisation_name if partner else NAME,
        partner_id=partner.pk if partner else None,
        due_on=edition.ends_on + dt.timedelta(days=90),
        done_at=_at(edition, 80),
    )
    Task.objects.create(
        cooperation=made,
        text="Agree on the date of the acceptance test",
        who="both",
        due_on=timezone.localdate() + dt.timedelta(days=5),
    )
    Commitment.objects.create(
        who=made.name,
        what="A first mast stands for tests (synthetic)",
        occasion=edition.name,
        promised_on=edition.ends_on,
        due_on=edition.ends_on + dt.timedelta(days=540),
        cooperation_id=made.pk,
        milestone_id=made.milestone_id,
        request_id=pair.meeting.request_id,
        is_synthetic=True,
        owner_org_id=made.owner_org_id,
        label_stewards=made.label_stewards,
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
