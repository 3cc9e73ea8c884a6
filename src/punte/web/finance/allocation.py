"""Which projects are funded, when and from what; what each limit costs; and what a person decided."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain
from punte.apps.funding import actions
from punte.apps.funding.models import Allocation
from punte.apps.funding.permissions import may_change
from punte.kernel.errors import PunteError
from punte.web.finance.cases import page


def _allocation_or_404(allocation_id: UUID) -> Allocation:
    found = Allocation.objects.filter(pk=allocation_id).first()
    if found is None:
        raise Http404
    return found


@login_not_required
@require_GET
def show(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Show the best plan under its limits, what a person decided, and what one more of each limit would buy."""
    allocation = _allocation_or_404(allocation_id)
    decisions = {row.project: row for row in allocation.decisions.all()}
    figures = {
        project["id"]: project.get("figures", []) for project in allocation.content["projects"]
    }
    plan = allocation.plan
    return page(
        request,
        "allocation.html",
        allocation=allocation,
        plan=plan,
        funded=[
            (line, decisions.get(line["project"]), _disagree(figures.get(line["project"], [])))
            for line in plan.get("funded", [])
        ],
        unfunded=[(line, decisions.get(line["project"])) for line in plan.get("unfunded", [])],
        may_change=may_change(active_subject(), allocation),
        why=explain(active_subject(), allocation),
        marking=allocation.label_tlp,
        synthetic=allocation.is_synthetic,
    )


def _disagree(figures: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the figures of a project where its sources do not agree; both stay."""
    amounts = {figure.get("amount") for figure in figures}
    return figures if len(amounts) > 1 else []


@require_POST
def decide(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Fund a project, leave it out, or take a decision back; the plan is computed anew."""
    allocation = _allocation_or_404(allocation_id)
    if not may_change(active_subject(), allocation):
        raise Http404
    try:
        actions.decide(
            by=active_subject(),
            allocation=allocation,
            project=request.POST.get("project", ""),
            verb=request.POST.get("verb", ""),
            reason=request.POST.get("reason", ""),
        )
    except PunteError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Decided, and the plan computed anew."))
    return redirect("allocation", allocation_id=allocation.pk)
