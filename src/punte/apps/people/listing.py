"""Consent to be listed in the directory of an edition: nobody is, until they say so themselves."""

import datetime as dt
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.models import Consent, Person
from punte.apps.people.permissions import is_in_force, require
from punte.apps.people.signals import listing_changed


def set_listing(*, by: Subject, person: Person, edition_id: UUID, is_listed: bool) -> None:
    """
    Give or take back consent to be listed in an edition's directory; the label follows at once.

    Raises
    ------
    NotAllowedError
        Only the person decides this.
    """
    require(
        is_in_force(by) and by.person_id == person.pk and by.acted_by is None,
        _("Changing a listing"),
        _("Only the person may."),
    )
    record("consent.given" if is_listed else "consent.withdrawn", person, edition_id=edition_id)
    with acting_as_system("change one's own record"):
        _keep(person, edition_id, is_listed=is_listed, said_at=timezone.now())


def keep_first_choice(
    *, person: Person, edition_id: UUID, is_listed: bool, said_at: dt.datetime, where: str
) -> None:
    """
    Keep what somebody ticked, or left, on a form of their own before they had a record; the caller acts as the platform.

    Parameters
    ----------
    where
        The form, for the log, whose entry names the person: ``"application"``, ``"invitation"``.
    """
    if is_listed == has_agreed(person.pk, edition_id):
        return
    record(
        "consent.given" if is_listed else "consent.withdrawn",
        person,
        edition_id=edition_id,
        where=where,
        by=str(person.pk),
        said_at=said_at.isoformat(),
    )
    _keep(person, edition_id, is_listed=is_listed, said_at=said_at)


def has_agreed(person_id: UUID, edition_id: UUID) -> bool:
    """Whether the person agreed to be listed at the edition, and did not take it back; the caller acts as the platform."""
    return Consent.objects.filter(
        person_id=person_id, edition_id=edition_id, withdrawn_at__isnull=True
    ).exists()


def _keep(person: Person, edition_id: UUID, *, is_listed: bool, said_at: dt.datetime) -> None:
    group = f"edition:{edition_id}"
    Consent.objects.filter(person=person, edition_id=edition_id, withdrawn_at__isnull=True).update(
        withdrawn_at=said_at
    )
    if is_listed:
        Consent.objects.create(person=person, edition_id=edition_id, given_at=said_at)
    kept = [name for name in person.label_releasable_to if name != group]
    person.label_releasable_to = [*kept, group] if is_listed else kept
    person.listed_since = said_at if person.label_releasable_to else None
    person.save(update_fields=["label_releasable_to", "listed_since"])
    listing_changed.send(sender=Person, person=person, edition_id=edition_id, is_listed=is_listed)
