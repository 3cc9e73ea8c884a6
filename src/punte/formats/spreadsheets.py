"""Cells that a spreadsheet shows and does not run."""

from decimal import Decimal
from typing import Final

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


def guard(cell: object) -> str:
    """
    Return a cell's text; one that a spreadsheet would run as a formula begins with an apostrophe.

    References
    ----------
    OWASP, CSV Injection.

    Examples
    --------
    >>> guard("=1+1"), guard(-4), guard("Olt")
    ("'=1+1", '-4', 'Olt')
    """
    if isinstance(cell, int | float | Decimal):
        return str(cell)
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
