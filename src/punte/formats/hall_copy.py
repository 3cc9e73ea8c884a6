"""``punte.hall/1``: what was entered at a copy of the site that ran in the hall without a network."""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from punte.formats.moments import Moment
from punte.formats.reading import Record, check_format, parse_json, validate

HALL_FORMAT: Final = "punte.hall/1"
MOST_ROWS: Final = 50_000

Key = Annotated[UUID, Field(strict=False)]


class HallScan(Record):
    """A scan at a check-in desk of the hall."""

    id: Key
    delegate_id: Key
    kind: Literal["in", "undo"]
    at: Moment
    desk: str = Field(max_length=40)
    by_name: str = Field(max_length=160)


class HallMark(Record):
    """What one side, or the desk, says of a meeting."""

    id: Key
    request_id: Key
    side: Literal["sender", "receiver", "desk"]
    mark: Literal["held", "not", "moved"]
    at: Moment
    by_name: str = Field(max_length=160)


class HallNote(Record):
    """A note that one of the two who met wrote."""

    id: Key
    request_id: Key
    org_id: Key
    text: str = Field(min_length=1, max_length=4000)
    is_shared: bool
    at: Moment
    by_name: str = Field(max_length=160)


class HallRecord(Record):
    """The whole file."""

    format: Literal["punte.hall/1"]
    edition_id: Key
    scans: list[HallScan] = Field(max_length=MOST_ROWS)
    marks: list[HallMark] = Field(max_length=MOST_ROWS)
    notes: list[HallNote] = Field(max_length=MOST_ROWS)


def parse_hall(content: bytes, *, source: str) -> HallRecord:
    """
    Return what a JSON text of a hall copy holds.

    Raises
    ------
    InvalidInputError
        With every fault and its place.
    """
    record = parse_json(content, source=source)
    check_format(record, HALL_FORMAT, source=source)
    return validate(record, HallRecord, source=source)
