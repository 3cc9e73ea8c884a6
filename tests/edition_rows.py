"""An invented edition in the database, of any size: places, slots, delegates, requests, and a timetable laid greedily."""

import datetime as dt
import functools
import uuid
from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from cast import make_member
from cleared_rows import give_account, verify
from punte.apps.access.permissions import PUBLIC, Subject, acting_as_system, right_groups
from punte.apps.forum.models import (
    AttendeeCategory,
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
from punte.apps.meetings.models import (
    Meeting,
    MeetingRequest,
    MeetingSeat,
    SolveProgress,
    SolveRun,
    TimetableVersion,
    Unmet,
)
from punte.apps.people.models import (
    Consent,
    Grant,
    Organisation,
    Person,
    Right,
)
from punte.apps.people.queries import subject_of_person

ZONE = ZoneInfo("Europe/Bucharest")
DAYS = (dt.date(2025, 11, 5), dt.date(2025, 11, 6))
PASSWORD = "a bridge over the Olt, 1897"
NAMES = (
    "Carpat",
    "Someș",
    "Dacia",
    "Orhei",
    "Nordvik",
    "Tisa",
    "Harkiv",
    "Olt",
    "Vistula",
    "Siret",
    "Bîc",
    "Mureș",
)
TRADES = (
    "Optics",
    "Marine",
    "Radio",
    "Textil",
    "Systems",
    "Forge",
    "Dynamics",
    "Avionics",
    "Logistic",
    "Sensors",
)
COUNTRIES = ("ROU", "POL", "FRA", "MDA", "UKR", "DEU", "ITA", "NOR")


@functools.cache
def _hashed() -> str:
    """Return what is kept of the password: to hash it for each account took longer than the rest of an edition."""
    return make_password(PASSWORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What was made: the edition, the organiser and one delegate with meetings, as e-mail addresses to sign in."""

    edition: Edition
    organiser: str
    delegate: str
    version: TimetableVersion


def _edition(host: Organisation, edition_id: uuid.UUID) -> Edition:
    edition = Edition.objects.create(
        id=edition_id,
        slug=f"bucharest-{edition_id.hex[:6]}",
        forum="NATO-Industry Forum",
        name="Bucharest, 5-6 November 2025",
        theme="Rearming NATO - Innovate, Accelerate, Sustain",
        city="Bucharest",
        venue="Marriott Grand Hotel",
        starts_on=DAYS[0],
        ends_on=DAYS[1],
        is_synthetic=True,
        owner_org=host,
        label_releasable_to=[PUBLIC],
        label_stewards=right_groups("organise", edition_id=edition_id),
    )
    _about(edition)
    return edition


def _about(edition: Edition) -> None:
    HostRole.objects.create(
        edition=edition, role="host", name="Ministry of National Defence of Romania"
    )
    HostRole.objects.create(
        edition=edition, role="patron", name="NATO Secretary General", position=1
    )
    Fact.objects.create(
        edition=edition,
        key="participants",
        value="over 800 from 26 NATO and partner states",
        source="https://example.org/",
        is_verified=True,
    )
    for kind, first, last in (
        ("register", -90, -30),
        ("request", -30, -7),
        ("schedule", -7, 0),
        ("live", 0, 2),
    ):
        start = dt.datetime.combine(DAYS[0], dt.time(8), ZONE)
        Phase.objects.create(
            edition=edition,
            kind=kind,
            starts_at=start + dt.timedelta(days=first),
            ends_at=start + dt.timedelta(days=last),
        )


def _slots(edition: Edition, a_day: int) -> list[Slot]:
    found = []
    for number, day in enumerate(DAYS, start=1):
        moment = dt.datetime.combine(day, dt.time(10, 40), ZONE)
        for _ in range(a_day):
            if moment.time() == dt.time(12, 40):
                moment += dt.timedelta(minutes=80)
            found.append(
                Slot(
                    edition=edition,
                    code=f"d{number}-{moment:%H%M}",
                    day=day,
                    starts_at=moment,
                    ends_at=moment + dt.timedelta(minutes=20),
                )
            )
            moment += dt.timedelta(minutes=20)
    return Slot.objects.bulk_create(found)


def _places(edition: Edition, count: int, closed: Slot) -> list[Place]:
    rows = Place.objects.bulk_create(
        [
            Place(
                edition=edition,
                code=f"T{n:02}",
                name=f"Table {n}",
                kind="room" if n % 8 == 0 else "table",
                position=n,
            )
            for n in range(1, count + 1)
        ]
    )
    spare = Place.objects.create(
        edition=edition, code="M01", name="Room 1", kind="room", position=count + 1
    )
    Closure.objects.create(place=spare, slot=closed)
    return rows


def _agenda(edition: Edition) -> None:
    for number, day in enumerate(DAYS, start=1):
        for code, start, end, kind, title in (
            ("p", (9, 0), (10, 40), "plenary", "Opening plenary: rearming, together"),
            ("l", (12, 40), (14, 0), "break", "Lunch"),
        ):
            Session.objects.create(
                edition=edition,
                code=f"{code}{number}",
                kind=kind,
                format="open",
                title=title,
                starts_at=dt.datetime.combine(day, dt.time(*start), ZONE),
                ends_at=dt.datetime.combine(day, dt.time(*end), ZONE),
                is_released=True,
                owner_org_id=edition.owner_org_id,
                label_releasable_to=[PUBLIC],
            )


def _delegates(edition: Edition, organisations: int, each: int) -> list[Delegate]:
    category = AttendeeCategory.objects.create(edition=edition, code="industry", name="Industry")
    firms = [
        Organisation(
            name=f"{NAMES[n % len(NAMES)]} {TRADES[(n // len(NAMES)) % len(TRADES)]}"
            + (f" {n // 120 + 1}" if n >= 120 else ""),
            kind="authority" if n % 6 == 0 else "company",
            country_id=COUNTRIES[n % len(COUNTRIES)],
            is_synthetic=True,
            label_releasable_to=[f"edition:{edition.pk}"],
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )
        for n in range(organisations)
    ]
    for firm in firms:
        firm.owner_org_id = firm.pk
    Organisation.objects.bulk_create(firms)
    people = Person.objects.bulk_create(
        [
            Person(name=f"Person {n}", owner_org=firms[n % organisations], is_synthetic=True)
            for n in range(organisations * each)
        ]
    )
    Consent.objects.bulk_create([Consent(person=one, edition_id=edition.pk) for one in people])
    return Delegate.objects.bulk_create(
        [
            Delegate(
                edition=edition,
                person=person,
                organisation=firms[n % organisations],
                category=category,
                code=f"P{n:04}",
                badge_name=person.name,
                function="Sales",
                owner_org=firms[n % organisations],
                label_releasable_to=[f"edition:{edition.pk}"],
                label_stewards=right_groups("organise", edition_id=edition.pk),
            )
            for n, person in enumerate(people)
        ]
    )


def _requests(edition: Edition, delegates: list[Delegate], count: int) -> list[MeetingRequest]:
    size = len(delegates)
    return MeetingRequest.objects.bulk_create(
        [
            MeetingRequest(
                edition=edition,
                code=f"R{n:04}",
                sender=delegates[(n * 7) % size],
                receiver=delegates[(n * 7 + 1 + (n * 13) % (size - 1)) % size],
                rank=1 + n % 5,
                reason="Sensors for border surveillance: delivery within 18 months.",
                state="accepted",
                owner_org_id=delegates[(n * 7) % size].organisation_id,
                label_releasable_to=[
                    f"org:{delegates[(n * 7 + 1 + (n * 13) % (size - 1)) % size].organisation_id}"
                ],
                label_stewards=right_groups("organise", edition_id=edition.pk),
            )
            for n in range(count)
        ]
    )


def _timetable(
    version: TimetableVersion,
    requests: list[MeetingRequest],
    slots: list[Slot],
    places: list[Place],
) -> None:
    """Hold each request in the first slot in which both are free and a place is; the rest is unmet."""
    busy: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    used: dict[uuid.UUID, int] = defaultdict(int)
    meetings, seats, unmet = [], [], []
    for number, request in enumerate(requests):
        order = slots[number % len(slots) :] + slots[: number % len(slots)]
        slot = next(
            (
                s
                for s in order
                if used[s.pk] < len(places)
                and not busy[s.pk] & {request.sender_id, request.receiver_id}
            ),
            None,
        )
        if slot is None:
            unmet.append(
                Unmet(
                    version=version,
                    request=request,
                    code="places_full",
                    reason="All places are taken.",
                    blocking=["R0001"],
                )
            )
            continue
        meeting = Meeting(version=version, request=request, slot=slot, place=places[used[slot.pk]])
        used[slot.pk] += 1
        busy[slot.pk] |= {request.sender_id, request.receiver_id}
        meetings.append(meeting)
        seats += [
            MeetingSeat(meeting=meeting, version=version, slot=slot, delegate_id=who)
            for who in (request.sender_id, request.receiver_id)
        ]
    Meeting.objects.bulk_create(meetings)
    MeetingSeat.objects.bulk_create(seats)
    Unmet.objects.bulk_create(unmet)
    _measure(version, meetings, len(requests))


def _measure(version: TimetableVersion, meetings: list[Meeting], asked: int) -> None:
    worth = sum(meeting.request.weight for meeting in meetings)
    version.meeting_count, version.request_count = len(meetings), asked
    version.objective = [
        {"name": "weight", "value": worth, "bound": worth + 3, "proved": False},
        {"name": "fairness", "value": 0.5, "bound": 0.5, "proved": True},
        {"name": "idle_slots", "value": 12, "bound": 9, "proved": False},
    ]
    version.save()


def _run(version: TimetableVersion) -> None:
    run = SolveRun.objects.create(
        version=version,
        state="done",
        asked_by_id=uuid.uuid4(),
        attempt=1,
        started_at=timezone.now() - dt.timedelta(seconds=9),
        finished_at=timezone.now(),
    )
    for n, (value, bound) in enumerate(
        [(None, 9000), (7000, 8800), (8100, 8600), (8400, 8500), (8490, 8493)]
    ):
        SolveProgress.objects.create(
            run=run, elapsed_s=n * 2.1, stage="polishing", value=value, bound=bound
        )


def make_edition(
    *,
    organisations: int = 8,
    each: int = 2,
    requests: int = 40,
    slots_a_day: int = 8,
    places: int = 3,
) -> Rows:
    """Make an edition with a published version and a draft after it."""
    edition_id = uuid.uuid4()
    host = make_member("Ioana Pădurean", "Ministry of the Host", "authority", edition_id=edition_id)
    with acting_as_system("sample"):
        edition = _edition(host.organisation, edition_id)
        Grant.objects.create(person=host.person, right=Right.ORGANISE, edition_id=edition_id)
        slots = _slots(edition, slots_a_day)
        _agenda(edition)
        rows = _places(edition, places, slots[0])
        delegates = _delegates(edition, organisations, each)
        asked = _requests(edition, delegates, requests)
        made = []
        for number, state in ((1, "published"), (2, "draft")):
            version = TimetableVersion.objects.create(
                edition=edition,
                number=number,
                state=state,
                owner_org=host.organisation,
                label_releasable_to=[f"edition:{edition_id}"] if state == "published" else [],
                label_stewards=right_groups("organise", edition_id=edition_id),
                engine="punte 0.1",
            )
            _timetable(version, asked if number == 1 else list(reversed(asked)), slots, rows)
            _run(version)
            made.append(version)
        guest = give_account(edition, delegates[0])
        for account in (host.account, guest.account):
            account.password = _hashed()
            account.save()
        verify(host.account, guest.account)
    return Rows(
        edition=edition, organiser=host.account.email, delegate=guest.account.email, version=made[0]
    )


def organiser_of(rows: Rows) -> Subject:
    """Return in whose name the organiser of an edition acts."""
    with acting_as_system("tests"):
        return subject_of_person(Person.objects.get(account__email=rows.organiser).pk)
