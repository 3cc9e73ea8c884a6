"""The board: one day of a version, places by slots; and the comparison of two versions."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from punte.apps.forum.models import Closure, Edition, Place, Session, Slot
from punte.apps.forum.queries import Face, faces
from punte.apps.forum.rooms import cells_of
from punte.apps.meetings.models import Lock, Meeting, MeetingRequest
from punte.apps.meetings.queries import VersionLine


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCell:
    """A meeting on the board; ``sender`` is who asked. A face is ``None`` where the subject may not see it."""

    meeting_id: UUID
    request_id: UUID
    request_code: str
    slot_code: str
    place_code: str
    seat_idx: int
    sender: Face | None
    receiver: Face | None
    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """
    One day of a version.

    Parameters
    ----------
    days
        Every day of the edition that has slots, in order.
    sessions
        Released or not, those of the day that the subject sees.
    closed
        Pairs of place code and slot code in which a place holds no meeting: closed, or a released session is on in it.
    """

    version: VersionLine
    day: dt.date
    days: tuple[dt.date, ...]
    slots: tuple[Slot, ...]
    places: tuple[Place, ...]
    sessions: tuple[Session, ...]
    closed: frozenset[tuple[str, str]]
    cells: tuple[BoardCell, ...]
    people: Mapping[UUID, Face]


def board(version: VersionLine, *, day: dt.date | None = None) -> Board:
    """
    Return a day of a version in a constant number of queries.

    Parameters
    ----------
    day
        A day of the edition; its first one with slots when ``None`` or unknown.
    """
    edition_id = version.edition_id
    zone = Edition.objects.get(pk=edition_id).zone
    slots = list(Slot.objects.filter(edition_id=edition_id))
    days = tuple(sorted({slot.day for slot in slots}))
    chosen = day if day in days else days[0] if days else dt.date.min
    of_day = tuple(slot for slot in slots if slot.day == chosen)
    people = faces(edition_id)
    places = tuple(Place.objects.filter(edition_id=edition_id))
    sessions = tuple(
        session
        for session in Session.objects.filter(edition_id=edition_id)
        if timezone.localdate(session.starts_at, zone) == chosen
    )
    return Board(
        version=version,
        day=chosen,
        days=days,
        slots=of_day,
        places=places,
        sessions=sessions,
        closed=_closed(of_day, places, sessions),
        cells=_cells(version.id, of_day, places, people),
        people=people,
    )


def _closed(
    slots: tuple[Slot, ...], places: tuple[Place, ...], sessions: tuple[Session, ...]
) -> frozenset[tuple[str, str]]:
    place_code = {place.pk: place.code for place in places}
    slot_code = {slot.pk: slot.code for slot in slots}
    closures = Closure.objects.filter(slot__in=slots).values_list("place__code", "slot__code")
    return frozenset(closures) | {
        (place_code[place_id], slot_code[slot_id])
        for place_id, slot_id in cells_of(sessions, slots)
    }


def _cells(
    version_id: UUID,
    slots: tuple[Slot, ...],
    places: tuple[Place, ...],
    people: Mapping[UUID, Face],
) -> tuple[BoardCell, ...]:
    slot_code = {slot.pk: slot.code for slot in slots}
    place_code = {place.pk: place.code for place in places}
    rows = Meeting.objects.filter(version_id=version_id, slot__in=slots).values_list(
        "id",
        "slot_id",
        "place_id",
        "seat_idx",
        "request_id",
        "request__code",
        "request__sender_id",
        "request__receiver_id",
    )
    locked = set(Lock.objects.filter(slot__in=slots).values_list("request_id", flat=True))
    return tuple(
        BoardCell(
            meeting_id=meeting_id,
            request_id=request_id,
            request_code=code,
            slot_code=slot_code[slot_id],
            place_code=place_code[place_id],
            seat_idx=seat_idx,
            sender=people.get(sender_id),
            receiver=people.get(receiver_id),
            is_locked=request_id in locked,
        )
        for meeting_id, slot_id, place_id, seat_idx, request_id, code, sender_id, receiver_id in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where and when a meeting is held, by codes."""

    slot_code: str
    place_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request that differs between two versions; ``before`` or ``after`` is ``None`` where it is not held."""

    request_code: str
    sender: Face | None
    receiver: Face | None
    weight: int
    before: Spot | None
    after: Spot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """How many meetings a person has in each version, and their worth [sum of weights]."""

    face: Face
    meetings_before: int
    meetings_after: int
    weight_before: int
    weight_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    What changes from one version to another.

    Parameters
    ----------
    kept
        Meetings at the same time and place in both [count].
    winners, losers
        People whose met worth grows or shrinks, the largest change first.
    """

    before: VersionLine
    after: VersionLine
    kept: int
    moved: tuple[Change, ...]
    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    winners: tuple[PersonChange, ...]
    losers: tuple[PersonChange, ...]


def compare_versions(before: VersionLine, after: VersionLine) -> Comparison:
    """Return what moves, who gains and who loses from one version of an edition to another."""
    people = faces(after.edition_id)
    held = [_spots(version.id) for version in (before, after)]
    requests = {
        request.pk: request
        for request in MeetingRequest.objects.filter(edition_id=after.edition_id)
    }
    changes = [
        Change(
            request_code=requests[pk].code,
            sender=people.get(requests[pk].sender_id),
            receiver=people.get(requests[pk].receiver_id),
            weight=requests[pk].weight,
            before=held[0].get(pk),
            after=held[1].get(pk),
        )
        for pk in sorted(held[0].keys() | held[1].keys(), key=lambda pk: requests[pk].code)
        if held[0].get(pk) != held[1].get(pk)
    ]
    shifts = _person_changes(held, requests, people)
    return Comparison(
        before=before,
        after=after,
        kept=sum(1 for pk, spot in held[0].items() if held[1].get(pk) == spot),
        moved=tuple(change for change in changes if change.before and change.after),
        gained=tuple(change for change in changes if change.before is None),
        lost=tuple(change for change in changes if change.after is None),
        winners=tuple(s for s in reversed(shifts) if s.weight_after > s.weight_before),
        losers=tuple(s for s in shifts if s.weight_after < s.weight_before),
    )


def _spots(version_id: UUID) -> dict[UUID, Spot]:
    rows = Meeting.objects.filter(version_id=version_id).values_list(
        "request_id", "slot__code", "place__code"
    )
    return {pk: Spot(slot_code=slot, place_code=place) for pk, slot, place in rows}


def _person_changes(
    held: list[dict[UUID, Spot]],
    requests: Mapping[UUID, MeetingRequest],
    people: Mapping[UUID, Face],
) -> list[PersonChange]:
    """Return the people whose meetings differ, those who lose most first."""
    totals: dict[UUID, list[int]] = {}
    for side, spots in enumerate(held):
        for pk in spots:
            request = requests[pk]
            for person in request.parties:
                total = totals.setdefault(person, [0, 0, 0, 0])
                total[side] += 1
                total[2 + side] += request.weight
    found = [
        PersonChange(
            face=people[person],
            meetings_before=total[0],
            meetings_after=total[1],
            weight_before=total[2],
            weight_after=total[3],
        )
        for person, total in totals.items()
        if person in people and total[2] != total[3]
    ]
    return sorted(found, key=lambda s: (s.weight_after - s.weight_before, s.face.code))
