"""What finance files write: days, amounts to the cent, rates, currencies, sources."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar

from pydantic import BeforeValidator, Field

from punte.engines.finance.calendars import CALENDAR_NAMES, Calendar, CalendarName
from punte.engines.finance.day_counts import DAY_COUNTS, DayCount
from punte.kernel.phrases import template_of

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2300
"""Years of days in files: room for every loan, and for its lags and its maturity within the calendar."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_day(value: Any) -> Any:  # noqa: ANN401 - what a file holds is checked here
    """
    Return the date of a text ``YYYY-MM-DD``.

    Raises
    ------
    ValueError
        If it is no such text, that day does not exist, or no loan of today can mean it.
    """
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(template_of("write a date as YYYY-MM-DD"))
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(template_of("this date does not exist in the calendar")) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"a date outside {FIRST_YEAR} to {LAST_YEAR} was mistyped")
    return day


def parse_cents(value: Any) -> Any:  # noqa: ANN401 - what a file holds is checked here
    """
    Return the cents of an amount, a number or a text; finer than a cent is refused, not rounded.

    Raises
    ------
    ValueError
        If it is no amount, negative, or finer than a cent.

    Examples
    --------
    >>> parse_cents("2502008309.10")
    250200830910
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(template_of("write an amount as 1250.50, a number or a text"))  # noqa: TRY004 - pydantic collects ValueError
    try:
        text = str(value)
        cents = Decimal(text if text.isascii() and "_" not in text else "no number") * 100
    except ArithmeticError:  # not a number, or one too great to be written
        raise ValueError(
            template_of("this is no amount: write digits with a point, 1250.50")
        ) from None
    if not cents.is_finite():
        raise ValueError(template_of("an amount must be finite"))
    if cents != cents.to_integral_value():
        raise ValueError(template_of("an amount has at most two decimals"))
    if cents < 0:
        raise ValueError(template_of("an amount cannot be negative; give it without sign"))
    if cents > 10**16:
        raise ValueError(template_of("an amount above 100,000,000,000,000 was mistyped"))
    return int(cents)


_NO_MONEY: Final = frozenset({"XXX", "XTS"})
"""Codes of ISO 4217 for no currency, and for tests."""


def parse_currency(value: Any) -> Any:  # noqa: ANN401 - what a file holds is checked here
    """
    Return an ISO 4217 code that is in use.

    Raises
    ------
    ValueError
        If there is no such currency.
    """
    import pycountry

    if (
        not isinstance(value, str)
        or value in _NO_MONEY
        or pycountry.currencies.get(alpha_3=value) is None
    ):
        raise ValueError(
            template_of("unknown currency: give a code of ISO 4217, such as EUR or RON")
        )
    return value


def parse_country(value: Any) -> Any:  # noqa: ANN401 - what a file holds is checked here
    """
    Return a country code of two letters.

    Raises
    ------
    ValueError
        If there is no such country.
    """
    import pycountry

    # The EU writes EL for Greece.
    code = "GR" if value == "EL" else value
    if not isinstance(code, str) or pycountry.countries.get(alpha_2=code) is None:
        raise ValueError(template_of("unknown country: give two capitals of ISO 3166, such as RO"))
    return code


_DAY_COUNT_WORDS: Final = {
    "actual/360": "act/360",
    "act/365": "act/365f",
    "actual/365": "act/365f",
    "act/act": "act/act isda",
    "act/act (icma)": "act/act icma",
    "act/act (isda)": "act/act isda",
    "act/act (afb)": "act/act afb",
    "30/360 bond basis": "30/360",
}


def parse_day_count(value: Any) -> Any:  # noqa: ANN401 - what a file holds is checked here
    """
    Return the name of a day count; the usual spellings are understood.

    Raises
    ------
    ValueError
        If the convention is not one of those shipped.
    """
    if not isinstance(value, str):
        raise ValueError(template_of("write the day count as a text"))  # noqa: TRY004 - pydantic collects ValueError
    word = value.strip().lower().replace("actual/actual", "act/act")
    found = _DAY_COUNT_WORDS.get(word, word)
    if found not in DAY_COUNTS:
        raise ValueError(f"unknown day count: one of {', '.join(DAY_COUNTS)}")
    return found


def parse_calendar(value: Any) -> Any:  # noqa: ANN401 - what a file holds is checked here
    """
    Return the name of a calendar; words after the first are a remark.

    Raises
    ------
    ValueError
        If the calendar is not shipped.
    """
    word = str(value).split()[0].lower() if isinstance(value, str) and value.strip() else ""
    if word not in CALENDAR_NAMES:
        raise ValueError(f"unknown calendar: one of {', '.join(CALENDAR_NAMES)}")
    return word


Item = TypeVar("Item")
Many = Annotated[tuple[Item, ...], Field(strict=False)]
"""A JSON list, kept immutable."""

Day = Annotated[date, BeforeValidator(parse_day)]
Cents = Annotated[int, BeforeValidator(parse_cents)]
Country = Annotated[str, BeforeValidator(parse_country)]
Currency = Annotated[str, BeforeValidator(parse_currency)]
DayCountName = Annotated[DayCount, BeforeValidator(parse_day_count)]
CalendarWord = Annotated[CalendarName, BeforeValidator(parse_calendar)]
Id = Annotated[str, Field(pattern=r"\S", max_length=300)]
"""An identifier: something that can be seen."""
Rate = Annotated[float, Field(gt=-0.5, lt=1)]
"""A yearly rate [fraction]; below -50 % nothing would be left to discount."""
Years = Annotated[int, Field(ge=0, le=1000)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]


def calendar_of(name: CalendarName, holidays: tuple[date, ...]) -> Calendar:
    """Return the calendar of a name and its further holidays."""
    return Calendar(name=name, holidays=frozenset(holidays))


def amount(cents: int) -> str:
    """
    Return cents as files write them.

    Examples
    --------
    >>> amount(250200830910), amount(-5)
    ('2502008309.10', '-0.05')
    """
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
