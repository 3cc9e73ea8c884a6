"""How much a loan plan asks to compute: a page answers within seconds, or says before it begins that it cannot."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from punte.apps.funding.bridge.contents import Content
from punte.kernel.errors import InvalidInputError, Problem

MOST_DRAWS: Final = 200
"""Most draws of a plan that is kept [count]: as many as its form holds."""
MOST_PAYMENTS: Final = 150_000
"""Most payments of a plan that is kept, counted over its alternatives and scenarios [count]: seconds of one core."""
_LONGEST: Final = 100
"""The longest loan of the format [years]."""


def require_size(content: Content, *, source: str) -> None:
    """
    Refuse a plan that a page could not compute in a few seconds, before anything of it is computed.

    Raises
    ------
    InvalidInputError
        It has too many draws, or too many payments over its alternatives and scenarios.
    """
    draws, problems = _listed(content, "draws"), []
    if len(draws) > MOST_DRAWS:
        problems.append(
            Problem(
                place="draws",
                what=_("%(count)d draws were written; at most %(most)d are kept.")
                % {"count": len(draws), "most": MOST_DRAWS},
                remedy=_("Put some together, or compute the file with punte finance."),
            )
        )
    elif (payments := _payments(content)) > MOST_PAYMENTS:
        problems.append(
            Problem(
                place="draws",
                what=_(
                    "with the alternatives and scenarios there are %(count)d payments; a page computes at most %(most)d."
                )
                % {"count": payments, "most": MOST_PAYMENTS},
                remedy=_(
                    "Take draws, alternatives or scenarios away, or compute the file with punte finance."
                ),
            )
        )
    if problems:
        raise InvalidInputError(source, problems)


def _payments(content: Content) -> int:
    """Return about how many payments a plan asks for, never fewer than its reader then counts; what makes no sense counts nothing."""
    draws, loans = _listed(content, "draws"), content.get("loans")
    known = loans if isinstance(loans, Mapping) else {}
    own = sum(_of_loan(known.get(str(draw.get("loan")))) for draw in draws)
    others = sum(_of_loan(found.get("loan")) for found in _listed(content, "alternatives"))
    return (own + len(draws) * others) * (1 + len(_listed(content, "scenarios")))


def _of_loan(loan: object) -> int:
    if not isinstance(loan, Mapping):
        return 0
    years, yearly = loan.get("maturity_years"), loan.get("payments_per_year", 1)
    longest = years if isinstance(years, int) and 0 < years < _LONGEST else _LONGEST
    return longest * (yearly if yearly in {1, 2, 4, 12} else 1)


def _listed(content: Content, key: str) -> list[Mapping[str, Any]]:
    found = content.get(key)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
