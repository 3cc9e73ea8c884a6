"""Allocations to what stands in the way of a project whatever anybody decides."""

from punte.apps.funding.bridge.contents import Content
from punte.engines.finance.allocation import Allocation, Project, options_of
from punte.formats.finance_allocation import parse_allocation


def obstacles_of(content: Content) -> dict[str, str]:
    """
    Return why a project cannot be funded under any decision, by its id, as the engine's answers call it; those that can are left out.

    Raises
    ------
    InvalidInputError
        The question makes no sense.
    """
    question = parse_allocation(content, source="The allocation")
    found = {project.id: _obstacle(project, question) for project in question.projects}
    return {name: code for name, code in found.items() if code}


def _obstacle(project: Project, question: Allocation) -> str:
    if project.is_disputed:
        return "sources_disagree"
    if project.cost_cents is None:
        return "amount_unknown"
    if not any(found.verdict == "eligible" for found in project.budgets):
        return "not_eligible"
    return "" if options_of(project, question.budgets) else "too_late"
