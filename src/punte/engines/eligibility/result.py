"""The answer: eligible, not, or unknown, with the tree of reasons, margins, what is missing and what would mend it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from punte.kernel.money import Money

State = Literal["eligible", "not", "unknown"]
"""Of a verdict or of one reason: certainly yes, certainly no, or it depends on what is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """
    A number against its limit.

    Parameters
    ----------
    low, high
        Value at best and at worst for what is not known; equal when all is known.
    limit
        What it is compared with, in the same unit.
    slack
        Room left at worst; negative when the limit is broken.
    unit
        ``share`` (fraction) or ``countries``.
    slack_money
        The slack of a share of costs as money: what more may be sourced from outside in place of inside, or below 0 what must be
        replaced; ``None`` where nothing bounds the cost.
    """

    low: float
    high: float
    limit: float
    slack: float
    unit: Literal["share", "countries"]
    slack_money: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """
    One node of the tree of reasons.

    Parameters
    ----------
    text
        What was found, with names and values.
    missing
        Places of the case that, once known, would decide it.
    rule, article, sources, verified
        Set where the node is a rule.
    """

    state: State
    text: str
    rule: str = ""
    title: str = ""
    article: str = ""
    verified: bool = True
    sources: tuple[str, ...] = ()
    margin: Margin | None = None
    missing: tuple[str, ...] = ()
    parts: tuple["Reason", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    One step that would mend a "no".

    Parameters
    ----------
    place
        Where in the case.
    text
        What to change, in words.
    rule
        The rule it mends.
    """

    place: str
    text: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    The judgement under one reading of the category.

    Parameters
    ----------
    fix
        What would mend a "no"; ``None`` where nothing is to be mended or no change was found.
    fewest_steps
        No change has fewer steps, so that a ``fix`` of this length is proved the smallest; ``None`` where no change can mend it.
    """

    category: str
    state: State
    reasons: tuple[Reason, ...]
    advice: tuple[Reason, ...] = ()
    fix: tuple[Change, ...] | None = None
    fewest_steps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The state of the same case over a stretch of days; ``last`` is ``None`` for open."""

    first: date
    last: date | None
    state: State
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    The whole answer.

    Parameters
    ----------
    state
        ``eligible`` or ``not`` only if every reading of the category says so.
    on
        Day of judgement.
    missing
        Places of the case that some reading waits for.
    periods
        The same case judged at every date on which a rule or a status changes.
    """

    rules: str
    rules_version: str
    on: date
    state: State
    readings: tuple[Reading, ...]
    missing: tuple[str, ...]
    periods: tuple[Period, ...]
