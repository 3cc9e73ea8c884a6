"""The key by which a copy in the hall signs what it gives back: the site makes it, and knows its own again."""

import datetime as dt
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.signing import own_key
from punte.apps.forum.models import Edition
from punte.apps.meetings.permissions import may_organise
from punte.formats.hall_copy import (
    HALL_KEY_FORMAT,
    HallKey,
    HallRecord,
    is_signed,
    key_text,
)
from punte.kernel.errors import PunteError


def issue_key(*, by: Subject, edition: Edition) -> HallKey:
    """
    Return a key for a new copy of an edition in the hall.

    Raises
    ------
    NotPartOfItError
        The subject does not organise the edition.
    """
    if not may_organise(by, edition.pk):
        raise NotPartOfItError(_("Only organisers give a copy for the hall its key."))
    made = key_for(edition_id=edition.pk, copy_id=uuid4(), made_at=timezone.now())
    record("hall.key", edition, edition_id=edition.pk, copy=str(made.copy_id))
    return made


def key_for(*, edition_id: UUID, copy_id: UUID, made_at: dt.datetime) -> HallKey:
    """Return the key of a copy; the same copy has the same key, so the site has none to keep."""
    purpose = f"punte hall copy {edition_id} {copy_id} {made_at.astimezone(dt.UTC).isoformat()}"
    return HallKey(
        format=HALL_KEY_FORMAT,
        edition_id=edition_id,
        copy_id=copy_id,
        made_at=made_at,
        private_key=key_text(own_key(purpose)),
    )


def require_own_copy(found: HallRecord) -> None:
    """
    Let only a file pass that a copy signed to which this site gave its key.

    Raises
    ------
    PunteError
        Its signature is none of this site's copies, or it was changed afterwards.
    """
    key = key_for(edition_id=found.edition_id, copy_id=found.copy_id, made_at=found.copied_at)
    if not is_signed(found, key):
        raise PunteError(
            _(
                "The file is not signed by a copy to which this site gave a key, or was changed afterwards; nothing was kept. "
                "Write it again at the copy in the hall: punte hall write."
            )
        )
