"""Why a project is not funded, what gives way for it, and what one more of each limit would buy."""

from dataclasses import replace
from typing import Final

from punte.engines.finance.allocation import POINTS, Allocation, Project, options_of
from punte.engines.finance.limits import use_of
from punte.engines.finance.plan import Funded, Limit, Price, Unfunded
from punte.engines.finance.relaxation import Relaxation
from punte.engines.finance.solve import Best, Search

MILLION_CENTS: Final = 100_000_000
"""A step of money: one million of the currency [cents]."""


def funded_lines(question: Allocation, best: Best, optimum: Best | None) -> tuple[Funded, ...]:
    """Return what is funded, with what a person decided told apart from what the optimum says."""
    decided = {decision.project for decision in question.decisions if decision.fund}
    return tuple(
        Funded(
            option=option,
            decided=option.project in decided,
            in_optimum=None if optimum is None else option.project in optimum.projects,
        )
        for option in best.options
    )


def explain_unfunded(search: Search, best: Best, optimum: Best | None) -> tuple[Unfunded, ...]:
    """Return each project that is not funded, with the cause; the last causes are found by forcing it in."""
    lines = []
    for project in search.question.projects:
        if project.id in best.projects:
            continue
        line = _plain_cause(search.question, project) or _lost(search, best, project)
        in_optimum = None if optimum is None else project.id in optimum.projects
        lines.append(replace(line, in_optimum=in_optimum))
    return tuple(lines)


def _plain_cause(question: Allocation, project: Project) -> Unfunded | None:
    """Return the cause that needs no search, or ``None``."""
    decision = next((d for d in question.decisions if d.project == project.id), None)
    if decision is not None and not decision.fund:
        by = f" by {decision.by}" if decision.by else ""
        why = f": {decision.reason}" if decision.reason else ""
        return Unfunded(
            project=project.id, code="left_out_by_decision", reason=f"left out{by}{why}"
        )
    if project.is_disputed:
        amounts = " and ".join(
            f"{figure.cents / 100:,.2f} ({figure.source or 'no source'})"
            for figure in project.figures
            if figure.cents is not None
        )
        reason = f"sources disagree: {amounts}; choose one, with a reason"
        return Unfunded(project=project.id, code="sources_disagree", reason=reason)
    if project.cost_cents is None:
        reason = "no source gives an amount; it stays unknown until one does"
        return Unfunded(project=project.id, code="amount_unknown", reason=reason)
    if not any(found.verdict == "eligible" for found in project.budgets):
        verdicts = ", ".join(f"{b.budget}: {b.verdict}" for b in project.budgets) or "no verdict"
        reason = f"no budget may pay for it ({verdicts})"
        return Unfunded(project=project.id, code="not_eligible", reason=reason)
    if not options_of(project, question.budgets):
        reason = (
            f"begun in {project.earliest_year} and paid over {len(project.spread)} years "
            "it outlasts every budget"
        )
        return Unfunded(project=project.id, code="too_late", reason=reason)
    return None


def _lost(search: Search, best: Best, project: Project) -> Unfunded:
    forced = search.best(forced=project.id)
    if forced.status == "infeasible":
        reason = "no plan within the limits, links and decisions holds it"
        return Unfunded(project=project.id, code="cannot_fit", reason=reason)
    if forced.status != "optimal" or best.status != "optimal":
        reason = "the time ended before it was proved whether a plan with it is as good"
        return Unfunded(project=project.id, code="not_proved", reason=reason)
    gives_way = tuple(sorted(best.projects - forced.projects))
    loss = best.points - forced.points
    dearer = sum(o.cost_cents for o in forced.options) - sum(o.cost_cents for o in best.options)
    what = "is worth and costs the same"
    if loss:
        what = f"loses {loss / POINTS:g} of value"
    elif dearer:
        what = f"is worth the same and costs {dearer / 100:,.2f} more"
    way = f"; {', '.join(gives_way)} would give way" if gives_way else ""
    return Unfunded(
        project=project.id,
        code="lost_to_optimum",
        reason=f"the best plan with it {what}{way}",
        loss_points=loss,
        gives_way=gives_way,
    )


def price_limits(search: Search, best: Best) -> tuple[Price, ...]:
    """Return the price of each limit that the plan could feel: those it uses, or that some refused option would."""
    relaxed = Relaxation(search)
    return tuple(_price(search, best, limit, relaxed) for limit in search.limits)


def _price(search: Search, best: Best, limit: Limit, relaxed: Relaxation) -> Price:
    question = search.question
    step = 1 if limit.kind == "capacity" else MILLION_CENTS
    used = sum(use_of(question, option, limit) for option in best.options)
    grown = search.best(grown={limit: step})
    following = search.least_growth(limit, best.points)
    gained = grown.points - best.points if grown.status == "optimal" else 0
    has_next = following.status == "optimal"
    after = search.best(grown={limit: following.extra}) if has_next else following
    return Price(
        limit=limit,
        used=used,
        step=step,
        step_points=gained,
        step_buys=tuple(sorted(grown.projects - best.projects)) if gained else (),
        next_extra=following.extra if has_next else None,
        next_points=after.points - best.points if has_next else None,
        next_buys=tuple(sorted(after.projects - best.projects)) if has_next else (),
        relaxed_points=relaxed.gain(limit, step),
    )
