"""Where a meeting may go: cells in which all who take part and the place are free, each with what the move costs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.forum.models import Place, Session, SessionPart, Slot
from punte.apps.forum.queries import list_places, list_slots
from punte.apps.forum.rooms import closed_cells
from punte.apps.meetings.begun import begun_slots
from punte.apps.meetings.free_time import agendas
from punte.apps.meetings.models import Availability, Meeting
from punte.web.organiser.meeting import MeetingPanel


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeCell:
    """A place that is free; ``cost`` says what the move changes, ``is_costly`` whether for the worse."""

    place: str
    place_name: str
    cost: str
    is_costly: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOffer:
    """A slot with its free places, or the reason why there are none."""

    slot: str
    starts_at: datetime
    reason: str
    cells: Sequence[FreeCell]


def idle_slots(taken: Iterable[int]) -> int:
    """
    Return how many slots of a day lie empty between its first and its last meeting [count].

    Examples
    --------
    >>> idle_slots([3, 5, 9]), idle_slots([4]), idle_slots([])
    (4, 0, 0)
    """
    held = set(taken)
    return max(held) - min(held) + 1 - len(held) if held else 0


def _busy_slots(panel: MeetingPanel) -> dict[UUID, set[UUID]]:
    """Return the slots in which each of those who take part sits in another meeting of the version."""
    held = agendas(panel.row.version_id, panel.row.request.parties, but=panel.row.pk)
    return {person: set(agenda) for person, agenda in held.items()}


def _away_slots(people: Iterable[UUID], slots: Sequence[Slot]) -> set[UUID]:
    """Return the slots in which one of them is away, on stage, or everybody is in a plenary."""
    wanted = list(people)
    away = {
        slot_id for row in Availability.objects.filter(delegate__in=wanted) for slot_id in row.away
    }
    edition_id = slots[0].edition_id
    spans = list(
        Session.objects.filter(edition=edition_id, blocks_everyone=True).values_list(
            "starts_at", "ends_at"
        )
    )
    spans += list(
        SessionPart.objects.filter(delegate__in=wanted).values_list(
            "session__starts_at", "session__ends_at"
        )
    )
    away |= {
        slot.pk
        for slot in slots
        for start, end in spans
        if slot.starts_at < end and start < slot.ends_at
    }
    return away


def _places_by_slot(
    panel: MeetingPanel, slots: Sequence[Slot], places: Sequence[Place]
) -> Mapping[UUID, list[Place]]:
    """Return the places with room in each slot."""
    used: dict[tuple[UUID, UUID], int] = defaultdict(int)
    rows = Meeting.objects.filter(version=panel.row.version_id).exclude(pk=panel.row.pk)
    for slot_id, place_id in rows.values_list("slot_id", "place_id"):
        used[slot_id, place_id] += 1
    closed = closed_cells(panel.row.version.edition_id, slots)
    return {
        slot.pk: [
            place
            for place in places
            if used[slot.pk, place.pk] < place.capacity and (place.pk, slot.pk) not in closed
        ]
        for slot in slots
    }


def _cost(change: int) -> tuple[str, bool]:
    if change == 0:
        return _("costs nothing"), False
    if change < 0:
        text = ngettext("%(count)s idle slot less", "%(count)s idle slots less", -change)
        return text % {"count": -change}, False
    text = ngettext("%(count)s idle slot more", "%(count)s idle slots more", change)
    return text % {"count": change}, True


def _idle_change(
    slot: Slot, here: Slot, slots: Sequence[Slot], busy: Mapping[UUID, set[UUID]]
) -> int:
    """Return how many idle slots they gain or lose when the meeting goes from ``here`` to ``slot`` [count]."""
    index: dict[date, dict[UUID, int]] = defaultdict(dict)
    for row in slots:
        index[row.day][row.pk] = len(index[row.day])

    def idle(taken: set[UUID], held: Slot) -> int:
        return sum(
            idle_slots(numbers[pk] for pk in numbers if pk in taken or pk == held.pk)
            for day, numbers in index.items()
            if day in {slot.day, here.day}
        )

    return sum(idle(taken, slot) - idle(taken, here) for taken in busy.values())


def offer_moves(panel: MeetingPanel) -> list[SlotOffer]:
    """
    Return every slot of the edition with the places the meeting may go to and the cost, or why it may not.

    The worth of what is met does not change by a move; idle slots of who takes part do. Whether the move keeps every
    rule of the edition is checked once more, by the engine's checker, when it is made.
    """
    slots = list_slots(panel.row.version.edition_id)
    places = list_places(panel.row.version.edition_id)
    busy = _busy_slots(panel)
    away = _away_slots(busy, slots)
    free = _places_by_slot(panel, slots, places)
    begun = begun_slots(panel.row.version.edition, slots)
    offers = []
    for slot in slots:
        reason, cells = "", []
        if any(slot.pk in taken for taken in busy.values()):
            reason = _("somebody who takes part has another meeting")
        elif slot.pk in begun:
            reason = _("it has begun or is over")
        elif slot.pk in away:
            reason = _("somebody who takes part is away or on stage")
        elif not free[slot.pk]:
            reason = _("every place is taken or closed")
        else:
            cost, is_costly = _cost(_idle_change(slot, panel.row.slot, slots, busy))
            cells = [
                FreeCell(place=place.code, place_name=place.name, cost=cost, is_costly=is_costly)
                for place in free[slot.pk]
                if (slot.pk, place.pk) != (panel.row.slot_id, panel.row.place_id)
            ]
        offers.append(
            SlotOffer(slot=slot.code, starts_at=slot.starts_at, reason=reason, cells=cells)
        )
    return offers
