"""A day of a version as the board draws it: codes and numbers for rows of the database."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from punte.apps.forum.queries import Face
from punte.apps.meetings.board import Board as DayRows
from punte.apps.meetings.board import BoardCell
from punte.web.organiser.board import (
    Board,
    BoardMeeting,
    BoardPlace,
    Column,
    kind_of,
    merge_columns,
)


def names_of(people: Mapping[UUID, Face]) -> list[str]:
    """Return the names of the organisations, in alphabetical order, each once."""
    return sorted({face.organisation for face in people.values() if face.organisation})


def people_called(people: Mapping[UUID, Face], words: str) -> frozenset[UUID]:
    """Return who is meant: those of the organisation of that name, else whose own name holds the words."""
    wanted = words.strip().casefold()
    if not wanted:
        return frozenset()
    exact = frozenset(
        key
        for key, face in people.items()
        if wanted in {face.organisation.casefold(), face.name.casefold()}
    )
    return exact or frozenset(
        key
        for key, face in people.items()
        if wanted in face.organisation.casefold() or wanted in face.name.casefold()
    )


def lay_out_day(rows: DayRows, *, words: str = "", kind: str = "") -> Board:
    """
    Return the day for drawing.

    Parameters
    ----------
    words
        Name of an organisation or a person whose meetings stay lit; empty for nobody.
    kind
        Only places of this kind; empty for all.
    """
    present = {
        face.delegate_id: face
        for cell in rows.cells
        for face in (cell.sender, cell.receiver)
        if face is not None
    }
    numbers = {key: number for number, key in enumerate(present)}
    organisations = {
        key: number
        for number, key in enumerate(
            dict.fromkeys(face.organisation_id for face in present.values())
        )
    }
    lit = people_called(rows.people, words)
    closed: dict[str, set[str]] = defaultdict(set)
    for place_code, slot_code in rows.closed:
        closed[place_code].add(slot_code)
    return Board(
        columns=_columns(rows),
        places=[
            BoardPlace(
                code=place.code,
                name=place.name,
                closed=frozenset(closed[place.code]),
            )
            for place in rows.places
            if not kind or place.kind == kind
        ],
        meetings=[_meeting(cell, numbers) for cell in rows.cells],
        organisation_of=[organisations[face.organisation_id] for face in present.values()],
        lit=sorted(numbers[key] for key in lit if key in numbers),
    )


def _columns(rows: DayRows) -> list[Column]:
    slots = [Column(code=s.code, starts_at=s.starts_at, ends_at=s.ends_at) for s in rows.slots]
    blocks = [
        Column(code=s.code, starts_at=s.starts_at, ends_at=s.ends_at, title=s.title)
        for s in rows.sessions
        if s.blocks_everyone
    ]
    return merge_columns(slots, blocks)


def _meeting(cell: BoardCell, numbers: Mapping[UUID, int]) -> BoardMeeting:
    first, second = cell.sender, cell.receiver
    return BoardMeeting(
        code=cell.request_code,
        slot=cell.slot_code,
        place=cell.place_code,
        first=first.organisation if first else "\N{EM DASH}",
        second=second.organisation if second else "\N{EM DASH}",
        people=tuple(numbers[face.delegate_id] for face in (first, second) if face is not None),
        kind=kind_of(first.kind if first else "", second.kind if second else ""),
        is_locked=cell.is_locked,
    )
