"""What the finance verbs share: where answers go, and that none leaves unchecked."""

from pathlib import Path
from typing import Any

import click

from punte.formats.writing import as_json, write_bytes


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
