"""Times of day in the two nights of the year in which the clocks change."""

import datetime as dt


def is_skipped(moment: dt.datetime) -> bool:
    """
    Whether no clock of its zone ever shows this time: it lies in the hour that is left out in spring.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> is_skipped(dt.datetime(2027, 3, 28, 3, 30, tzinfo=ZoneInfo("Europe/Bucharest")))
    True
    """
    try:
        there = moment.astimezone(dt.UTC).astimezone(moment.tzinfo)
    except OverflowError:  # at the ends of the calendar, where no clock changes
        return False
    return there.replace(tzinfo=None) != moment.replace(tzinfo=None)


def comes_twice(moment: dt.datetime) -> bool:
    """
    Whether the clocks of its zone show this time twice: it lies in the hour that is repeated in autumn.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> comes_twice(dt.datetime(2027, 10, 31, 3, 30, tzinfo=ZoneInfo("Europe/Bucharest")))
    True
    """
    other = moment.replace(fold=1 - moment.fold)
    return moment.utcoffset() != other.utcoffset() and not is_skipped(moment)
