"""Which forms were sent already, kept in the transaction of what they made."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from punte.apps.access.permissions import acting_as_system
from punte.apps.people.models import SentForm

LONGEST_ADDRESS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """
    The place of a form among those that were sent.

    Parameters
    ----------
    is_new
        Whether this very request took the place: nothing came of the form yet.
    """

    id: UUID
    is_new: bool
    content_sha256: str
    address: str


def take_form(*, person_id: UUID | None, key_sha256: str, content_sha256: str) -> Sent:
    """
    Return the place of a form, taken by this request or by an earlier one.

    Another request with the same form at this moment is waited for: the database lets one row of a form stand. Where that
    one is refused and leaves nothing behind, this one takes the place.
    """
    mine = SentForm(person_id=person_id, key_sha256=key_sha256, content_sha256=content_sha256)
    with acting_as_system("keep which forms were sent"):
        SentForm.objects.bulk_create([mine], ignore_conflicts=True)
        row = SentForm.objects.get(key_sha256=key_sha256)
    return Sent(
        id=row.pk,
        is_new=row.pk == mine.pk,
        content_sha256=row.content_sha256,
        address=row.address,
    )


def keep_address(sent: Sent, address: str) -> None:
    """Keep where a form led that did what it says."""
    with acting_as_system("keep which forms were sent"):
        SentForm.objects.filter(pk=sent.id).update(address=address[:LONGEST_ADDRESS])


def give_back(sent: Sent) -> None:
    """Forget a form that was refused: it may be sent again."""
    with acting_as_system("keep which forms were sent"):
        SentForm.objects.filter(pk=sent.id).delete()
