"""Other ways to have the money of a loan plan, and the national curve that all of them are weighed on."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.funding.forms import Row, clean
from punte.apps.funding.loan_alternatives import (
    OWN,
    QUOTE_FIELDS,
    alternative_costs,
    alternative_fields,
    content_with_alternatives,
    curve_fields,
    place_as_typed,
    quote_rows,
)
from punte.apps.funding.loan_fields import COST_FIELDS, LOAN, LONGEST, RATE
from punte.apps.funding.loan_presets import NEW_FIELDS
from punte.apps.funding.permissions import may_change
from punte.web.finance.cases import page
from punte.web.finance.faults import WORDS
from punte.web.finance.loan_groups import field_of, loan_group
from punte.web.finance.loan_keeping import form_state, keep_plan, kept_response, typed_rows
from punte.web.finance.loan_tables import NEW, QUOTE, index_names, table_of
from punte.web.finance.loan_words import kept_words, way_words
from punte.web.finance.loans import plan_or_404

NEW_ROWS = 3


@require_http_methods(["GET", "POST"])
def edit_alternatives(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Enter, change or take away the alternatives of a plan and its national curve; what was typed is never lost to a fault."""
    plan = plan_or_404(plan_id)
    if not may_change(active_subject(), plan):
        raise Http404
    ways, costs = alternative_fields(plan.content), alternative_costs(plan.content)
    curve, quotes = curve_fields(plan.content), quote_rows(plan.content)
    new, weigh = [dict.fromkeys(NEW_FIELDS, "")] * NEW_ROWS, True
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        data = kept_words(request.POST, plan.content)
        problems = keep_plan(
            request,
            plan,
            lambda _reason: content_with_alternatives(plan.content, data),
            place_of=lambda place: place_as_typed(place, plan.content, data),
        )
        if not problems:
            return kept_response(request, plan, "loan_plan_alternatives")
        ways, costs = _typed_ways(request)
        curve = {key: clean(request.POST.get(key, ""))[:LONGEST] for key in curve}
        quotes = typed_rows(request, "quote", QUOTE_FIELDS)
        new, weigh = typed_rows(request, "new", NEW_FIELDS), "curve-from-new" in request.POST
    return page(
        request,
        "edit_alternatives.html",
        **form_state(request, plan),
        problems=problems,
        ways=[_way(number, *one) for number, one in enumerate(zip(ways, costs, strict=True))],
        curve=[
            field_of(key, key.partition("-")[2], text if key != "curve-name" else way_words(text))
            for key, text in curve.items()
        ],
        quotes=table_of("quote", _("Rates of the national curve"), QUOTE, quotes),
        new=table_of("new", _("Add an alternative"), NEW, new),
        weigh=weigh,
        has_curve=bool(plan.content.get("national_curve")),
        indices=index_names(plan.content),
    )


def _typed_ways(request: HttpRequest) -> tuple[list[dict[str, str]], list[list[Row]]]:
    """Return the alternatives as they were typed, and the rows of their costs."""
    numbers = [
        int(found[1]) for key in request.POST if (found := re.fullmatch(r"alt-(\d{1,4})-id", key))
    ]
    names = [*OWN, *LOAN, *(f"rate.{key}" for key in RATE), "remove"]
    count = max(numbers, default=-1) + 1
    ways = [
        {
            f"alt-{number}-{key}": clean(request.POST.get(f"alt-{number}-{key}", ""))[:LONGEST]
            for key in names
        }
        for number in range(min(count, 200))
    ]
    return ways, [typed_rows(request, f"alt-{n}-cost", COST_FIELDS) for n in range(len(ways))]


def _way(number: int, fields: Mapping[str, str], costs: list[Row]) -> dict[str, Any]:
    """Return the fields of one alternative as their template shows them."""
    at = f"alt-{number}-"
    name = way_words(fields[f"{at}name"])
    own = tuple(field_of(at + key, key, name if key == "name" else fields[at + key]) for key in OWN)
    title = name or fields[f"{at}id"] or f"{WORDS['name']} {number + 1}"
    return {
        **loan_group(title, at, fields, costs, own=own),
        "said": _said(at, fields),
        "remove": f"{at}remove",
        "is_removed": bool(fields.get(f"{at}remove")),
    }


def _said(at: str, fields: Mapping[str, str]) -> str:
    """Return what an alternative is in short: how long it runs, and its rate or the index that it follows."""
    maturity, index = fields.get(f"{at}maturity_years", ""), fields.get(f"{at}rate.index", "")
    rate = index or (f"{fields[f'{at}rate.rate']} %" if fields.get(f"{at}rate.rate") else "")
    years = fields.get(f"{at}maturity", "")
    if maturity.isdecimal():
        number = int(maturity)
        years = ngettext("%(years)d year", "%(years)d years", number) % {"years": number}
    return ", ".join(part for part in (years, rate) if part)
