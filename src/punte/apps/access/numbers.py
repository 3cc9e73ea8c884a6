"""Numbers as people type them in a form: one reader for every page, by the language of its reader."""

import re
from decimal import Decimal
from typing import Final

from babel.numbers import NumberFormatError, get_decimal_symbol, parse_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from punte.kernel.errors import Problem, PunteError

WRITINGS: Final = ("en", "ro")
"""The two ways of writing that are understood: 1,800.50 and 1.800,50."""
_PLAIN: Final = re.compile(r"[+-]?[0-9][0-9.,]*")
_SPACED: Final = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_MOST: Final = 40
MOST_MONEY: Final = 10**14
"""Greatest amount that the engines take [whole units of a currency]."""


class UnreadableNumberError(PunteError):
    """A text is no number, or could be two."""


def read_number(text: str, *, decimals: int | None = None) -> Decimal:
    """
    Return the number that a person typed, in the writing of the reader's language or in the other where only that gives one.

    Parameters
    ----------
    decimals
        Most digits after the decimal sign that make sense [count]; more of them mean that a mark of thousands was meant,
        or cannot be told from one.

    Raises
    ------
    UnreadableNumberError
        Saying what could have been meant, where there are two readings; nothing is guessed.

    Examples
    --------
    In English ``1800,50``, ``1.800,50`` and ``1,800.50`` are all 1800.50; ``1.800`` as an amount of money is refused.
    """
    shown = text.strip()[:_MOST]
    compact = re.sub(r"[\s\u00a0\u202f]", " ", text.strip()).replace("\N{MINUS SIGN}", "-")
    if _SPACED.fullmatch(compact):
        compact = compact.replace(" ", "")
    if len(compact) > _MOST or not _PLAIN.fullmatch(compact):
        raise UnreadableNumberError(_("“%(text)s” is no number.") % {"text": shown})
    own, *_others = sorted(WRITINGS, key=lambda one: one != _writing())
    found = {one: number for one in WRITINGS if (number := _parsed(compact, one)) is not None}
    if own in found and (decimals is None or _digits(found[own]) <= decimals):
        return found[own]
    readings = sorted(set(found.values()))
    if len(readings) == 1:
        return readings[0]
    if not readings:
        raise UnreadableNumberError(
            _("“%(text)s” is no number: its marks of thousands and decimals do not fit together.")
            % {"text": shown}
        )
    raise UnreadableNumberError(
        _("“%(text)s” can be read as %(one)s or as %(other)s.")
        % {
            "text": shown,
            "one": write_number(readings[0].normalize()),
            "other": write_number(readings[-1].normalize()),
        }
    )


def write_number(value: Decimal | float | str) -> str:
    """Return a number for a field of a form: the reader's decimal sign, no mark of thousands, so that it is read back the same."""
    return f"{Decimal(str(value)):f}".replace(".", get_decimal_symbol(_writing()))


def how_to_write() -> str:
    """Return how an amount is written so that it has one reading, in the reader's language."""
    return _("Write it without a mark of thousands, such as %(sample)s.") % {
        "sample": write_number("1250.50")
    }


def read_amount(
    text: str, place: str, problems: list[Problem], *, may_be_negative: bool = False
) -> str:
    """
    Return an amount of money as files hold it; what cannot be one becomes a problem at its place.

    Parameters
    ----------
    may_be_negative
        Whether who reads the amount on says so himself.
    """
    try:
        amount = read_number(text, decimals=2)
    except UnreadableNumberError as error:
        problems.append(Problem(place=place, what=str(error), remedy=how_to_write()))
        return "0"
    what = ""
    if amount < 0 and not may_be_negative:
        what = _("An amount cannot be negative, as “%(found)s” is. Write it without a sign.") % {
            "found": write_number(amount)
        }
    elif _digits(amount) > 2:
        what = _("An amount has at most two decimals.")
    elif amount > MOST_MONEY:
        what = _("An amount above %(most)s was mistyped.") % {"most": write_number(MOST_MONEY)}
    if what:
        problems.append(Problem(place=place, what=what))
        return "0"
    return f"{amount:f}"


def _writing() -> str:
    return "en" if (get_language() or "en").startswith("en") else "ro"


def _parsed(text: str, locale: str) -> Decimal | None:
    try:
        return parse_decimal(text, locale=locale, strict=True)
    except NumberFormatError:
        return None


def _digits(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
