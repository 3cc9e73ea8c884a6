"""Who is cleared becomes a delegate of the edition."""

import secrets
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import acting_as_system, right_groups
from punte.apps.forum.models import AttendeeCategory, Delegate, Edition
from punte.apps.people.models import Membership, Nomination
from punte.kernel.errors import PunteError


def admit(edition: Edition, nomination_id: UUID) -> Delegate | None:
    """
    Make a cleared nominee a delegate, if it is none yet; None where the nomination is not cleared.

    Raises
    ------
    PunteError
        The edition has no category of attendees.
    """
    with acting_as_system("admit who is cleared"):
        nomination = (
            Nomination.objects.select_related("person", "delegation")
            .filter(pk=nomination_id, edition_id=edition.pk, state=Nomination.State.CLEARED)
            .first()
        )
        if nomination is None:
            return None
        there = Delegate.objects.filter(edition=edition, person=nomination.person).first()
        if there is not None:
            return there
        categories = AttendeeCategory.objects.filter(edition=edition)
        category = categories.filter(code=nomination.category).first() or categories.first()
        if category is None:
            raise PunteError(_("The edition has no category of attendees. Enter one first."))
        membership = Membership.objects.filter(
            person=nomination.person, organisation_id=nomination.delegation.organisation_id
        ).first()
        delegate = Delegate.objects.create(
            edition=edition,
            person=nomination.person,
            organisation_id=nomination.delegation.organisation_id,
            category=category,
            code=f"D{secrets.token_hex(4).upper()}",
            badge_name=nomination.person.name,
            function=membership.function if membership else "",
            owner_org_id=nomination.delegation.organisation_id,
            label_releasable_to=[f"edition:{edition.pk}"],
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )
    record("delegate.admitted", delegate, edition_id=edition.pk)
    return delegate
