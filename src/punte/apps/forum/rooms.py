"""When a place holds no meeting: the organisers closed it, or a released session is on in it."""

from collections.abc import Iterable
from uuid import UUID

from punte.apps.forum.models import Closure, Session, Slot

Cell = tuple[UUID, UUID]
"""A place in a slot, by their ids."""


def closed_cells(edition_id: UUID, slots: Iterable[Slot]) -> frozenset[Cell]:
    """Return the places that hold no meeting in some of the slots, each with the slot; read in two queries."""
    wanted = list(slots)
    closures = Closure.objects.filter(
        place__edition_id=edition_id, slot__in=[slot.pk for slot in wanted]
    )
    sessions = Session.objects.filter(edition_id=edition_id, is_released=True)
    return frozenset(closures.values_list("place_id", "slot_id")) | cells_of(sessions, wanted)


def cells_of(sessions: Iterable[Session], slots: Iterable[Slot]) -> frozenset[Cell]:
    """Return the places in which one of the sessions is on, each with the slot."""
    standing = [one for one in sessions if one.is_released and not one.is_cancelled]
    wanted = list(slots)
    return frozenset(
        (session.place_id, slot.pk)
        for session in standing
        if session.place_id is not None
        for slot in wanted
        if session.starts_at < slot.ends_at and slot.starts_at < session.ends_at
    )
