"""The terms of a loan plan: the instrument and its sources, what each draw becomes, and the rates that it follows."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.funding.forms import Row, clean
from punte.apps.funding.loan_fields import COST_FIELDS, LONGEST, cost_rows
from punte.apps.funding.loan_sources import in_use, with_sources
from punte.apps.funding.loan_terms import (
    INSTRUMENT,
    NAMES,
    PLAN,
    POINT_FIELDS,
    SOURCE_FIELDS,
    content_with_terms,
    point_rows,
    term_fields,
)
from punte.apps.funding.permissions import may_change
from punte.web.finance.cases import page
from punte.web.finance.instruments import data_words, differing, term_label, term_value
from punte.web.finance.loan_groups import field_of, loan_group
from punte.web.finance.loan_keeping import form_state, keep_plan, kept_response, typed_rows
from punte.web.finance.loan_tables import POINT, table_of
from punte.web.finance.loans import plan_or_404


@require_http_methods(["GET", "POST"])
def edit_terms(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Change the terms of a plan; what was typed is never lost to a fault."""
    plan = plan_or_404(plan_id)
    if not may_change(active_subject(), plan):
        raise Http404
    fields, rows = term_fields(plan.content), point_rows(plan.content)
    costs = {name: cost_rows(loan) for name, loan in plan.content["loans"].items()}
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        fields = {key: clean(request.POST.get(key, ""))[:LONGEST] for key in fields}
        rows = typed_rows(request, "point", POINT_FIELDS)
        costs = {name: typed_rows(request, f"loan-{name}-cost", COST_FIELDS) for name in costs}
        problems = keep_plan(
            request,
            plan,
            lambda reason: with_sources(
                content_with_terms(plan.content, request.POST), request.POST, reason
            ),
        )
        if not problems:
            return kept_response(request, plan, "loan_plan_terms")
    return page(
        request,
        "edit_terms.html",
        **form_state(request, plan),
        groups=_groups(fields, costs),
        new_loan=fields["new-loan"],
        new_like=fields["new-loan-like"],
        loans=list(costs),
        rows=rows,
        points=table_of("point", _("Indices"), POINT, rows),
        indices=sorted({row["id"] for row in rows if row["id"]}),
        terms=_terms(plan.content),
        differing=differing(plan.content),
        typed={key: request.POST.get(f"source-{key}", "") for key in SOURCE_FIELDS},
        problems=problems,
    )


_AS_THEY_ARE: Final = ("field", "verified", "chosen", "article", "valid_from", "valid_to")


def _groups(fields: Mapping[str, str], costs: Mapping[str, list[Row]]) -> list[dict[str, Any]]:
    """Return the fields in groups: the plan, its instrument, then each loan with its rate and costs."""

    def group(title: str, at: str, kinds: Mapping[str, str]) -> dict[str, Any]:
        made = [field_of(at + key, key, fields[at + key], kind) for key, kind in kinds.items()]
        return {"title": title, "fields": made}

    return [
        group(_("Plan"), "plan-", PLAN),
        group(_("Instrument"), "instrument-", {**NAMES, **INSTRUMENT}),
        *(
            loan_group(
                _("Loan “%(name)s”") % {"name": name},
                f"loan-{name}-",
                fields,
                rows,
                own=(field_of(f"loan-{name}-name", "name", fields[f"loan-{name}-name"]),),
            )
            for name, rows in costs.items()
        ),
    ]


def _terms(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what sources say, with a choice where two of them speak of one term."""
    found = content["instrument"].get("terms", [])
    names = [term["field"] for term in found]
    return [
        {
            "number": number,
            "label": term_label(term["field"]),
            "in_use": [term_value(term["field"], one) for one in in_use(content, term["field"])],
            "sources": [term["source"]]
            if isinstance(term.get("source"), str)
            else term.get("source", []),
            "disputed": names.count(term["field"]) > 1,
            "value": term_value(term["field"], term["value"]) or None,
            "note": data_words(term.get("note", "")),
            "reason": data_words(term.get("reason", "")),
            **{key: term.get(key) for key in _AS_THEY_ARE},
        }
        for number, term in enumerate(found)
    ]
