"""The question as it stands after changes: history fixed, the absent away, closed places closed, new requests in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from punte.engines.timetable.changes import Changes
from punte.engines.timetable.instance import Instance, Lock, Participant, Place, Request, checked
from punte.engines.timetable.result import Meeting


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """
    The question after changes.

    Parameters
    ----------
    instance
        What repaired meetings are checked against. Requests that the changes made impossible are compulsory no more.
    history
        Meetings before ``now``; they are compulsory and locked where they were.
    promises
        Meetings to come whose request stands and whose people all still come at some time.
    lost
        Meetings to come that the changes made impossible, with the reason.
    """

    instance: Instance
    history: tuple[Meeting, ...]
    promises: tuple[Meeting, ...]
    lost: tuple[tuple[Meeting, str], ...]


def apply_changes(instance: Instance, meetings: Iterable[Meeting], changes: Changes) -> Changed:
    """
    Return the question after changes and what becomes of each meeting.

    Parameters
    ----------
    meetings
        A timetable of ``instance`` that obeys its rules.

    Raises
    ------
    InvalidInputError
        If a new request makes no sense or repeats an id.
    """
    clock = _Clock(instance, changes.now)
    held = {meeting.request: meeting for meeting in meetings}
    history = {request: meeting for request, meeting in held.items() if meeting.slot in clock.past}
    participants = tuple(_participant(person, changes, clock) for person in instance.participants)
    away = {person.id: set(person.unavailable) for person in participants}
    lost: list[tuple[Meeting, str]] = []
    promises: list[Meeting] = []
    requests: list[Request] = []
    for request in (*instance.requests, *changes.new_requests):
        if request.id in history:
            requests.append(_as_history(request, history[request.id]))
            continue
        rest = _to_come(request, clock)
        reason = ""
        if request.id in changes.cancelled:
            reason = "the request was withdrawn"
        elif rest.must or request.id in held:
            reason = _impossible(rest, away, clock)
        if request.id not in changes.cancelled:
            requests.append(replace(rest, must=False) if reason and rest.must else rest)
        if request.id in held and reason:
            lost.append((held[request.id], reason))
        elif request.id in held:
            promises.append(held[request.id])
    kept = {request.id for request in requests}
    changed = replace(
        instance,
        places=tuple(_place(place, changes, clock) for place in instance.places),
        participants=participants,
        requests=tuple(requests),
        precedences=tuple(pair for pair in instance.precedences if kept.issuperset(pair)),
    )
    return Changed(
        # All else is the sound question, narrowed: only a new request can bring a fault in.
        instance=checked(changed, source="The changes") if changes.new_requests else changed,
        history=tuple(history.values()),
        promises=tuple(promises),
        lost=tuple(lost),
    )


def _as_history(request: Request, meeting: Meeting) -> Request:
    return replace(request, must=True, locked=Lock(slot=meeting.slot, place=meeting.place))


class _Clock:
    """What is past and what is to come."""

    def __init__(self, instance: Instance, now: str | None) -> None:
        self.start: dict[str, datetime] = {slot.id: slot.start for slot in instance.slots}
        self.now = self.start[now] if now is not None else None
        self.past = {
            slot for slot, start in self.start.items() if self.now is not None and start < self.now
        }
        self.future = tuple(slot for slot in self.start if slot not in self.past)

    def to_come(self, slots: tuple[str, ...] | None) -> tuple[str, ...]:
        if slots is None:
            return self.future
        return tuple(slot for slot in slots if slot not in self.past)


def _participant(person: Participant, changes: Changes, clock: _Clock) -> Participant:
    away = set(person.unavailable)
    if person.id in changes.no_show:
        away.update(clock.to_come(None))
    for late in changes.late:
        if late.participant == person.id:
            until = clock.start[late.until]
            away.update(slot for slot in clock.to_come(None) if clock.start[slot] < until)
    ordered = tuple(slot for slot in clock.start if slot in away)
    return person if away == set(person.unavailable) else replace(person, unavailable=ordered)


def _place(place: Place, changes: Changes, clock: _Clock) -> Place:
    closed = set(place.closed)
    for closure in changes.closed:
        if closure.place == place.id:
            since = clock.start[closure.since]
            closed.update(slot for slot in clock.to_come(None) if clock.start[slot] >= since)
    ordered = tuple(slot for slot in clock.start if slot in closed)
    return place if closed == set(place.closed) else replace(place, closed=ordered)


def _to_come(request: Request, clock: _Clock) -> Request:
    """Return a request that can no longer be held in the past."""
    if clock.now is None:
        return request
    if request.locked is not None and request.locked.slot in clock.past:
        return replace(request, locked=None, slots=())
    return replace(request, slots=clock.to_come(request.slots))


def _impossible(request: Request, away: dict[str, set[str]], clock: _Clock) -> str:
    """Return why those concerned can never meet any more, or nothing."""
    slots = clock.to_come(request.slots)
    if request.locked is not None:
        slots = (request.locked.slot,)
    if not slots:
        return "none of its slots is still to come"
    if not any(away.get(person) for person in request.between):
        return ""
    for person in request.between:
        if all(slot in away.get(person, ()) for slot in slots):
            return f"{person} is absent"
    if all(any(slot in away.get(person, ()) for person in request.between) for slot in slots):
        return f"{' and '.join(request.between)} are never there together any more"
    return ""
