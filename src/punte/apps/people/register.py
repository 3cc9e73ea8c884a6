"""The register kept by its own people: persons of an organisation, its delegation, its codes, who verified it."""

import datetime as dt
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Country
from punte.apps.access.permissions import (
    Subject,
    acting_as_system,
    nation_groups,
    right_groups,
)
from punte.apps.access.texts import one_line, whole_text
from punte.apps.people.models import (
    Clearance,
    Delegation,
    Invitation,
    Membership,
    Nomination,
    Organisation,
    Person,
)
from punte.apps.people.permissions import is_in_force, may_send, require
from punte.apps.people.places import OPEN_STATES, move_up
from punte.apps.people.vetting import reopen
from punte.kernel.errors import PunteError

OWN_FIELDS: Final = ("short_name", "website", "about", "size", "ncage", "lei", "vat")
LONGEST_VERIFIED: Final = dt.timedelta(days=3653)
VERIFIED_FIELDS: Final = ("size", "ncage", "lei", "vat")
"""What a focal point vouches for: a change of one of them ends the verification."""
CLEARED_FIELDS: Final = ("name", "email", "nationality")
"""A change of these opens the stages of clearance again: they are what was cleared."""
WHO_SENDS: Final = gettext_lazy(
    "Only the organisation's own people, its nation's focal point and the organiser may."
)


def country_of(organisation_id: UUID) -> str:
    """Return an organisation's country, also where the reader does not see it; empty where there is none."""
    with acting_as_system("keep the register"):
        found = Organisation.objects.filter(pk=organisation_id).values_list("country_id", flat=True)
        return found.first() or ""


def stewards_of(edition_id: UUID, country: str) -> list[str]:
    """Return who keeps the records of a delegation besides itself: organisers, vetters, its nation's focal points."""
    return [
        *right_groups("organise", "vet", edition_id=edition_id),
        *nation_groups(country, edition_id=edition_id),
    ]


def _let_see(row: Delegation | Person, groups: list[str]) -> None:
    """Let more groups keep a row; the caller acts as the platform."""
    missing = [group for group in groups if group not in row.label_stewards]
    if missing:
        row.label_stewards = [*row.label_stewards, *missing]
        row.save(update_fields=["label_stewards"])


def delegation_of(*, by: Subject, edition_id: UUID, organisation_id: UUID) -> Delegation:
    """
    Return an organisation's delegation at an edition; opened where there is none yet.

    Raises
    ------
    NotAllowedError
        The subject is neither of the organisation nor an organiser.
    """
    country = country_of(organisation_id)
    require(
        may_send(by, organisation_id, edition_id, country=country),
        _("Opening a delegation"),
        str(WHO_SENDS),
    )
    with acting_as_system("keep the register"):
        found, is_new = Delegation.objects.get_or_create(
            edition_id=edition_id,
            organisation_id=organisation_id,
            defaults={
                "owner_org_id": organisation_id,
                "label_stewards": stewards_of(edition_id, country),
            },
        )
        _let_see(found, nation_groups(country, edition_id=edition_id))
    if is_new:
        record("delegation.opened", found, edition_id=edition_id)
    return found


def set_quota(*, by: Subject, delegation: Delegation, quota: int) -> None:
    """
    Set the places of a delegation; substitutes move up into new ones.

    Raises
    ------
    NotAllowedError
        The subject is no organiser.
    PunteError
        The number is out of range.
    """
    require(
        is_in_force(by) and by.has_right("organise", delegation.edition_id),
        _("Setting places"),
        _("Only an organiser may."),
    )
    if not 0 <= quota <= 500:
        raise PunteError(_("Give a number of places between 0 and 500."))
    with acting_as_system("keep the register"):
        held = Delegation.objects.select_for_update().get(pk=delegation.pk)
        held.quota = quota
        held.save(update_fields=["quota"])
        moved = move_up(held)
    record(
        "delegation.quota",
        delegation,
        edition_id=delegation.edition_id,
        quota=quota,
        moved_up=moved,
    )


def enter_person(
    *,
    by: Subject,
    organisation_id: UUID,
    edition_id: UUID,
    name: str,
    email: str,
    function: str,
    nationality: str = "",
) -> Person:
    """
    Enter a person of an organisation, who can then be nominated and invited.

    Raises
    ------
    NotAllowedError
        The subject is neither of the organisation nor an organiser.
    PunteError
        The name is missing, the address is none, or the organisation has a person with it.
    """
    country = country_of(organisation_id)
    require(
        may_send(by, organisation_id, edition_id, country=country),
        _("Entering a person"),
        str(WHO_SENDS),
    )
    name, email = one_line(name, 160), whole_text(email.lower(), 254)
    _check(name, email)
    refuse_classified(_("Person"), [(_("function"), function)])
    nation = _nation(nationality)
    with acting_as_system("keep the register"):
        if Person.objects.filter(owner_org_id=organisation_id, email=email).exists():
            raise PunteError(
                _(
                    "Your organisation has a person with this address already. Choose them from the list."
                )
            )
        person = Person.objects.create(
            name=name,
            email=email,
            nationality=nation,
            owner_org_id=organisation_id,
            label_stewards=stewards_of(edition_id, country),
        )
        Membership.objects.create(
            person=person,
            organisation_id=organisation_id,
            function=whole_text(function, 120),
            confirmed_at=timezone.now(),
            confirmed_by_id=by.person_id,
        )
    record("person.entered", person, edition_id=edition_id)
    return person


def confirm_member(*, by: Subject, person: Person, organisation_id: UUID, edition_id: UUID) -> None:
    """
    Say that a person belongs to an organisation, as the person itself said.

    Raises
    ------
    NotAllowedError
        The subject is neither of the organisation nor an organiser, or is the person.
    """
    require(
        is_in_force(by)
        and by.person_id != person.pk
        and (by.org_id == organisation_id or by.has_right("organise", edition_id)),
        _("Confirming who belongs to an organisation"),
        _("Only the organisation's own people and the organiser may."),
    )
    with acting_as_system("keep the register"):
        changed = Membership.objects.filter(
            person=person,
            organisation_id=organisation_id,
            until__isnull=True,
            confirmed_at__isnull=True,
        ).update(confirmed_at=timezone.now(), confirmed_by_id=by.person_id)
    if changed:
        record(
            "membership.confirmed", person, edition_id=edition_id, organisation=str(organisation_id)
        )


def change_person(
    *,
    by: Subject,
    person: Person,
    edition_id: UUID,
    name: str,
    email: str,
    nationality: str | None = None,
) -> bool:
    """
    Change what a person is cleared by; say whether that opened its clearances again.

    Parameters
    ----------
    nationality
        ISO 3166-1 alpha-3, or empty; as it is where ``None``.

    Raises
    ------
    NotAllowedError
        The subject is neither of the organisation nor an organiser.
    PunteError
        The name is missing, or the address is none.
    """
    require(
        may_send(by, person.owner_org_id, edition_id, country=country_of(person.owner_org_id))
        or (is_in_force(by) and by.person_id == person.pk),
        _("Changing a person"),
        _("Only the person, its organisation, its nation's focal point and the organiser may."),
    )
    require(
        by.acted_by is None,
        _("Changing a person"),
        _("It is not done in another's name. End that first, then change the record in your own."),
    )
    name, email = one_line(name, 160), whole_text(email.lower(), 254)
    _check(name, email)
    nation = person.nationality if nationality is None else _nation(nationality)
    before = (person.name, person.email, person.nationality_id)
    person.name, person.email, person.nationality = name, email, nation
    if before == (name, email, person.nationality_id):
        return False
    with acting_as_system("keep the register"):
        person.save(update_fields=list(CLEARED_FIELDS))
        if before[1] != email:
            # An open invitation went to the old address: whoever reads that is not this person any more.
            Invitation.objects.filter(person=person, used_at__isnull=True).update(
                expires_at=timezone.now()
            )
        # Half-way through the stages counts too: the later ones would clear what the first never saw.
        begun = list(
            Nomination.objects.filter(
                Q(state=Nomination.State.CLEARED)
                | Q(state__in=OPEN_STATES, clearances__decision=Clearance.Decision.CLEARED),
                person=person,
            ).distinct()
        )
    record("person.changed", person, edition_id=edition_id)
    for nomination in begun:
        reopen(nomination, reason=_("Name, address or nationality changed."))
    return bool(begun)


def _nation(code: str) -> Country | None:
    if not code:
        return None
    found = Country.objects.filter(pk=code).first()
    if found is None:
        raise PunteError(_("Choose the nationality from the list."))
    return found


def _check(name: str, email: str) -> None:
    if not name:
        raise PunteError(_("Give the person's name."))
    refuse_classified(_("Person"), [(_("name"), name)])
    try:
        validate_email(email)
    except ValidationError as error:
        raise PunteError(
            _("“%(text)s” is no e-mail address. Write it like name@example.org.") % {"text": email}
        ) from error


def change_organisation(
    *, by: Subject, organisation: Organisation, values: Mapping[str, str]
) -> None:
    """
    Change what an organisation says of itself; its codes are checked, and new ones are unverified.

    Raises
    ------
    NotAllowedError
        The subject is not of the organisation.
    PunteError
        A code or an address is wrong; the text names it.
    """
    require(
        is_in_force(by) and by.org_id == organisation.pk,
        _("Changing an organisation"),
        _("Only its own people may."),
    )
    before = {name: getattr(organisation, name) for name in VERIFIED_FIELDS}
    for name in OWN_FIELDS:
        setattr(organisation, name, whole_text(values.get(name, ""), 4000))
    refuse_classified(
        _("Organisation"),
        [
            (_("about"), organisation.about),
            (_("short name"), organisation.short_name),
            (_("website"), organisation.website),
        ],
    )
    try:
        organisation.clean_fields(exclude=["owner_org", "country", "merged_into"])
    except ValidationError as error:
        field, faults = next(iter(error.message_dict.items()))
        names = {one.name: one.verbose_name for one in Organisation._meta.concrete_fields}  # noqa: SLF001  (Django's public API)
        raise PunteError(f"{names.get(field, field)}: {faults[0]}") from error
    fields = [*OWN_FIELDS]
    if any(getattr(organisation, name) != value for name, value in before.items()):
        # Evidence for other codes is none for these.
        organisation.verified_at = organisation.verified_until = organisation.verified_by_id = None
        organisation.verified_evidence = ""
        fields += ["verified_at", "verified_until", "verified_by_id", "verified_evidence"]
    with acting_as_system("keep the register"):
        organisation.save(update_fields=fields)
    record("organisation.changed", organisation)


def may_verify(subject: Subject, organisation: Organisation) -> bool:
    """Whether the subject verifies an organisation: a focal point of its nation, never its own firm."""
    return (
        is_in_force(subject)
        and subject.country == organisation.country_id
        and subject.org_id != organisation.pk
        and any(group.startswith("focal@") for group in subject.groups)
    )


def verify_organisation(
    *, by: Subject, organisation: Organisation, evidence: str, until: dt.date
) -> None:
    """
    Say that an organisation is what it says, with the evidence, until a day.

    Raises
    ------
    NotAllowedError
        The subject is no focal point of its nation.
    PunteError
        There is no evidence, or the day has passed.
    """
    require(
        may_verify(by, organisation),
        _("Verifying an organisation"),
        _("Only a focal point of its nation may."),
    )
    refuse_classified(_("Organisation"), [(_("evidence"), evidence)])
    if not evidence.strip():
        raise PunteError(_("Give the evidence, such as the entry of a register."))
    today = timezone.localdate()
    if not today < until <= today + LONGEST_VERIFIED:
        raise PunteError(_("Give a day that lies ahead, at most ten years from now."))
    organisation.verified_at, organisation.verified_until = timezone.now(), until
    organisation.verified_by_id = by.person_id
    organisation.verified_evidence = whole_text(evidence, 300)
    with acting_as_system("keep the register"):
        organisation.save(
            update_fields=["verified_at", "verified_until", "verified_by_id", "verified_evidence"]
        )
    record("organisation.verified", organisation, until=until.isoformat())
