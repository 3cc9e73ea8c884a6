"""The sample edition as rows: who is who, the grid, the requests. Everything in one transaction, or nothing."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from punte.apps.access.permissions import PUBLIC, acting_as_system, right_groups
from punte.apps.forum.models import (
    AttendeeCategory,
    CategoryWording,
    Closure,
    Delegate,
    Edition,
    Fact,
    HostRole,
    Phase,
    Place,
    Session,
    Slot,
)
from punte.apps.forum.sample import (
    SampleEdition,
    SampleOrganisation,
    fact,
    facts,
    make_sample,
    public_facts,
)
from punte.apps.forum.sample_agenda import fill_sample_agenda
from punte.apps.forum.sample_grid import DAYS, ZONE
from punte.apps.forum.set_up import usual_wordings
from punte.apps.meetings.models import Availability, MeetingRequest, TimetableRules
from punte.apps.meetings.sample_people import make_people
from punte.apps.people.models import Organisation

SLUG: Final = "bucharest-2025"
_SPACE: Final = uuid.UUID("5a3f1e00-0000-4000-8000-000000000000")
_PHASES: Final = (
    ("announce", "2025-06-02", "2025-11-07"),
    ("register", "2025-07-01", "2025-10-24"),
    ("profile", "2025-08-01", "2025-10-24"),
    ("request", "2025-09-01", "2025-10-24"),
    ("schedule", "2025-10-24", "2025-11-05"),
    ("live", "2025-11-05", "2025-11-07"),
    ("follow_up", "2025-11-07", "2026-05-31"),
)
CATEGORIES: Final = (
    ("authority", "Authorities", 16, True),
    ("union", "Alliance and union bodies", 12, True),
    ("company", "Companies", 12, True),
    ("association", "Associations", 8, True),
    ("research", "Research", 8, True),
    ("press", "Press", 0, False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was loaded; ``is_new`` is False where the sample stood already."""

    edition: Edition
    is_new: bool


def sample_id(*words: object) -> UUID:
    """Return the same identifier for the same words: a sample loaded twice has the same addresses."""
    return uuid.uuid5(_SPACE, "/".join(map(str, words)))


def load_sample(sample: SampleEdition | None = None, *, slug: str = SLUG) -> Loaded:
    """
    Load the sample edition, whole or not at all; where it stands already nothing is done.

    Parameters
    ----------
    sample
        Another size or seed; the standard one when ``None``.
    """
    with transaction.atomic(), acting_as_system("load the sample edition"):
        found = Edition.objects.filter(slug=slug).first()
        if found is not None:
            return Loaded(edition=found, is_new=False)
        sample = sample or make_sample()
        host = _make_host(slug)
        edition = _make_edition(slug, host)
        organisations = _make_organisations(sample, edition)
        people = make_people(sample, edition, organisations, host)
        slots = _make_grid(sample, edition)
        delegates = _make_delegates(sample, edition, organisations, people)
        _make_availability(sample, edition, delegates, slots)
        _make_requests(sample, edition, delegates)
        TimetableRules.objects.create(edition=edition)
        return Loaded(edition=edition, is_new=True)


def _make_host(slug: str) -> Organisation:
    host = Organisation(
        id=sample_id(slug, "host"),
        name=fact("host"),
        kind=Organisation.Kind.AUTHORITY,
        country_id="ROU",
        label_releasable_to=[PUBLIC],
    )
    host.save()
    return host


def _make_edition(slug: str, host: Organisation) -> Edition:
    edition_id = sample_id(slug, "edition")
    edition = Edition.objects.create(
        id=edition_id,
        slug=slug,
        forum="NATO-Industry Forum",
        name="Bucharest, 5-6 November 2025",
        theme=fact("theme"),
        city=fact("city"),
        venue=fact("venue"),
        starts_on=DAYS[0],
        ends_on=DAYS[1],
        is_synthetic=True,
        owner_org=host,
        label_releasable_to=[PUBLIC],
        label_stewards=right_groups("organise", edition_id=edition_id),
    )
    _make_facts(edition)
    Phase.objects.bulk_create(
        Phase(edition=edition, kind=kind, starts_at=_midnight(start), ends_at=_midnight(end))
        for kind, start, end in _PHASES
    )
    categories = AttendeeCategory.objects.bulk_create(
        AttendeeCategory(
            id=sample_id(slug, "category", code),
            edition=edition,
            code=code,
            name=name,
            may_request=may,
            may_be_asked=may,
            request_quota=quota,
            position=idx,
        )
        for idx, (code, name, quota, may) in enumerate(CATEGORIES)
    )
    CategoryWording.objects.bulk_create(usual_wordings(categories, edition.languages.split(",")))
    return edition


def _make_facts(edition: Edition) -> None:
    source = {str(found["value"]): str(found["source"]) for found in public_facts()}
    roles = [("host", fact("host")), *(("co_organiser", name) for name in facts("co_organiser"))]
    roles.append(("patron", fact("patron")))
    HostRole.objects.bulk_create(
        HostRole(edition=edition, role=role, name=name, source=source[name], position=idx)
        for idx, (role, name) in enumerate(roles)
    )
    Fact.objects.bulk_create(
        Fact(
            edition=edition,
            key=str(found["key"]),
            value=str(found["value"]),
            source=str(found["source"]),
            is_verified=bool(found["verified"]),
            position=idx,
        )
        for idx, found in enumerate(public_facts())
    )


def _midnight(day: str) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), ZONE)


def _make_organisations(sample: SampleEdition, edition: Edition) -> dict[str, Organisation]:
    def row(found: SampleOrganisation) -> Organisation:
        identifier = sample_id(edition.slug, found.code)
        return Organisation(
            id=identifier,
            owner_org_id=identifier,
            name=found.name,
            kind=found.kind,
            country_id=found.country,
            size=found.size,
            is_synthetic=True,
            label_releasable_to=[
                f"edition:{edition.pk}",
                *right_groups("audit", edition_id=edition.pk),
            ],
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )

    made = {found.code: row(found) for found in sample.organisations}
    Organisation.objects.bulk_create(made.values())
    return made


def _make_grid(sample: SampleEdition, edition: Edition) -> dict[str, Slot]:
    slots = {
        slot.code: Slot(
            id=sample_id(edition.slug, slot.code),
            edition=edition,
            code=slot.code,
            day=slot.day,
            starts_at=slot.start,
            ends_at=slot.end,
            session=slot.session,
        )
        for slot in sample.slots
    }
    places = {
        place.code: Place(
            id=sample_id(edition.slug, place.code),
            edition=edition,
            code=place.code,
            name=place.name,
            kind=place.kind,
            capacity=place.capacity,
            position=idx,
        )
        for idx, place in enumerate(sample.places)
    }
    Slot.objects.bulk_create(slots.values())
    Place.objects.bulk_create(places.values())
    Closure.objects.bulk_create(
        Closure(place=places[place.code], slot=slots[code])
        for place in sample.places
        for code in place.closed
    )
    _make_sessions(sample, edition)
    return slots


def _make_sessions(sample: SampleEdition, edition: Edition) -> None:
    Session.objects.bulk_create(
        Session(
            id=sample_id(edition.slug, "session", block.code),
            edition=edition,
            code=block.code,
            kind=block.kind,
            format=block.format,
            title=block.title,
            starts_at=block.start,
            ends_at=block.end,
            is_released=True,
            owner_org_id=edition.owner_org_id,
            label_releasable_to=[PUBLIC]
            if block.format == Session.Format.OPEN
            else [f"edition:{edition.pk}"],
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )
        for block in sample.blocks
    )
    fill_sample_agenda(edition)


def _make_delegates(
    sample: SampleEdition,
    edition: Edition,
    organisations: dict[str, Organisation],
    people: dict[str, UUID],
) -> dict[str, Delegate]:
    made = {}
    for found in sample.delegates:
        organisation = organisations[found.organisation]
        made[found.code] = Delegate(
            id=sample_id(edition.slug, "delegate", found.code),
            edition=edition,
            person_id=people[found.code],
            organisation=organisation,
            category_id=sample_id(edition.slug, "category", organisation.kind),
            code=found.code,
            badge_name=found.name,
            function=found.function,
            max_meetings=found.max_meetings,
            owner_org=organisation,
            label_releasable_to=[
                f"edition:{edition.pk}",
                *right_groups("audit", edition_id=edition.pk),
            ],
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )
    Delegate.objects.bulk_create(made.values(), batch_size=500)
    return made


def _make_availability(
    sample: SampleEdition, edition: Edition, delegates: dict[str, Delegate], slots: dict[str, Slot]
) -> None:
    Availability.objects.bulk_create(
        (
            Availability(
                edition=edition,
                delegate=delegates[found.code],
                away=[slots[code].pk for code in found.absent],
                owner_org_id=delegates[found.code].organisation_id,
                label_stewards=right_groups("organise", edition_id=edition.pk),
            )
            for found in sample.delegates
            if found.absent
        ),
        batch_size=500,
    )


def _make_requests(sample: SampleEdition, edition: Edition, delegates: dict[str, Delegate]) -> None:
    sent = dt.datetime.combine(dt.date(2025, 9, 1), dt.time(8), ZONE)
    rows = []
    for idx, found in enumerate(sample.requests):
        sender, receiver = delegates[found.sender], delegates[found.receiver]
        at = sent + dt.timedelta(minutes=20 * idx)
        rows.append(
            MeetingRequest(
                id=sample_id(edition.slug, found.code),
                edition=edition,
                code=found.code,
                sender=sender,
                receiver=receiver,
                rank=found.rank,
                reason=found.reason,
                state=found.state,
                answer=found.answer,
                sent_at=at,
                answered_at=None if found.state == "pending" else at + dt.timedelta(days=2),
                owner_org_id=sender.organisation_id,
                label_releasable_to=right_groups("audit", edition_id=edition.pk),
                label_stewards=[
                    f"org:{receiver.organisation_id}",
                    *right_groups("organise", edition_id=edition.pk),
                ],
            )
        )
    MeetingRequest.objects.bulk_create(rows, batch_size=1000)
