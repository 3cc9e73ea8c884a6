"""How many tables and slots the meetings of an edition take: arithmetic before any timetable is made. Pure."""

import math
from dataclasses import dataclass

from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """
    What the venue offers.

    Parameters
    ----------
    slots
        Stretches of time for meetings [count].
    at_once
        Meetings that all places hold in one slot [count].
    closed
        Meetings lost to closing times, over all slots [count].
    """

    slots: int
    at_once: int
    closed: int = 0

    @property
    def seats(self) -> int:
        """Meetings that fit at most [count]."""
        return max(0, self.slots * self.at_once - self.closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """
    What the meetings take.

    Parameters
    ----------
    meetings
        Expected meetings [count]: each takes two delegates.
    fill_pct
        How full the hall gets [percent, 1 to 100]; not every seat suits somebody.
    at_once
        Meetings in each slot that are needed, with the slots there are [count]; None without slots.
    slots
        Slots that are needed, with the places there are [count]; None without places.
    fewest_slots
        Slots below which a delegate could not have its meetings, whatever the number of places [count].
    spare
        Seats of the hall beyond what is needed; negative where they lack [count].
    """

    meetings: int
    fill_pct: int
    at_once: int | None
    slots: int | None
    fewest_slots: int
    spare: int

    @property
    def fits(self) -> bool:
        """Whether the hall holds the meetings."""
        return self.spare >= 0


def expect(hall: Hall, *, delegates: int, each: int, fill_pct: int = 85) -> Need:
    """
    Return what so many delegates with so many meetings each take.

    Parameters
    ----------
    delegates
        Who meets [count], 0 to 100,000.
    each
        Meetings of each [count], 0 to 200.

    Raises
    ------
    PunteError
        A number is out of range.
    """
    for name, value, most in (("delegates", delegates, 100_000), ("meetings each", each, 200)):
        if not 0 <= value <= most:
            raise PunteError(f"The number of {name} is {value}. Give one from 0 to {most}.")
    if not 1 <= fill_pct <= 100:
        raise PunteError(f"The hall is filled to {fill_pct} %. Give 1 to 100.")
    meetings = math.ceil(delegates * each / 2)
    seats = math.ceil(meetings * 100 / fill_pct)
    return Need(
        meetings=meetings,
        fill_pct=fill_pct,
        at_once=math.ceil(seats / hall.slots) if hall.slots else None,
        slots=max(each, math.ceil(seats / hall.at_once)) if hall.at_once else None,
        fewest_slots=each,
        spare=math.floor(hall.seats * fill_pct / 100) - meetings,
    )
