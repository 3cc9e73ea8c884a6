"""Changes to a timetable as a JSON file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from punte.engines.timetable.changes import Changes, Closure, LateArrival
from punte.engines.timetable.instance import Instance
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.formats.timetable import Id, RequestRecord, as_request
from punte.kernel.errors import InvalidInputError, Problem

CHANGES_FORMAT: Final = "punte.timetable.changes/1"


class _Late(Record):
    participant: Id
    until: Id


class _Closure(Record):
    place: Id
    since: Id = Field(alias="from")


class _Changes(Record):
    format: Literal["punte.timetable.changes/1"]
    now: Id | None = None
    no_show: list[Id] = Field(default_factory=list)
    late: list[_Late] = Field(default_factory=list)
    closed: list[_Closure] = Field(default_factory=list)
    new_requests: list[RequestRecord] = Field(default_factory=list)
    cancelled: list[Id] = Field(default_factory=list)


def read_changes(path: Path, instance: Instance) -> Changes:
    """
    Return the changes that a file holds.

    Parameters
    ----------
    instance
        The question whose ids the file speaks of.

    Raises
    ------
    InvalidInputError
        With every fault of the file, unknown ids included.
    """
    source = str(path)
    raw = parse_json(read_bytes(path), source=source)
    check_format(raw, CHANGES_FORMAT, source=source)
    record = validate(raw, _Changes, source=source)
    changes = Changes(
        now=record.now,
        no_show=tuple(record.no_show),
        late=tuple(
            LateArrival(participant=late.participant, until=late.until) for late in record.late
        ),
        closed=tuple(Closure(place=found.place, since=found.since) for found in record.closed),
        new_requests=tuple(as_request(request) for request in record.new_requests),
        cancelled=tuple(record.cancelled),
    )
    problems = list(_problems(changes, instance))
    if problems:
        raise InvalidInputError(source, problems)
    return changes


def _problems(changes: Changes, instance: Instance) -> Iterator[Problem]:
    slots = {slot.id for slot in instance.slots}
    people = {person.id for person in instance.participants}
    places = {place.id for place in instance.places}
    requests = {request.id for request in instance.requests}
    named = [("now", "slot", changes.now, slots)] if changes.now is not None else []
    for idx, found in enumerate(changes.no_show):
        named.append((f"no_show[{idx}]", "participant", found, people))
    for idx, late in enumerate(changes.late):
        named.append((f"late[{idx}].participant", "participant", late.participant, people))
        named.append((f"late[{idx}].until", "slot", late.until, slots))
    for idx, closure in enumerate(changes.closed):
        named.append((f"closed[{idx}].place", "place", closure.place, places))
        named.append((f"closed[{idx}].from", "slot", closure.since, slots))
    for idx, found in enumerate(changes.cancelled):
        named.append((f"cancelled[{idx}]", "request", found, requests))
    for place, kind, found, known in named:
        if found not in known:
            yield Problem(
                place=place, what=f"{found!r} is no {kind} of the instance.", remedy="Check the id."
            )
