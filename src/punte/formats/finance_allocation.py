"""The files ``punte.finance.allocation/1`` and ``punte.finance.plan/1``: projects, budgets, decisions; and what follows."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from punte.engines.finance.allocation import (
    POINTS,
    Allocation,
    Budget,
    Capacity,
    Decision,
    Eligibility,
    Figure,
    Project,
    checked_allocation,
)
from punte.engines.finance.plan import Funded, Plan, Price, Unfunded
from punte.formats.finance_fields import Cents, Count, Currency, Id, Many, Share, amount
from punte.formats.finance_ledger import Provenance
from punte.formats.reading import Record, check_format, parse_json, validate
from punte.kernel.errors import InvalidInputError, Problem

ALLOCATION: Final = "punte.finance.allocation/1"
PLAN: Final = "punte.finance.plan/1"

Year = Annotated[int, Field(ge=1900, le=2200)]
YearKey = Annotated[str, Field(pattern=r"^(19|20|21)\d\d$")]


class FigureFile(Record):
    """An amount as one source gives it; ``null`` where it gives none."""

    amount: Cents | None
    source: str = ""
    verified: bool = False
    chosen: bool = False
    reason: str = ""


class BudgetFile(Record):
    """Where money comes from."""

    id: Id
    name: str = ""
    envelope: Cents
    last_year: Year
    yearly_cash: dict[YearKey, Cents] = {}


class CapacityFile(Record):
    """Something besides money that is short."""

    id: Id
    name: str = ""
    per_year: Count


class EligibilityFile(Record):
    """A verdict handed in."""

    budget: str
    verdict: Literal["eligible", "not", "unknown"] = "eligible"
    reason: str = ""


class ProjectFile(Record):
    """Something to fund, whole or not at all."""

    id: Id
    name: str = ""
    figures: Many[FigureFile] = Field(min_length=1)
    value: Annotated[int, Field(ge=0, le=1_000_000_000)] = 1
    budgets: Many[EligibilityFile] = ()
    spread: Many[Share] = (1.0,)
    earliest_year: Year
    latest_year: Year
    uses: dict[str, Count] = {}
    requires: Many[str] = ()
    excludes: Many[str] = ()
    chances: dict[YearKey, Share] = {}


class DecisionFile(Record):
    """What a person decided."""

    project: str
    fund: bool
    budget: str | None = None
    start_year: Year | None = None
    by: str = ""
    reason: str = ""


class AllocationFile(Record):
    """The whole file."""

    format: Literal["punte.finance.allocation/1"]
    name: str = ""
    currency: Currency = "EUR"
    budgets: Many[BudgetFile] = Field(min_length=1)
    capacities: Many[CapacityFile] = ()
    projects: Many[ProjectFile] = Field(min_length=1)
    decisions: Many[DecisionFile] = ()


def parse_allocation(record: dict[str, Any], *, source: str) -> Allocation:
    """
    Return the checked question of a JSON object.

    Raises
    ------
    InvalidInputError
        With every fault, each with its place.
    """
    check_format(record, ALLOCATION, source=source)
    file = validate(record, AllocationFile, source=source)
    question = Allocation(
        name=file.name,
        currency=file.currency,
        budgets=tuple(
            Budget(
                id=budget.id,
                name=budget.name,
                envelope_cents=budget.envelope,
                last_year=budget.last_year,
                yearly_cash=tuple(sorted((int(y), c) for y, c in budget.yearly_cash.items())),
            )
            for budget in file.budgets
        ),
        capacities=tuple(Capacity(**capacity.model_dump()) for capacity in file.capacities),
        projects=tuple(_project_of(project) for project in file.projects),
        decisions=tuple(Decision(**decision.model_dump()) for decision in file.decisions),
    )
    return checked_allocation(question, source=source)


def _project_of(file: ProjectFile) -> Project:
    return Project(
        id=file.id,
        name=file.name,
        figures=tuple(
            Figure(
                cents=figure.amount,
                source=figure.source,
                verified=figure.verified,
                chosen=figure.chosen,
                reason=figure.reason,
            )
            for figure in file.figures
        ),
        value=file.value,
        budgets=tuple(Eligibility(**found.model_dump()) for found in file.budgets),
        spread=file.spread,
        earliest_year=file.earliest_year,
        latest_year=file.latest_year,
        uses=tuple(file.uses.items()),
        requires=file.requires,
        excludes=file.excludes,
        chances=tuple(sorted((int(year), chance) for year, chance in file.chances.items())),
    )


def with_decisions(
    question: Allocation, locked: tuple[str, ...], excluded: tuple[str, ...]
) -> Allocation:
    """
    Return ``question`` with further decisions; one on the same project replaces the file's.

    Raises
    ------
    InvalidInputError
        If a project is not in the question, or is both locked and excluded.
    """
    both = sorted(set(locked) & set(excluded))
    if both:
        problem = Problem(place="decisions", what=f"{both[0]!r} is both locked and excluded.")
        raise InvalidInputError("The command", [problem])
    given = [Decision(project=name, fund=True, by="command line") for name in locked]
    given += [Decision(project=name, fund=False, by="command line") for name in excluded]
    named = {decision.project for decision in given}
    kept = [decision for decision in question.decisions if decision.project not in named]
    joined = replace(question, decisions=(*kept, *given))
    return checked_allocation(joined, source="The command")


def plan_record(question: Allocation, plan: Plan, provenance: Provenance) -> dict[str, Any]:
    """Return the answer of ``punte finance allocate``."""
    names = {project.id: project.name for project in question.projects}
    gap = None
    if plan.points is not None and plan.bound_points is not None:
        gap = (plan.bound_points - plan.points) / plan.bound_points if plan.bound_points else 0.0
    return {
        "format": PLAN,
        **provenance.record(),
        "name": question.name,
        "currency": question.currency,
        "status": plan.status,
        "reason": plan.reason,
        "value": _value(plan.points),
        "bound": _value(plan.bound_points),
        "gap": gap,
        "value_without_decisions": _value(plan.optimum_points),
        "cost": amount(plan.cost_cents),
        "funded": [_funded_record(line, names) for line in plan.funded],
        "unfunded": [_unfunded_record(line, names) for line in plan.unfunded],
        "prices": [_price_record(price, question.currency) for price in plan.prices],
    }


def _value(points: int | None) -> float | None:
    return None if points is None else points / POINTS


def _funded_record(line: Funded, names: dict[str, str]) -> dict[str, Any]:
    option = line.option
    return {
        "project": option.project,
        "name": names[option.project],
        "budget": option.budget,
        "start_year": option.start_year,
        "cost": amount(option.cost_cents),
        "cash": {str(year): amount(cents) for year, cents in option.cash},
        "value": _value(option.points),
        "decided_by": "person" if line.decided else "optimum",
        "in_optimum_without_decisions": line.in_optimum,
    }


def _unfunded_record(line: Unfunded, names: dict[str, str]) -> dict[str, Any]:
    return {
        "project": line.project,
        "name": names[line.project],
        "code": line.code,
        "reason": line.reason,
        "value_lost_with_it": _value(line.loss_points),
        "gives_way": list(line.gives_way),
        "in_optimum_without_decisions": line.in_optimum,
    }


def _price_record(price: Price, currency: str) -> dict[str, Any]:
    limit = price.limit
    is_money = limit.kind != "capacity"

    def size(number: int) -> str | int:
        return amount(number) if is_money else number

    return {
        "limit": limit.kind,
        "id": limit.id,
        "year": limit.year,
        "size": size(limit.size),
        "used": size(price.used),
        "one_step_more": size(price.step),
        "adds_value": _value(price.step_points),
        "buys": list(price.step_buys),
        "least_that_pays": None if price.next_extra is None else size(price.next_extra),
        "then_adds_value": _value(price.next_points),
        "then_buys": list(price.next_buys),
        "relaxed_value_of_a_step": round(price.relaxed_points / POINTS, 10),
        "sentence": price_sentence(price, currency),
    }


def price_sentence(price: Price, currency: str) -> str:
    """Return the price of a limit in words, such as "one more million would buy ..."."""
    limit = price.limit
    where = f"{limit.kind} of {limit.id}" + (f" in {limit.year}" if limit.year else "")
    step = f"one more {currency} million" if limit.kind != "capacity" else "one more unit"
    if price.step_points:
        bought = ", ".join(price.step_buys) or "a better year"
        return f"{where}: {step} would buy {bought}, worth {price.step_points / POINTS:g} more"
    if price.next_extra is None:
        return f"{where}: {step} would buy nothing, and no growth of this limit alone would"
    more = (
        f"{currency} {price.next_extra / 100:,.2f}"
        if limit.kind != "capacity"
        else f"{price.next_extra} units"
    )
    bought = ", ".join(price.next_buys) or "a better year"
    return f"{where}: {step} would buy nothing; {more} more would buy {bought}"


def compare_plans(
    first: dict[str, Any], second: dict[str, Any], *, sources: tuple[str, str]
) -> dict[str, Any]:
    """
    Return how two plans differ: projects only in one, moved in budget or year, value and cost.

    Raises
    ------
    InvalidInputError
        If one is no answer of ``punte finance allocate``.
    """
    for record, source in zip((first, second), sources, strict=True):
        check_format(record, PLAN, source=source)
        if not isinstance(record.get("funded"), list):
            raise InvalidInputError(source, [Problem(place="funded", what="must be a list.")])
    before = {line["project"]: line for line in first["funded"]}
    after = {line["project"]: line for line in second["funded"]}
    moved = [
        {
            "project": name,
            "from": [before[name]["budget"], before[name]["start_year"]],
            "to": [after[name]["budget"], after[name]["start_year"]],
        }
        for name in before
        if name in after
        and (before[name]["budget"], before[name]["start_year"])
        != (after[name]["budget"], after[name]["start_year"])
    ]
    return {
        "format": "punte.finance.plan-comparison/1",
        "first": sources[0],
        "second": sources[1],
        "value": [first.get("value"), second.get("value")],
        "cost": [first.get("cost"), second.get("cost")],
        "only_in_first": [name for name in before if name not in after],
        "only_in_second": [name for name in after if name not in before],
        "moved": moved,
        "same": not moved and before.keys() == after.keys(),
    }


def parse_plan(content: bytes, path: Path) -> dict[str, Any]:
    """
    Return the plan that a file holds.

    Raises
    ------
    InvalidInputError
        If it holds no plan.
    """
    record = parse_json(content, source=str(path))
    check_format(record, PLAN, source=str(path))
    return record
