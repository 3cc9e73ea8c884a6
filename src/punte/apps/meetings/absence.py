"""In which slots each delegate of an edition is not free: rows, read once for everybody."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from punte.apps.forum.models import Delegate, Edition, Session, SessionPart, Slot
from punte.apps.meetings.models import Availability


def away_by_delegate(edition: Edition, slots: list[Slot]) -> dict[UUID, set[UUID]]:
    """
    Return the slots in which each delegate is not free, by the delegate's id.

    They are its own absence, the stage, and what it signed up for; whoever left is free in none.
    """
    away: dict[UUID, set[UUID]] = defaultdict(set)
    for delegate_id, missing in Availability.objects.filter(edition=edition).values_list(
        "delegate_id", "away"
    ):
        away[delegate_id].update(missing)
    parts = SessionPart.objects.filter(session__edition=edition).select_related("session")
    for part in parts:
        away[part.delegate_id].update(_slots_during(part.session, slots))
    blocked = {
        slot_id
        for session in Session.objects.filter(edition=edition, blocks_everyone=True)
        for slot_id in _slots_during(session, slots)
    }
    if blocked:
        for delegate_id in Delegate.objects.filter(edition=edition).values_list("id", flat=True):
            away[delegate_id] |= blocked
    every = {slot.pk for slot in slots}
    for delegate_id in Delegate.objects.filter(edition=edition, left_at__isnull=False).values_list(
        "id", flat=True
    ):
        away[delegate_id] |= every
    return away


def _slots_during(session: Session, slots: Iterable[Slot]) -> set[UUID]:
    return {
        slot.pk
        for slot in slots
        if slot.starts_at < session.ends_at and session.starts_at < slot.ends_at
    }
