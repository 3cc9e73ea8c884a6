"""A published timetable to the engine's repair and back: what falls away, and what the edition asks afterwards."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from punte.apps.meetings.bridge.question import Question
from punte.engines.timetable import instance as engine
from punte.engines.timetable import result as answer
from punte.engines.timetable.changes import Changes
from punte.engines.timetable.changes import Closure as ClosedFrom
from punte.engines.timetable.repair import Repair, repair

Held = answer.Meeting
"""A meeting in the engine's words: the codes of its request, slot and place."""


def repair_meetings(
    question: Question,
    meetings: Iterable[answer.Meeting],
    *,
    since: str,
    absent: Iterable[str],
    closed: Iterable[str],
) -> Repair:
    """
    Return meetings of a version after people did not come and places were closed, with the fewest moves found.

    Parameters
    ----------
    since
        Code of the first slot that can still be changed; what lies before it stays.
    absent, closed
        Codes of delegates who are away, and of places that hold nothing, from then on.

    Raises
    ------
    InvalidInputError
        The version breaks a rule for another reason: it must be solved again.
    """
    away = {person.id: set(person.unavailable) for person in question.instance.participants}
    shut = {place.id: set(place.closed) for place in question.instance.places}
    sides = {request.id: request.between for request in question.instance.requests}
    # What a withdrawn request, a new absence or a closure made impossible is homeless, and may come in again.
    held = [
        meeting
        for meeting in meetings
        if meeting.request in question.requests
        and meeting.slot not in shut[meeting.place]
        and not any(meeting.slot in away[person] for person in sides[meeting.request])
    ]
    no_show = tuple(code for code in absent if code in away)
    shutting = tuple(ClosedFrom(place=code, since=since) for code in closed)
    changes = Changes(now=since, no_show=no_show, closed=shutting)
    return repair(_without_promises(question.instance), held, changes)


def after_noting(
    question: Question, *, since: str, absent: Collection[str], closed: Collection[str]
) -> Question:
    """Return the question that the edition asks once these are noted as away or closed from a slot on."""
    instance = question.instance
    order = [slot.id for slot in instance.slots]
    began = question.slots[since].starts_at
    ahead = {code for code, slot in question.slots.items() if slot.starts_at >= began}

    def with_rest(known: tuple[str, ...]) -> tuple[str, ...]:
        gone = ahead | set(known)
        return tuple(code for code in order if code in gone)

    noted = replace(
        instance,
        participants=tuple(
            replace(one, unavailable=with_rest(one.unavailable)) if one.id in absent else one
            for one in instance.participants
        ),
        places=tuple(
            replace(one, closed=with_rest(one.closed)) if one.id in closed else one
            for one in instance.places
        ),
    )
    return replace(question, instance=noted)


def _without_promises(instance: engine.Instance) -> engine.Instance:
    """Return the question without what must be held: a repair holds the heaviest first, and says what it could not."""
    return replace(
        instance,
        participants=tuple(replace(one, min_meetings=0) for one in instance.participants),
        requests=tuple(replace(one, must=False) for one in instance.requests),
    )
