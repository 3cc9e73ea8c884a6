"""The fixed cast: an organiser, an authority's delegate, a company, a partner-country guest, an outsider. All invented."""

import datetime as dt
import uuid
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
        org = Organisation.objects.create(
            name=organisation, kind=kind, country_id=country, is_synthetic=True
        )
        email = f"{name.split(maxsplit=1)[0].lower()}-{org.pk.hex[:6]}@example.org"
        account = Account.objects.create_user(email)
        EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
        person = Person.objects.create(
            name=name, email=email, account=account, owner_org=org, is_synthetic=True
        )
        person.label_stewards = [f"person:{person.pk}"]
        person.save()
        Membership.objects.create(person=person, organisation=org, confirmed_at=timezone.now())
        delegation = Delegation.objects.create(
            edition_id=edition_id,
            organisation=org,
            owner_org=org,
            label_stewards=right_groups("organise", "vet", edition_id=edition_id),
        )
        if is_cleared:
            Nomination.objects.create(
                delegation=delegation,
                edition_id=edition_id,
                person=person,
                owner_org=org,
                state=Nomination.State.CLEARED,
                cleared_at=timezone.now(),
                label_stewards=right_groups("organise", "vet", edition_id=edition_id),
            )
    return Member(person=person, organisation=org, account=account)


def make_cast() -> Cast:
    """Return the cast, with the organiser's rights granted."""
    cast = Cast(**{part: make_member(*facts) for part, facts in PARTS.items()})
    with acting_as_system("sample"):
        for right in (Right.ORGANISE, Right.VET):
            Grant.objects.create(person=cast.organiser.person, right=right, edition_id=EDITION)
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
