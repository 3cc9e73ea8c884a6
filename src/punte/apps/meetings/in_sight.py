"""Whoever is in no directory is still seen by those with whom they have an open request."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.dispatch import receiver

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.bulk import update_rows
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Person
from punte.apps.people.signals import listing_changed

OPEN = (MeetingRequest.State.PENDING, MeetingRequest.State.ACCEPTED)


@receiver(listing_changed, dispatch_uid="meetings.in_sight")
def keep_in_sight(*, person: Person, edition_id: UUID, is_listed: bool, **_named: Any) -> None:  # noqa: ANN401  (Django's signals)
    """Let the other sides of a delegate's open requests see them on, once the directory does not."""
    if is_listed:
        return
    with acting_as_system("keep two who meet in sight"):
        for delegate in Delegate.objects.filter(
            edition_id=edition_id, person=person, left_at__isnull=True
        ):
            both = MeetingRequest.objects.filter(
                Q(sender=delegate) | Q(receiver=delegate), state__in=OPEN
            ).values_list("sender__organisation_id", "receiver__organisation_id")
            sides = {side for pair in both for side in pair} - {delegate.organisation_id}
            others = [one for one in delegate.label_releasable_to if not one.startswith("org:")]
            delegate.label_releasable_to = [*others, *sorted(f"org:{one}" for one in sides)]
            delegate.save(update_fields=["label_releasable_to"])


def show_to(delegate: Delegate, organisations: Iterable[UUID]) -> None:
    """Release a delegate who is in no directory to organisations; the caller acts as the platform, or owns the row."""
    if missing := _missing(delegate, organisations):
        delegate.label_releasable_to = [*delegate.label_releasable_to, *missing]
        delegate.save(update_fields=["label_releasable_to"])


def show_many(organisations_of: Mapping[UUID, Iterable[UUID]]) -> None:
    """Do as :func:`show_to` does for many delegates, by their keys, in a statement for each thousand."""
    changes: dict[UUID, dict[str, list[str]]] = {}
    with acting_as_system("keep two who meet in sight"):
        for delegate in Delegate.objects.filter(pk__in=organisations_of):
            if missing := _missing(delegate, organisations_of[delegate.pk]):
                changes[delegate.pk] = {
                    "label_releasable_to": [*delegate.label_releasable_to, *missing]
                }
        keys = list(changes)
        for start in range(0, len(keys), 1000):
            update_rows(Delegate, {key: changes[key] for key in keys[start : start + 1000]})


def _missing(delegate: Delegate, organisations: Iterable[UUID]) -> list[str]:
    if f"edition:{delegate.edition_id}" in delegate.label_releasable_to:
        return []
    groups = {f"org:{one}" for one in organisations if one != delegate.organisation_id}
    return sorted(groups - set(delegate.label_releasable_to))
