"""The draws of a loan plan, each on its loan, and the dates of the milestones that the plan itself gives."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.funding.forms import DRAW_FIELDS, clean, content_with_draws, draw_rows, rows_from
from punte.apps.funding.loan_milestones import (
    MILESTONE_FIELDS,
    content_with_milestones,
    milestone_rows,
    too_long,
)
from punte.apps.funding.models import LoanPlan
from punte.apps.funding.permissions import may_change
from punte.apps.programmes.queries import open_milestones
from punte.web.finance.cases import page
from punte.web.finance.loan_keeping import form_state, keep_plan, kept_response, typed_rows
from punte.web.finance.loan_tables import MILESTONE, table_of
from punte.web.finance.loans import PREFIX, plan_or_404


@require_http_methods(["GET", "POST"])
def edit_draws(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Change the draws of a plan; what was typed is never lost to a fault."""
    plan = plan_or_404(plan_id)
    if not may_change(active_subject(), plan):
        raise Http404
    rows, own = draw_rows(plan.content), milestone_rows(plan.content)
    name = clean(request.POST.get("name", plan.name)) or plan.name
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        rows = rows_from(request.POST, "draw", DRAW_FIELDS)
        own = typed_rows(request, "milestone", MILESTONE_FIELDS)
        problems = keep_plan(
            request,
            plan,
            lambda _reason: content_with_milestones(
                content_with_draws(
                    plan.content, rows, milestones={key for key, _label in _choices(plan)}
                ),
                request.POST,
            ),
            name=name,
        )
        if not problems:
            return kept_response(request, plan, "loan_plan_edit")
    return page(
        request,
        "edit_loan.html",
        **form_state(request, plan),
        name=name,
        rows=rows,
        own_milestones=table_of("milestone", _("Milestones of this plan's own"), MILESTONE, own),
        kept_milestones=too_long(plan.content),
        problems=problems,
        loans=list(plan.content["loans"]),
        milestones=_choices(plan),
    )


def _choices(plan: LoanPlan) -> list[tuple[str, str]]:
    """Return the milestones that a draw of the plan can wait for: its own, and those of programmes with a plan."""
    own = [
        (found["id"], found.get("name") or found["id"])
        for found in plan.content.get("milestones", [])
    ]
    found = own + [
        (f"{PREFIX}{row.pk}", f"{row.programme.name}: {row.name}")
        for row in open_milestones()
        if row.activity
    ]
    known = {key for key, _label in found}
    # What a draw waits for already stays possible, whether or not this reader sees it.
    kept = {draw["milestone"] for draw in plan.content["draws"] if draw.get("milestone")}
    return found + [(key, str(_("a milestone"))) for key in sorted(kept - known)]
