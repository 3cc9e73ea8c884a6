"""A plan as a table: edit, undo, try as a scenario, compare, adopt, freeze, bring in and take out as files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.programmes import actions, bridge
from punte.apps.programmes.forms import ROW_FIELDS, content_from, rows_from, rows_of
from punte.apps.programmes.models import PlanVersion, Programme
from punte.apps.programmes.permissions import may_keep
from punte.apps.programmes.queries import newest
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.programmes.pages import page, programme_or_404

Kind = PlanVersion.Kind
MOST_BYTES = 8_000_000
ENDINGS = {"xml", "ics", "json"}


@require_http_methods(["GET", "POST"])
def edit_plan(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show the plan as a table that its keeper changes; what was typed is never lost to a fault."""
    programme = programme_or_404(programme_id)
    subject = active_subject()
    if not may_keep(subject, programme):
        raise Http404
    version = newest(programme, Kind.PLAN)
    content = (
        version.content if version else bridge.empty_content(programme.name, timezone.localdate())
    )
    rows = rows_of(content)
    start, status_at = str(content.get("start", "")), str(content.get("status_at", ""))
    problems: list[Any] = []
    if request.method == "POST":
        rows = rows_from(request.POST)
        start, status_at = request.POST.get("start", ""), request.POST.get("status_at", "")
        try:
            changed = content_from(rows, content, start=start, status_at=status_at)
            return _keep(request, programme, changed)
        except InvalidInputError as error:
            problems = list(error.problems)
        except PunteError as error:
            messages.error(request, str(error))
        rows += [dict.fromkeys(ROW_FIELDS, "") for _row in range(4)]
    return page(
        request,
        "plan.html",
        programme=programme,
        version=version,
        read_number=request.POST.get("read_number", version.number if version else 0),
        rows=rows,
        start=start,
        status_at=status_at,
        problems=problems,
        scenarios=list(programme.plans.filter(kind=Kind.SCENARIO)),
        baselines=list(programme.plans.filter(kind=Kind.BASELINE)),
        history=list(programme.plans.filter(kind=Kind.PLAN)[:20]),
        synthetic=programme.is_synthetic,
    )


def _keep(request: HttpRequest, programme: Programme, content: dict[str, Any]) -> HttpResponse:
    is_scenario = request.POST.get("do") == "scenario"
    number = request.POST.get("read_number", "0")
    kept = actions.save_plan(
        by=active_subject(),
        programme=programme,
        content=content,
        kind=Kind.SCENARIO if is_scenario else Kind.PLAN,
        name=request.POST.get("name", "")[:120],
        reason=request.POST.get("reason", "")[:300],
        read_number=None if is_scenario or not number.isdecimal() else int(number) or None,
    )
    if is_scenario:
        messages.success(request, _("Kept as a scenario. The plan is as it was."))
        return redirect("plan_scenario", programme_id=programme.pk, version_id=kept.pk)
    messages.success(request, _("The plan is kept as version %(n)d.") % {"n": kept.number})
    return redirect("programme", programme_id=programme.pk)


@require_POST
def take_plan_step(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Undo, freeze a baseline, bring in a file, or adopt a scenario."""
    programme = programme_or_404(programme_id)
    if not may_keep(active_subject(), programme):
        raise Http404
    try:
        told = _step(request, programme)
    except PunteError as error:
        messages.error(request, str(error))
        return redirect("plan", programme_id=programme.pk)
    messages.success(request, told)
    return redirect("programme", programme_id=programme.pk)


def _step(request: HttpRequest, programme: Programme) -> str:
    subject, deed = active_subject(), request.POST.get("do", "")
    if deed == "undo":
        kept = actions.undo(by=subject, programme=programme)
        return _("Undone: version %(n)d is what the one before the last was.") % {"n": kept.number}
    if deed == "freeze":
        actions.freeze_baseline(
            by=subject, programme=programme, name=request.POST.get("name", "")[:120]
        )
        return _("Frozen. From now on the pages show what has moved since.")
    if deed == "adopt":
        scenario = programme.plans.filter(
            kind=Kind.SCENARIO, pk=_uuid(request.POST.get("scenario", ""))
        ).first()
        if scenario is None:
            raise PunteError(_("There is no such scenario. Choose one from the list."))
        kept = actions.adopt(
            by=subject, scenario=scenario, reason=request.POST.get("reason", "")[:200]
        )
        return _("The scenario is the plan now, version %(n)d.") % {"n": kept.number}
    if deed == "file":
        file = request.FILES.get("plan")
        if file is None or file.size is None or file.size > MOST_BYTES:
            raise PunteError(_("Choose a file of at most 8 MB: MSPDI (.xml), CSV or JSON."))
        content = bridge.read_file(file.read(), name=file.name or "plan.json")
        kept = actions.save_plan(
            by=subject, programme=programme, content=content, reason=(file.name or "")[:200]
        )
        return _("Read and kept as version %(n)d.") % {"n": kept.number}
    raise PunteError(_("There is no such step."))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@login_not_required
@require_GET
def keep_file(request: HttpRequest, programme_id: UUID, ending: str) -> HttpResponse:
    """Give the newest plan as a file: MSPDI, iCalendar or our own JSON."""
    del request
    programme = programme_or_404(programme_id)
    version = newest(programme, Kind.PLAN)
    if version is None or ending not in ENDINGS:
        raise Http404
    content, media_type = bridge.write_file(
        bridge.plan_of(version, programme.milestones.all()), ending
    )
    return HttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="plan.{ending}"'},
    )


@login_not_required
@require_GET
def show_scenario(request: HttpRequest, programme_id: UUID, version_id: UUID) -> HttpResponse:
    """Show what a scenario changes, on the same draws as the plan."""
    programme = programme_or_404(programme_id)
    scenario = programme.plans.filter(kind=Kind.SCENARIO, pk=version_id).first()
    version = newest(programme, Kind.PLAN)
    if scenario is None:
        raise Http404
    milestones = list(programme.milestones.all())
    after = bridge.plan_of(scenario, milestones)
    before = bridge.plan_of(version, milestones) if version else after
    now, then = bridge.compare(before, after)
    ends_now, ends_then = dict(now.ends), dict(then.ends)
    lines = []
    for row in milestones:
        first, second = now.milestones.get(str(row.pk)), then.milestones.get(str(row.pk))
        if first and second:
            lines.append((row, first.chance.share, second.chance.share))
    return page(
        request,
        "scenario.html",
        programme=programme,
        scenario=scenario,
        version=version,
        ends=[(share, ends_now.get(share), ends_then.get(share)) for share in (0.1, 0.5, 0.8)],
        lines=[(row, a, b, b - a) for row, a, b in lines],
        may_keep=may_keep(active_subject(), programme),
        synthetic=programme.is_synthetic,
    )
