"""The portfolio, one programme, one milestone, and what hangs on them."""

import datetime as dt
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation.models import Commitment
from punte.apps.market.queries import listings_serving
from punte.apps.programmes import actions, bridge
from punte.apps.programmes.chances import milestone_chances
from punte.apps.programmes.forms import MilestoneForm, ProgrammeForm
from punte.apps.programmes.models import Milestone, PlanVersion, Programme
from punte.apps.programmes.models.capability import area_name
from punte.apps.programmes.permissions import may_enter, may_keep
from punte.apps.programmes.queries import (
    Wait,
    find_milestone,
    find_programme,
    list_programmes,
    newest,
    open_milestones,
    waits_across,
)
from punte.kernel.errors import PunteError
from punte.web.cooperation.chain import chains_through, cooperations_of
from punte.web.cooperation.chain_end import draws_waiting_for
from punte.web.cooperation.talks import talks_about
from punte.web.navigation import main_items
from punte.web.programmes import pictures, plan_pictures
from punte.web.programmes.unsound import unsound_plan
from punte.web.programmes.words import say
from punte.web.refusals import refusal
from punte.web.typed import keep_typed, typed_before
from punte.web.ui.charts import figure_response

Kind = PlanVersion.Kind
MOST_COMMITMENTS: Final = 30
"""Commitments that the page of a milestone names; the list of them has the rest."""


def page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """Return a page of programmes with the site's navigation, or the specification of one of its figures where asked for."""
    return figure_response(request, context.values()) or render(
        request, f"programmes/{template}", {"navigation": main_items(request), **context}
    )


def programme_or_404(programme_id: UUID) -> Programme:
    """Return a programme; a hidden one and one that never was get the same answer."""
    found = find_programme(programme_id)
    if found is None:
        raise Http404
    return found


@login_not_required
@require_GET
def show_portfolio(request: HttpRequest) -> HttpResponse:
    """Show all programmes on one time axis, and as cards."""
    programmes = list_programmes()
    area, status = request.GET.get("area", ""), request.GET.get("status", "")
    areas = sorted({code for one in programmes for code in one.capability}, key=area_name)
    chosen = [
        one
        for one in programmes
        if (not area or area in one.capability) and (not status or one.status == status)
    ]
    today = timezone.localdate()
    waits = _waits_among(chosen)
    return page(
        request,
        "portfolio.html",
        programmes=[_card(one, today) for one in chosen],
        chart=pictures.timeline(chosen, today, waits),
        waits=waits,
        areas=[(code, area_name(code)) for code in areas],
        area=area,
        status=status,
        statuses=Programme.Status.choices,
        may_enter=may_enter(active_subject()),
    )


def _waits_among(programmes: list[Programme]) -> list[Wait]:
    shown = {one.pk for one in programmes}
    return [
        one
        for one in waits_across()
        if {one.milestone.programme_id, one.after.programme_id} <= shown
    ]


def _card(programme: Programme, today: dt.date) -> dict[str, Any]:
    waiting = [one for one in programme.milestones.all() if one.done_on is None]
    return {
        "programme": programme,
        "areas": [area_name(code) for code in programme.capability],
        "next": next((one for one in waiting if one.promised_on >= today), None),
        "late": sum(one.promised_on < today for one in waiting),
    }


@login_not_required
@require_GET
def show_programme(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show a programme: its status with its source, milestones with their chances, the plan as Gantt, its health."""
    programme = programme_or_404(programme_id)
    subject = active_subject()
    chances = milestone_chances(programme)
    today = timezone.localdate()
    return page(
        request,
        "programme.html",
        programme=programme,
        areas=[area_name(code) for code in programme.capability],
        countries=[country_name(code) for code in programme.countries],
        milestones=[
            {
                "row": row,
                "chance": chances.get(row.pk),
                "is_late": row.done_on is None and row.promised_on < today,
            }
            for row in programme.milestones.prefetch_related("after")
        ],
        parts=list(programme.parts.all()),
        chains=chains_through(
            cooperations_of(milestone_ids=programme.milestones.values_list("pk", flat=True))
        ),
        talks=talks_about(programme_id=programme.pk),
        remarks=list(programme.remarks.all()),
        may_keep=may_keep(subject, programme),
        typed=typed_before(request),
        may_remark=subject.person_id is not None and subject.is_vetted,
        why=explain(subject, programme),
        marking=programme.label_tlp,
        synthetic=programme.is_synthetic,
        **_plan_context(programme),
    )


def _plan_context(programme: Programme) -> dict[str, Any]:
    version = newest(programme, Kind.PLAN)
    unsound = unsound_plan(version)
    if version is None or unsound is not None:
        return {"plan": version, "unsound": unsound}
    frozen = newest(programme, Kind.BASELINE)
    plan = bridge.plan_of(version, programme.milestones.all())
    baseline = frozen.content if frozen else None
    ends = dict(bridge.assess(plan).ends)
    lines = bridge.lines_of(plan)
    return {
        "plan": version,
        "baseline": frozen,
        "is_untouched": frozen is None or bridge.is_untouched(frozen.content),
        "gantt": plan_pictures.gantt(bridge.gantt_of(plan, baseline, say=say), lines),
        "ends": (ends.get(0.5), ends.get(0.8)),
        "health": bridge.health_of(plan, baseline),
    }


@login_not_required
@require_GET
def show_milestone(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    """Show a milestone: its promise, its chance, what drives it, and the needs and offers that serve it."""
    milestone = find_milestone(milestone_id)
    if milestone is None:
        raise Http404
    programme = milestone.programme
    version = newest(programme, Kind.PLAN)
    chance = milestone_chances(programme).get(milestone.pk)
    curve = drivers = None
    if version is not None and chance is not None:
        plan = bridge.plan_of(version, programme.milestones.all())
        curve = pictures.s_curve(milestone, bridge.curve_of(plan, milestone.activity), chance.share)
        lines = []
        for driver in bridge.drivers_of(plan, milestone.activity):
            low, high = bridge.day_of(plan, driver.low), bridge.day_of(plan, driver.high)
            if low and high and high > low:
                lines.append((driver.name, low, high))
        drivers = pictures.tornado(lines)
    return page(
        request,
        "milestone.html",
        milestone=milestone,
        programme=programme,
        chance=chance,
        plan=version,
        unsound=unsound_plan(version),
        below=chance is not None
        and milestone.required_percent is not None
        and 100 * chance.share < milestone.required_percent,
        curve=curve,
        drivers=drivers,
        after=list(milestone.after.select_related("programme")),
        before=list(milestone.before.select_related("programme")),
        **_what_hangs_on(milestone),
        changes=list(milestone.changes.all()),
        may_keep=may_keep(active_subject(), programme),
        today=timezone.localdate(),
        typed=typed_before(request),
        marking=programme.label_tlp,
        synthetic=programme.is_synthetic,
    )


def _what_hangs_on(milestone: Milestone) -> dict[str, Any]:
    """Return what serves a milestone, what was promised for it, the money that waits for it, and the chains through it."""
    promised = Commitment.objects.filter(milestone_id=milestone.pk)
    return {
        "listings": listings_serving([milestone.pk]),
        "commitments": list(promised[:MOST_COMMITMENTS]),
        "draws": draws_waiting_for(milestone.pk),
        "chains": chains_through(cooperations_of(milestone_ids=[milestone.pk])),
    }


@require_http_methods(["GET", "POST"])
def write_programme(request: HttpRequest, programme_id: UUID | None = None) -> HttpResponse:
    """Enter a programme, or change one."""
    subject = active_subject()
    programme = programme_or_404(programme_id) if programme_id else None
    if not (may_keep(subject, programme) if programme else may_enter(subject)):
        raise Http404
    parents = [one for one in list_programmes() if programme is None or one.pk != programme.pk]
    form = ProgrammeForm(
        request.POST or None,
        parents=parents,
        kept=programme.parent_id if programme else None,
        initial=_initial(programme),
    )
    if request.method == "POST" and form.is_valid():
        try:
            if programme is None:
                programme = actions.enter_programme(by=subject, draft=form.draft())
            else:
                actions.change_programme(by=subject, programme=programme, draft=form.draft())
        except PunteError as error:
            form.add_error(None, refusal(error))
        else:
            messages.success(request, _("Kept."))
            return redirect("programme", programme_id=programme.pk)
    return page(request, "write.html", form=form, programme=programme)


def _initial(programme: Programme | None) -> dict[str, Any]:
    if programme is None:
        return {"is_public": False}
    values: dict[str, Any] = {
        name: getattr(programme, name)
        for name in ProgrammeForm.base_fields
        if name != "parent"
        and hasattr(programme, name)  # it may be one that the reader does not see
    }
    return {
        **values,
        "parent": str(programme.parent_id or ""),
        "countries": ", ".join(programme.countries),
        "sources": "\n".join(programme.sources),
        "is_public": "PUBLIC" in programme.label_releasable_to,
    }


@require_http_methods(["GET", "POST"])
def write_milestone(
    request: HttpRequest, programme_id: UUID, milestone_id: UUID | None = None
) -> HttpResponse:
    """Enter a milestone of a programme, or change one."""
    programme = programme_or_404(programme_id)
    milestone = find_milestone(milestone_id) if milestone_id else None
    if not may_keep(active_subject(), programme) or (
        milestone_id and (milestone is None or milestone.programme_id != programme.pk)
    ):
        raise Http404
    version = newest(programme, Kind.PLAN)
    activities = [
        (line["id"], line.get("name") or line["id"])
        for line in (version.content["activities"] if version else [])
    ]
    others = [one for one in open_milestones() if milestone is None or one.pk != milestone.pk]
    if milestone is not None:  # what it waited for stays to be chosen after it is done
        others += milestone.after.select_related("programme").filter(done_on__isnull=False)
    form = MilestoneForm(
        request.POST or None,
        activities=activities,
        others=others,
        kept=milestone.activity if milestone else "",
        initial=_milestone_initial(milestone),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_milestone(
                by=active_subject(), programme=programme, milestone=milestone, **form.values()
            )
        except PunteError as error:
            form.add_error(None, refusal(error))
        else:
            messages.success(request, _("Kept."))
            return redirect("programme", programme_id=programme.pk)
    return page(
        request, "write_milestone.html", form=form, programme=programme, milestone=milestone
    )


def _milestone_initial(milestone: Milestone | None) -> dict[str, Any]:
    if milestone is None:
        return {}
    values = {
        name: getattr(milestone, name)
        for name in MilestoneForm.base_fields
        if hasattr(milestone, name)
    }
    return {
        **values,
        "after": [str(pk) for pk in milestone.after.values_list("pk", flat=True)],
        "sources": "\n".join(milestone.sources),
    }


@require_POST
def finish_milestone(request: HttpRequest, milestone_id: UUID) -> HttpResponse:
    """Say that a milestone is reached, with evidence; an empty day takes it back."""
    milestone = find_milestone(milestone_id)
    if milestone is None or not may_keep(active_subject(), milestone.programme):
        raise Http404
    back = reverse("milestone", kwargs={"milestone_id": milestone.pk})
    try:
        actions.mark_done(
            by=active_subject(),
            milestone=milestone,
            on=_day(request.POST.get("on", "")),
            who=request.POST.get("who", ""),
            evidence=request.POST.get("evidence", ""),
        )
    except PunteError as error:
        keep_typed(request, page=back, refused=refusal(error))
        return redirect(f"{back}#reached")
    messages.success(request, _("Kept."))
    return redirect(back)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise PunteError(_("Give the day as a date.")) from None


@require_POST
def leave_remark(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Leave a remark on a programme."""
    programme = programme_or_404(programme_id)
    back = reverse("programme", kwargs={"programme_id": programme.pk})
    try:
        actions.remark(by=active_subject(), programme=programme, text=request.POST.get("text", ""))
    except PunteError as error:
        keep_typed(request, page=back, refused=refusal(error))
        return redirect(f"{back}#remarks")
    return redirect(back)
