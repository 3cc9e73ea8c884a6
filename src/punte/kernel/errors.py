"""The one error root, and the shape of a complaint about input."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


class PunteError(Exception):
    """
    A question that makes no sense, said so that a person can mend it.

    The text says what was asked, why it cannot be and what to do, with names and values. "Infeasible",
    "unknown" and "not visible" are results, never errors.

    Parameters
    ----------
    field
        Name of the form's field that is wrong; empty where it is none, or where the text names it.
    """

    field: str = ""

    def at(self, field: str) -> Self:
        """Return the error, said of one field of a form: ``raise PunteError(...).at("capacity")``."""
        self.field = field
        return self


class ChangedMeanwhileError(PunteError):
    """Somebody else changed what is written or answered since it was read; nothing is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    One fault of an input.

    Parameters
    ----------
    place
        Where: ``requests[3].weight``, ``row 17, column Slot``, ``line 4``.
    what
        What is wrong, with the value that was found.
    remedy
        What to do about it; empty when ``what`` already says it.
    """

    place: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.place}: {self.what}" if self.place else self.what
        return f"{text} {self.remedy}" if self.remedy else text


class InvalidInputError(PunteError):
    """
    An input that was refused, with all its problems at once.

    Parameters
    ----------
    source
        What was read: a file name, or the name of a form.
    problems
        At least one problem, in the order of the input.

    Examples
    --------
    >>> print(InvalidInputError("I.json", [Problem(place="slots[0].id", what="is missing.")]))
    I.json was refused, 1 problem:
      slots[0].id: is missing.
    """

    SHOWN = 50

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [f"{source} was refused, {count} problem{'' if count == 1 else 's'}:"]
        lines += [f"  {problem}" for problem in self.problems[: self.SHOWN]]
        if count > self.SHOWN:
            lines.append(f"  ... and {count - self.SHOWN} more of them.")
        super().__init__("\n".join(lines))
