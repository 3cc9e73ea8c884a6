"""The sample edition's two days: plenary blocks, the slots around them, tables and rooms."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/Bucharest")
SLOT_MIN: Final = 20
"""Length of a meeting [min]."""
DAYS: Final = (dt.date(2025, 11, 5), dt.date(2025, 11, 6))
ACCEPTED_PER_SEAT: Final = 1.1
"""Accepted requests for each place and slot: above one, so that tables are tight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSlot:
    """A stretch of time for meetings, with UTC offset; ``session`` is ``am`` or ``pm``."""

    code: str
    day: dt.date
    start: dt.datetime
    end: dt.datetime
    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleBlock:
    """
    A plenary, panel or break in which nobody has meetings.

    Parameters
    ----------
    format
        Who enters: ``allied``, ``partner`` or ``open``.
    """

    code: str
    day: dt.date
    start: dt.datetime
    end: dt.datetime
    kind: str
    title: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePlace:
    """A table, or a room that closes early on the second day; ``closed`` holds slot codes."""

    code: str
    name: str
    kind: str
    capacity: int
    closed: tuple[str, ...] = ()


_BLOCKS: Final = (
    (0, "09:00", "10:40", "plenary", "Opening plenary: rearming, together", "partner"),
    (0, "12:40", "14:00", "break", "Lunch", "open"),
    (0, "17:00", "18:00", "panel", "Panel: accelerating production", "partner"),
    (1, "08:40", "09:40", "keynote", "Keynotes: innovation from outside defence", "open"),
    (1, "12:40", "14:00", "break", "Lunch", "open"),
    (1, "17:00", "18:00", "plenary", "Closing plenary: sustaining the effort", "open"),
)
_MEETING_TIMES: Final = (
    (0, "10:40", "12:40"),
    (0, "14:00", "17:00"),
    (1, "09:40", "12:40"),
    (1, "14:00", "17:00"),
)
ROOM_SHARE: Final = 0.15
"""Share of rooms among the places; the rest are tables."""


def lay_out(
    *, requests: int
) -> tuple[tuple[SampleSlot, ...], tuple[SampleBlock, ...], tuple[SamplePlace, ...]]:
    """
    Return slots, blocks and places for so many requests [count].

    Examples
    --------
    >>> slots, blocks, places = lay_out(requests=3000)
    >>> len(slots), len(blocks), len(places)
    (33, 6, 76)
    """
    slots = tuple(
        slot for day, start, end in _MEETING_TIMES for slot in _slots_between(day, start, end)
    )
    blocks = tuple(
        SampleBlock(
            code=f"S{idx:02d}",
            day=DAYS[day],
            start=_at(day, start),
            end=_at(day, end),
            kind=kind,
            title=title,
            format=access,
        )
        for idx, (day, start, end, kind, title, access) in enumerate(_BLOCKS, start=1)
    )
    count = max(2, round(0.92 * requests / (len(slots) * ACCEPTED_PER_SEAT)))
    return slots, blocks, _places(count, slots)


def _at(day: int, clock: str) -> dt.datetime:
    return dt.datetime.combine(DAYS[day], dt.time.fromisoformat(clock), ZONE)


def _slots_between(day: int, start: str, end: str) -> list[SampleSlot]:
    moment, last = _at(day, start), _at(day, end)
    found = []
    while moment < last:
        found.append(
            SampleSlot(
                code=f"d{day + 1}-{moment:%H%M}",
                day=DAYS[day],
                start=moment,
                end=moment + dt.timedelta(minutes=SLOT_MIN),
                session="am" if moment.hour < 13 else "pm",
            )
        )
        moment += dt.timedelta(minutes=SLOT_MIN)
    return found


def _places(count: int, slots: tuple[SampleSlot, ...]) -> tuple[SamplePlace, ...]:
    rooms = round(count * ROOM_SHARE)
    late = tuple(slot.code for slot in slots if slot.day == DAYS[1] and slot.start.hour >= 16)
    tables = [
        SamplePlace(code=f"T{idx:03d}", name=f"Table {idx}", kind="table", capacity=1)
        for idx in range(1, count - rooms + 1)
    ]
    return (
        *tables,
        *(
            SamplePlace(
                code=f"M{idx:02d}", name=f"Room {idx}", kind="room", capacity=1, closed=late
            )
            for idx in range(1, rooms + 1)
        ),
    )
