"""The terms of a loan plan: the instrument and its sources, what each draw becomes, and the rates that it follows."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.funding import actions, bridge
from punte.apps.funding.forms import clean, rows_from, with_blanks
from punte.apps.funding.loan_sources import in_use, with_sources
from punte.apps.funding.loan_terms import (
    INSTRUMENT,
    LOAN,
    POINT_FIELDS,
    RATE,
    SOURCE_FIELDS,
    content_with_terms,
    point_rows,
    term_fields,
)
from punte.apps.funding.models import LoanPlan
from punte.apps.funding.permissions import may_change
from punte.apps.funding.read_state import require_unchanged, state_of
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.finance.cases import page
from punte.web.finance.faults import WORDS, told
from punte.web.finance.instruments import data_words, differing, term_label, term_value
from punte.web.finance.loans import plan_or_404

CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "payments_per_year": {"1": "1", "2": "2", "4": "4", "12": "12"},
    "profile": {
        "equal": gettext_lazy("equal parts"),
        "annuity": gettext_lazy("level payments"),
        "bullet": gettext_lazy("all at maturity"),
        "custom": gettext_lazy("by stated shares"),
    },
    "interest": {
        "periodic": gettext_lazy("with each payment"),
        "at_maturity": gettext_lazy("at maturity, without interest on interest"),
        "compounded": gettext_lazy("at maturity, with interest on interest"),
    },
    "day_count": {name: name for name in bridge.DAY_COUNTS},
    "kind": {
        "fixed": gettext_lazy("one rate for good"),
        "steps": gettext_lazy("by year since the draw"),
        "reset": gettext_lazy("an index, set again every so many years"),
        "floating": gettext_lazy("an index, at each payment"),
    },
}


@require_http_methods(["GET", "POST"])
def edit_terms(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Change the terms of a plan; what was typed is never lost to a fault."""
    plan = plan_or_404(plan_id)
    if not may_change(active_subject(), plan):
        raise Http404
    fields, rows = term_fields(plan.content), point_rows(plan.content)
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        fields = {key: clean(request.POST.get(key, ""))[:200] for key in fields}
        rows = with_blanks(rows_from(request.POST, "point", POINT_FIELDS), POINT_FIELDS)
        problems = _keep(request, plan)
        if not problems:
            messages.success(request, _("Kept. What it was before stays in its history."))
            return redirect("loan_plan", plan_id=plan.pk)
    return page(
        request,
        "edit_terms.html",
        plan=plan,
        groups=_groups(plan.content, fields),
        rows=rows,
        indices=sorted({row["id"] for row in rows if row["id"]}),
        terms=_terms(plan.content),
        differing=differing(plan.content),
        typed={key: request.POST.get(f"source-{key}", "") for key in SOURCE_FIELDS},
        reason=request.POST.get("reason", ""),
        problems=problems,
        read=request.POST.get("read") or state_of(plan),
        synthetic=plan.is_synthetic,
    )


def _keep(request: HttpRequest, plan: LoanPlan) -> list[dict[str, str]]:
    """Keep the terms that were typed; return the faults for which nothing was kept."""
    reason = clean(request.POST.get("reason", ""))[:300]
    try:
        require_unchanged(plan, request.POST.get("read", ""))
        content = with_sources(content_with_terms(plan.content, request.POST), request.POST, reason)
        actions.keep_loan_plan(
            by=active_subject(),
            plan=plan,
            name=plan.name,
            content=content,
            note=plan.note,
            reason=reason,
        )
    except InvalidInputError as error:
        return told(error.problems)
    except PunteError as error:
        return [{"what": str(error)}]
    return []


def _groups(content: Mapping[str, Any], fields: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the fields in groups: the instrument, then each loan with its rate."""
    groups = [(_("Instrument"), "instrument-", INSTRUMENT)]
    for name in content["loans"]:
        title = _("Loan “%(name)s”") % {"name": name}
        groups.append((title, f"loan-{name}-", LOAN))
        rate = _("Rate of loan “%(name)s”") % {"name": name}
        groups.append((rate, f"loan-{name}-rate.", RATE))
    return [
        {
            "title": title,
            "fields": [
                {
                    "name": f"{at}{key}",
                    "label": WORDS[key],
                    "value": fields[f"{at}{key}"],
                    "choices": list(CHOICES.get(key, {}).items()),
                    "kind": kind,
                    "is_index": key == "index",
                }
                for key, kind in kinds.items()
            ],
        }
        for title, at, kinds in groups
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
            **{key: term.get(key) for key in ("field", "verified", "chosen")},
        }
        for number, term in enumerate(found)
    ]
