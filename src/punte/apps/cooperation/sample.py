"""Public commitments and assistance with their sources, and invented training that shows the register."""

import datetime as dt
import json
import uuid
from importlib.resources import files
from typing import Any, Final

from django.db import transaction

from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.cooperation.models import (
    Activity,
    Assistance,
    Commitment,
    Cooperation,
    Partner,
    StageChange,
)
from punte.apps.market.models import Listing
from punte.apps.meetings.permissions import stewards_of
from punte.apps.meetings.published import PublishedMeeting, published_meetings
from punte.apps.people.models import Organisation
from punte.apps.programmes.models import Milestone

_SPACE: Final = uuid.UUID("7c3e0b9a-4d52-4f0b-9b86-0d1e5a6f7c32")


def load_cooperation(keeper_org_id: uuid.UUID, *, with_synthetic: bool) -> int:
    """Enter the public facts, and the invented training where asked for; return how many rows are new [count]."""
    with transaction.atomic(), acting_as_system("load the sample edition"):
        text = (files("punte.apps.cooperation") / "data" / "public_facts.json").read_text("utf-8")
        facts: dict[str, list[dict[str, Any]]] = json.loads(text)
        first = facts["commitments"][0]
        if Commitment.objects.filter(pk=uuid.uuid5(_SPACE, first["what"])).exists():
            return 0
        label: dict[str, Any] = {
            "owner_org_id": keeper_org_id,
            "label_releasable_to": [PUBLIC],
            "label_tlp": "TLP:CLEAR",
        }
        commitments = [_commitment(found, label) for found in facts["commitments"]]
        assistance = [_assistance(found, label) for found in facts["assistance"]]
        if with_synthetic:
            assistance += [_invented(number, label) for number in range(3)]
        Commitment.objects.bulk_create(commitments)
        Assistance.objects.bulk_create(assistance)
        invented = [row for row in assistance if row.is_synthetic]
        activities = Activity.objects.bulk_create(_activities(invented) if invented else [])
        return len(commitments) + len(assistance) + len(activities)


def _commitment(found: dict[str, Any], label: dict[str, Any]) -> Commitment:
    return Commitment(
        id=uuid.uuid5(_SPACE, found["what"]),
        who=found["who"],
        what=found["what"],
        occasion=found["occasion"],
        quotation=found.get("quotation", ""),
        promised_on=_day(found["promised_on"]),
        due_on=_day(found["due_on"]),
        milestone_id=_milestone(*found["milestone"]) if "milestone" in found else None,
        sources=found["sources"],
        is_verified=found["verified"],
        note=found["note"],
        **label,
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _milestone(programme: str, name: str) -> uuid.UUID | None:
    """Return the milestone of a public programme; None where the programmes are not loaded."""
    found = Milestone.objects.filter(
        programme__name=programme, name=name, programme__is_synthetic=False
    )
    return found.order_by("pk").values_list("pk", flat=True).first()


def _assistance(found: dict[str, Any], label: dict[str, Any]) -> Assistance:
    return Assistance(
        id=uuid.uuid5(_SPACE, found["title"] + found["about"]),
        kind=found["kind"],
        side=Assistance.Side.OFFER,
        title=found["title"],
        about=found["about"],
        provider=found["provider"],
        provider_country=found.get("provider_country", ""),
        beneficiaries=found["beneficiaries"],
        starts_on=dt.date.fromisoformat(found["starts_on"]) if found["starts_on"] else None,
        amount_cents=found["amount_cents"],
        state=Assistance.State.RUNNING,
        sources=found["sources"],
        is_verified=found["verified"],
        **label,
    )


def _invented(number: int, label: dict[str, Any]) -> Assistance:
    kinds = ("training", "technical", "training")
    titles = (
        "Joint exercise of engineers, Romania and Moldova (synthetic)",
        "Help with procurement procedures (synthetic)",
        "Course on counter-drone operation (synthetic)",
    )
    day = dt.date(2027, 3 + 2 * number, 8)
    is_asked = number == 2
    return Assistance(
        id=uuid.uuid5(_SPACE, titles[number]),
        kind=kinds[number],
        side=Assistance.Side.REQUEST if is_asked else Assistance.Side.OFFER,
        title=titles[number],
        about="Invented, to show how the register works.",
        provider="" if is_asked else "Synthetic training command",
        provider_country="" if is_asked else "ROU",
        asker="Synthetic academy of the armed forces" if is_asked else "",
        asker_country="MDA" if is_asked else "",
        beneficiaries=["MDA"],
        place="Iași",
        starts_on=day,
        ends_on=day + dt.timedelta(days=4),
        seats=24,
        is_synthetic=True,
        **label,
    )


ACTIVITIES: Final[tuple[tuple[int, str, str, dt.date, int, int, list[str]], ...]] = (
    (
        0,
        "Visit to prepare the exercise (synthetic)",
        "Chișinău",
        dt.date(2027, 2, 9),
        1,
        6,
        ["MDA"],
    ),
    (0, "Crossing a river, first week (synthetic)", "Brăila", dt.date(2027, 3, 8), 3, 24, []),
    (
        0,
        "What was learned, with the observers (synthetic)",
        "Iași",
        dt.date(2027, 3, 12),
        1,
        40,
        [],
    ),
    (1, "How to write a tender (synthetic)", "Bucharest", dt.date(2027, 5, 10), 2, 12, []),
    (1, "How to compare tenders (synthetic)", "Chișinău", dt.date(2027, 6, 7), 2, 12, []),
)
"""Under which invented assistance, what, where, from which day, for how many days, seats, and only for whom."""


def _activities(invented: list[Assistance]) -> list[Activity]:
    return [
        Activity(
            id=uuid.uuid5(_SPACE, title),
            assistance=invented[parent],
            title=title,
            place=place,
            starts_on=day,
            ends_on=day + dt.timedelta(days=length - 1),
            seats=seats,
            only_for=only_for,
            is_synthetic=True,
        )
        for parent, title, place, day, length, seats, only_for in ACTIVITIES
    ]


STAGES: Final = ("contact", "explore", "nda", "consort", "explore", "contact")


def load_joined_work(edition_id: uuid.UUID) -> int:
    """
    Begin invented cooperations from meetings of the sample between who needs and who offers; return how many are new [count].

    Where some stand already nothing is done.
    """
    with transaction.atomic(), acting_as_system("load the sample edition"):
        if Cooperation.objects.filter(is_synthetic=True).exists():
            return 0
        serving = Listing.objects.filter(edition_id=edition_id, is_synthetic=True)
        sides: dict[str, dict[uuid.UUID, Listing]] = {"need": {}, "offer": {}}
        for row in serving.exclude(milestone_id=None).order_by("pk"):
            sides[row.side].setdefault(row.owner_org_id, row)
        made = 0
        for meeting in sorted(published_meetings(), key=lambda one: str(one.request_id)):
            pair = _need_and_offer(meeting, sides)
            if meeting.edition_id == edition_id and pair is not None and made < len(STAGES):
                _begin(meeting, *pair, stage=STAGES[made])
                made += 1
        return made


def _need_and_offer(
    meeting: PublishedMeeting, sides: dict[str, dict[uuid.UUID, Listing]]
) -> tuple[Listing, Listing] | None:
    for one, other in (meeting.organisations, meeting.organisations[::-1]):
        need, offer = sides["need"].get(one), sides["offer"].get(other)
        if need and offer and need.milestone_id == offer.milestone_id:
            return need, offer
    return None


def _begin(meeting: PublishedMeeting, need: Listing, offer: Listing, *, stage: str) -> None:
    row = Cooperation.objects.create(
        id=uuid.uuid5(_SPACE, str(meeting.request_id)),
        name=f"{offer.title[:120]} (synthetic)",
        about="Invented, to show what comes of a meeting.",
        stage=stage,
        request_id=meeting.request_id,
        need_id=need.pk,
        offer_id=offer.pk,
        milestone_id=need.milestone_id,
        is_synthetic=True,
        owner_org_id=need.owner_org_id,
        label_stewards=[f"org:{offer.owner_org_id}", *stewards_of(meeting.edition_id)],
    )
    for org in Organisation.objects.filter(pk__in=meeting.organisations).order_by("pk"):
        Partner.objects.create(
            cooperation=row,
            organisation=org,
            organisation_name=org.name,
            country=org.country_id,
        )
    StageChange.objects.create(cooperation=row, stage=stage, reason="Begun after a meeting.")
