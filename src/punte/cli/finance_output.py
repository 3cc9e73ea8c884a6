"""What the finance verbs share: where answers go, and that none leaves unchecked."""

from pathlib import Path
from typing import Any

import click

from punte.engines.finance.instance import Portfolio
from punte.engines.finance.terms import contradictions
from punte.formats.writing import as_json, write_bytes
from punte.kernel.errors import InvalidInputError


def put(record: dict[str, Any], output: Path | None) -> None:
    """Write an answer to its file, or to the terminal where none is named."""
    if output is None:
        click.echo(as_json(record).decode(), nl=False)
    else:
        write_bytes(output, as_json(record))


def refuse_violations(violations: tuple[str, ...]) -> None:
    """
    Stop before a wrong answer leaves.

    Raises
    ------
    RuntimeError
        If the checker found anything: the fault is ours, not the input's.
    """
    if violations:
        raise RuntimeError("the checker refused the answer: " + "; ".join(violations[:5]))


def refuse_contradictions(portfolio: Portfolio, source: Path) -> None:
    """
    Refuse a file whose chosen terms say another figure than it computes with: no money moves by a choice in silence.

    Raises
    ------
    InvalidInputError
        With each such term.
    """
    problems = list(contradictions(portfolio))
    if problems:
        raise InvalidInputError(str(source), problems)
