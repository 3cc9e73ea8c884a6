"""Persons of the sample edition: memberships, clearances, rights, stages, and seven who can sign in."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from punte.apps.access.models import Account
from punte.apps.access.permissions import right_groups
from punte.apps.forum.models import Edition
from punte.apps.forum.sample import SampleEdition
from punte.apps.people.models import (
    ClearanceStage,
    Consent,
    Delegation,
    Grant,
    Membership,
    Nomination,
    Organisation,
    Person,
    Right,
)

CLEARED_AT: Final = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One who can sign in: ``organisation`` is a code of the sample, or ``host``, ``auditor`` or ``steward``."""

    part: str
    email: str
    organisation: str
    language: str = "en"


SIGN_INS: Final = (
    SignIn(part="organiser", email="organiser@bucharest.example", organisation="host"),
    SignIn(part="authority", email="authority@bucharest.example", organisation="O001"),
    SignIn(part="company", email="company@bucharest.example", organisation="O003"),
    SignIn(part="Moldovan delegation", email="moldova@bucharest.example", organisation="O004"),
    SignIn(part="press", email="press@bucharest.example", organisation="O006"),
    SignIn(part="auditor", email="auditor@bucharest.example", organisation="auditor"),
    SignIn(part="steward", email="steward@bucharest.example", organisation="steward"),
)


def make_people(
    sample: SampleEdition,
    edition: Edition,
    organisations: dict[str, Organisation],
    host: Organisation,
) -> dict[str, UUID]:
    """Return the person of each delegate of the sample by its code, cleared for the edition."""
    persons, memberships, nominations = {}, [], []
    delegations = _make_delegations(edition, organisations)
    for found in sample.delegates:
        organisation = organisations[found.organisation]
        person = _person(edition, found.code, found.name, organisation, found.languages)
        persons[found.code] = person
        memberships.append(_membership(person, organisation, found.function))
        nominations.append(_nomination(edition, delegations[found.organisation], person))
    Person.objects.bulk_create(persons.values(), batch_size=500)
    Membership.objects.bulk_create(memberships, batch_size=500)
    Nomination.objects.bulk_create(nominations, batch_size=500)
    # The invented people agreed to stand in the directory: their labels say so too.
    Consent.objects.bulk_create(
        [
            Consent(person=person, edition_id=edition.pk, given_at=CLEARED_AT)
            for person in persons.values()
        ],
        batch_size=500,
    )
    _make_staff(edition, host)
    _make_stages(edition)
    _give_accounts(sample, persons)
    return {code: person.pk for code, person in persons.items()}


def _person(
    edition: Edition, code: str, name: str, organisation: Organisation, languages: str
) -> Person:
    identifier = uuid.uuid5(edition.pk, f"person/{code}")
    return Person(
        id=identifier,
        name=name,
        languages=languages,
        nationality_id=organisation.country_id,
        is_synthetic=True,
        listed_since=CLEARED_AT,
        owner_org_id=organisation.pk,
        label_releasable_to=[
            f"edition:{edition.pk}",
            *right_groups("audit", edition_id=edition.pk),
        ],
        label_stewards=[
            f"person:{identifier}",
            *right_groups("organise", "vet", edition_id=edition.pk),
        ],
    )


def _membership(person: Person, organisation: Organisation, function: str) -> Membership:
    return Membership(
        person=person,
        organisation=organisation,
        function=function,
        since=CLEARED_AT.date(),
        confirmed_at=CLEARED_AT,
    )


def _make_delegations(
    edition: Edition, organisations: dict[str, Organisation]
) -> dict[str, Delegation]:
    made = {
        code: Delegation(
            edition_id=edition.pk,
            organisation=organisation,
            owner_org=organisation,
            quota=12,
            label_stewards=right_groups("organise", "vet", edition_id=edition.pk),
        )
        for code, organisation in organisations.items()
    }
    Delegation.objects.bulk_create(made.values())
    return made


def _nomination(edition: Edition, delegation: Delegation, person: Person) -> Nomination:
    return Nomination(
        delegation=delegation,
        edition_id=edition.pk,
        person=person,
        category=delegation.organisation.kind,
        state=Nomination.State.CLEARED,
        cleared_at=CLEARED_AT,
        owner_org_id=delegation.organisation_id,
        label_stewards=right_groups("organise", "vet", edition_id=edition.pk),
    )


def _make_staff(edition: Edition, host: Organisation) -> None:
    """Make who is no delegate: the organiser, the auditor, and the steward of the site, who organises every edition."""
    auditors = Organisation(
        id=uuid.uuid5(edition.pk, "auditors"),
        name="Office of Public Audit (invented)",
        kind=Organisation.Kind.AUTHORITY,
        country_id="ROU",
        is_synthetic=True,
        label_stewards=right_groups("organise", edition_id=edition.pk),
    )
    auditors.save()
    staff = (
        ("organiser", "Ioana Pădurean", host, (Right.ORGANISE, Right.VET), edition.pk),
        ("steward", "Sanda Brateș", host, (Right.ORGANISE,), None),
        ("auditor", "Matei Corbeanu", auditors, (Right.AUDIT,), edition.pk),
    )
    for part, name, organisation, rights, edition_id in staff:
        person = _person(edition, part, name, organisation, "ro,en")
        person.account = _account(part)
        person.save()
        _membership(person, organisation, part.capitalize()).save()
        for right in rights:
            Grant.objects.create(
                person=person, right=right, edition_id=edition_id, since=CLEARED_AT
            )


def _make_stages(edition: Edition) -> None:
    """Make the steps that whoever is nominated from now on passes."""
    stages = (("Host nation", Right.VET), ("Protocol", Right.ORGANISE))
    ClearanceStage.objects.bulk_create(
        ClearanceStage(edition_id=edition.pk, position=position, name=name, right=right)
        for position, (name, right) in enumerate(stages, start=1)
    )


def _give_accounts(sample: SampleEdition, persons: dict[str, Person]) -> None:
    for sign_in in SIGN_INS:
        first = next(
            (
                found.code
                for found in sample.delegates
                if found.organisation == sign_in.organisation
            ),
            None,
        )
        if first is not None:
            person = persons[first]
            person.account = _account(sign_in.part)
            person.email = sign_in.email
            person.save()


def _account(part: str) -> Account:
    sign_in = next(found for found in SIGN_INS if found.part == part)
    return Account.objects.create_user(sign_in.email, language=sign_in.language)


def open_accounts(password: str) -> list[Account]:
    """Return the sample's accounts after giving each this password and a confirmed address."""
    from allauth.account.models import EmailAddress

    accounts = list(Account.objects.filter(email__in=[found.email for found in SIGN_INS]))
    for account in accounts:
        if not account.check_password(password):
            account.set_password(password)
            account.save(update_fields=["password"])
        EmailAddress.objects.update_or_create(
            user=account, email=account.email, defaults={"verified": True, "primary": True}
        )
    return accounts
