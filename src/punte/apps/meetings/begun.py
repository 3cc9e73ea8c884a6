"""
Slots that have begun take no new meeting; what was held in them stays.

The rule: until the edition's last day is over, a slot that has begun is closed to every new meeting, whoever asks for
it: a delegate who books, an organiser who moves, the solver. Afterwards the edition is a record. Its organisers may
solve it again, to study it, with all its slots; its delegates book nothing, but for an edition that is invented.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from punte.apps.forum.models import Edition, Slot
from punte.apps.meetings.models import Meeting, TimetableVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """
    What cannot be changed any more.

    Parameters
    ----------
    begun
        Ids of the slots that take no new meeting.
    held
        Slot and place of the published meetings in them, by request.
    slots_of
        The slots among them in which each delegate has such a meeting.
    """

    begun: frozenset[UUID] = frozenset()
    held: Mapping[UUID, tuple[UUID, UUID]] = field(default_factory=dict)
    slots_of: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)

    @property
    def cells(self) -> frozenset[tuple[UUID, UUID]]:
        """Each place with the slot in which such a meeting was held in it."""
        return frozenset((place, slot) for slot, place in self.held.values())


def is_over(edition: Edition) -> bool:
    """Whether the last day of an edition has passed, by the clock of its venue."""
    return edition.ends_on < timezone.localdate(timezone.now(), edition.zone)


def begun_slots(edition: Edition, slots: Iterable[Slot]) -> frozenset[UUID]:
    """Return the slots that take no new meeting in a timetable that is made now."""
    if is_over(edition):
        return frozenset()
    now = timezone.now()
    return frozenset(slot.pk for slot in slots if slot.starts_at <= now)


def past_booking(edition: Edition, slots: Iterable[Slot]) -> frozenset[UUID]:
    """Return the slots that a delegate can no longer book."""
    if edition.is_synthetic:
        return begun_slots(edition, slots)
    now = timezone.now()
    return frozenset(slot.pk for slot in slots if slot.starts_at <= now)


def history_of(edition: Edition, slots: Iterable[Slot]) -> History:
    """Return what a timetable that is made now has to leave as it is."""
    begun = begun_slots(edition, slots)
    if not begun:
        return History()
    held: dict[UUID, tuple[UUID, UUID]] = {}
    slots_of: dict[UUID, set[UUID]] = defaultdict(set)
    meetings = Meeting.objects.filter(
        version__edition=edition,
        version__state=TimetableVersion.State.PUBLISHED,
        slot__in=begun,
    )
    for meeting in meetings.select_related("request"):
        held[meeting.request_id] = (meeting.slot_id, meeting.place_id)
        for delegate_id in meeting.request.parties:
            slots_of[delegate_id].add(meeting.slot_id)
    return History(
        begun=begun,
        held=held,
        slots_of={key: frozenset(found) for key, found in slots_of.items()},
    )
