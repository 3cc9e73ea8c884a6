"""The fixed cast: an organiser, an authority's delegate, a company, a partner-country guest, an outsider. All invented."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.utils import timezone

from punte.apps.access.models import Account
from punte.apps.access.permissions import PUBLIC, Subject, acting_as_system, right_groups
from punte.apps.forum.models import AttendeeCategory, Edition, Phase
from punte.apps.people.models import (
    Delegation,
    Grant,
    Membership,
    Nomination,
    Organisation,
    Person,
    Right,
)
from punte.apps.people.queries import subject_of_person

EDITION = uuid.UUID("0ed17100-0000-4000-8000-000000000001")
OTHER_EDITION = uuid.UUID("0ed17100-0000-4000-8000-000000000002")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of the cast, with the organisation it comes from."""

    person: Person
    organisation: Organisation
    account: Account

    @property
    def subject(self) -> Subject:
        """In whose name it reads now; built anew each time."""
        return subject_of_person(self.person.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody, by part."""

    organiser: Member
    authority: Member
    company: Member
    guest: Member
    outsider: Member

    @property
    def everybody(self) -> dict[str, Member]:
        """Return the members by the name of their part."""
        return {part: getattr(self, part) for part in PARTS}


PARTS = {
    "organiser": (
        "Ioana Pădurean",
        "Ministry of the Host",
        Organisation.Kind.AUTHORITY,
        "ROU",
        True,
    ),
    "authority": (
        "Claire Verdon",
        "Armament Directorate",
        Organisation.Kind.AUTHORITY,
        "FRA",
        True,
    ),
    "company": ("Tomasz Wilk", "Wilk Optronika", Organisation.Kind.COMPANY, "POL", True),
    "guest": ("Ion Cazacu", "Partner State Chancellery", Organisation.Kind.AUTHORITY, "MDA", True),
    "outsider": ("Max Fremd", "Fremd Trading", Organisation.Kind.COMPANY, "CHE", False),
}


def make_member(
    name: str,
    organisation: str,
    kind: str = Organisation.Kind.COMPANY,
    country: str = "ROU",
    is_cleared: bool = True,  # noqa: FBT001, FBT002
    edition_id: uuid.UUID = EDITION,
) -> Member:
    """Return a person with an account, a confirmed membership and, if asked, a clearance at the edition."""
    with acting_as_system("sample"):
        return _make_members([(name, organisation, kind, country, is_cleared)], edition_id)[0]


def _make_members(
    facts: Iterable[tuple[str, str, str, str, bool]], edition_id: uuid.UUID
) -> list[Member]:
    """Write all of them with one statement a table: most tests begin with the whole cast."""
    rows = list(facts)
    members = [_unwritten(*row[:4]) for row in rows]
    Organisation.objects.bulk_create(one.organisation for one in members)
    Account.objects.bulk_create(one.account for one in members)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=one.account, email=one.account.email, verified=True, primary=True)
        for one in members
    )
    for one in members:
        one.person.account = one.account  # which has its key by now
    Person.objects.bulk_create(one.person for one in members)
    Membership.objects.bulk_create(
        Membership(person=one.person, organisation=one.organisation, confirmed_at=timezone.now())
        for one in members
    )
    _send(members, [row[4] for row in rows], edition_id)
    return members


def _unwritten(name: str, organisation: str, kind: str, country: str) -> Member:
    org = Organisation(name=organisation, kind=kind, country_id=country, is_synthetic=True)
    org.owner_org_id = org.pk
    email = f"{name.split(maxsplit=1)[0].lower()}-{org.pk.hex[:6]}@example.org"
    account = Account(email=email)
    account.set_unusable_password()
    person = Person(name=name, email=email, account=account, owner_org=org, is_synthetic=True)
    person.label_stewards = [f"person:{person.pk}"]
    return Member(person=person, organisation=org, account=account)


def _send(members: list[Member], cleared: list[bool], edition_id: uuid.UUID) -> None:
    """Give each organisation its delegation to the edition, with its person in it where that one is cleared."""
    vetters = right_groups("organise", "vet", edition_id=edition_id)
    delegations = Delegation.objects.bulk_create(
        Delegation(
            edition_id=edition_id,
            organisation=one.organisation,
            owner_org=one.organisation,
            label_stewards=vetters,
        )
        for one in members
    )
    Nomination.objects.bulk_create(
        Nomination(
            delegation=delegation,
            edition_id=edition_id,
            person=one.person,
            owner_org=one.organisation,
            state=Nomination.State.CLEARED,
            cleared_at=timezone.now(),
            label_stewards=vetters,
        )
        for one, delegation, is_cleared in zip(members, delegations, cleared, strict=True)
        if is_cleared
    )


def make_cast() -> Cast:
    """Return the cast, with the organiser's rights granted."""
    with acting_as_system("sample"):
        members = _make_members(PARTS.values(), EDITION)
        cast = Cast(**dict(zip(PARTS, members, strict=True)))
        Grant.objects.bulk_create(
            Grant(person=cast.organiser.person, right=right, edition_id=EDITION)
            for right in (Right.ORGANISE, Right.VET)
        )
    return cast


def make_open_edition(cast: Cast, *categories: str) -> Edition:
    """Make the cast's edition as everybody sees it, today, while its registration runs and it takes applications."""
    now = timezone.now()
    with acting_as_system("sample"):
        edition = Edition.objects.create(
            id=EDITION,
            slug="here",
            forum="Forum",
            name="Here",
            city="Bucharest",
            starts_on=timezone.localdate(now),
            ends_on=timezone.localdate(now),
            takes_applications=True,
            owner_org=cast.organiser.organisation,
            label_releasable_to=[PUBLIC],
            label_stewards=right_groups("organise", edition_id=EDITION),
        )
        for code in categories:
            AttendeeCategory.objects.create(edition=edition, code=code, name=code.capitalize())
        Phase.objects.create(
            edition=edition,
            kind=Phase.Kind.REGISTER,
            starts_at=now - dt.timedelta(days=1),
            ends_at=now + dt.timedelta(days=1),
        )
    return edition
