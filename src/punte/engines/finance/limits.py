"""What is short: envelopes, yearly cash, capacities; and how much of each an option takes."""

from punte.engines.finance.allocation import Allocation, Option
from punte.engines.finance.plan import Limit


def limits_of(question: Allocation) -> tuple[Limit, ...]:
    """Return every limit of a question; capacities have one for each year in which a project could use them."""
    limits = [
        Limit(kind="envelope", id=budget.id, year=None, size=budget.envelope_cents)
        for budget in question.budgets
    ]
    limits += [
        Limit(kind="cash", id=budget.id, year=year, size=cents)
        for budget in question.budgets
        for year, cents in budget.yearly_cash
    ]
    years = {
        year
        for project in question.projects
        if project.uses
        for year in range(project.earliest_year, project.latest_year + len(project.spread))
    }
    limits += [
        Limit(kind="capacity", id=capacity.id, year=year, size=capacity.per_year)
        for capacity in question.capacities
        for year in sorted(years)
    ]
    return tuple(limits)


def use_of(question: Allocation, option: Option, limit: Limit) -> int:
    """Return what ``option`` takes of ``limit`` [cents, or units]."""
    if limit.kind == "envelope":
        return option.cost_cents if option.budget == limit.id else 0
    if limit.kind == "cash":
        return dict(option.cash).get(limit.year or 0, 0) if option.budget == limit.id else 0
    project = next(found for found in question.projects if found.id == option.project)
    in_year = any(year == limit.year for year, _ in option.cash)
    return dict(project.uses).get(limit.id, 0) if in_year else 0
