"""How the rates of a loan plan may move: stated scenarios, and models of their course by chance."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.funding.loan_rates import (
    content_with_rates,
    follows_no_index,
    rate_rows,
    typed_rates,
)
from punte.apps.funding.permissions import may_change
from punte.web.finance.cases import page
from punte.web.finance.loan_keeping import form_state, keep_plan, kept_response
from punte.web.finance.loan_tables import MODEL, PAIR, SCENARIO, index_names, table_of
from punte.web.finance.loans import plan_or_404


@require_http_methods(["GET", "POST"])
def edit_rates(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Enter, change or take away scenarios and models of rates; what was typed is never lost to a fault."""
    plan = plan_or_404(plan_id)
    if not may_change(active_subject(), plan):
        raise Http404
    rows = rate_rows(plan.content)
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        rows = typed_rates(request.POST)
        problems = keep_plan(
            request, plan, lambda _reason: content_with_rates(plan.content, request.POST)
        )
        if not problems:
            return kept_response(request, plan, "loan_plan_rates")
    return page(
        request,
        "edit_rates.html",
        **form_state(request, plan),
        problems=problems,
        scenarios=table_of("scenario", _("Scenarios"), SCENARIO, rows["scenario"]),
        models=table_of("model", _("Random rates"), MODEL, rows["model"]),
        pairs=table_of("pair", _("How rates go together"), PAIR, rows["pair"]),
        indices=index_names(plan.content),
        nothing_moves=follows_no_index(plan.content),
    )
