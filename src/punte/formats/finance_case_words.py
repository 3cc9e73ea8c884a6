"""Words of published cases: how often, which days, and how a case is refused."""

import re
from datetime import date
from typing import Final

from punte.kernel.errors import InvalidInputError, Problem

_WORDS_PER_YEAR: Final = {
    "annual": 1,
    "yearly": 1,
    "each year": 1,
    "six-monthly": 2,
    "semi-annual": 2,
    "half-yearly": 2,
    "quarterly": 4,
    "monthly": 12,
}
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def per_year_of(text: str, default: int = 1) -> int:
    """Return how many payments a year the words of a publication mean; ``default`` where they say nothing."""
    # The longest word wins: "six-monthly" holds "monthly".
    found = [word for word in _WORDS_PER_YEAR if word in text.lower()]
    return _WORDS_PER_YEAR[max(found, key=len)] if found else default


def refuse_case(place: str, what: str, remedy: str = "") -> InvalidInputError:
    """Return the error for one fault of a case."""
    return InvalidInputError("The case", [Problem(place=place, what=what, remedy=remedy)])


def iso_days(text: str, place: str) -> list[date]:
    """
    Return the dates ``YYYY-MM-DD`` in a text, in its order.

    Raises
    ------
    InvalidInputError
        If one of them does not exist.
    """
    try:
        return [date.fromisoformat(found) for found in _ISO_DAY.findall(text)]
    except ValueError:
        raise refuse_case(place, f"{text!r} holds a date that does not exist.") from None
