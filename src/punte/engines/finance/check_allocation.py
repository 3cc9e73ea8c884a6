"""Is this plan right? Every limit and the value again, without the solver."""

from collections import Counter
from dataclasses import replace

from punte.engines.finance.allocation import POINTS, Allocation, Project
from punte.engines.finance.plan import Funded, Plan


def check_plan(question: Allocation, plan: Plan) -> tuple[str, ...]:
    """Return every violation of a plan, in words; nothing for a right one."""
    if plan.points is None:
        return () if not plan.funded else ("a plan without value funds projects",)
    projects = {project.id: project for project in question.projects}
    faults = []
    named = Counter(line.option.project for line in plan.funded)
    named.update(line.project for line in plan.unfunded)
    for name, count in named.items():
        if name not in projects or count > 1:
            faults.append(f"project {name!r} is unknown or stands {count} times")
    faults += [f"project {name!r} has no answer" for name in projects if name not in named]
    if faults:
        return tuple(faults)
    for line in plan.funded:
        faults += _option_faults(projects[line.option.project], line, question)
    faults += _limit_faults(question, plan)
    faults += _link_faults(question, plan)
    value = sum(_points(projects[line.option.project], line) for line in plan.funded)
    if value != plan.points:
        faults.append(f"the value is {plan.points} points, recomputed {value}")
    if plan.bound_points is not None and plan.bound_points < plan.points:
        faults.append(f"the bound {plan.bound_points} is below the value {plan.points}")
    if plan.status == "optimal" and plan.bound_points != plan.points:
        faults.append("the plan is called optimal, but value and bound differ")
    if plan.status == "optimal" and not faults:
        faults += _needless_waits(question, plan)
    return tuple(faults)


def _needless_waits(question: Allocation, plan: Plan) -> list[str]:
    """Return each project that could begin earlier, all else as it is, at the same worth and within all limits."""
    projects = {project.id: project for project in question.projects}
    faults = []
    for idx, line in enumerate(plan.funded):
        project, option = projects[line.option.project], line.option
        for year in range(project.earliest_year, option.start_year):
            cash = tuple((paid - option.start_year + year, cents) for paid, cents in option.cash)
            earlier = replace(line, option=replace(option, start_year=year, cash=cash))
            moved = replace(plan, funded=(*plan.funded[:idx], earlier, *plan.funded[idx + 1 :]))
            if (
                _points(project, earlier) == _points(project, line)
                and not _limit_faults(question, moved)
                and not _link_faults(question, moved)
            ):
                faults.append(f"project {project.id!r} could begin in {year}, worth the same")
                break
    return faults


def _points(project: Project, line: Funded) -> int:
    chance = 0.0 if project.chances else 1.0
    for year, known in sorted(project.chances):
        if year <= line.option.start_year:
            chance = known
    return project.value * round(chance * POINTS)


def _option_faults(project: Project, line: Funded, question: Allocation) -> list[str]:
    option = line.option
    at = f"project {project.id!r}"
    faults = []
    verdicts = {found.budget: found.verdict for found in project.budgets}
    if verdicts.get(option.budget) != "eligible":
        faults.append(f"{at}: budget {option.budget!r} may not pay for it")
    if project.cost_cents is None or option.cost_cents != project.cost_cents:
        faults.append(f"{at}: costs {option.cost_cents} cents, known is {project.cost_cents}")
    if not project.earliest_year <= option.start_year <= project.latest_year:
        faults.append(f"{at}: starts in {option.start_year}, outside its years")
    if sum(cents for _, cents in option.cash) != option.cost_cents:
        faults.append(f"{at}: yearly cash does not sum to its cost")
    years = [year for year, _ in option.cash]
    if years != list(range(option.start_year, option.start_year + len(project.spread))):
        faults.append(f"{at}: is paid in {years}, not year by year from its start")
    last = {budget.id: budget.last_year for budget in question.budgets}.get(option.budget, 0)
    if years and years[-1] > last:
        faults.append(f"{at}: is paid in {years[-1]}, {option.budget!r} ends in {last}")
    return faults


def _limit_faults(question: Allocation, plan: Plan) -> list[str]:
    faults = []
    spent: Counter[str] = Counter()
    paid: Counter[tuple[str, int]] = Counter()
    used: Counter[tuple[str, int]] = Counter()
    projects = {project.id: project for project in question.projects}
    for line in plan.funded:
        spent[line.option.budget] += line.option.cost_cents
        for year, cents in line.option.cash:
            paid[line.option.budget, year] += cents
            for capacity, units in projects[line.option.project].uses:
                used[capacity, year] += units
    for budget in question.budgets:
        if spent[budget.id] > budget.envelope_cents:
            faults.append(
                f"budget {budget.id!r} is overspent by {spent[budget.id] - budget.envelope_cents} cents"
            )
        for year, cents in budget.yearly_cash:
            if paid[budget.id, year] > cents:
                faults.append(f"budget {budget.id!r} pays too much in {year}")
    sizes = {capacity.id: capacity.per_year for capacity in question.capacities}
    for (capacity, year), units in used.items():
        if units > sizes[capacity]:
            faults.append(f"capacity {capacity!r} is exceeded in {year}")
    return faults


def _link_faults(question: Allocation, plan: Plan) -> list[str]:
    funded = {line.option.project: line.option for line in plan.funded}
    faults = []
    for project in question.projects:
        if project.id not in funded:
            continue
        missing = [name for name in project.requires if name not in funded]
        clashing = [name for name in project.excludes if name in funded]
        faults += [f"project {project.id!r} needs {name!r}" for name in missing]
        faults += [f"project {project.id!r} excludes {name!r}" for name in clashing]
    for decision in question.decisions:
        option = funded.get(decision.project)
        if (option is not None) != decision.fund:
            faults.append(f"the decision on {decision.project!r} was not kept")
        elif option is not None and (
            decision.budget not in {None, option.budget}
            or decision.start_year not in {None, option.start_year}
        ):
            faults.append(f"the terms of the decision on {decision.project!r} were not kept")
    return faults
