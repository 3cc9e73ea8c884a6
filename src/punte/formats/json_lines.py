"""JSON lines: read one at a time, so that a long file needs no more memory than what is kept of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from punte.formats import reading
from punte.formats.reading import Schema, parse_json, refuse, validate
from punte.kernel.errors import InvalidInputError, Problem

MOST_OF_A_LINE: Final = 64 * 1024 * 1024
"""Longest line that is read [bytes]."""


def read_lines(path: Path, schema: type[Schema]) -> list[tuple[int, Schema]]:
    """
    Return the records of a JSON lines file with their line numbers; empty lines are passed over.

    Raises
    ------
    InvalidInputError
        With every fault of every line, or if it is above ``reading.MAX_BYTES``.
    """
    return list(each_line(path, schema, most_bytes=reading.MAX_BYTES))


def each_line(path: Path, schema: type[Schema], *, most_bytes: int) -> Iterator[tuple[int, Schema]]:
    """
    Yield the records of a JSON lines file with their line numbers, one in memory at a time.

    From the first fault on nothing more is yielded; the rest is read for its faults.

    Parameters
    ----------
    most_bytes
        Largest file that is read [bytes].

    Raises
    ------
    InvalidInputError
        At the end, with every fault of every line; at once, if the file cannot be read, is empty or too large.
    """
    source = str(path)
    problems: list[Problem] = []
    is_empty = True
    for number, line in _raw_lines(path, most_bytes):
        if not line.strip():
            continue
        is_empty = False
        try:
            record = validate(
                parse_json(line, source=source, odd_texts=True), schema, source=source
            )
        except InvalidInputError as error:
            problems.extend(_at_line(number, problem) for problem in error.problems)
            continue
        if not problems:
            yield number, record
    if problems:
        raise InvalidInputError(source, problems)
    if is_empty:
        raise refuse(source, "The file is empty.", "Write it again from where it came.")


def _raw_lines(path: Path, most_bytes: int) -> Iterator[tuple[int, bytes]]:
    total = 0
    try:
        with path.open("rb") as file:
            _refuse_size(path, path.stat().st_size, most_bytes)
            for number, line in enumerate(_lines_of(file), start=1):
                total += len(line)
                _refuse_size(path, total, most_bytes)  # a pipe has no size beforehand
                if len(line) > MOST_OF_A_LINE:
                    raise refuse(
                        str(path),
                        f"is longer than {MOST_OF_A_LINE:,} bytes.",
                        "Write one JSON object a line.",
                        f"line {number}",
                    )
                yield number, line
    except OSError as error:
        raise refuse(
            str(path), f"The file cannot be read: {error.strerror}.", "Check its name and rights."
        ) from error


def _lines_of(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(MOST_OF_A_LINE + 1):
        yield line


def _refuse_size(path: Path, size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise refuse(
            str(path),
            f"The file has {size:,} bytes or more; at most {most_bytes:,} are read.",
            "Check that it is the file you meant.",
        )


def _at_line(number: int, problem: Problem) -> Problem:
    inner = problem.place.removeprefix("line 1, ")
    place = f"line {number}, {inner}" if inner else f"line {number}"
    return Problem(place=place, what=problem.what, remedy=problem.remedy)
