"""Days that every time zone and calendar can hold."""

import datetime as dt
from typing import Final

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200


def near_day(day: dt.date) -> dt.date:
    """
    Return a day that has a day before and after it everywhere.

    Raises
    ------
    ValueError
        It lies before :data:`FIRST_YEAR` or after :data:`LAST_YEAR`.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(day)
    return day


def day_after(day: dt.date) -> dt.date:
    """Return the next day; of the last that there is, that day itself."""
    return day + dt.timedelta(days=1) if day < dt.date.max else day
