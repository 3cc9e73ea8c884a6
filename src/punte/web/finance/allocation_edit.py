"""Begin and change an allocation: budgets, capacities, projects, and where verdicts and chances come from."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.funding import allocation_actions as actions
from punte.apps.funding.actions import acting_name
from punte.apps.funding.allocation_forms import (
    FIGURES,
    LABELS,
    TABLES,
    TITLES,
    content_with_tables,
    table_rows,
    typed_rows,
)
from punte.apps.funding.forms import clean
from punte.apps.funding.models import Allocation, EligibilityCase
from punte.apps.funding.permissions import may_change, may_keep_money
from punte.apps.funding.read_state import require_unchanged, state_of
from punte.apps.programmes.queries import open_milestones
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.finance.allocation import allocation_or_404
from punte.web.finance.cases import page
from punte.web.finance.faults import told
from punte.web.finance.loan_tables import Column, table_of
from punte.web.finance.origins import origins_of
from punte.web.refusals import refusal, tell_refusal

HINTS = {
    "yearly_cash": "2027: 1000000; 2028: 500000",
    "spread": "60; 40",
    "uses": "yard: 1",
}
SIZES = {
    "yearly_cash": "wide",
    "last_year": "num",
    "per_year": "num",
    "value": "num",
    "earliest_year": "num",
    "latest_year": "num",
}
"""How wide a cell is, as the style sheet calls it."""
MOST_CASES = 200


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, allocation_id: UUID | None = None) -> HttpResponse:
    """Begin an allocation, or change its tables; what was typed is never lost to a fault."""
    subject = active_subject()
    allocation = allocation_or_404(allocation_id) if allocation_id else None
    if not may_keep_money(subject) or (allocation and not may_change(subject, allocation)):
        raise Http404
    name = " ".join(clean(request.POST.get("name", allocation.name if allocation else "")).split())
    rows = table_rows(allocation.content if allocation else {})
    problems: list[Any] = []
    if request.method == "POST":
        rows = typed_rows(request.POST)
        problems, kept = _keep(request, allocation, name)
        if kept is not None:
            messages.success(request, _("Kept, and the plan computed. It can be taken back."))
            return redirect("allocation", allocation_id=kept.pk)
    return page(
        request,
        "edit_allocation.html",
        allocation=allocation,
        name=name,
        tables=_tables(rows),
        reason=request.POST.get("reason", ""),
        problems=problems,
        read=request.POST.get("read") or (state_of(allocation) if allocation else ""),
    )


def _keep(
    request: HttpRequest, allocation: Allocation | None, name: str
) -> tuple[list[Any], Allocation | None]:
    by = active_subject()
    stated = _("stated by hand (%(name)s, %(day)s)") % {
        "name": acting_name(by),
        "day": timezone.localdate().isoformat(),
    }
    try:
        if allocation is not None:
            require_unchanged(allocation, request.POST.get("read", ""))
        content = content_with_tables(
            allocation.content if allocation else {},
            request.POST,
            name=name or _("Allocation without a name"),
            stated=stated,
        )
        kept = actions.keep_allocation(
            by=by,
            allocation=allocation,
            name=content["name"],
            content=content,
            reason=clean(request.POST.get("reason", "")),
        )
    except InvalidInputError as error:
        return told(error.problems), None
    except PunteError as error:
        return [{"what": refusal(error)}], None
    return [], kept


def _tables(rows: Mapping[str, list[dict[str, str]]]) -> list[dict[str, Any]]:
    return [
        table_of(kind, str(TITLES[kind]), [_column(key) for key in fields], rows[kind])
        for kind, fields in TABLES.items()
    ]


def _column(key: str) -> Column:
    return Column(
        key=key,
        label=LABELS[key],
        kind="choice" if key == "figure" else "text",
        choices=FIGURES if key == "figure" else (),
        hint=HINTS.get(key, ""),
        size=SIZES.get(key, ""),
        longest=200,
    )


@require_http_methods(["GET", "POST"])
def inputs(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Take verdicts from kept cases and chances from milestones, or state a verdict; each is shown with where it came from."""
    allocation = allocation_or_404(allocation_id)
    if not may_change(active_subject(), allocation):
        raise Http404
    if request.method == "POST":
        try:
            _do(request, allocation)
        except PunteError as error:
            tell_refusal(request, error)
        else:
            messages.success(request, _("Kept, and the plan computed. It can be taken back."))
        return redirect("allocation_inputs", allocation_id=allocation.pk)
    return page(
        request,
        "allocation_inputs.html",
        allocation=allocation,
        origins=origins_of(allocation),
        may_change=True,
        projects=[
            (one["id"], one.get("name") or one["id"]) for one in allocation.content["projects"]
        ],
        budgets=[
            (one["id"], one.get("name") or one["id"]) for one in allocation.content["budgets"]
        ],
        cases=list(EligibilityCase.objects.all()[:MOST_CASES]),
        milestones=[
            (row.pk, f"{row.programme.name}: {row.name}")
            for row in open_milestones()
            if row.activity
        ],
        marking=allocation.label_tlp,
        synthetic=allocation.is_synthetic,
    )


def _do(request: HttpRequest, allocation: Allocation) -> None:
    data, by = request.POST, active_subject()
    project, budget = data.get("project", ""), data.get("budget", "")
    match data.get("deed", ""):
        case "case":
            case = EligibilityCase.objects.filter(pk=_id(data.get("case", ""))).first()
            if case is None:
                raise PunteError(_("There is no such case. Choose one from the list."))
            actions.take_verdict(
                by=by, allocation=allocation, project=project, budget=budget, case=case
            )
        case "milestone":
            actions.take_chances(
                by=by,
                allocation=allocation,
                project=project,
                milestone_id=_id(data.get("milestone", "")),
            )
        case "state":
            actions.state_verdict(
                by=by,
                allocation=allocation,
                project=project,
                budget=budget,
                verdict=data.get("verdict", ""),
                reason=clean(data.get("reason", "")),
            )
        case "back":
            actions.drop_link(by=by, allocation=allocation, project=project, budget=budget)
        case _:
            raise PunteError(_("Choose what is to be done."))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise PunteError(_("Choose one from the list.")) from None


@require_POST
def take_back(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Let an allocation be what it was before one of its changes; what it is now stays in its history too."""
    allocation = allocation_or_404(allocation_id)
    if not may_change(active_subject(), allocation):
        raise Http404
    try:
        actions.take_back_change(
            by=active_subject(), allocation=allocation, revision=request.POST.get("revision", "")
        )
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(
            request, _("Taken back, and the plan computed anew. The change stays in its history.")
        )
    return redirect("allocation", allocation_id=allocation.pk)
