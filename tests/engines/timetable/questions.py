"""Small questions for the tests, written in as few words as a test needs."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from punte.engines.timetable.instance import (
    Goal,
    Instance,
    Participant,
    Place,
    Request,
    Rules,
    Slot,
    checked,
)
from punte.engines.timetable.measure import objective_values
from punte.engines.timetable.result import GoalLine, Meeting, Result, Unmet
from punte.kernel.anytime import Status

SHA = "0" * 64


def slots(*days: int) -> tuple[Slot, ...]:
    """Slots s0, s1, ... of one hour; ``slots(3, 2)`` is a day of three and one of two."""
    found: list[Slot] = []
    for number, count in enumerate(days):
        first = datetime(2025, 11, 5 + number, 9, tzinfo=UTC)
        for idx in range(count):
            found.append(
                Slot(
                    id=f"s{len(found)}",
                    day=first.date().isoformat(),
                    start=first + timedelta(hours=idx),
                    end=first + timedelta(hours=idx + 1),
                )
            )
    return tuple(found)


def question(
    *pairs: str | Request,
    days: Iterable[int] = (3,),
    places: Iterable[Place] | int = 1,
    people: Iterable[Participant] = (),
    precedences: Iterable[tuple[str, str]] = (),
    rules: Rules | None = None,
    objective: tuple[Goal, ...] = ("weight",),
) -> Instance:
    """A question; ``"ab"`` is the request ``ab`` of a with b; people not given are without limits."""
    requests = tuple(
        Request(id=pair, between=tuple(pair)) if isinstance(pair, str) else pair for pair in pairs
    )
    given = {person.id: person for person in people}
    named = dict.fromkeys(person for request in requests for person in request.between)
    return checked(
        Instance(
            slots=slots(*days),
            places=tuple(
                [Place(id=f"t{idx}") for idx in range(places)]
                if isinstance(places, int)
                else places
            ),
            participants=tuple(
                given.get(person, Participant(id=person)) for person in {**named, **given}
            ),
            requests=requests,
            precedences=tuple(precedences),
            rules=rules or Rules(),
            objective=objective,
        )
    )


def held(*words: str) -> tuple[Meeting, ...]:
    """Meetings written ``"ab s0 t0"``."""
    return tuple(
        Meeting(request=request, slot=slot, place=place)
        for request, slot, place in (word.split() for word in words)
    )


def answer(
    instance: Instance,
    meetings: tuple[Meeting, ...],
    *,
    status: Status = "feasible",
    unmet: tuple[Unmet, ...] | None = None,
    lines: tuple[GoalLine, ...] | None = None,
) -> Result:
    """A result with true values, no bounds, and ``lost_to_optimum`` for what is not held."""
    names = {meeting.request for meeting in meetings}
    values = objective_values(instance, meetings) if lines is None else {}
    return Result(
        instance_sha256=SHA,
        status=status,
        seed=0,
        runtime_s=0.0,
        engine="test",
        objective=lines
        if lines is not None
        else tuple(
            GoalLine(name=goal, value=value, bound=None, proved=False)
            for goal, value in values.items()
        ),
        meetings=meetings,
        unmet=unmet
        if unmet is not None
        else tuple(
            Unmet(request=request.id, code="lost_to_optimum", reason="test")
            for request in instance.requests
            if request.id not in names
        ),
    )
