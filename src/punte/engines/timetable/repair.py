"""After changes: keep every promise that can be kept, win back weight, and move as few meetings as possible."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from punte.engines.timetable.after_changes import Changed, apply_changes
from punte.engines.timetable.arrays import build_arrays
from punte.engines.timetable.changes import Changes
from punte.engines.timetable.check import check_meetings
from punte.engines.timetable.holding import Holding
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.measure import break_counts
from punte.engines.timetable.place import indices
from punte.engines.timetable.result import Meeting
from punte.engines.timetable.seated import SeatedBoard
from punte.kernel.collecting import uncollected
from punte.kernel.errors import InvalidInputError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A meeting that is now held in another slot or at another place."""

    before: Meeting
    after: Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """
    A repaired timetable.

    Parameters
    ----------
    instance
        The question after the changes: the answer is checked against it.
    meetings
        History included.
    kept
        How many meetings to come are held where they were.
    moved
        Meetings whose slot or place is another.
    added
        Requests that were not held before.
    lost
        Meetings to come that are no more, each with the reason.
    touched
        Ids of the participants of moved meetings.
    relaxed
        Limits that the changes made impossible to keep, and what they are now in ``instance``.
    """

    instance: Instance
    meetings: tuple[Meeting, ...]
    kept: int
    moved: tuple[Moved, ...]
    added: tuple[Meeting, ...]
    lost: tuple[tuple[Meeting, str], ...]
    touched: tuple[str, ...]
    relaxed: tuple[str, ...]


def repair(instance: Instance, meetings: Iterable[Meeting], changes: Changes) -> Repair:
    """
    Return a timetable for the question after changes.

    In this order: every surviving promise is kept if a place for it is found, then requests that were not held come in, the heaviest
    first, then few meetings move and few people are touched: what need not move stays. The search moves at most two meetings
    for each one it places, so it proves nothing.

    Parameters
    ----------
    meetings
        A timetable of ``instance`` that obeys its rules.

    Raises
    ------
    InvalidInputError
        If the timetable to repair breaks a rule, or a new request makes no sense.
    """
    with uncollected():
        return _repair(instance, tuple(meetings), changes)


def _repair(instance: Instance, before: tuple[Meeting, ...], changes: Changes) -> Repair:
    violations = check_meetings(instance, before)
    if violations:
        raise InvalidInputError(
            "The timetable to repair",
            [
                Problem(place=found.rule, what=f"{found.text}.", remedy="Solve it again first.")
                for found in violations
            ],
        )
    changed = apply_changes(instance, before, changes)
    mender = _Mender(changed)
    lost = [*changed.lost, *mender.keep_promises()]
    mender.win_back()
    return _report(changed, before, mender.board.meetings(), lost)


class _Mender:
    def __init__(self, changed: Changed) -> None:
        self.instance = changed.instance
        self.arrays = build_arrays(self.instance)
        self.board = SeatedBoard(self.arrays)
        self.number = {request.id: idx for idx, request in enumerate(self.instance.requests)}
        slot_number = {
            self.instance.slots[int(file_idx)].id: number
            for number, file_idx in enumerate(self.arrays.slot_of)
        }
        place_number = {place.id: idx for idx, place in enumerate(self.instance.places)}
        self.where = {
            self.number[meeting.request]: (slot_number[meeting.slot], place_number[meeting.place])
            for meeting in (*changed.history, *changed.promises)
        }
        self.history = [self.number[meeting.request] for meeting in changed.history]
        self.promises = [self.number[meeting.request] for meeting in changed.promises]
        self.future = 0
        for request in self.promises:
            self.future |= self.board.allowed[request]
        self.meeting_of = {self.number[m.request]: m for m in changed.promises}

    def keep_promises(self) -> list[tuple[Meeting, str]]:
        """Hold every promise, in its place if possible; returns those for which no place was found, with the reason."""
        for request in self.history:
            self.board.seat(request, *self.where[request])
        homeless = []
        for request in self.promises:
            slot, place = self.where[request]
            if self.board.free(request) >> slot & 1 and self.board.may_sit(request, slot, place):
                self.board.seat(request, slot, place)
            else:
                homeless.append(request)
        homeless.sort(key=lambda request: -int(self.arrays.weight[request]))
        return [
            (self.meeting_of[request], "no slot and place was found for it any more")
            for request in homeless
            if not (self._stay_in_slot(request) or self._settle(request))
        ]

    def _stay_in_slot(self, request: int) -> bool:
        slot = self.where[request][0]
        if self.board.free(request) >> slot & 1:
            place = self.board.free_place(request, slot)
            if place is not None:
                self.board.seat(request, slot, place)
                return True
        return False

    def win_back(self) -> None:
        """Hold what else fits, the heaviest first; meetings move only for what fits in no other way."""
        weight = self.arrays.weight
        order = [
            request
            for request in np.argsort(-weight, kind="stable").tolist()
            if self.board.slot_of[request] < 0 and self.board.allowed[request]
        ]
        left = [request for request in order if not self._hold(request)]
        for request in left:
            if weight[request] > 0:
                self._settle(request)

    def _hold(self, request: int) -> bool:
        where = self.board.cheapest(request)
        if where is not None:
            self.board.seat(request, *where)
        return where is not None

    def _settle(self, request: int) -> bool:
        """Hold a request, moving one meeting aside, or two, if it must be."""
        if self._hold(request):
            return True
        board = self.board
        has_room = self.future
        for row in board.rows[request]:
            has_room &= ~board.full[row]
        if not has_room or any(
            board.held_by[person] >= board.most[person] for person in board.members[request]
        ):
            return False
        slots = board.allowed[request] & board.in_order(request)
        choices = sorted(
            ((aside, slot) for slot in indices(slots) for aside in self._asides(request, slot)),
            key=lambda choice: (len(choice[0]), choice[1]),
        )
        return any(self._try(request, slot, aside) for aside, slot in choices)

    def _asides(self, request: int, slot: int) -> list[tuple[int, ...]]:
        """Return sets of meetings, at most two, whose leaving gives those concerned time in a slot, and a place."""
        board = self.board
        rivals: list[int] = []
        for person in board.members[request]:
            there = board.agenda[person].get(slot) or []
            if len(there) >= board.parallel[person] and not set(there) & set(rivals):
                rivals.append(there[0])
        if len(rivals) > 2 or any(not self._could_move(other) for other in rivals):
            return []
        if rivals or board.free_place(request, slot) is not None:
            return [tuple(rivals)]
        return [(other,) for other in board.at[slot] if self._could_move(other)]

    def _could_move(self, request: int) -> bool:
        board = self.board
        bits = board.allowed[request]
        for person in board.members[request]:
            bits &= ~board.busy[person]
        for row in board.rows[request]:
            bits &= ~board.full[row]
        return bool(bits)

    def _try(self, request: int, slot: int, aside: tuple[int, ...]) -> bool:
        board = self.board
        was = [(other, board.unseat(other)) for other in aside]
        placed: list[int] = []
        place = board.free_place(request, slot) if board.free(request) >> slot & 1 else None
        if place is not None:
            board.seat(request, slot, place)
            placed.append(request)
            for other in aside:
                where = board.cheapest(other)
                if where is None:
                    break
                board.seat(other, *where)
                placed.append(other)
        if len(placed) == len(aside) + 1:
            return True
        for other in placed:
            board.unseat(other)
        for other, (old_slot, old_place) in was:
            board.seat(other, old_slot, old_place)
        return False


def _report(
    changed: Changed,
    before: tuple[Meeting, ...],
    after: tuple[Meeting, ...],
    lost: list[tuple[Meeting, str]],
) -> Repair:
    was = {meeting.request: meeting for meeting in before}
    past = {meeting.request for meeting in changed.history}
    moved = tuple(
        Moved(before=was[meeting.request], after=meeting)
        for meeting in after
        if meeting.request in was and was[meeting.request] != meeting
    )
    between = {request.id: request.between for request in changed.instance.requests}
    touched = {person for move in moved for person in between[move.after.request]}
    instance, relaxed = _relax(changed.instance, after)
    return Repair(
        instance=instance,
        meetings=after,
        kept=sum(was.get(m.request) == m and m.request not in past for m in after),
        moved=moved,
        added=tuple(meeting for meeting in after if meeting.request not in was),
        lost=tuple(lost),
        touched=tuple(sorted(touched)),
        relaxed=tuple(relaxed),
    )


def _relax(instance: Instance, meetings: tuple[Meeting, ...]) -> tuple[Instance, list[str]]:
    """Lower the limits that the repaired timetable cannot keep: it is to be used today, not refused."""
    holding = Holding(instance, meetings)
    relaxed: list[str] = []
    requests = []
    for request in instance.requests:
        if request.must and request.id not in holding.held:
            relaxed.append(f"{request.id} was compulsory and cannot be held")
            requests.append(replace(request, must=False))
        else:
            requests.append(request)
    participants = []
    for person in instance.participants:
        count = sum(len(found) for found in holding.agenda[person.id].values())
        if count < person.min_meetings:
            relaxed.append(f"{person.id} has {count} meetings, not {person.min_meetings} at least")
            participants.append(replace(person, min_meetings=count))
        else:
            participants.append(person)
    rules = instance.rules
    breaks = break_counts(holding).values()
    spread = max(breaks, default=0) - min(breaks, default=0)
    if rules.max_break_spread is not None and spread > rules.max_break_spread:
        relaxed.append(f"breaks differ by {spread}, not by {rules.max_break_spread} at most")
        rules = replace(rules, max_break_spread=spread)
    return (
        replace(instance, requests=tuple(requests), participants=tuple(participants), rules=rules),
        relaxed,
    )
