"""Business days: TARGET, weekends only, every day, or a calendar with its own holidays."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

CalendarName = Literal["none", "weekends", "target"]
"""``none``: every day is a business day; ``weekends``: Monday to Friday; ``target``: the euro's settlement system."""

Roll = Literal["none", "following", "modified following", "preceding"]
"""Where a payment goes whose day is no business day."""

CALENDAR_NAMES: Final[tuple[CalendarName, ...]] = ("none", "weekends", "target")
ROLLS: Final[tuple[Roll, ...]] = ("none", "following", "modified following", "preceding")


def easter_sunday(year: int) -> date:
    """
    Return Easter Sunday of the Gregorian calendar.

    References
    ----------
    Meeus, *Astronomical Algorithms* (1991), chapter 8, after an anonymous correspondent of *Nature* (1876).
    """
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, leap_rest = divmod(century, 4)
    moon = (8 * century + 13) // 25
    epact = (19 * golden + century - leaps - moon + 15) % 30
    quad, quad_rest = divmod(rest, 4)
    week = (32 + 2 * leap_rest + 2 * quad - epact - quad_rest) % 7
    late = (golden + 11 * epact + 19 * week) // 433
    month = (epact + week - 7 * late + 90) // 25
    day = (epact + week - 7 * late + 33 * month + 19) % 32
    return date(year, month, day)


@lru_cache(maxsize=512)
def target_holidays(year: int) -> frozenset[date]:
    """
    Return the days of a year on which TARGET is closed, weekends apart.

    References
    ----------
    European Central Bank, long-term calendar for TARGET closing days (press release of 14 December 2000): since 2002 New
    Year, Good Friday, Easter Monday, 1 May, 25 and 26 December. Years 1999 to 2001 as QuantLib 1.44 has them.
    """
    days = {date(year, 1, 1), date(year, 12, 25)}
    if year >= 2000:
        easter = easter_sunday(year)
        days |= {easter - timedelta(days=2), easter + timedelta(days=1)}
        days |= {date(year, 5, 1), date(year, 12, 26)}
    if year in {1998, 1999, 2001}:
        days.add(date(year, 12, 31))
    return frozenset(days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """
    Which days count as business days.

    Parameters
    ----------
    holidays
        Further closed days, on top of those of ``name``.
    """

    name: CalendarName = "none"
    holidays: frozenset[date] = frozenset()

    def is_business_day(self, day: date) -> bool:
        """Whether payments are made on ``day``."""
        if day in self.holidays:
            return False
        if self.name == "none":
            return True
        if day.weekday() >= 5:
            return False
        return self.name != "target" or day not in target_holidays(day.year)

    def adjust(self, day: date, roll: Roll) -> date:
        """Return the business day on which a payment due on ``day`` is made."""
        if roll == "none":
            return day
        step = timedelta(days=-1 if roll == "preceding" else 1)
        found = day
        while not self.is_business_day(found):
            found += step
        if roll == "modified following" and found.month != day.month:
            return self.adjust(day, "preceding")
        return found

    def add_business_days(self, day: date, count: int) -> date:
        """
        Return the ``count``-th business day after ``day``; ``day`` itself for 0.

        Parameters
        ----------
        count
            Business days, >= 0.

        Examples
        --------
        >>> Calendar(name="target").add_business_days(date(2023, 4, 13), 25)
        datetime.date(2023, 5, 19)
        """
        found = day
        for _ in range(count):
            found += timedelta(days=1)
            while not self.is_business_day(found):
                found += timedelta(days=1)
        return found
