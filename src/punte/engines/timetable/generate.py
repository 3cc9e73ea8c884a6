"""Invented forums of any size with the shape of real ones, for benchmarks and for trying things out."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import accumulate
from random import Random
from typing import Final, Literal

from punte.engines.timetable.instance import GOALS, Instance, Participant, Place, Request, Slot
from punte.kernel.errors import PunteError

Tables = Literal["tight", "loose"]
"""How many places: 0.55 or 1.2 table-slots for each request."""

TABLE_SLOTS_PER_REQUEST: Final[dict[Tables, float]] = {"tight": 0.55, "loose": 1.2}
_WEIGHTS: Final = (1, 2, 3, 5, 8)
_SLOT_MIN: Final = 20
_FIRST_DAY: Final = date(2025, 11, 5)
_VENUE: Final = timezone(timedelta(hours=2))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumShape:
    """
    What an invented forum looks like.

    Parameters
    ----------
    participants
        >= 2; 30 % of them are authorities (``A``), the others companies (``C``).
    requests
        >= 1; ``None`` for four for each participant.
    tables
        Whether places are scarce.
    days, slots_per_day
        >= 1; slots last 20 minutes, with a pause of 80 minutes after the first half of a day.
    """

    participants: int
    requests: int | None = None
    tables: Tables = "tight"
    days: int = 2
    slots_per_day: int = 16


def generate_forum(shape: ForumShape, *, seed: int) -> Instance:
    """
    Return an invented forum; the same shape and seed give the same forum everywhere.

    One request in ten is between two of one side; popularity falls like a power of the rank; about 12 % are absent for a day,
    some arrive late or leave early; weights are drawn from 1, 2, 3, 5, 8.

    Raises
    ------
    PunteError
        If there are too few participants for that many different pairs, or a number is out of range.
    """
    wanted = shape.requests if shape.requests is not None else 4 * shape.participants
    _refuse_nonsense(shape, wanted)
    random = Random(seed)
    slots = _slots(shape)
    table_slots = TABLE_SLOTS_PER_REQUEST[shape.tables] * wanted
    tables = max(1, int(table_slots / len(slots)))
    authorities = max(1, round(0.3 * shape.participants))
    names = [
        f"A{idx + 1:05d}" if idx < authorities else f"C{idx + 1 - authorities:05d}"
        for idx in range(shape.participants)
    ]
    participants = tuple(
        Participant(id=name, unavailable=_absences(random, shape, slots)) for name in names
    )
    width = len(str(tables))
    return Instance(
        name=f"Synthetic forum, {shape.participants} participants, tables {shape.tables}, seed {seed}",
        slots=slots,
        places=tuple(Place(id=f"T{idx + 1:0{width}d}") for idx in range(tables)),
        participants=participants,
        requests=_requests(random, names, authorities, wanted),
        objective=GOALS,
    )


def _refuse_nonsense(shape: ForumShape, wanted: int) -> None:
    if shape.participants < 2 or wanted < 1 or shape.days < 1 or shape.slots_per_day < 1:
        raise PunteError(
            f"{shape.participants} participants, {wanted} requests, {shape.days} days of "
            f"{shape.slots_per_day} slots make no forum: give at least 2 participants and 1 of the others."
        )
    if shape.slots_per_day > 40:
        raise PunteError(
            f"{shape.slots_per_day} slots of {_SLOT_MIN} minutes do not fit a day: give at most 40."
        )
    most = shape.participants * (shape.participants - 1) // 4
    if wanted > most:
        raise PunteError(
            f"{shape.participants} participants give no {wanted} different pairs that look like a forum: "
            f"give at most {most} requests or more participants."
        )


def _slots(shape: ForumShape) -> tuple[Slot, ...]:
    found = []
    morning = (shape.slots_per_day + 1) // 2
    for day_number in range(shape.days):
        day = _FIRST_DAY + timedelta(days=day_number)
        opening = datetime(day.year, day.month, day.day, 9, 0, tzinfo=_VENUE)
        for number in range(shape.slots_per_day):
            is_morning = number < morning
            pause_min = 0 if is_morning else 80
            start = opening + timedelta(minutes=number * _SLOT_MIN + pause_min)
            found.append(
                Slot(
                    id=f"d{day_number + 1}-{start:%H%M}",
                    day=day.isoformat(),
                    start=start,
                    end=start + timedelta(minutes=_SLOT_MIN),
                    session="am" if is_morning else "pm",
                )
            )
    return tuple(found)


def _absences(random: Random, shape: ForumShape, slots: tuple[Slot, ...]) -> tuple[str, ...]:
    absent: set[int] = set()
    per_day = shape.slots_per_day
    if shape.days > 1 and random.random() < 0.12:
        day = int(random.random() * shape.days)
        absent.update(range(day * per_day, (day + 1) * per_day))
    if random.random() < 0.15:
        absent.update(range(1 + int(random.random() * max(1, per_day // 4))))
    if random.random() < 0.15:
        last = len(slots)
        absent.update(range(last - 1 - int(random.random() * max(1, per_day // 4)), last))
    if len(absent) >= len(slots):
        return ()
    return tuple(slots[idx].id for idx in sorted(absent))


def _requests(
    random: Random, names: list[str], authorities: int, wanted: int
) -> tuple[Request, ...]:
    companies = len(names) - authorities
    rank_of_authority = list(range(authorities))
    rank_of_company = list(range(companies))
    random.shuffle(rank_of_authority)
    random.shuffle(rank_of_company)
    pick_authority = _popularity(rank_of_authority)
    pick_company = _popularity(rank_of_company)
    seen: set[tuple[int, int]] = set()
    found: list[Request] = []
    width = len(str(wanted))
    tries = 0
    while len(found) < wanted:
        tries += 1
        if tries > 20 * wanted:  # the popular pairs are used up: any pair will do
            first, second = _any_pair(random, len(names))
        elif random.random() < 0.1:
            side = pick_authority if random.random() < 0.3 else pick_company
            offset = 0 if side is pick_authority else authorities
            first, second = (offset + _pick(random, side), offset + _pick(random, side))
        else:
            first = _pick(random, pick_authority)
            second = authorities + _pick(random, pick_company) if companies else 0
        pair = (min(first, second), max(first, second))
        if first == second or pair in seen:
            continue
        seen.add(pair)
        found.append(
            Request(
                id=f"R{len(found) + 1:0{width}d}",
                between=(names[first], names[second]),
                weight=_WEIGHTS[int(random.random() * len(_WEIGHTS))],
            )
        )
    return tuple(found)


def _popularity(ranks: list[int]) -> list[float]:
    """Return cumulated Zipf-like popularity by index; the exponent keeps the most wanted at about ten times the mean."""
    shift = 1.0 + len(ranks) / 200
    return list(accumulate(1.0 / (rank + shift) ** 0.7 for rank in ranks))


def _pick(random: Random, cumulated: list[float]) -> int:
    return bisect_right(cumulated, random.random() * cumulated[-1])


def _any_pair(random: Random, count: int) -> tuple[int, int]:
    return int(random.random() * count), int(random.random() * count)
