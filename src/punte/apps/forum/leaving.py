"""Who no longer comes to an edition, who is listed at it, and who is erased: their place follows at once."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils import timezone

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.admission import readers_of_place
from punte.apps.forum.models import Application, Delegate
from punte.apps.people.models import Nomination, Person
from punte.apps.people.personal_data import ERASED_NAME
from punte.apps.people.signals import listing_changed, nomination_ended, person_erased


@receiver(nomination_ended, dispatch_uid="forum.leave")
def leave_edition(*, nomination: Nomination, **_named: Any) -> None:  # noqa: ANN401  (Django's signals)
    """Take the place of a rejected or withdrawn nominee out of the sight of the other delegates."""
    with acting_as_system("clear a nomination"):
        Delegate.objects.filter(
            edition_id=nomination.edition_id, person_id=nomination.person_id, left_at__isnull=True
        ).update(left_at=timezone.now(), label_releasable_to=[])
        _end_application(nomination)


def _end_application(nomination: Nomination) -> None:
    """Let the application that led to a nomination end with it: its page says so, and another can be made."""
    is_rejected = nomination.state == Nomination.State.REJECTED
    Application.objects.filter(
        edition_id=nomination.edition_id,
        account__person=nomination.person_id,
        state=Application.State.ACCEPTED,
    ).update(
        state=Application.State.REFUSED if is_rejected else Application.State.WITHDRAWN,
        reason=nomination.reason,
        decided_at=timezone.now(),
    )


@receiver(listing_changed, dispatch_uid="forum.list")
def list_place(*, person: Person, edition_id: UUID, is_listed: bool, **_named: Any) -> None:  # noqa: ANN401
    """Show a delegate in the directory of the edition, or take them out; desks and organisers see them either way."""
    with acting_as_system("change one's own record"):
        for place in Delegate.objects.filter(
            edition_id=edition_id, person=person, left_at__isnull=True
        ):
            # Auditors, and those whom one meets, are no matter of the directory.
            kept = [one for one in place.label_releasable_to if one.startswith(("audit@", "org:"))]
            place.label_releasable_to = [
                *readers_of_place(edition_id, is_listed=is_listed),
                *kept,
            ]
            place.save(update_fields=["label_releasable_to"])


@receiver(person_erased, dispatch_uid="forum.erase")
def erase_places(*, person: Person, **_named: Any) -> None:  # noqa: ANN401
    """Blank what stands on a person's badges; the rows stay, so that counts by nation and category do."""
    with acting_as_system("change one's own record"):
        places = Delegate.objects.filter(person=person)
        places.filter(left_at__isnull=True).update(left_at=timezone.now())
        places.update(badge_name=ERASED_NAME, function="", label_releasable_to=[])
