"""Question of allocation to plan: exact, with a bound, the reason for each refusal and the price of each limit."""

from dataclasses import replace

from punte.engines.finance.allocation import Allocation
from punte.engines.finance.explain import explain_unfunded, funded_lines, price_limits
from punte.engines.finance.plan import Plan
from punte.engines.finance.solve import Best, Search
from punte.kernel.anytime import Deadline, Progress, Report, ignore_progress


def allocate(
    question: Allocation,
    *,
    deadline: Deadline | None = None,
    report: Report = ignore_progress,
    seed: int = 0,
    workers: int = 1,
    priced: bool = True,
) -> Plan:
    """
    Return the most valuable plan; of those the cheapest; of those the one whose projects wait the fewest years in all.

    Parameters
    ----------
    question
        From :func:`~punte.engines.finance.allocation.checked_allocation`.
    workers
        Solver threads; one gives bit-identical answers.
    priced
        Whether the price of each limit is computed: up to three more solves for each.
    """
    deadline = deadline or Deadline()
    search = Search(question=question, deadline=deadline, seed=seed, workers=workers)
    best = search.best(earliest=True)
    found = best.status in {"optimal", "feasible"}
    report(
        Progress(
            stage="plan",
            value=best.points if found else None,
            bound=best.bound_points if found else None,
            elapsed_s=deadline.elapsed_s,
        )
    )
    optimum: Best | None = None
    if question.decisions:
        free = replace(question, decisions=())
        without = Search(question=free, deadline=deadline, seed=seed, workers=workers).best(
            earliest=True
        )
        optimum = without if without.status == "optimal" else None
    elif best.status == "optimal":
        optimum = best
    if not found:
        return _no_plan(best, optimum)
    beside = optimum if question.decisions else None
    return Plan(
        status=best.status,
        points=best.points,
        bound_points=best.bound_points,
        optimum_points=None if optimum is None else optimum.points,
        funded=funded_lines(question, best, beside),
        unfunded=explain_unfunded(search, best, beside),
        prices=price_limits(search, best) if priced and best.status == "optimal" else (),
    )


def _no_plan(best: Best, optimum: Best | None) -> Plan:
    reason = (
        "the decisions cannot all be kept within the limits: release one, or raise a limit"
        if best.status == "infeasible"
        else "no plan was found in the time: allow more"
    )
    return Plan(
        status=best.status,
        points=None,
        bound_points=None,
        optimum_points=None if optimum is None else optimum.points,
        funded=(),
        unfunded=(),
        prices=(),
        reason=reason,
    )
