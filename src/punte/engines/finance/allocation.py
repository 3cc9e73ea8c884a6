"""The question of allocation: which projects, when, from which budget, and what a person has decided already."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from punte.kernel.errors import InvalidInputError, Problem

POINTS: Final = 10_000
"""Parts into which a probability is cut, so that expected values are whole numbers and optima exact."""

Verdict = Literal["eligible", "not", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """
    What one source says that a project costs; sources that disagree all stay.

    Parameters
    ----------
    cents
        [cents], >= 0; ``None`` where the source names the project without an amount.
    chosen
        Whether a person took this one; ``reason`` says why.
    """

    cents: int | None
    source: str = ""
    verified: bool = False
    chosen: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """
    Where money comes from.

    Parameters
    ----------
    envelope_cents
        In all [cents], >= 0.
    last_year
        Last calendar year in which it pays; later payments would lapse.
    yearly_cash
        ``(year, cents)``: most that it pays in a year; years not named are unlimited.
    """

    id: str
    name: str = ""
    envelope_cents: int
    last_year: int
    yearly_cash: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Something besides money that is short, such as a yard or a team: units each year, >= 0."""

    id: str
    name: str = ""
    per_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether a budget may pay for a project, by a verdict handed in; only ``eligible`` counts."""

    budget: str
    verdict: Verdict = "eligible"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """
    Something to fund, whole or not at all.

    Parameters
    ----------
    value
        What it is worth to the authority, >= 0; only ratios matter.
    spread
        Share of the cost in each year from its start [fractions], summing to 1.
    earliest_year, latest_year
        First and last year in which it may start; milestones set the first.
    uses
        ``(capacity, units)`` in each year of its spread.
    requires, excludes
        Ids of projects that must, or must not, be funded with it.
    chances
        ``(start year, probability)`` that a start then holds [fraction]; a year not named has that of the last named year before
        it, and 0 where there is none; 1 in all years where none is named.
    """

    id: str
    name: str = ""
    figures: tuple[Figure, ...]
    value: int = 1
    budgets: tuple[Eligibility, ...] = ()
    spread: tuple[float, ...] = (1.0,)
    earliest_year: int
    latest_year: int
    uses: tuple[tuple[str, int], ...] = ()
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    chances: tuple[tuple[int, float], ...] = ()

    def chance_of(self, start_year: int) -> float:
        """Return the probability that a start in a year holds: what becomes likelier with time is at least what it was before."""
        if not self.chances:
            return 1.0
        named = [(year, chance) for year, chance in self.chances if year <= start_year]
        return max(named)[1] if named else 0.0

    @property
    def cost_cents(self) -> int | None:
        """The amount that counts [cents]: the chosen one, or the only one; ``None`` when unknown or in dispute."""
        chosen = [figure.cents for figure in self.figures if figure.chosen]
        if chosen:
            return chosen[0]
        known = {figure.cents for figure in self.figures if figure.cents is not None}
        return known.pop() if len(known) == 1 else None

    @property
    def is_disputed(self) -> bool:
        """Whether sources disagree and nobody has chosen."""
        known = {figure.cents for figure in self.figures if figure.cents is not None}
        return len(known) > 1 and not any(figure.chosen for figure in self.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    What a person decided: fund it (from ``budget``, from ``start_year`` where given), or leave it out.

    Parameters
    ----------
    fund
        ``True`` locks the project in, ``False`` out.
    """

    project: str
    fund: bool
    budget: str | None = None
    start_year: int | None = None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The whole question. Built by :func:`checked_allocation`."""

    name: str = ""
    currency: str = "EUR"
    budgets: tuple[Budget, ...]
    capacities: tuple[Capacity, ...] = ()
    projects: tuple[Project, ...]
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """
    One way to fund a project.

    Parameters
    ----------
    cash
        ``(year, cents)`` that sum to the cost exactly.
    points
        Expected value in ten-thousandths.
    """

    project: str
    budget: str
    start_year: int
    cost_cents: int
    cash: tuple[tuple[int, int], ...]
    points: int


def options_of(project: Project, budgets: tuple[Budget, ...]) -> tuple[Option, ...]:
    """Return every way to fund ``project`` whose last payment lies within its budget's time; none when its cost is unknown."""
    cost = project.cost_cents
    if cost is None:
        return ()
    eligible = {found.budget for found in project.budgets if found.verdict == "eligible"}
    return tuple(
        Option(
            project=project.id,
            budget=budget.id,
            start_year=start,
            cost_cents=cost,
            cash=_cash(project, cost, start),
            points=project.value * round(project.chance_of(start) * POINTS),
        )
        for budget in budgets
        if budget.id in eligible
        for start in range(project.earliest_year, project.latest_year + 1)
        if start + len(project.spread) - 1 <= budget.last_year
    )


def _cash(project: Project, cost: int, start: int) -> tuple[tuple[int, int], ...]:
    given, running, cash = 0, 0.0, []
    for offset, share in enumerate(project.spread):
        running += share
        upto = cost if offset == len(project.spread) - 1 else round(cost * running)
        cash.append((start + offset, upto - given))
        given = upto
    return tuple(cash)


def checked_allocation(question: Allocation, *, source: str = "The allocation") -> Allocation:
    """
    Return ``question`` unchanged if it makes sense.

    Raises
    ------
    InvalidInputError
        With every fault: duplicates, unknown ids, spreads that do not sum to 1, years in the wrong order, decisions that contradict
        each other.
    """
    problems = list(_problems(question))
    if problems:
        raise InvalidInputError(source, problems)
    return question


def _problems(question: Allocation) -> Iterator[Problem]:
    budgets = {budget.id for budget in question.budgets}
    capacities = {capacity.id for capacity in question.capacities}
    projects = {project.id for project in question.projects}
    for kind, ids in (
        ("budgets", [budget.id for budget in question.budgets]),
        ("capacities", [capacity.id for capacity in question.capacities]),
        ("projects", [project.id for project in question.projects]),
        ("decisions", [decision.project for decision in question.decisions]),
    ):
        for found, count in Counter(ids).items():
            if count > 1:
                yield Problem(place=kind, what=f"{found!r} stands {count} times.")
    for idx, project in enumerate(question.projects):
        at = f"projects[{idx}]"
        yield from _unknown([b.budget for b in project.budgets], budgets, f"{at}.budgets")
        yield from _unknown([name for name, _ in project.uses], capacities, f"{at}.uses")
        yield from _unknown(project.requires, projects, f"{at}.requires")
        yield from _unknown(project.excludes, projects, f"{at}.excludes")
        yield from _project_problems(project, at)
    for idx, decision in enumerate(question.decisions):
        at = f"decisions[{idx}]"
        yield from _unknown([decision.project], projects, f"{at}.project")
        if decision.budget is not None:
            yield from _unknown([decision.budget], budgets, f"{at}.budget")


def _unknown(ids: list[str] | tuple[str, ...], known: set[str], place: str) -> Iterator[Problem]:
    for found in ids:
        if found not in known:
            yield Problem(
                place=place, what=f"{found!r} is not in this file.", remedy="Check the id."
            )


def _project_problems(project: Project, at: str) -> Iterator[Problem]:
    if project.value < 0:
        yield Problem(place=f"{at}.value", what=f"is {project.value}, must be at least 0.")
    if any(share < 0 for share in project.spread) or abs(sum(project.spread) - 1) > 1e-9:
        yield Problem(
            place=f"{at}.spread",
            what=f"shares sum to {sum(project.spread):.4%}, must be 100 % and none negative.",
        )
    if project.latest_year < project.earliest_year:
        yield Problem(
            place=f"{at}.latest_year",
            what=f"{project.latest_year} lies before earliest_year {project.earliest_year}.",
        )
    if sum(figure.chosen for figure in project.figures) > 1:
        yield Problem(place=f"{at}.figures", what="two are chosen.", remedy="Choose one.")
    for idx, figure in enumerate(project.figures):
        if figure.chosen and not figure.reason.strip():
            yield Problem(
                place=f"{at}.figures[{idx}].reason",
                what="is chosen without a reason.",
                remedy="Say why this source is the one used.",
            )
    for found, count in Counter(each.budget for each in project.budgets).items():
        if count > 1:
            yield Problem(
                place=f"{at}.budgets",
                what=f"{found!r} stands {count} times.",
                remedy="Give one verdict for each budget.",
            )
    if any(units < 0 for _, units in project.uses):
        yield Problem(place=f"{at}.uses", what="units are negative.")
    if any(not 0 <= chance <= 1 for _, chance in project.chances):
        yield Problem(place=f"{at}.chances", what="a probability lies outside 0..1.")
    if project.id in project.excludes or project.id in project.requires:
        yield Problem(place=at, what=f"{project.id!r} requires or excludes itself.")
