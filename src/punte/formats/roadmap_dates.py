"""Dates of a file and instants of a plan: the one place where they meet."""

from datetime import date, timedelta
from enum import Enum

from punte.engines.roadmap.instance import ConstraintType, Unit
from punte.kernel.errors import InvalidInputError, Problem

Instant = int | date
"""A number of units from the start, or a date."""


class Rounding(Enum):
    """
    Whether a date means its beginning or its end, and which instant stands for a date inside a week.

    A start that is "not earlier" goes up, one that is "not later" goes down; a promise is kept only when the whole unit has
    ended by the date, so targets go down.
    """

    START_FLOOR = (False, False)
    START_CEILING = (False, True)
    FINISH_FLOOR = (True, False)
    FINISH_CEILING = (True, True)

    @classmethod
    def of(cls, constraint: ConstraintType) -> "Rounding":
        """Return what a date means in a constraint."""
        finish, up = constraint[0] == "F" or constraint == "MFO", constraint.endswith("NET")
        return cls((finish, up))


def as_instant(
    value: Instant, start: date | None, unit: Unit, rounding: Rounding, source: str
) -> int:
    """
    Return the instant that ``value`` means; negative when it lies before the start.

    Raises
    ------
    InvalidInputError
        If ``value`` is a date and the plan has none.
    """
    if not isinstance(value, date):
        return value
    if start is None:
        raise InvalidInputError(
            source,
            [
                Problem(
                    place="start",
                    what=f"the plan has no start date, and yet the date {value} is used.",
                    remedy="Give a start and the unit day or week, or write whole numbers.",
                )
            ],
        )
    finish, up = rounding.value
    days = (value - start).days
    if finish and days >= 0:
        days += 1
    step = 7 if unit == "week" else 1
    return -(-days // step) if up else days // step


def as_stamp(instant: int, start: date | None, unit: Unit, *, finish: bool) -> int | str:
    """Return what a file holds for ``instant``: a date where the plan has dates and one says the same."""
    if start is None or (finish and instant < 1):
        return instant
    days = instant * (7 if unit == "week" else 1) - finish
    return (start + timedelta(days=days)).isoformat()
