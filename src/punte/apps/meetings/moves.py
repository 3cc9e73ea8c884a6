"""Where a meeting of a draft could go, and what each move would cost those who take part."""

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from punte.apps.forum.models import Place, Session, SessionPart, Slot
from punte.apps.forum.rooms import closed_cells
from punte.apps.meetings.begun import begun_slots
from punte.apps.meetings.free_time import agendas
from punte.apps.meetings.models import Availability, Lock, Meeting, TimetableRules
from punte.apps.meetings.no_draft import why_no_draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """
    What a move changes for those who meet; negative is better.

    Parameters
    ----------
    idle_slots
        Idle slots between their meetings of a day [count], after less before.
    place_changes
        Changes of place between their consecutive meetings of a day [count], after less before.
    """

    idle_slots: int
    place_changes: int

    @property
    def is_free(self) -> bool:
        """Whether nobody is worse off."""
        return self.idle_slots <= 0 and self.place_changes <= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A cell of the board to which the meeting may go, with what it costs."""

    slot_code: str
    place_code: str
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """
    Every legal cell for a meeting, the cheapest first.

    Parameters
    ----------
    refusal
        Why it cannot be moved at all; empty where it can.
    """

    meeting_id: UUID
    refusal: str
    cells: tuple[Target, ...]


Agenda = dict[UUID, dict[UUID, UUID]]
"""For each person the place of its meeting in each slot, the moved meeting left out."""


def move_targets(meeting_id: UUID) -> Targets | None:
    """
    Return where a meeting can go without any conflict; ``None`` where the subject sees no such meeting.

    A cell is legal when everybody who takes part is free (own absence, agenda, other meetings), the place is open and not
    full, and the walking time of the edition's rules is kept. The number of queries is constant.
    """
    meeting = (
        Meeting.objects.select_related("version__edition", "request__sender", "request__receiver")
        .filter(pk=meeting_id)
        .first()
    )
    if meeting is None:
        return None
    refusal = _refusal(meeting)
    if refusal:
        return Targets(meeting_id=meeting_id, refusal=refusal, cells=())
    edition_id = meeting.version.edition_id
    slots = list(Slot.objects.filter(edition_id=edition_id))
    places = list(Place.objects.filter(edition_id=edition_id))
    agenda = agendas(meeting.version_id, meeting.request.parties, but=meeting.pk)
    taken = _taken_slots(meeting, agenda, slots)
    free = [slot for slot in slots if slot.pk not in taken]
    rules = TimetableRules.objects.filter(edition_id=edition_id).first()
    room = _Room(meeting, places, free)
    day = _DayOrder(slots)
    gap = rules.min_gap_slots if rules else 0
    before = _measure(agenda, day, meeting.slot_id, meeting.place_id)
    found = []
    for slot in free:
        for place in room.open_in(slot.pk):
            if (slot.pk, place.pk) == (meeting.slot_id, meeting.place_id):
                continue
            if gap and not _keeps_gap(agenda, day, slot.pk, place.pk, gap):
                continue
            idle, changes = _measure(agenda, day, slot.pk, place.pk)
            cost = Cost(idle_slots=idle - before[0], place_changes=changes - before[1])
            found.append(Target(slot_code=slot.code, place_code=place.code, cost=cost))
    found.sort(key=lambda target: (target.cost.idle_slots, target.cost.place_changes))
    return Targets(meeting_id=meeting_id, refusal="", cells=tuple(found))


def _refusal(meeting: Meeting) -> str:
    if why := why_no_draft(meeting.version):
        return why
    if Lock.objects.filter(request_id=meeting.request_id).exists():
        return f"Meeting {meeting.request.code} is locked. Unlock it first."
    return ""


def _taken_slots(meeting: Meeting, agenda: Agenda, slots: list[Slot]) -> set[UUID]:
    """Return the slots in which one of those who take part is not free."""
    people = list(agenda)
    taken = {slot_id for held in agenda.values() for slot_id in held}
    taken |= begun_slots(meeting.version.edition, slots)
    for away in Availability.objects.filter(delegate__in=people).values_list("away", flat=True):
        taken.update(away)
    sessions = list(
        Session.objects.filter(edition_id=meeting.version.edition_id, blocks_everyone=True)
    )
    parts = SessionPart.objects.filter(delegate__in=people).select_related("session")
    sessions += [part.session for part in parts]
    for session in sessions:
        taken |= {
            slot.pk
            for slot in slots
            if slot.starts_at < session.ends_at and session.starts_at < slot.ends_at
        }
    return taken


class _Room:
    """Which places are open and not full in each slot."""

    def __init__(self, meeting: Meeting, places: list[Place], slots: Iterable[Slot]) -> None:
        slots = list(slots)
        ids = [slot.pk for slot in slots]
        self._places = places
        self._closed = closed_cells(meeting.version.edition_id, slots)
        self._held: dict[tuple[UUID, UUID], int] = defaultdict(int)
        rows = Meeting.objects.filter(version_id=meeting.version_id, slot__in=ids)
        for slot_id, place_id in rows.exclude(pk=meeting.pk).values_list("slot_id", "place_id"):
            self._held[slot_id, place_id] += 1

    def open_in(self, slot_id: UUID) -> list[Place]:
        """Return the places with room for one more meeting in a slot."""
        return [
            place
            for place in self._places
            if (place.pk, slot_id) not in self._closed
            and self._held[slot_id, place.pk] < place.capacity
        ]


class _DayOrder:
    """The day of each slot, and its number within the day."""

    def __init__(self, slots: list[Slot]) -> None:
        self.day = {slot.pk: slot.day for slot in slots}
        self.number: dict[UUID, int] = {}
        seen: dict[object, int] = defaultdict(int)
        for slot in slots:
            self.number[slot.pk] = seen[slot.day]
            seen[slot.day] += 1

    def around(self, held: dict[UUID, UUID], slot_id: UUID) -> list[tuple[int, UUID]]:
        """Return number and place of the meetings held on the slot's day, in time order."""
        return sorted(
            (self.number[other], place)
            for other, place in held.items()
            if self.day[other] == self.day[slot_id]
        )


def _measure(agenda: Agenda, day: _DayOrder, slot_id: UUID, place_id: UUID) -> tuple[int, int]:
    """Return what holding it there adds to everybody's idle slots and changes of place [count]."""
    idle = changes = 0
    for held in agenda.values():
        others = day.around(held, slot_id)
        own = sorted([*others, (day.number[slot_id], place_id)])
        idle += _idle(own) - _idle(others)
        changes += _changes(own) - _changes(others)
    return idle, changes


def _idle(held: list[tuple[int, UUID]]) -> int:
    return sum(b[0] - a[0] - 1 for a, b in itertools.pairwise(held))


def _changes(held: list[tuple[int, UUID]]) -> int:
    return sum(1 for a, b in itertools.pairwise(held) if a[1] != b[1])


def _keeps_gap(agenda: Agenda, day: _DayOrder, slot_id: UUID, place_id: UUID, gap: int) -> bool:
    """Return whether the walking time [slots] to the meetings around it is kept."""
    number = day.number[slot_id]
    return all(
        place == place_id or abs(other - number) > gap
        for held in agenda.values()
        for other, place in day.around(held, slot_id)
    )
