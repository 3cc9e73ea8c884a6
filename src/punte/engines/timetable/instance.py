"""The question: who asks to meet whom, when everyone is there, and which places exist."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from punte.kernel.errors import InvalidInputError, Problem

Goal = Literal["weight", "fairness", "breaks", "idle_slots", "place_changes"]
"""One line of the lexicographic objective."""

GOALS: Final[tuple[Goal, ...]] = ("weight", "fairness", "breaks", "idle_slots", "place_changes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """
    One stretch of time in which each place can hold meetings; the list of slots is in time order within a day.

    Parameters
    ----------
    id
        Unique among slots.
    day
        Date of the venue, ``YYYY-MM-DD``; breaks and idle slots never cross days.
    start, end
        With their UTC offset; ``start < end``.
    session
        Part of the day, such as ``am``; for people to read and for filters.
    """

    id: str
    day: str
    start: datetime
    end: datetime
    session: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    A table, booth or room.

    Parameters
    ----------
    id
        Unique among places.
    capacity
        Meetings at once, >= 1.
    closed
        Ids of the slots in which it holds none.
    """

    id: str
    capacity: int = 1
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """
    A person, or a company with several delegates.

    Parameters
    ----------
    id
        Unique among participants.
    unavailable
        Ids of the slots in which no meeting is possible.
    max_meetings
        Most meetings in all, >= 0; ``None`` for no limit.
    min_meetings
        Least meetings in all, >= 0; a timetable below it is wrong.
    parallel
        Meetings at once, >= 1.
    seat
        Id of the place that this participant does not leave; partners come to it.
    """

    id: str
    unavailable: tuple[str, ...] = ()
    max_meetings: int | None = None
    min_meetings: int = 0
    parallel: int = 1
    seat: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Where a meeting must be held; ``place`` is ``None`` when only the slot is fixed."""

    slot: str
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    A wish to meet.

    Parameters
    ----------
    id
        Unique among requests.
    between
        Ids of at least two different participants.
    weight
        What meeting it is worth, >= 0.
    must
        Whether a timetable without it is infeasible.
    slots, places
        The allowed ones; ``None`` for any.
    locked
        Where it is held if it is held.
    """

    id: str
    between: tuple[str, ...]
    weight: int = 1
    must: bool = False
    slots: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None
    locked: Lock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """
    Rules that bind everyone.

    Parameters
    ----------
    max_break_spread
        Largest difference of break counts between any two participants, >= 0; ``None`` for no rule.
    min_gap_slots
        Empty slots between two meetings of one participant at different places of one day, >= 0.
    """

    max_break_spread: int | None = None
    min_gap_slots: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """
    The whole question. Built by :func:`checked`, which refuses nonsense; solvers rely on that.

    Parameters
    ----------
    precedences
        Pairs of request ids: both held, the first in a strictly earlier slot.
    objective
        Goals in lexicographic order, each at most once.
    """

    name: str = ""
    slots: tuple[Slot, ...]
    places: tuple[Place, ...]
    participants: tuple[Participant, ...]
    requests: tuple[Request, ...]
    precedences: tuple[tuple[str, str], ...] = ()
    rules: Rules = field(default_factory=Rules)
    objective: tuple[Goal, ...] = GOALS


def checked(instance: Instance, *, source: str = "The instance") -> Instance:
    """
    Return ``instance`` unchanged if it makes sense.

    Raises
    ------
    InvalidInputError
        With every fault: duplicate or unknown ids, a slot that ends before it begins or overlaps the next of its day, numbers out
        of range, a request to oneself, a lock outside the request's own slots, a circle of precedences.
    """
    problems = list(_problems(instance))
    if problems:
        raise InvalidInputError(source, problems)
    return instance


def _problems(instance: Instance) -> Iterator[Problem]:
    slots = {slot.id for slot in instance.slots}
    places = {place.id for place in instance.places}
    people = {person.id for person in instance.participants}
    requests = {request.id for request in instance.requests}
    yield from _duplicates("slots", (slot.id for slot in instance.slots))
    yield from _duplicates("places", (place.id for place in instance.places))
    yield from _duplicates("participants", (person.id for person in instance.participants))
    yield from _duplicates("requests", (request.id for request in instance.requests))
    yield from _slot_problems(instance.slots)
    for idx, place in enumerate(instance.places):
        at = f"places[{idx}]"
        yield from _at_least(1, place.capacity, f"{at}.capacity")
        yield from _unknown("slot", place.closed, slots, f"{at}.closed")
    for idx, person in enumerate(instance.participants):
        yield from _participant_problems(person, f"participants[{idx}]", slots, places)
    for idx, request in enumerate(instance.requests):
        yield from _request_problems(request, f"requests[{idx}]", slots, places, people)
    yield from _precedence_problems(instance.precedences, requests)
    yield from _at_least(0, instance.rules.max_break_spread, "rules.max_break_spread")
    yield from _at_least(0, instance.rules.min_gap_slots, "rules.min_gap_slots")
    yield from _duplicates("objective", instance.objective)


def _duplicates(place: str, ids: Iterable[str]) -> Iterator[Problem]:
    for found, count in Counter(ids).items():
        if count > 1:
            yield Problem(
                place=place, what=f"{found!r} stands {count} times.", remedy="Name each once."
            )
        elif not found.strip():
            yield Problem(place=place, what="an id is empty.", remedy="Give it a name.")


def _at_least(least: int, value: int | None, place: str) -> Iterator[Problem]:
    if value is not None and value < least:
        yield Problem(place=place, what=f"is {value}, must be at least {least}.")


def _unknown(kind: str, ids: Iterable[str], known: set[str], place: str) -> Iterator[Problem]:
    for found in ids:
        if found not in known:
            yield Problem(
                place=place, what=f"{found!r} is no {kind} of this file.", remedy="Check the id."
            )


def _slot_problems(slots: tuple[Slot, ...]) -> Iterator[Problem]:
    if not slots:
        yield Problem(place="slots", what="there is no slot.", remedy="Give at least one.")
    last_of_day: dict[str, Slot] = {}
    for idx, slot in enumerate(slots):
        at = f"slots[{idx}]"
        if slot.start.tzinfo is None or slot.end.tzinfo is None:
            yield Problem(
                place=at, what=f"{slot.id!r} has a time without UTC offset.", remedy="Write +02:00."
            )
            continue
        if slot.end <= slot.start:
            yield Problem(place=at, what=f"{slot.id!r} ends before it begins or at once.")
        before = last_of_day.get(slot.day)
        if before is not None and slot.start < before.end:
            yield Problem(
                place=at,
                what=f"{slot.id!r} begins before {before.id!r} has ended.",
                remedy="List the slots of a day in time order, without overlap.",
            )
        last_of_day[slot.day] = slot


def _participant_problems(
    person: Participant, at: str, slots: set[str], places: set[str]
) -> Iterator[Problem]:
    yield from _unknown("slot", person.unavailable, slots, f"{at}.unavailable")
    yield from _at_least(0, person.max_meetings, f"{at}.max_meetings")
    yield from _at_least(0, person.min_meetings, f"{at}.min_meetings")
    yield from _at_least(1, person.parallel, f"{at}.parallel")
    if person.seat is not None:
        yield from _unknown("place", [person.seat], places, f"{at}.seat")
    if person.max_meetings is not None and person.max_meetings < person.min_meetings:
        yield Problem(
            place=at,
            what=f"min_meetings {person.min_meetings} is above max_meetings {person.max_meetings}.",
        )


def _request_problems(
    request: Request, at: str, slots: set[str], places: set[str], people: set[str]
) -> Iterator[Problem]:
    yield from _unknown("participant", request.between, people, f"{at}.between")
    if len(request.between) < 2:
        yield Problem(place=f"{at}.between", what="a meeting needs at least two participants.")
    elif len(set(request.between)) < len(request.between):
        yield Problem(
            place=f"{at}.between",
            what=f"{', '.join(request.between)}: nobody can meet oneself.",
            remedy="Name different participants.",
        )
    yield from _at_least(0, request.weight, f"{at}.weight")
    yield from _unknown("slot", request.slots or (), slots, f"{at}.slots")
    yield from _unknown("place", request.places or (), places, f"{at}.places")
    if request.locked is not None:
        yield from _lock_problems(request, request.locked, f"{at}.locked", slots, places)


def _lock_problems(
    request: Request, lock: Lock, at: str, slots: set[str], places: set[str]
) -> Iterator[Problem]:
    yield from _unknown("slot", [lock.slot], slots, at)
    if request.slots is not None and lock.slot not in request.slots:
        yield Problem(place=at, what=f"slot {lock.slot!r} is not among the request's own slots.")
    if lock.place is not None:
        yield from _unknown("place", [lock.place], places, at)
        if request.places is not None and lock.place not in request.places:
            yield Problem(
                place=at, what=f"place {lock.place!r} is not among the request's own places."
            )


def _precedence_problems(
    pairs: tuple[tuple[str, str], ...], requests: set[str]
) -> Iterator[Problem]:
    after: dict[str, list[str]] = {}
    waits: Counter[str] = Counter()
    for idx, (first, second) in enumerate(pairs):
        yield from _unknown("request", (first, second), requests, f"precedences[{idx}]")
        after.setdefault(first, []).append(second)
        waits[second] += 1
    ready = [request for request in after if not waits[request]]
    while ready:
        for second in after.pop(ready.pop(), []):
            waits[second] -= 1
            if not waits[second]:
                ready.append(second)
    circle = sorted(request for request in after if waits[request])
    if circle:
        yield Problem(
            place="precedences",
            what=f"a circle leads through or from {', '.join(circle[:8])}.",
            remedy="Remove one of its pairs.",
        )
