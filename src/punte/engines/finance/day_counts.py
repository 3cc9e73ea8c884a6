"""Day counts: the year fraction between two dates by a stated convention."""

from calendar import isleap, monthrange
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import isclose
from typing import Final, Literal

from punte.kernel.errors import PunteError

DayCount = Literal[
    "30/360",
    "30/360 us",
    "30e/360",
    "30e/360 isda",
    "act/360",
    "act/365f",
    "act/act isda",
    "act/act icma",
    "act/act afb",
]
"""Name of a convention, as files write it."""

_DENOMINATORS: Final = 200_000
"""Above 365 x 366, which a year across a leap year has."""

_SUM_ERROR: Final = 1e-15
"""Relative error of a sum of a few floats."""

DAY_COUNTS: Final[tuple[DayCount, ...]] = (
    "30/360",
    "30/360 us",
    "30e/360",
    "30e/360 isda",
    "act/360",
    "act/365f",
    "act/act isda",
    "act/act icma",
    "act/act afb",
)


def add_months(day: date, months: int) -> date:
    """
    Return the same day of another month, or that month's last day where it is shorter.

    Parameters
    ----------
    months
        May be negative.

    Raises
    ------
    PunteError
        If the year would leave 1..9999.

    Examples
    --------
    >>> add_months(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    if not 1 <= year <= 9999:
        raise PunteError(f"{day} plus {months} months leaves the calendar: shorten the loan.")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def year_fraction(
    convention: DayCount,
    start: date,
    end: date,
    *,
    reference: tuple[date, date] | None = None,
    payments_per_year: int = 1,
    maturity: date | None = None,
) -> float:
    """
    Return the part of a year from ``start`` to ``end`` [years]; negative where ``end`` comes first.

    Parameters
    ----------
    reference
        Regular coupon period in which the accrual lies, for ``act/act icma``; the accrual itself when ``None``.
    payments_per_year
        Coupons a year, >= 1, for ``act/act icma``.
    maturity
        Last day of the loan: ``30e/360 isda`` does not move it when it is the end of February.

    References
    ----------
    ISDA, 2006 ISDA Definitions, section 4.16. ICMA rule 251.1. ISDA, *EMU and market conventions* (1999), for the three
    act/act variants. The values agree with QuantLib 1.44 (``tests/engines/finance/test_day_counts.py``).

    Examples
    --------
    >>> year_fraction("act/act icma", date(2021, 5, 25), date(2022, 1, 4), reference=(date(2021, 1, 4), date(2022, 1, 4)))
    0.6136986301369863
    """
    if end < start:
        return -year_fraction(
            convention,
            end,
            start,
            reference=reference,
            payments_per_year=payments_per_year,
            maturity=maturity,
        )
    if convention == "act/360":
        return (end - start).days / 360
    if convention == "act/365f":
        return (end - start).days / 365
    if convention == "act/act isda":
        return _actual_isda(start, end)
    if convention == "act/act afb":
        return _actual_afb(start, end)
    if convention == "act/act icma":
        return _actual_icma(start, end, reference or (start, end), payments_per_year)
    return _thirty_360(convention, start, end, maturity)


def _thirty_360(convention: DayCount, start: date, end: date, maturity: date | None) -> float:
    first, last = start.day, end.day
    if convention == "30/360 us":
        if _ends_february(start):
            if _ends_february(end):
                last = 30
            first = 30
        if last == 31 and first >= 30:
            last = 30
        first = min(first, 30)
    elif convention == "30e/360":
        first, last = min(first, 30), min(last, 30)
    elif convention == "30e/360 isda":
        first = 30 if first == 31 or _ends_february(start) else first
        last = 30 if last == 31 or (_ends_february(end) and end != maturity) else last
    else:
        first = min(first, 30)
        if last == 31 and first == 30:
            last = 30
    return (360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first) / 360


def _ends_february(day: date) -> bool:
    return day.month == 2 and day.day == monthrange(day.year, 2)[1]


def _actual_isda(start: date, end: date) -> float:
    if start.year == end.year:
        return (end - start).days / _year_days(start.year)
    head = (date(start.year + 1, 1, 1) - start).days / _year_days(start.year)
    tail = (end - date(end.year, 1, 1)).days / _year_days(end.year)
    return end.year - start.year - 1 + head + tail


def _year_days(year: int) -> int:
    return 366 if isleap(year) else 365


def _actual_afb(start: date, end: date) -> float:
    whole = 0
    rest = end
    while True:
        earlier = add_months(rest, -12)
        if (earlier.month, earlier.day) == (2, 28) and isleap(earlier.year):
            # Whole years are counted back from the end of February to the end of February.
            earlier = date(earlier.year, 2, 29)
        if earlier < start:
            break
        whole += 1
        rest = earlier
    days = 365
    for year in {rest.year, start.year}:
        if isleap(year) and start <= date(year, 2, 29) < rest:
            days = 366
    return whole + (rest - start).days / days


def _actual_icma(
    start: date, end: date, reference: tuple[date, date], payments_per_year: int
) -> float:
    low, high = reference
    months = 12 // payments_per_year
    if start < low:
        # A long first period: the part before the reference lies in the period before it.
        before = (add_months(low, -months), low)
        return _actual_icma(start, min(end, low), before, payments_per_year) + (
            _actual_icma(low, end, reference, payments_per_year) if end > low else 0.0
        )
    if end > high:
        after = (high, add_months(high, months))
        head = _actual_icma(start, high, reference, payments_per_year) if start < high else 0.0
        return head + _actual_icma(max(start, high), end, after, payments_per_year)
    return (end - start).days / ((high - low).days * payments_per_year)


@lru_cache(maxsize=8192)
def exact_years(years: float) -> Fraction:
    """
    Return the fraction that a part of a year was before it became a binary number: 0.08333333333333333 is 1/12.

    Half a cent of interest is half a cent only so. Days over 360, 365 and 366, and their sums, have denominators below the limit;
    two such fractions are too far apart to be taken for one another, whatever the last digits of a sum of floats.
    """
    near = Fraction(years).limit_denominator(_DENOMINATORS)
    return near if isclose(near, years, rel_tol=_SUM_ERROR) else Fraction(repr(years))
