"""Sentences with their values apart, so that a page can say them in another language than the one they were made in."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

Value = str | int | float | date | Fraction | tuple[str, ...]
"""What a sentence names: a share is a fraction, several names are a tuple, a sentence may stand in another."""

NONE: Final = "none"
"""What stands for no name at all."""


class Phrase(str):
    """
    An English sentence that knows its template and its values.

    It is that sentence wherever a text is asked for; pages translate the template and set the values in the reader's language.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, Value]


def say(template: str, /, **values: Value) -> Phrase:
    """
    Return a sentence from a template with ``%(name)s`` and its values.

    The tool that gathers the strings to translate reads the first argument, so it must be a literal or come from `template_of`.

    Examples
    --------
    >>> say("%(share)s from outside; at most %(limit)s", share=Fraction(3, 8), limit=Fraction(7, 20))
    '37.5% from outside; at most 35%'
    """
    made = Phrase(template % {name: _english(value) for name, value in values.items()})
    made.template, made.values = template, values
    return made


def template_of(text: str) -> str:
    """Return a template unchanged; it marks one that is chosen from several before it is said."""
    return text


def _english(value: Value) -> str:
    if isinstance(value, Fraction):
        return f"{float(100 * value):.2f}".rstrip("0").rstrip(".") + "%"
    if isinstance(value, tuple):
        return ", ".join(value) or NONE
    return str(value)


def said_record(text: str) -> dict[str, Any] | str:
    """
    Return a sentence as JSON values: its template and values, or a text without them as it is.

    Shares become floating-point numbers, which tells them from counts; dates become texts.
    """
    if not isinstance(text, Phrase):
        return text
    return {
        "template": text.template,
        "values": {name: _plain(value) for name, value in text.values.items()},
    }


def _plain(value: Value) -> object:
    if isinstance(value, str):
        return said_record(value)
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
