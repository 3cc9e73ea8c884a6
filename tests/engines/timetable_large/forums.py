"""Small invented questions in which every rule can occur."""

from dataclasses import replace
from random import Random

from punte.engines.timetable.generate import ForumShape, generate_forum
from punte.engines.timetable.instance import (
    GOALS,
    Goal,
    Instance,
    Lock,
    Participant,
    Place,
    Request,
    Rules,
    checked,
)


def forum(participants: int = 60, seed: int = 1, **shape: object) -> Instance:
    """A generated forum."""
    return generate_forum(ForumShape(participants=participants, **shape), seed=seed)  # type: ignore[arg-type]


def rich_forum(
    seed: int, *, participants: int = 9, requests: int = 12, slots_per_day: int = 3
) -> Instance:
    """A small question with seats, closings, lists, locks, limits, several delegates, more than two people, precedences."""
    random = Random(seed)
    plain = forum(participants, seed, requests=requests, slots_per_day=slots_per_day)
    slots = [slot.id for slot in plain.slots]
    places = tuple(
        Place(
            id=f"T{idx}",
            capacity=random.choice([1, 1, 2]),
            closed=tuple(random.sample(slots, random.choice([0, 0, 1]))),
        )
        for idx in range(random.randint(2, 3))
    )
    names = [place.id for place in places]
    people = tuple(_person(random, person, names) for person in plain.participants)
    found = tuple(_request(random, request, people, slots, names) for request in plain.requests)
    pairs = [
        tuple(sorted(random.sample(range(len(found)), 2))) for _ in range(random.choice([0, 2]))
    ]
    objective: tuple[Goal, ...] = random.choice(
        [
            GOALS,
            ("weight", "idle_slots"),
            ("weight", "breaks"),
            ("fairness", "weight"),
            ("breaks", "weight"),
        ]
    )
    return checked(
        replace(
            plain,
            places=places,
            participants=people,
            requests=found,
            precedences=tuple({(found[a].id, found[b].id) for a, b in pairs}),
            rules=Rules(
                max_break_spread=random.choice([None, None, 0, 1]),
                min_gap_slots=random.choice([0, 0, 0, 1]),
            ),
            objective=objective,
        )
    )


def _person(random: Random, person: Participant, places: list[str]) -> Participant:
    return replace(
        person,
        parallel=random.choice([1, 1, 1, 2]),
        seat=random.choice([None, None, None, random.choice(places)]),
        max_meetings=random.choice([None, None, 1, 2]),
        min_meetings=random.choice([0, 0, 0, 0, 0, 0, 1]),
    )


def _request(
    random: Random,
    request: Request,
    people: tuple[Participant, ...],
    slots: list[str],
    places: list[str],
) -> Request:
    between = request.between
    if random.random() < 0.15:
        between = (*between, random.choice([p.id for p in people if p.id not in between]))
    lock = None
    if random.random() < 0.1:
        lock = Lock(slot=random.choice(slots), place=random.choice([None, places[0]]))
    return replace(
        request,
        between=between,
        must=random.random() < 0.06,
        slots=tuple(sorted(random.sample(slots, 3)))
        if lock is None and random.random() < 0.2
        else None,
        places=tuple(random.sample(places, 2)) if lock is None and random.random() < 0.2 else None,
        locked=lock,
    )
