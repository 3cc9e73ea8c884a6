"""A timetable looked up by request, participant and slot; for the checker and whoever measures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from punte.engines.timetable.instance import Instance
from punte.engines.timetable.result import Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """
    A broken rule or a false claim.

    Parameters
    ----------
    rule
        Name of the rule or of the claim, such as ``parallel`` or ``unmet``.
    text
        What is wrong, with ids and values, as a person reads it.
    ids
        The requests, participants and places concerned.
    """

    rule: str
    text: str
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


class Holding:
    """
    The meetings of a timetable, looked up every way a rule needs.

    Parameters
    ----------
    instance
        The question; every id of ``meetings`` is known to it.
    meetings
        Held; may break any rule.

    Attributes
    ----------
    held
        Request id to its meeting (the last one if it is wrongly held twice).
    agenda
        Participant id to {slot index: meetings}, each slot once, in the order of the instance's slots.
    slot_idx
        Slot id to its index.
    slot_of_day
        Slot index to its number within its day, from 0.
    """

    def __init__(self, instance: Instance, meetings: Iterable[Meeting]) -> None:
        self.instance = instance
        self.meetings = tuple(meetings)
        self.requests = {request.id: request for request in instance.requests}
        self.participants = {person.id: person for person in instance.participants}
        self.places = {place.id: place for place in instance.places}
        self.slot_idx = {slot.id: idx for idx, slot in enumerate(instance.slots)}
        self.slot_of_day: list[int] = []
        counts: dict[str, int] = {}
        for slot in instance.slots:
            self.slot_of_day.append(counts.get(slot.day, 0))
            counts[slot.day] = self.slot_of_day[-1] + 1
        self.held = {meeting.request: meeting for meeting in self.meetings}
        self.agenda: dict[str, dict[int, list[Meeting]]] = {
            person.id: {} for person in instance.participants
        }
        for meeting in sorted(self.meetings, key=lambda meeting: self.slot_idx[meeting.slot]):
            slot_idx = self.slot_idx[meeting.slot]
            for person_id in self.requests[meeting.request].between:
                self.agenda[person_id].setdefault(slot_idx, []).append(meeting)

    def consecutive_slots(self, person_id: str) -> Iterator[tuple[int, int]]:
        """Yield the pairs of busy slots of one day (as indices) with no busy slot between."""
        slots = self.instance.slots
        by_day: dict[str, list[int]] = {}
        for slot_idx in self.agenda[person_id]:
            by_day.setdefault(slots[slot_idx].day, []).append(slot_idx)
        for indices in by_day.values():
            yield from pairwise(indices)
