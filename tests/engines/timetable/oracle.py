"""The truth about tiny questions, by trying everything; and random tiny questions to ask."""

from collections.abc import Iterator
from itertools import product

from hypothesis import strategies as st

from engines.timetable.questions import question
from punte.engines.timetable.check import check_meetings, objective_values
from punte.engines.timetable.claims import MAXIMISED
from punte.engines.timetable.holding import Holding
from punte.engines.timetable.instance import (
    GOALS,
    Goal,
    Instance,
    Lock,
    Participant,
    Place,
    Request,
    Rules,
)
from punte.engines.timetable.measure import shares
from punte.engines.timetable.result import Meeting


def best_values(instance: Instance) -> dict[Goal, float] | None:
    """Values of the lexicographically best timetable; ``None`` if there is none."""
    best = None
    values = None
    for meetings in _all_timetables(instance):
        if check_meetings(instance, meetings):
            continue
        found = objective_values(instance, meetings)
        rank = [_rank(instance, meetings, goal, found[goal]) for goal in instance.objective]
        if best is None or rank < best:
            best, values = rank, found
    return values


def _rank(instance: Instance, meetings: tuple[Meeting, ...], goal: Goal, value: float) -> object:
    if goal == "fairness":
        return [-share for share in sorted(shares(Holding(instance, meetings)).values())]
    return -value if goal in MAXIMISED else value


def _all_timetables(instance: Instance) -> Iterator[tuple[Meeting, ...]]:
    choices = [
        [None, *product((slot.id for slot in instance.slots), (p.id for p in instance.places))]
        for _ in instance.requests
    ]
    for chosen in product(*choices):
        yield tuple(
            Meeting(request=request.id, slot=where[0], place=where[1])
            for request, where in zip(instance.requests, chosen, strict=True)
            if where is not None
        )


@st.composite
def tiny_questions(draw: st.DrawFn, *, all_must: bool = False) -> Instance:
    """Up to four people, requests, slots and two places, with every rule of the format now and then."""
    people = "abcd"[: draw(st.integers(2, 4))]
    days = draw(st.sampled_from([(2,), (3,), (4,), (2, 2), (1, 3)]))
    count = draw(st.integers(1, 2 if sum(days) == 4 else 3))
    slots = [f"s{idx}" for idx in range(sum(days))]
    places = [f"t{idx}" for idx in range(draw(st.integers(1, 2)))]
    some_slots = st.lists(st.sampled_from(slots), max_size=2, unique=True).map(tuple)
    rarely = st.sampled_from([False, False, False, True])
    more = 1 if len(places) == 1 or sum(days) < 4 else 0
    requests = [
        _request(draw, f"r{number}", people, slots, places, must=all_must or draw(rarely))
        for number in range(count + more)
    ]
    return question(
        *requests,
        days=days,
        places=[
            Place(
                id=place,
                capacity=draw(st.sampled_from([1, 1, 2])),
                closed=draw(some_slots) if draw(rarely) else (),
            )
            for place in places
        ],
        people=[_person(draw, person, some_slots, places) for person in people],
        precedences=[("r0", "r1")] if len(requests) > 1 and draw(rarely) else [],
        rules=Rules(
            max_break_spread=draw(st.sampled_from([None, None, 0, 1])),
            min_gap_slots=draw(st.sampled_from([0, 0, 0, 1])),
        ),
        objective=tuple(
            draw(
                st.one_of(
                    st.just(GOALS),
                    st.lists(st.sampled_from(GOALS), unique=True, max_size=5),
                )
            )
        ),
    )


def _request(
    draw: st.DrawFn, name: str, people: str, slots: list[str], places: list[str], *, must: bool
) -> Request:
    rarely = st.sampled_from([False, False, False, True])
    most = len(people) if draw(rarely) else 2
    between = draw(st.lists(st.sampled_from(people), min_size=2, max_size=most, unique=True))
    some_slots = st.lists(st.sampled_from(slots), max_size=2, unique=True).map(tuple)
    allowed = draw(some_slots) if draw(rarely) else None
    lock = None
    if draw(rarely) and allowed != ():
        lock = Lock(
            slot=draw(st.sampled_from(allowed or slots)),
            place=draw(st.sampled_from([None, *places])),
        )
    return Request(
        id=name,
        between=tuple(between),
        weight=draw(st.integers(0, 3)),
        must=must,
        slots=allowed,
        places=(draw(st.sampled_from(places)),) if lock is None and draw(rarely) else None,
        locked=lock,
    )


def _person(
    draw: st.DrawFn, name: str, some_slots: st.SearchStrategy[tuple[str, ...]], places: list[str]
) -> Participant:
    rarely = st.sampled_from([False, False, False, True])
    return Participant(
        id=name,
        unavailable=draw(some_slots) if draw(rarely) else (),
        max_meetings=draw(st.sampled_from([1, 2])) if draw(rarely) else None,
        min_meetings=1 if draw(rarely) and draw(rarely) else 0,
        parallel=2 if draw(rarely) else 1,
        seat=draw(st.sampled_from(places)) if draw(rarely) else None,
    )
