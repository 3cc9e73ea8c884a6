"""Begin a loan plan from nothing, or from the sourced terms of an instrument; draws and terms are changed on their own pages."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.funding import actions, bridge
from punte.apps.funding.forms import clean
from punte.apps.funding.loan_sources import begun_content, begun_fields
from punte.apps.funding.models import LoanPlan
from punte.apps.funding.permissions import may_keep_money
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.finance.cases import page
from punte.web.finance.faults import WORDS, told
from punte.web.finance.loan_files import content_of_file
from punte.web.refusals import refusal

LABELS: Final = {
    **{f"instrument-{key}": WORDS[key] for key in ("envelope", "availability_end")},
    "loan-maturity_years": WORDS["maturity_years"],
    "loan-first_principal_year": WORDS["first_principal_year"],
    "loan-principal_payments": WORDS["principal_payments"],
    "loan-rate": WORDS["rate"],
    "draw-id": gettext_lazy("Name of the first draw"),
    "draw-date": gettext_lazy("Day of the first draw"),
    "draw-amount": gettext_lazy("Amount of the first draw"),
}
MOST_BYTES: Final = 4 * 1024 * 1024
"""Largest file of a plan that is read [bytes]."""
DAYS: Final = frozenset({"instrument-availability_end", "draw-date"})


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a plan of one draw at one rate; what was typed is never lost to a fault."""
    if not may_keep_money(active_subject()):
        raise Http404
    known = {one["id"]: one for one in bridge.shipped("instruments")["instruments"]}
    chosen = request.POST.get("instrument") or request.GET.get("instrument", "")
    instrument = known.get(chosen, {"id": "", "name": "", "terms": []})
    fields = begun_fields(instrument)
    name = clean(request.POST.get("name", ""))
    problems: list[Any] = []
    if request.method == "POST":
        is_file = "bring" in request.POST
        if not is_file:
            fields = {key: clean(request.POST.get(key, "")) for key in fields}
        problems, made = _bring(request) if is_file else _begin(fields, instrument, name)
        if made is not None:
            messages.success(request, _("Begun. Change its draws and terms as you need."))
            return redirect("loan_plan", plan_id=made.pk)
    return page(
        request,
        "begin_loan.html",
        name=name,
        chosen=instrument["id"],
        instruments=[(key, f"{key}: {one.get('name', '')}") for key, one in known.items()],
        fields=[(key, LABELS[key], text, key in DAYS) for key, text in fields.items()],
        problems=problems,
    )


def _begin(
    fields: Mapping[str, str], instrument: Mapping[str, Any], name: str
) -> tuple[list[Any], LoanPlan | None]:
    """Keep a plan of one draw; return the faults for which nothing was kept."""
    try:
        content = begun_content(
            fields, instrument, name=name or _("Loan plan without a name"), on=timezone.localdate()
        )
        made = actions.keep_loan_plan(
            by=active_subject(), plan=None, name=content["name"], content=content
        )
    except InvalidInputError as error:
        return told(error.problems), None
    except PunteError as error:
        return [{"what": refusal(error)}], None
    return [], made


def _bring(request: HttpRequest) -> tuple[list[Any], LoanPlan | None]:
    """Keep the plan that a file holds; return the faults for which nothing was kept."""
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > MOST_BYTES:
        return [{"what": _("Choose the file of a loan plan, JSON of at most 4 MB.")}], None
    try:
        content = content_of_file(bridge.read_file(file.read(), source=file.name or ""))
        made = actions.keep_loan_plan(
            by=active_subject(),
            plan=None,
            name=str(content.get("name", "")) or _("Loan plan without a name"),
            content=content,
        )
    except InvalidInputError as error:
        return told(error.problems), None
    except PunteError as error:
        return [{"what": refusal(error)}], None
    return [], made
