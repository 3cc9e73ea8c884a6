"""The texts and amounts of a plan can be written, sent and counted with."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from punte.engines.roadmap.instance import Plan
from punte.kernel.errors import Problem
from punte.kernel.markings import marking_in

MOST_AMOUNT: Final = 10**15
"""Largest amount of money in a plan [cash unit]."""

MOST_MONEY: Final = 10**18
"""Largest sum of all amounts of money: the search counts in words of 64 bits."""

MOST_CAPACITY: Final = 10**9
"""Largest capacity or demand."""

LONGEST_ID: Final = 200
"""Characters of an activity's id."""

UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What no XML file, and partly no database, can hold."""

UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
"""What nobody sees: two ids that differ by it alone look the same, and a line break ends a row of a table."""


def text_problems(plan: Plan) -> Iterator[Problem]:
    """Yield each id with a character that nobody sees, each other text with one that cannot be written, and each marking."""
    yield from _marking_problems(plan)
    for place, text in _ids(plan):
        if UNSEEN.search(text):
            yield Problem(
                place=place,
                what=f"the id {text!a} has a control character.",
                remedy="Write ids with letters, digits and signs that are seen.",
            )
    for idx, activity in enumerate(plan.activities):
        if len(activity.id) > LONGEST_ID:
            yield Problem(
                place=f"activities[{idx}].id",
                what=f"the id {activity.id[:40] + '...'!r} has {len(activity.id):,} characters, at most {LONGEST_ID} are kept.",
                remedy="Write a short id, and the long text as the name.",
            )
    for place, text in _texts(plan):
        if UNWRITABLE.search(text):
            yield Problem(
                place=place,
                what=f"the text {text[:60]!a} has a control character.",
                remedy="Take it out.",
            )


def _marking_problems(plan: Plan) -> Iterator[Problem]:
    for is_code, texts in ((True, _ids(plan)), (False, _texts(plan))):
        for place, text in texts:
            marking = marking_in(text, is_code=is_code or place.endswith(".origin"))
            if marking:
                yield Problem(
                    place=place,
                    what=f"is marked {marking!r}.",
                    remedy="Punte takes no classified information, RESTRICTED or above: bring in an unclassified version.",
                )


class _Named(Protocol):
    """What has an id and a name."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


class _Listed(Protocol):
    """What has an id."""

    @property
    def id(self) -> str: ...


def _ids(plan: Plan) -> Iterator[tuple[str, str]]:
    kinds: tuple[tuple[str, Sequence[_Listed]], ...] = (
        ("calendars", plan.calendars),
        ("activities", plan.activities),
        ("resources", plan.resources),
        ("risks", plan.risks),
        ("correlations", plan.correlations),
        ("milestones", plan.milestones),
    )
    for name, rows in kinds:
        for idx, row in enumerate(rows):
            yield f"{name}[{idx}].id", row.id


def _texts(plan: Plan) -> Iterator[tuple[str, str]]:
    yield "name", plan.name
    kinds: tuple[tuple[str, Sequence[_Named]], ...] = (
        ("activities", plan.activities),
        ("resources", plan.resources),
        ("risks", plan.risks),
        ("milestones", plan.milestones),
    )
    for name, rows in kinds:
        for idx, row in enumerate(rows):
            yield f"{name}[{idx}].name", row.name
    for idx, activity in enumerate(plan.activities):
        yield f"activities[{idx}].stage", activity.stage or ""
        yield f"activities[{idx}].origin", activity.origin or ""
    for idx, calendar in enumerate(plan.calendars):
        at = f"calendars[{idx}]"
        yield f"{at}.name", calendar.name
        for hours in (
            *(spans for _, spans in calendar.hours),
            *(e.hours for e in calendar.exceptions),
        ):
            yield f"{at}.hours", "\n".join(hours)
        for number, exception in enumerate(calendar.exceptions):
            yield f"{at}.exceptions[{number}].name", exception.name
    if plan.cash is not None:
        yield "cash.unit", plan.cash.unit
        for idx, inflow in enumerate(plan.cash.inflows):
            yield f"cash.inflows[{idx}].name", inflow.name


def number_problems(plan: Plan) -> Iterator[Problem]:
    """Yield each length, share and probability that is no number at all; nothing else can be asked of such a plan."""
    for place, value in _numbers(plan):
        if not math.isfinite(value):
            yield Problem(place=place, what=f"{value} is no number.", remedy="Write 12 or 7.5.")


def _numbers(plan: Plan) -> Iterator[tuple[str, float]]:
    lengths = [(f"activities[{idx}].duration", a.duration) for idx, a in enumerate(plan.activities)]
    lengths += [(f"risks[{idx}].impact", risk.impact) for idx, risk in enumerate(plan.risks)]
    for place, length in lengths:
        for value in (length.low, length.likely, length.high, length.sd):
            if value is not None:
                yield place, value
    for idx, activity in enumerate(plan.activities):
        if activity.progress is not None:
            yield f"activities[{idx}].progress", activity.progress.percent_complete
    for idx, risk in enumerate(plan.risks):
        yield f"risks[{idx}].probability", risk.probability
    for idx, group in enumerate(plan.correlations):
        yield f"correlations[{idx}].rho", group.rho


def amount_problems(plan: Plan) -> Iterator[Problem]:
    """Yield each amount, capacity and demand that is too large to count with."""
    for place, amount in _amounts(plan):
        if amount > MOST_AMOUNT:
            yield Problem(
                place=place,
                what=f"{_short(amount)} is more than the {MOST_AMOUNT:,} that are counted.",
                remedy="Count in thousands or millions, and say so in cash.unit.",
            )
    total = sum(amount for _, amount in _amounts(plan))
    if total > MOST_MONEY:
        yield Problem(
            place="cash",
            what=f"all costs, incomes and inflows together are {_short(total)}, more than {MOST_MONEY:,}.",
            remedy="Count in thousands or millions, and say so in cash.unit.",
        )
    for place, amount in _capacities(plan):
        if amount > MOST_CAPACITY:
            yield Problem(
                place=place,
                what=f"{_short(amount)} is more than the {MOST_CAPACITY:,} that are counted.",
                remedy="Count in larger units.",
            )


def _short(amount: int) -> str:
    return f"{amount:,}" if amount < 10**24 else f"a number of {len(str(amount))} digits"


def _amounts(plan: Plan) -> Iterator[tuple[str, int]]:
    for idx, activity in enumerate(plan.activities):
        yield f"activities[{idx}].cost", activity.cost
        yield f"activities[{idx}].income", activity.income
    if plan.cash is not None:
        yield "cash.opening", plan.cash.opening
        for idx, inflow in enumerate(plan.cash.inflows):
            yield f"cash.inflows[{idx}].amount", inflow.amount


def _capacities(plan: Plan) -> Iterator[tuple[str, int]]:
    for idx, activity in enumerate(plan.activities):
        for name, amount in activity.demands:
            yield f"activities[{idx}].demands.{name}", amount
    for idx, resource in enumerate(plan.resources):
        for amount in (resource.capacity, *(capacity for _, capacity in resource.changes)):
            yield f"resources[{idx}].capacity", amount
