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


def unguarded(text: str) -> str:
    """
    Return a cell's text as it was before :func:`guard`, so that a table of ours comes back as it went.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'Olt"), unguarded("Olt")
    ('=1+1', "'Olt", 'Olt')
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text
