"""Which projects are funded, when and from what; what each limit costs; and what a person decided."""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain
from punte.apps.funding import actions, bridge
from punte.apps.funding.forms import clean
from punte.apps.funding.models import Allocation, Decision
from punte.apps.funding.permissions import may_change, may_keep_money
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.finance.cases import page
from punte.web.finance.instruments import data_words
from punte.web.finance.loan_keeping import MOST_REVISIONS
from punte.web.finance.locked import barred_of
from punte.web.finance.origins import origins_of
from punte.web.refusals import tell_refusal
from punte.web.tables import file_response

_LIMITS: Final = {
    "envelope": gettext_lazy("envelope"),
    "cash": gettext_lazy("cash of a year"),
    "capacity": gettext_lazy("capacity"),
}
_CAUSES: Final = {
    "amount_unknown": gettext_lazy("no source gives an amount; it stays unknown until one does"),
    "sources_disagree": gettext_lazy("sources disagree; choose one below, with a reason"),
    "not_eligible": gettext_lazy("no budget may pay for it"),
    "too_late": gettext_lazy("paid over its years it outlasts every budget"),
    "left_out_by_decision": gettext_lazy("left out by decision"),
    "cannot_fit": gettext_lazy("no plan within the limits, links and decisions holds it"),
    "lost_to_optimum": gettext_lazy("the best plan with it is worth less, or costs more"),
    "not_proved": gettext_lazy(
        "the time ended before it was proved whether a plan with it is as good"
    ),
}


def allocation_or_404(allocation_id: UUID) -> Allocation:
    """Return an allocation; a hidden one and one that never was get the same answer."""
    found = Allocation.objects.filter(pk=allocation_id).first()
    if found is None:
        raise Http404
    return found


@login_not_required
@require_GET
def show(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Show the best plan under its limits, what a person decided, and what one more of each limit would buy."""
    allocation = allocation_or_404(allocation_id)
    if request.GET.get("as") == "json":
        return _file(allocation)
    subject = active_subject()
    names = {one["id"]: one.get("name") or one["id"] for one in allocation.content["projects"]}
    plan = allocation.plan
    barred = barred_of([allocation])
    return page(
        request,
        "allocation.html",
        allocation=allocation,
        plan=plan,
        cost_cents=bridge.cents_of(plan.get("cost") or "0"),
        **_lines(allocation, names, {one.project for one in barred}),
        barred=barred,
        may_mend=[allocation.pk] if may_change(subject, allocation) else [],
        prices=[_price(price, names) for price in plan.get("prices", [])],
        disputed=_disputed(allocation),
        origins=origins_of(allocation),
        revisions=[
            (one, data_words(one.reason)) for one in allocation.revisions.all()[:MOST_REVISIONS]
        ],
        others=list(Allocation.objects.exclude(pk=allocation.pk)[:200]),
        beside=_beside(request, allocation, names),
        may_change=may_change(subject, allocation),
        may_copy=may_keep_money(subject),
        why=explain(subject, allocation),
        marking=allocation.label_tlp,
        synthetic=allocation.is_synthetic,
    )


def _file(allocation: Allocation) -> HttpResponse:
    """Return the allocation with what people decided, as the file that the command line reads."""
    decisions = [
        {
            "project": row.project,
            "fund": row.verb == Decision.Verb.LOCK,
            "by": row.by_name,
            "reason": row.reason,
        }
        for row in allocation.decisions.all()
    ]
    found = {**allocation.content, **({"decisions": decisions} if decisions else {})}
    content = json.dumps(found, ensure_ascii=False, indent=1)
    return file_response(
        "allocation", f"{content}\n", "json", "application/json", marking=allocation.label_tlp
    )


def _lines(
    allocation: Allocation, names: Mapping[str, str], barred: Collection[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return what is funded, what is not and why, and what people decided, also where no plan keeps to it."""
    decisions = {row.project: row for row in allocation.decisions.all()}
    try:
        never = bridge.obstacles_of(allocation.content)
    except InvalidInputError:
        # Kept before the rules for its file were made stricter: its plan still stands, and its tables say what to mend.
        never = {}
    chances = {one["id"]: one.get("chances", {}) for one in allocation.content["projects"]}
    return {
        "funded": [
            {
                **line,
                "cost_cents": bridge.cents_of(line["cost"]),
                "by": decisions.get(line["project"]),
                "chance": chances.get(line["project"], {}).get(str(line["start_year"])),
            }
            for line in allocation.plan.get("funded", [])
        ],
        "unfunded": [
            {
                **line,
                "why": _CAUSES.get(line["code"], line["reason"]),
                "gives_way": [names.get(key, key) for key in line["gives_way"]],
                "by": decisions.get(line["project"]),
                "can_be_funded": line["project"] not in never,
            }
            for line in allocation.plan.get("unfunded", [])
        ],
        "decided": [
            {
                "project": row.project,
                "name": names.get(row.project, row.project),
                "by": row,
                "is_barred": row.project in barred,
            }
            for row in decisions.values()
        ],
    }


_SIZES: Final = ("size", "used", "least_that_pays")


def _has_cents(value: object) -> bool:
    """Whether an amount is no whole number of units."""
    return value is not None and (bridge.cents_of(str(value)) or 0) % 100 != 0


def _price(price: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the price of a limit with its amounts in cents, and the projects by name."""
    is_money = price["limit"] != "capacity"

    def size(value: Any) -> int | None:  # noqa: ANN401 - an amount's text, or a count
        return bridge.cents_of(str(value)) if is_money and value is not None else value

    return {
        **price,
        "kind": _LIMITS.get(price["limit"], price["limit"]),
        "is_money": is_money,
        "size": size(price["size"]),
        "used": size(price["used"]),
        "digits": 2 if is_money and any(_has_cents(price[key]) for key in _SIZES) else 0,
        "buys": [names.get(key, key) for key in price["buys"]],
        "least": size(price["least_that_pays"]),
        "then": [names.get(key, key) for key in price["then_buys"]],
    }


def _disputed(allocation: Allocation) -> list[dict[str, Any]]:
    """Return the projects whose sources do not agree, each amount with its source; all of them stay."""
    found = []
    for project in allocation.content["projects"]:
        figures = project.get("figures", [])
        if len({figure.get("amount") for figure in figures}) > 1:
            rows = [
                {
                    **figure,
                    "reason": data_words(figure.get("reason", "")),
                    "number": number,
                    "cents": bridge.cents_of(str(figure["amount"]))
                    if figure.get("amount")
                    else None,
                }
                for number, figure in enumerate(figures)
            ]
            found.append({"id": project["id"], "name": project.get("name"), "figures": rows})
    return found


def _beside(
    request: HttpRequest, allocation: Allocation, names: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return how the plan differs from the one that the address names; None where it names none that is seen."""
    try:
        other = Allocation.objects.filter(pk=UUID(request.GET.get("with", ""))).first()
    except ValueError:
        other = None
    if other is None or not other.plan.get("funded") or not allocation.plan.get("funded"):
        return None
    found = bridge.difference_of(allocation.plan, other.plan)
    known = {one["id"]: one.get("name") or one["id"] for one in other.content["projects"]}
    known |= names
    return {
        **found,
        "other": other,
        "costs": [bridge.cents_of(cost or "0") for cost in found["cost"]],
        "only_in_first": [known.get(key, key) for key in found["only_in_first"]],
        "only_in_second": [known.get(key, key) for key in found["only_in_second"]],
        "moved": [{**one, "name": known.get(one["project"], "")} for one in found["moved"]],
    }


def _do(
    request: HttpRequest, allocation: Allocation, deed: Callable[[], object], told: str
) -> HttpResponse:
    try:
        deed()
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(request, told)
        _warn_of_no_plan(request, allocation)
    return redirect("allocation", allocation_id=allocation.pk)


@require_POST
def decide(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Fund a project, leave it out, or take a decision back; the plan is computed anew."""
    allocation = allocation_or_404(allocation_id)
    if not may_change(active_subject(), allocation):
        raise Http404
    return _do(
        request,
        allocation,
        lambda: actions.decide(
            by=active_subject(),
            allocation=allocation,
            project=request.POST.get("project", ""),
            verb=request.POST.get("verb", ""),
            reason=clean(request.POST.get("reason", "")),
        ),
        _("Decided, and the plan computed anew."),
    )


def _warn_of_no_plan(request: HttpRequest, allocation: Allocation) -> None:
    if allocation.plan.get("value") is None:
        messages.warning(
            request,
            _("With this no plan keeps all limits and decisions. Take one back, or raise a limit."),
        )


@require_POST
def choose(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Take one of the amounts that sources give, with a reason; the plan is computed anew."""
    allocation = allocation_or_404(allocation_id)
    if not may_change(active_subject(), allocation):
        raise Http404
    number = request.POST.get("figure", "")
    return _do(
        request,
        allocation,
        lambda: actions.choose_figure(
            by=active_subject(),
            allocation=allocation,
            project=request.POST.get("project", ""),
            figure=int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1,
            reason=clean(request.POST.get("reason", "")),
        ),
        _("Chosen, and the plan computed anew. The other amounts stay beside it."),
    )


@require_POST
def copy(request: HttpRequest, allocation_id: UUID) -> HttpResponse:
    """Take a copy of an allocation for one's own organisation, to decide otherwise and compare."""
    allocation = allocation_or_404(allocation_id)
    if not may_keep_money(active_subject()):
        raise Http404
    try:
        with transaction.atomic():
            made = actions.copy_allocation(by=active_subject(), allocation=allocation)
    except PunteError as error:
        tell_refusal(request, error)
        return redirect("allocation", allocation_id=allocation.pk)
    messages.success(request, _("This is your organisation's own copy. Nobody else sees it."))
    return redirect("allocation", allocation_id=made.pk)
