"""Read a JSON file against a schema: every fault in one answer, each with its place."""

import json
import math
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.phrases import say, template_of

MAX_BYTES: Final = 64 * 1024 * 1024
"""Largest file that is read [bytes]: ten times the largest forum seen in the benchmarks."""


_ODD_ESCAPE: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_ODD_TEXT: Final = re.compile("[\x00\ud800-\udfff]")


class Record(BaseModel):
    """Root of all file schemas: strict types, unknown keys refused, immutable once read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Schema = TypeVar("Schema", bound=Record)


class _DuplicateKeyError(ValueError):
    """A JSON object names one key twice."""


def _pairs_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKeyError(key)
            seen.add(key)
    return record


def refuse(source: str, what: str, remedy: str = "", place: str = "") -> InvalidInputError:
    """Return a refusal for one fault."""
    return InvalidInputError(source, [Problem(place=place, what=what, remedy=remedy)])


def read_bytes(path: Path) -> bytes:
    """
    Return the content of a file that is small enough to be meant.

    Raises
    ------
    InvalidInputError
        If the file is missing, no file, unreadable, empty or above ``MAX_BYTES``; of a device or pipe that never ends no more is
        read either.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            content = file.read(MAX_BYTES + 1) if size <= MAX_BYTES else b""
        size = max(size, len(content))
        if size > MAX_BYTES:
            raise refuse(
                str(path),
                f"The file has {size:,} bytes or more; at most {MAX_BYTES:,} are read.",
                "Check that it is the file you meant.",
            )
    except OSError as error:
        raise refuse(
            str(path), f"The file cannot be read: {error.strerror}.", "Check its name and rights."
        ) from error
    if not content.strip():
        raise refuse(str(path), "The file is empty.", "Write it again from where it came.")
    return content


_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def plain_number(text: str) -> float | None:
    """
    Return the number that a cell or element holds; ``None`` for what only Python takes for one.

    Examples
    --------
    >>> plain_number(" 7.5 "), plain_number("1_0"), plain_number("nan"), plain_number("\u0661\u0662"), plain_number("1e999")
    (7.5, None, None, None, None)
    """
    found = float(text) if _NUMBER.fullmatch(text.strip()) else math.nan
    return found if math.isfinite(found) else None


def plain_whole(text: str) -> int | None:
    """
    Return the whole number that a text holds, of at most 18 digits; ``None`` for what only Python takes for one.

    Examples
    --------
    >>> plain_whole("-12"), plain_whole("1_0"), plain_whole("\u0661")
    (-12, None, None)
    """
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip()) else None


def parse_json(content: bytes, *, source: str, odd_texts: bool = False) -> dict[str, Any]:
    """
    Return the object that a JSON text holds.

    Parameters
    ----------
    content
        UTF-8, with or without a byte-order mark.
    source
        Name used in messages.
    odd_texts
        Whether texts may hold NUL and halves of characters, which no other file and no database can hold.

    Raises
    ------
    InvalidInputError
        If it is no UTF-8, no JSON, nested too deeply, names a key twice, holds NaN or odd texts, or is no object.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            source,
            say("Byte %(place)s is no UTF-8.", place=f"{error.start:,}"),
            template_of("Save the file as UTF-8."),
        ) from error
    try:
        found = json.loads(text, object_pairs_hook=_pairs_without_duplicates)
    except json.JSONDecodeError as error:
        raise refuse(
            source,
            say("This is no JSON: %(fault)s.", fault=_said(error.msg)),
            template_of("The file may have been cut off; write it again."),
            f"line {error.lineno}, column {error.colno}",
        ) from error
    except _DuplicateKeyError as error:
        raise refuse(
            source, say("The key %(key)s stands twice in one object.", key=repr(error.args[0]))
        ) from error
    except RecursionError as error:
        raise refuse(source, say("The JSON is nested too deeply.")) from error
    except ValueError as error:  # an integer with thousands of digits
        raise refuse(
            source, say("A number cannot be read: %(fault)s.", fault=str(error))
        ) from error
    if not isinstance(found, dict):
        raise refuse(
            source,
            say("The file must hold one JSON object."),
            template_of('It begins with "{".'),
        )
    if not odd_texts and _ODD_ESCAPE.search(text):
        problems = list(_odd_texts(found))
        if problems:
            raise InvalidInputError(source, problems)
    return found


def _odd_texts(record: dict[str, Any]) -> Iterator[Problem]:
    """Yield each text with NUL or half a character (a lone surrogate), in no deeper a walk than the JSON is nested."""
    stack: list[tuple[tuple[int | str, ...], Any]] = [((), record)]
    while stack:
        location, value = stack.pop()
        if isinstance(value, dict):
            stack += [((*location, key), inner) for key, inner in reversed(value.items())]
            stack += [((*location, key), key) for key in value if _ODD_TEXT.search(key)]
        elif isinstance(value, list):
            stack += [((*location, idx), value[idx]) for idx in reversed(range(len(value)))]
        elif isinstance(value, str) and _ODD_TEXT.search(value):
            yield Problem(
                place=ascii(place_of(location))[1:-1],
                what=say(
                    "the text %(text)s holds NUL or half a character, which no other file can hold.",
                    text=ascii(value[:60]),
                ),
                remedy=template_of("Take it out, or write the text again."),
            )


def place_of(location: tuple[int | str, ...]) -> str:
    """
    Return a path into a file as a person writes it.

    Examples
    --------
    >>> place_of(("requests", 3, "between", 0))
    'requests[3].between[0]'
    """
    place = ""
    for step in location:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
    return place


def _as_problem(detail: ErrorDetails) -> Problem:
    place = place_of(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return Problem(place=place, what=say("this key is not known here."))
    if detail["type"] == "missing":
        return Problem(place=place, what=say("this key is missing."))
    fault, shown = _fault(detail), repr(detail["input"])
    if detail["input"] == "":
        return Problem(place=place, what=say("%(fault)s.", fault=fault))
    what = (
        say("%(fault)s, found %(found)s.", fault=fault, found=shown)
        if len(shown) <= _MOST_SHOWN
        else say("%(fault)s.", fault=fault)
    )
    return Problem(place=place, what=what)


def _fault(detail: ErrorDetails) -> str:
    """Return what is wrong as a sentence that pages can say in another language; rarer faults in the words of the library."""
    message = detail["msg"]
    if detail["type"] == "value_error":
        return say(message.removeprefix("Value error, ").replace("%", "%%"))
    if message.endswith(r"'\S'"):
        return say("this is empty")
    template = _LIMITS.get(detail["type"])
    if template is not None:
        begin, _, limit = message.rpartition(" to " if " to " in message else " than ")
        if begin:
            return say(template, limit=limit)
    if detail["type"] == "literal_error":
        return say("should be %(words)s", words=message.removeprefix("Input should be "))
    return _said(message[0].lower() + message[1:])


def _said(message: str) -> str:
    """Return a fault in the library's words so that pages can say the usual ones in another language."""
    if message in _USUAL:
        return say(message)
    for begin, template in _BEGINNINGS.items():
        if message.startswith(begin):
            return say(template)
    counted = _COUNTED.fullmatch(message)
    return say(_MOST[counted[1]], limit=counted[2]) if counted else message


_USUAL: Final = frozenset(
    {
        template_of("input should be a valid string"),
        template_of("input should be a valid list"),
        template_of("input should be a valid dictionary"),
        template_of("input should be a valid boolean"),
        template_of("input should be a valid integer"),
        template_of("input should have timezone info"),
        template_of("Expecting value"),
        template_of("Extra data"),
        template_of("Unterminated string starting at"),
        template_of("Expecting property name enclosed in double quotes"),
        template_of("Expecting ',' delimiter"),
        template_of("Expecting ':' delimiter"),
    }
)
_BEGINNINGS: Final = {
    "input should be a valid UUID, ": template_of("input should be a valid UUID"),
    "input should be a valid datetime, ": template_of("input should be a valid datetime"),
    "input should be a valid datetime or date, ": template_of("input should be a valid datetime"),
}
"""Behind these stands how the library read it, which tells a person nothing."""
_COUNTED: Final = re.compile(
    r"(string|list) should have at most (\d+) (?:characters|items)(?: after validation, not \d+)?"
)
_MOST: Final = {
    "string": template_of("string should have at most %(limit)s characters"),
    "list": template_of("list should have at most %(limit)s items"),
}


_LIMITS: Final = {
    "greater_than_equal": template_of("should be at least %(limit)s"),
    "less_than_equal": template_of("should be at most %(limit)s"),
    "greater_than": template_of("should be more than %(limit)s"),
    "less_than": template_of("should be less than %(limit)s"),
}
_MOST_SHOWN: Final = 60
"""The longest text that a fault repeats [characters]."""


def check_format(record: dict[str, Any], expected: str, *, source: str) -> None:
    """
    Refuse a file of another kind before its details are complained about.

    Raises
    ------
    InvalidInputError
        If ``format`` is missing or differs from ``expected``.
    """
    found = record.get("format")
    if found != expected:
        raise refuse(
            source,
            say("is %(found)s, expected %(expected)s.", found=repr(found), expected=repr(expected)),
            template_of("Give a file of that kind, or convert it with an import command."),
            "format",
        )


def validate(record: dict[str, Any], schema: type[Schema], *, source: str) -> Schema:
    """
    Return ``record`` as ``schema``.

    Raises
    ------
    InvalidInputError
        With every fault found, in the order of the file.
    """
    try:
        return schema.model_validate(record)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        told = [detail for detail in details if not _is_echo(detail, details)]
        raise InvalidInputError(source, [_as_problem(detail) for detail in told]) from None


def _is_echo(detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Whether a list is called too short only because an entry of it was refused, which is told already."""
    loc = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in details
    )
