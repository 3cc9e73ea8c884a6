"""
Questions of the Girona archive: MiniZinc data files of the B2B scheduling problem.

References
----------
Bofill, Coll, Garcia, Giráldez-Cru, Pesant, Suy and Villaret, "Constraint Solving Approaches to the
Business-to-Business Meeting Scheduling Problem", Journal of Artificial Intelligence Research 74 (2022).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from punte.engines.timetable.instance import (
    Instance,
    Lock,
    Participant,
    Place,
    Request,
    Rules,
    Slot,
    checked,
)
from punte.formats.reading import plain_whole, read_bytes
from punte.kernel.errors import InvalidInputError, Problem

DAY: Final = "2000-01-01"
"""The archive names no dates; any day does, and this one is clearly no forum's."""

_FIRST_START: Final = datetime(2000, 1, 1, 9, 0, tzinfo=UTC)
_SLOT: Final = timedelta(minutes=20)
_ITEM: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*([^;]*);")
_SET: Final = re.compile(r"\{([^{}]*)\}")
_SCALARS: Final = ("nBusiness", "nMeetings", "nTables", "nTotalSlots", "nMorningSlots")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Data:
    participants: int
    meetings: int
    places: int
    slots: int
    morning_slots: int
    requested: list[tuple[int, int, int]]
    forbidden: list[list[int]]
    fixed: list[int]
    precedences: list[list[int]]


def read_girona(path: Path, *, max_break_spread: int | None = 2) -> Instance:
    """
    Return the question that a ``.dzn`` file of the archive holds: every meeting must be held, breaks are fewest.

    Parameters
    ----------
    max_break_spread
        The fairness limit d of the paper, >= 0; ``None`` for no limit. It does not stand in the files.

    Raises
    ------
    InvalidInputError
        If the file is no MiniZinc data of this kind, or its numbers do not fit each other.
    """
    source = str(path)
    try:
        text = read_bytes(path).decode()
    except UnicodeDecodeError as error:
        raise _refusal(source, f"Byte {error.start:,} is no UTF-8.") from error
    data = _parse(text, source)
    problems = list(_problems(data))
    if problems:
        raise InvalidInputError(source, problems)
    return checked(_as_instance(data, path.stem, max_break_spread), source=source)


def _refusal(source: str, what: str, place: str = "") -> InvalidInputError:
    remedy = "Give a .dzn file of the Girona B2B archive."
    return InvalidInputError(source, [Problem(place=place, what=what, remedy=remedy)])


def _parse(text: str, source: str) -> _Data:
    text = re.sub(r"%[^\n]*", "", text)
    items: dict[str, str] = {}
    at = 0
    while text[at:].strip():
        found = _ITEM.match(text, at)
        if found is None:
            line = text.count("\n", 0, at) + 1
            raise _refusal(source, "This is no `name = value;`; it may be cut off.", f"line {line}")
        if found[1] in items:
            raise _refusal(source, "This name stands twice.", found[1])
        items[found[1]] = found[2].strip()
        at = found.end()
    needed = (*_SCALARS, "requested", "forbidden", "fixed", "precedences")
    missing = [name for name in needed if name not in items]
    if missing:
        raise _refusal(source, f"{', '.join(missing)} is missing.")
    try:
        sizes = [_integer(items[name]) for name in _SCALARS]
        rows = [row for row in items["requested"].strip("[]").split("|") if row.strip()]
        triples = [_integers(row) for row in rows]
        if any(len(row) != 3 for row in triples):
            raise ValueError("each row of requested holds three numbers")  # noqa: TRY301 - one message for all
        return _Data(
            participants=sizes[0],
            meetings=sizes[1],
            places=sizes[2],
            slots=sizes[3],
            morning_slots=sizes[4],
            requested=[(row[0], row[1], row[2]) for row in triples],
            forbidden=[_integers(found) for found in _SET.findall(items["forbidden"])],
            fixed=_integers(items["fixed"].strip("[]")),
            precedences=[_integers(found) for found in _SET.findall(items["precedences"])],
        )
    except ValueError as error:
        raise _refusal(source, f"A value cannot be read: {error}.") from error


def _integers(text: str) -> list[int]:
    return [_integer(word) for word in text.split(",") if word.strip()]


def _integer(text: str) -> int:
    found = plain_whole(text)
    if found is None:
        raise ValueError(f"{text.strip()[:60]!r} is no whole number")
    return found


def _problems(data: _Data) -> Iterator[Problem]:
    for name, found, expected in (
        ("requested", len(data.requested), data.meetings),
        ("forbidden", len(data.forbidden), data.participants),
        ("fixed", len(data.fixed), data.meetings),
        ("precedences", len(data.precedences), data.meetings),
    ):
        if found != expected:
            yield Problem(place=name, what=f"has {found} entries, expected {expected}.")
    for name, number, least in (
        ("nTables", data.places, 1),
        ("nTotalSlots", data.slots, 1),
        ("nMorningSlots", data.morning_slots, 0),
    ):
        if not least <= number <= 100_000:
            yield Problem(place=name, what=f"is {number}, must be {least} to 100,000.")
    for idx, (_, _, session) in enumerate(data.requested):
        if session not in (1, 2, 3):
            yield Problem(place=f"requested[{idx + 1}]", what=f"session is {session}, not 1 to 3.")
    for name, numbers, least, most in (
        ("requested", [n for a, b, _ in data.requested for n in (a, b)], 1, data.participants),
        ("forbidden", [n for row in data.forbidden for n in row], 0, data.slots),
        ("fixed", data.fixed, 0, data.slots),
        ("precedences", [n for row in data.precedences for n in row], 1, data.meetings),
    ):
        for number in sorted(set(numbers)):
            if not least <= number <= most:
                yield Problem(place=name, what=f"holds {number}, must be {least} to {most}.")


def _as_instance(data: _Data, name: str, max_break_spread: int | None) -> Instance:
    slot_ids = [f"S{number:02}" for number in range(1, data.slots + 1)]
    ids = [f"M{number:03}" for number in range(1, data.meetings + 1)]
    return Instance(
        name=name,
        slots=tuple(
            Slot(
                id=slot_id,
                day=DAY,
                start=_FIRST_START + idx * _SLOT,
                end=_FIRST_START + (idx + 1) * _SLOT,
                session="am" if idx < data.morning_slots else "pm",
            )
            for idx, slot_id in enumerate(slot_ids)
        ),
        places=tuple(Place(id=f"T{number:02}") for number in range(1, data.places + 1)),
        participants=tuple(
            Participant(
                id=f"P{number:02}",
                unavailable=tuple(
                    slot_ids[slot - 1] for slot in sorted(set(data.forbidden[number - 1])) if slot
                ),
            )
            for number in range(1, data.participants + 1)
        ),
        requests=_requests(data, slot_ids, ids),
        precedences=tuple(
            (ids[before - 1], ids[idx])
            for idx, row in enumerate(data.precedences)
            for before in row
        ),
        rules=Rules(max_break_spread=max_break_spread),
        objective=("breaks",),
    )


def _requests(data: _Data, slot_ids: list[str], ids: list[str]) -> tuple[Request, ...]:
    sessions = {1: slot_ids[: data.morning_slots], 2: slot_ids[data.morning_slots :]}
    requests = []
    for idx, (first, second, session) in enumerate(data.requested):
        allowed = sessions.get(session)
        fixed = slot_ids[data.fixed[idx] - 1] if data.fixed[idx] else None
        if fixed is not None and allowed is not None and fixed not in allowed:
            allowed = []  # the file contradicts itself: no slot is left, and the proof says so
            fixed = None
        requests.append(
            Request(
                id=ids[idx],
                between=(f"P{first:02}", f"P{second:02}"),
                must=True,
                slots=None if allowed is None else tuple(allowed),
                locked=None if fixed is None else Lock(slot=fixed),
            )
        )
    return tuple(requests)
