"""Who is cleared becomes a delegate of the edition; in its directory stands who agreed to it, and nobody else."""

import secrets
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import acting_as_system, right_groups
from punte.apps.forum.models import AttendeeCategory, Delegate, Edition
from punte.apps.people.listing import has_agreed
from punte.apps.people.models import Membership, Nomination
from punte.kernel.errors import PunteError


def admit(edition: Edition, nomination_id: UUID) -> Delegate | None:
    """
    Make a cleared nominee a delegate, if it is none yet; None where the nomination is not cleared.

    Raises
    ------
    PunteError
        The nomination names no category of the edition.
    """
    with acting_as_system("admit who is cleared"):
        nomination = (
            Nomination.objects.select_related("person", "delegation")
            .filter(pk=nomination_id, edition_id=edition.pk, state=Nomination.State.CLEARED)
            .first()
        )
        if nomination is None:
            return None
        there = (
            Delegate.objects.select_related("person")
            .filter(edition=edition, person=nomination.person)
            .first()
        )
        category = AttendeeCategory.objects.filter(
            edition=edition, code=nomination.category
        ).first()
        if category is None:
            raise PunteError(
                _(
                    "The nomination names no category of this edition. Choose one on its page, then decide again."
                )
            )
        if there is not None:
            return _come_again(there, category)
        delegate = _enter(edition, nomination, category)
    record("delegate.admitted", delegate, edition_id=edition.pk)
    return delegate


def readers_of_place(edition_id: UUID, *, is_listed: bool) -> list[str]:
    """Return to whom a place at an edition is released: to all its delegates, or to the check-in desks alone."""
    return (
        [f"edition:{edition_id}"] if is_listed else right_groups("check-in", edition_id=edition_id)
    )


def _enter(edition: Edition, nomination: Nomination, category: AttendeeCategory) -> Delegate:
    membership = Membership.objects.filter(
        person=nomination.person, organisation_id=nomination.delegation.organisation_id
    ).first()
    return Delegate.objects.create(
        edition=edition,
        person=nomination.person,
        organisation_id=nomination.delegation.organisation_id,
        category=category,
        code=f"D{secrets.token_hex(4).upper()}",
        badge_name=nomination.person.name,
        function=membership.function if membership else "",
        owner_org_id=nomination.delegation.organisation_id,
        label_releasable_to=_readers(edition.pk, nomination.person_id),
        label_stewards=right_groups("organise", edition_id=edition.pk),
    )


def _readers(edition_id: UUID, person_id: UUID) -> list[str]:
    return readers_of_place(edition_id, is_listed=has_agreed(person_id, edition_id))


def _come_again(delegate: Delegate, category: AttendeeCategory) -> Delegate:
    """Give back the place of someone who had left, under the name and category that are cleared now."""
    if delegate.left_at is not None:
        delegate.left_at = None
        delegate.label_releasable_to = _readers(delegate.edition_id, delegate.person_id)
        delegate.category = category
    delegate.badge_name = delegate.person.name
    delegate.save(update_fields=["left_at", "label_releasable_to", "category", "badge_name"])
    return delegate
