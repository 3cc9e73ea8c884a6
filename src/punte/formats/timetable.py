"""Timetable questions, answers and changes as JSON files."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from punte.engines.timetable.instance import (
    GOALS,
    Goal,
    Instance,
    Lock,
    Participant,
    Place,
    Request,
    Rules,
    Slot,
    checked,
)
from punte.engines.timetable.result import Cause, GoalLine, Meeting, Result, Unmet
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.formats.writing import write_json
from punte.kernel.anytime import Status

INSTANCE_FORMAT: Final = "punte.timetable.instance/1"
RESULT_FORMAT: Final = "punte.timetable.result/1"


def _check_time(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is no time such as 2025-11-05T10:00+02:00") from None
    if found.tzinfo is None:
        raise ValueError("has no UTC offset; write it as in 2025-11-05T10:00+02:00")
    return text


def _check_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("is no date such as 2025-11-05") from None
    return text


Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Time = Annotated[str, AfterValidator(_check_time)]
Day = Annotated[str, AfterValidator(_check_day)]
Count = Annotated[int, Field(le=10**9)]
Weight = Annotated[int, Field(le=10**9)]


class _Slot(Record):
    id: Id
    day: Day
    start: Time
    end: Time
    session: str | None = None


class _Place(Record):
    id: Id
    capacity: Count = 1
    closed: list[Id] = Field(default_factory=list)


class _Participant(Record):
    id: Id
    unavailable: list[Id] = Field(default_factory=list)
    max_meetings: Count | None = None
    min_meetings: Count = 0
    parallel: Count = 1
    seat: Id | None = None


class _Lock(Record):
    slot: Id
    place: Id | None = None


class RequestRecord(Record):
    """One request as a file holds it; also what a file of changes adds."""

    id: Id
    between: list[Id]
    weight: Weight = 1
    must: bool = False
    slots: list[Id] | None = None
    places: list[Id] | None = None
    locked: _Lock | None = None


class _Rules(Record):
    max_break_spread: Count | None = None
    min_gap_slots: Count = 0


class _Instance(Record):
    format: Literal["punte.timetable.instance/1"]
    name: str = ""
    slots: list[_Slot]
    places: list[_Place]
    participants: list[_Participant]
    requests: list[RequestRecord]
    precedences: list[Annotated[list[Id], Field(min_length=2, max_length=2)]] = Field(
        default_factory=list
    )
    rules: _Rules = _Rules()
    objective: list[Goal] = Field(default_factory=lambda: list(GOALS))


class _GoalLine(Record):
    name: Goal
    value: float | None
    bound: float | None
    proved: bool


class _Meeting(Record):
    request: Id
    slot: Id
    place: Id


class _Unmet(Record):
    request: Id
    code: Cause
    reason: str
    blocking: list[Id] = Field(default_factory=list)


class _Result(Record):
    format: Literal["punte.timetable.result/1"]
    instance_sha256: str
    status: Status
    seed: int
    runtime_s: float
    engine: str
    objective: list[_GoalLine]
    meetings: list[_Meeting]
    unmet: list[_Unmet]


def digest(content: bytes) -> str:
    """Return the sha256 of a file's bytes in hexadecimal, as results carry it."""
    return hashlib.sha256(content).hexdigest()


def read_instance(path: Path) -> tuple[Instance, str]:
    """
    Return the question that a file holds and the file's sha256.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    content = read_bytes(path)
    return parse_instance(content, source=str(path)), digest(content)


def parse_instance(content: bytes, *, source: str) -> Instance:
    """
    Return the question that a text holds.

    Parameters
    ----------
    content
        UTF-8 JSON.
    source
        Name used in messages.

    Raises
    ------
    InvalidInputError
        With every fault of the text.
    """
    raw = parse_json(content, source=source)
    check_format(raw, INSTANCE_FORMAT, source=source)
    record = validate(raw, _Instance, source=source)
    return checked(_as_instance(record), source=source)


def _as_instance(record: _Instance) -> Instance:
    return Instance(
        name=record.name,
        slots=tuple(
            Slot(
                id=slot.id,
                day=slot.day,
                start=datetime.fromisoformat(slot.start),
                end=datetime.fromisoformat(slot.end),
                session=slot.session,
            )
            for slot in record.slots
        ),
        places=tuple(
            Place(id=place.id, capacity=place.capacity, closed=tuple(place.closed))
            for place in record.places
        ),
        participants=tuple(
            Participant(
                id=person.id,
                unavailable=tuple(person.unavailable),
                max_meetings=person.max_meetings,
                min_meetings=person.min_meetings,
                parallel=person.parallel,
                seat=person.seat,
            )
            for person in record.participants
        ),
        requests=tuple(as_request(request) for request in record.requests),
        precedences=tuple((first, second) for first, second in record.precedences),
        rules=Rules(
            max_break_spread=record.rules.max_break_spread,
            min_gap_slots=record.rules.min_gap_slots,
        ),
        objective=tuple(record.objective),
    )


def as_request(record: RequestRecord) -> Request:
    """Return a request as the engine takes it."""
    lock = record.locked
    return Request(
        id=record.id,
        between=tuple(record.between),
        weight=record.weight,
        must=record.must,
        slots=None if record.slots is None else tuple(record.slots),
        places=None if record.places is None else tuple(record.places),
        locked=None if lock is None else Lock(slot=lock.slot, place=lock.place),
    )


def instance_record(instance: Instance) -> dict[str, Any]:
    """Return a question as the JSON object of its file, with every key written out."""
    return {
        "format": INSTANCE_FORMAT,
        "name": instance.name,
        "slots": [
            {
                "id": slot.id,
                "day": slot.day,
                "start": slot.start.isoformat(timespec="minutes"),
                "end": slot.end.isoformat(timespec="minutes"),
                "session": slot.session,
            }
            for slot in instance.slots
        ],
        "places": [
            {"id": place.id, "capacity": place.capacity, "closed": list(place.closed)}
            for place in instance.places
        ],
        "participants": [
            {
                "id": person.id,
                "unavailable": list(person.unavailable),
                "max_meetings": person.max_meetings,
                "min_meetings": person.min_meetings,
                "parallel": person.parallel,
                "seat": person.seat,
            }
            for person in instance.participants
        ],
        "requests": [request_record(request) for request in instance.requests],
        "precedences": [list(pair) for pair in instance.precedences],
        "rules": {
            "max_break_spread": instance.rules.max_break_spread,
            "min_gap_slots": instance.rules.min_gap_slots,
        },
        "objective": list(instance.objective),
    }


def request_record(request: Request) -> dict[str, Any]:
    """Return a request as the JSON object of a file."""
    lock = request.locked
    return {
        "id": request.id,
        "between": list(request.between),
        "weight": request.weight,
        "must": request.must,
        "slots": None if request.slots is None else list(request.slots),
        "places": None if request.places is None else list(request.places),
        "locked": None if lock is None else {"slot": lock.slot, "place": lock.place},
    }


def write_instance(path: Path, instance: Instance) -> None:
    """Write a question to ``path``, whole or not at all."""
    write_json(path, instance_record(instance))


def read_result(path: Path) -> Result:
    """
    Return the answer that a file holds; whether it is right is the checker's business.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    source = str(path)
    raw = parse_json(read_bytes(path), source=source)
    check_format(raw, RESULT_FORMAT, source=source)
    record = validate(raw, _Result, source=source)
    return Result(
        instance_sha256=record.instance_sha256,
        status=record.status,
        seed=record.seed,
        runtime_s=record.runtime_s,
        engine=record.engine,
        objective=tuple(
            GoalLine(name=line.name, value=line.value, bound=line.bound, proved=line.proved)
            for line in record.objective
        ),
        meetings=tuple(
            Meeting(request=meeting.request, slot=meeting.slot, place=meeting.place)
            for meeting in record.meetings
        ),
        unmet=tuple(
            Unmet(
                request=unmet.request,
                code=unmet.code,
                reason=unmet.reason,
                blocking=tuple(unmet.blocking),
            )
            for unmet in record.unmet
        ),
    )


def _as_number(value: float | None) -> float | None:
    """Return whole numbers as integers, so that files read 12 and not 12.0."""
    return int(value) if value is not None and float(value).is_integer() else value


def result_record(result: Result) -> dict[str, Any]:
    """Return an answer as the JSON object of its file."""
    return {
        "format": RESULT_FORMAT,
        "instance_sha256": result.instance_sha256,
        "status": result.status,
        "seed": result.seed,
        "runtime_s": round(result.runtime_s, 3),
        "engine": result.engine,
        "objective": [
            {
                "name": line.name,
                "value": _as_number(line.value),
                "bound": _as_number(line.bound),
                "proved": line.proved,
            }
            for line in result.objective
        ],
        "meetings": [
            {"request": meeting.request, "slot": meeting.slot, "place": meeting.place}
            for meeting in result.meetings
        ],
        "unmet": [
            {
                "request": unmet.request,
                "code": unmet.code,
                "reason": unmet.reason,
                "blocking": list(unmet.blocking),
            }
            for unmet in result.unmet
        ],
    }


def write_result(path: Path, result: Result) -> None:
    """Write an answer to ``path``, whole or not at all."""
    write_json(path, result_record(result))
