"""The desk of loans: instruments with their sources, plans of draws, and what they cost over decades."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain
from punte.apps.funding import actions, bridge
from punte.apps.funding.loan_rates import follows_no_index
from punte.apps.funding.models import Allocation, LoanPlan
from punte.apps.funding.permissions import may_change, may_keep_money
from punte.apps.programmes.chances import dates_in_draws
from punte.apps.programmes.models import Milestone
from punte.apps.programmes.queries import find_milestone, milestones_by_id
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.cooperation.chain import chains_through, cooperations_of
from punte.web.finance import pictures, pictures_worth
from punte.web.finance.cases import page
from punte.web.finance.faults import told
from punte.web.finance.instruments import (
    SHARE_COLUMNS,
    data_words,
    differing,
    instrument_tables,
    share_digits,
    share_rows,
    term_label,
)
from punte.web.finance.loan_files import content_for_file, milestone_ids
from punte.web.finance.loan_keeping import MOST_REVISIONS
from punte.web.finance.loan_words import said_figures, way_words
from punte.web.finance.locked import barred_of
from punte.web.finance.rate_words import rate_words
from punte.web.finance.rates_behind import rates_behind, ways_with_sources
from punte.web.refusals import tell_refusal
from punte.web.tables import file_response, table_response

PREFIX = bridge.OF_PROGRAMME


@login_not_required
@require_GET
def show_desk(request: HttpRequest) -> HttpResponse:
    """Show the plans, the instruments with their sourced terms, and each country's share of SAFE."""
    catalogue, subject = bridge.catalogue(), active_subject()
    allocations = list(Allocation.objects.all())
    return page(
        request,
        "finance.html",
        plans=[(one, data_words(one.name), data_words(one.note)) for one in LoanPlan.objects.all()],
        allocations=allocations,
        barred=barred_of(allocations),
        may_mend=[one.pk for one in allocations if may_change(subject, one)],
        instruments=instrument_tables(catalogue),
        shares=share_rows(catalogue),
        digits=share_digits(catalogue),
        unverified=any(
            (found := getattr(one, column)) and not found.verified
            for one in catalogue.shares
            for column in SHARE_COLUMNS
        ),
        compiled=catalogue.compiled,
        may_keep=may_keep_money(subject),
    )


def plan_or_404(plan_id: UUID) -> LoanPlan:
    """Return a loan plan; a hidden one and one that never was get the same answer."""
    found = LoanPlan.objects.filter(pk=plan_id).first()
    if found is None:
        raise Http404
    return found


def figures(plan: LoanPlan) -> bridge.LoanFigures:
    """Return the figures of a plan, its draws joined with the milestones that the reader sees."""
    dates = dates_in_draws(milestone_ids(plan.content))
    return bridge.figures_of(plan.content, {f"{PREFIX}{key}": days for key, days in dates.items()})


def _draws(plan: LoanPlan, found: bridge.LoanFigures) -> list[dict[str, Any]]:
    """Return each draw with the milestone that it waits for and what may lapse of it."""
    names = {
        f"{PREFIX}{key}": row for key, row in milestones_by_id(milestone_ids(plan.content)).items()
    }
    own = {one.id: way_words(one.name) or one.id for one in found.portfolio.milestones}
    risks = {risk.draw: risk for risk in found.lapse.draws} if found.lapse else {}
    waits = {draw["id"]: draw.get("milestone") for draw in plan.content["draws"]}
    return [
        {
            "line": line,
            "name": way_words(line.draw),
            "milestone": names.get(waits.get(line.draw) or ""),
            "waits": waits.get(line.draw),
            "own": own.get(waits.get(line.draw) or ""),
            "risk": None if line.draw in found.without_dates else risks.get(line.draw),
        }
        for line in found.ledger.draws
    ]


@login_not_required
@require_GET
def show_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Show what a plan costs: draws, years, alternatives, fans, and the money that may lapse."""
    plan = plan_or_404(plan_id)
    if request.GET.get("as") == "json":
        return _plan_file(plan)
    try:
        found = figures(plan)
    except InvalidInputError as error:
        return _unreadable(request, plan, error)
    if request.GET.get("as") in {"csv", "xlsx"}:
        return _years_file(found, request.GET["as"], plan.label_tlp)
    found = said_figures(found)
    return page(
        request,
        "loan.html",
        **_shown(found),
        plan=plan,
        name=data_words(plan.name),
        note=data_words(plan.note),
        nothing_moves=follows_no_index(plan.content),
        draws=_draws(plan, found),
        unverified=sorted(
            {term_label(t.field) for t in found.portfolio.instrument.terms if not t.verified}
        ),
        differing=differing(plan.content),
        revisions=list(plan.revisions.all()[:MOST_REVISIONS]),
        chains=chains_through(cooperations_of(loan_plan_id=plan.pk)),
        may_change=may_change(active_subject(), plan),
        may_copy=may_keep_money(active_subject()),
        why=explain(active_subject(), plan),
        marking=plan.label_tlp,
        synthetic=plan.is_synthetic,
    )


def _shown(found: bridge.LoanFigures) -> dict[str, Any]:
    """Return the figures of a plan with their pictures and the rates behind them."""
    return {
        "found": found,
        "currency": found.portfolio.currency,
        "ways": ways_with_sources(found),
        "rates": rates_behind(found.portfolio),
        "years": pictures.debt_service(found),
        "by_draw": pictures.service_by_draw(found),
        "fans": pictures.fans(found),
        "waterfall": pictures_worth.saving(found),
        "risk": pictures_worth.cost_and_risk(found),
        "envelope": pictures_worth.envelope(found),
        "scenarios": _scenarios(found),
        "without_dates": found.without_dates,
    }


def _unreadable(request: HttpRequest, plan: LoanPlan, error: InvalidInputError) -> HttpResponse:
    """Show a plan that was kept before the rules for its file were made stricter: what has to be mended, and where."""
    return page(
        request,
        "loan_unreadable.html",
        plan=plan,
        problems=told(error.problems),
        revisions=list(plan.revisions.all()[:MOST_REVISIONS]),
        may_change=may_change(active_subject(), plan),
        marking=plan.label_tlp,
        synthetic=plan.is_synthetic,
    )


def _plan_file(plan: LoanPlan) -> HttpResponse:
    """Return the plan as the file that the command line reads."""
    found = content_for_file(plan.content)
    content = json.dumps(found, ensure_ascii=False, indent=1)
    return file_response(
        "loan-plan", f"{content}\n", "json", "application/json", marking=plan.label_tlp
    )


def _years_file(found: bridge.LoanFigures, ending: str, marking: str) -> HttpResponse:
    columns = [
        _("Year"),
        _("Drawn"),
        _("Interest"),
        _("Fees"),
        _("Principal"),
        _("Owed at the end"),
    ]
    rows = [
        [
            line.year,
            *(
                Decimal(cents).scaleb(-2)
                for cents in (
                    line.drawn_cents,
                    line.interest_cents,
                    line.fee_cents,
                    line.principal_cents,
                    line.owed_cents,
                )
            ),
        ]
        for line in found.ledger.years
    ]
    return table_response("debt-service", columns, rows, ending=ending, marking=marking)


def _scenarios(found: bridge.LoanFigures) -> list[str]:
    """Return the stated scenarios by the names that the plan gives them."""
    names = {one.id: way_words(one.name) or one.id for one in found.portfolio.scenarios}
    return [names[key] for key, _cost, _over in found.scenarios]


@login_not_required
@require_GET
def show_draw(request: HttpRequest, plan_id: UUID, number: int) -> HttpResponse:
    """Show the ledger of one draw: every payment, with the reason of its rate."""
    plan = plan_or_404(plan_id)
    try:
        found = figures(plan)
    except InvalidInputError as error:
        return _unreadable(request, plan, error)
    if not 1 <= number <= len(found.ledger.draws):
        raise Http404
    line = found.ledger.draws[number - 1]
    flows = found.flows_of(line.draw)
    if request.GET.get("as") in {"csv", "xlsx"}:
        return _flows_file(flows, request.GET["as"], plan.label_tlp)
    milestone = _milestone_of_draw(plan, number)
    through = cooperations_of(loan_plan_id=plan.pk) if milestone else []
    return page(
        request,
        "draw.html",
        plan=plan,
        milestone=milestone,
        chains=chains_through(
            [one for one in through if milestone and one.milestone_id == milestone.pk]
        ),
        name=way_words(line.draw),
        line=line,
        flows=[(flow, rate_words(flow.rate_reason)) for flow in flows],
        currency=found.portfolio.currency,
        marking=plan.label_tlp,
        synthetic=plan.is_synthetic,
    )


def _milestone_of_draw(plan: LoanPlan, number: int) -> Milestone | None:
    """Return the milestone of a programme that a draw waits for, where the reader sees it."""
    key = bridge.programme_milestone(plan.content["draws"][number - 1].get("milestone"))
    return find_milestone(key) if key else None


def _flows_file(flows: Sequence[Any], ending: str, marking: str) -> HttpResponse:
    columns = [
        _("Number"),
        _("From"),
        _("To"),
        _("Paid on"),
        _("Owed"),
        _("Rate"),
        _("Why this rate"),
        _("Interest"),
        _("Fees"),
        _("Principal"),
        _("Owed after it"),
    ]
    rows = [
        [
            flow.number,
            flow.accrual_start,
            flow.accrual_end,
            flow.pay_day,
            Decimal(flow.balance_cents).scaleb(-2),
            flow.rate,
            rate_words(flow.rate_reason),
            *(
                Decimal(cents).scaleb(-2)
                for cents in (
                    flow.interest_cents,
                    flow.fee_cents,
                    flow.principal_cents,
                    flow.closing_cents,
                )
            ),
        ]
        for flow in flows
    ]
    return table_response("draw", columns, rows, ending=ending, marking=marking)


@require_POST
def copy_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Take a copy of a plan for one's own organisation."""
    plan = plan_or_404(plan_id)
    if not may_keep_money(active_subject()):
        raise Http404
    made = actions.copy_loan_plan(by=active_subject(), plan=plan)
    messages.success(request, _("This is your organisation's own copy. Nobody else sees it."))
    return redirect("loan_plan", plan_id=made.pk)


@require_POST
def take_back(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Let a plan be what it was before one of its changes; what it is now stays in its history too."""
    plan = plan_or_404(plan_id)
    if not may_change(active_subject(), plan):
        raise Http404
    try:
        actions.restore_loan_plan(
            by=active_subject(), plan=plan, revision=request.POST.get("revision", "")
        )
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(
            request, _("The plan is again what it was. The change stays in its history.")
        )
    return redirect("loan_plan", plan_id=plan.pk)
