"""The copies for the hall and their keys: the site makes a key, knows its own again, and takes nothing of a revoked one."""

import base64
import datetime as dt
from typing import Final
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.cooperation.actions import name_of, org_of
from punte.apps.cooperation.models import HallCopy
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.signing import own_key, own_opening_key
from punte.apps.forum.models import Edition
from punte.apps.meetings.permissions import may_organise
from punte.formats.hall_copy import (
    HALL_KEY_FORMAT,
    HallKey,
    HallRecord,
    is_signed,
    key_text,
    open_notes,
)
from punte.kernel.errors import PunteError

TAKEN_FOR: Final = dt.timedelta(days=30)
"""So long after the edition's last day, or after it was made where that is later, what comes from a copy is taken."""


def issue_key(*, by: Subject, edition: Edition) -> HallKey:
    """
    Return a key for a new copy of an edition in the hall, and note the copy in the organisers' list.

    Raises
    ------
    NotPartOfItError
        The subject does not organise the edition.
    """
    if not may_organise(by, edition.pk) or by.org_id is None:
        raise NotPartOfItError(_("Only organisers give a copy for the hall its key."))
    now = timezone.now()
    last = dt.datetime.combine(edition.ends_on, dt.time.max, edition.zone)
    row = HallCopy.objects.create(
        id=uuid4(),
        edition=edition,
        holder_org_id=org_of(by),
        made_at=now,
        by_id=by.person_id,
        by_name=name_of(by),
        until=max(last, now) + TAKEN_FOR,
        owner_org_id=edition.owner_org_id,
        label_stewards=right_groups("organise", edition_id=edition.pk),
    )
    record("hall.key", edition, edition_id=edition.pk, copy=str(row.pk))
    return key_for(row)


def key_for(copy: HallCopy) -> HallKey:
    """Return the key of a copy; the same copy has the same key, so the site has none to keep."""
    public = own_opening_key(_purpose(copy)).public_key()
    return HallKey(
        format=HALL_KEY_FORMAT,
        edition_id=copy.edition_id,
        copy_id=copy.pk,
        made_at=copy.made_at,
        holder_org_id=copy.holder_org_id,
        private_key=key_text(own_key(_purpose(copy))),
        seal_key=base64.b64encode(public.public_bytes_raw()).decode(),
    )


def _purpose(copy: HallCopy) -> str:
    made_at = copy.made_at.astimezone(dt.UTC).isoformat()
    return f"punte hall copy {copy.edition_id} {copy.pk} {made_at}"


def revoke_copy(*, by: Subject, copy: HallCopy) -> None:
    """
    Take nothing from a copy any more; what came from it before stays.

    Raises
    ------
    NotPartOfItError
        The subject does not organise the edition.
    """
    if not may_organise(by, copy.edition_id):
        raise NotPartOfItError(_("Only organisers revoke a copy for the hall."))
    if copy.revoked_at is not None:
        return
    copy.revoked_at, copy.revoked_by = timezone.now(), name_of(by)
    copy.save(update_fields=["revoked_at", "revoked_by"])
    record("hall.revoked", copy, edition_id=copy.edition_id)


def open_file(found: HallRecord) -> HallRecord:
    """
    Return what a file holds, its notes opened, where a copy signed it to which this site gave its key.

    Raises
    ------
    PunteError
        Its signature is none of this site's copies, it was changed afterwards, or the copy was revoked or has ended.
    """
    copy = (
        HallCopy.objects.select_for_update()
        .filter(pk=found.copy_id, edition_id=found.edition_id, made_at=found.copied_at)
        .first()
    )
    if copy is None or not is_signed(found, key_for(copy)):
        raise _not_signed()
    _require_in_force(copy)
    try:
        opened = open_notes(found, own_opening_key(_purpose(copy)))
    except ValueError as error:
        raise _not_signed() from error
    copy.merged_at = timezone.now()
    copy.save(update_fields=["merged_at"])
    return opened


def _not_signed() -> PunteError:
    return PunteError(
        _(
            "The file is not signed by a copy to which this site gave a key, or was changed afterwards; nothing was kept. "
            "Write it again at the copy in the hall: punte hall write."
        )
    )


def _require_in_force(copy: HallCopy) -> None:
    if copy.revoked_at is not None:
        raise PunteError(
            _(
                "The copy was revoked on %(day)s by %(name)s; nothing was kept. Enter what it holds at the site by hand."
            )
            % {"day": copy.revoked_at.date().isoformat(), "name": copy.revoked_by}
        )
    if copy.until < timezone.now():
        raise PunteError(
            _(
                "What comes from this copy was taken until %(day)s; nothing was kept. Enter what it holds at the site by hand."
            )
            % {"day": copy.until.date().isoformat()}
        )
