"""A plan as a table: edit, undo, try as a scenario, compare, adopt, freeze, bring in and take out as files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.programmes import bridge, plan_actions
from punte.apps.programmes.forms import ROW_FIELDS, content_from, rows_from, rows_of
from punte.apps.programmes.models import PlanVersion, Programme
from punte.apps.programmes.permissions import may_keep
from punte.apps.programmes.queries import newest
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.programmes import plan_pictures
from punte.web.programmes.pages import page, programme_or_404
from punte.web.programmes.words import say

Kind = PlanVersion.Kind
MOST_BYTES = 8_000_000
ENDINGS = {"xml", "ics", "json"}


@require_http_methods(["GET", "POST"])
def edit_plan(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show the plan as a table that its keeper changes; what was typed is never lost to a fault."""
    programme = _kept_by_reader(programme_id)
    version, content = _newest_content(programme)
    rows = rows_of(content)
    start, status_at = str(content.get("start", "")), str(content.get("status_at", ""))
    problems: list[Any] = []
    if request.method == "POST":
        rows = rows_from(request.POST)
        start, status_at = request.POST.get("start", ""), request.POST.get("status_at", "")
        try:
            changed = content_from(rows, content, start=start, status_at=status_at)
            if request.POST.get("do") != "look":
                return _keep(request, programme, changed)
        except InvalidInputError as error:
            problems = list(error.problems)
        except PunteError as error:
            messages.error(request, str(error))
        rows += [dict.fromkeys(ROW_FIELDS, "") for _row in range(4)]
    shown = None if problems else _preview(programme, rows, start=start, status_at=status_at)
    return page(
        request,
        "plan.html",
        programme=programme,
        plan=version,
        read_number=request.POST.get("read_number", version.number if version else 0),
        rows=rows,
        start=start,
        status_at=status_at,
        problems=problems,
        preview=shown,
        baselines=list(programme.plans.filter(kind=Kind.BASELINE)),
        history=list(programme.plans.filter(kind=Kind.PLAN)[:20]),
        may_keep=True,
        tab="edit",
        synthetic=programme.is_synthetic,
    )


def _kept_by_reader(programme_id: UUID) -> Programme:
    programme = programme_or_404(programme_id)
    if not may_keep(active_subject(), programme):
        raise Http404
    return programme


def _newest_content(programme: Programme) -> tuple[PlanVersion | None, dict[str, Any]]:
    version = newest(programme, Kind.PLAN)
    if version is None:
        return None, bridge.empty_content(programme.name, timezone.localdate())
    return version, version.content


@require_POST
def preview_plan(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show the Gantt chart of a plan as it is being typed; nothing is kept."""
    found = _preview(
        _kept_by_reader(programme_id),
        rows_from(request.POST),
        start=request.POST.get("start", ""),
        status_at=request.POST.get("status_at", ""),
    )
    return render(request, "programmes/preview.html", {"preview": found})


def _preview(
    programme: Programme, rows: list[dict[str, str]], *, start: str, status_at: str
) -> dict[str, Any]:
    """Return the chart of what is typed before the kept plan's ghost, and what changes; or what has to be mended."""
    version, content = _newest_content(programme)
    rows = [row for row in rows if any(row.values())]
    try:
        typed = content_from(rows, content, start=start, status_at=status_at)
        typed = bridge.check_content(typed, source=str(_("The plan")))
    except InvalidInputError as error:
        return {"problems": list(error.problems)}
    milestones = list(programme.milestones.all())
    after = bridge.plan_of_content(typed, milestones)
    before = bridge.plan_of(version, milestones) if version else after
    ghost = before if bridge.differences(before, after) else None
    now, then = bridge.compare(before, after)
    chances = []
    for row in milestones:
        first, second = now.milestones.get(str(row.pk)), then.milestones.get(str(row.pk))
        if first and second:
            chances.append((row, first.chance.share, second.chance.share))
    chart = bridge.gantt_of(after, ghost, say=say, risks=False)
    ends = dict(now.ends), dict(then.ends)
    return {
        "gantt": plan_pictures.inlined(bridge.draw(chart)),
        "is_changed": ghost is not None,
        "ends": [(share, ends[0].get(share), ends[1].get(share)) for share in (0.5, 0.8)],
        "chances": chances,
    }


def _keep(request: HttpRequest, programme: Programme, content: dict[str, Any]) -> HttpResponse:
    is_scenario = request.POST.get("do") == "scenario"
    number = request.POST.get("read_number", "0")
    kept = plan_actions.save_plan(
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
    """Undo, take an old version again, freeze a baseline, bring in a file, or adopt a scenario."""
    programme = _kept_by_reader(programme_id)
    steps = {
        "undo": _undo,
        "again": _take_again,
        "freeze": _freeze,
        "adopt": _adopt,
        "file": _bring_in,
    }
    step = steps.get(request.POST.get("do", ""), _refuse_step)
    try:
        told = step(request, programme)
    except PunteError as error:
        messages.error(request, str(error))
        return redirect("plan", programme_id=programme.pk)
    messages.success(request, told)
    return redirect("programme", programme_id=programme.pk)


def _refuse_step(request: HttpRequest, programme: Programme) -> str:
    del request, programme
    raise PunteError(_("There is no such step."))


def _told_again(kept: PlanVersion) -> str:
    return _("Version %(n)d is what version %(old)d was.") % {
        "n": kept.number,
        "old": kept.repeats or kept.number,
    }


def _undo(request: HttpRequest, programme: Programme) -> str:
    del request
    kept = plan_actions.undo(by=active_subject(), programme=programme)
    return _("Undone.") + " " + _told_again(kept)


def _take_again(request: HttpRequest, programme: Programme) -> str:
    text = request.POST.get("version", "")
    number = int(text) if text.isdecimal() and len(text) < 9 else 0
    version = programme.plans.filter(kind=Kind.PLAN, number=number).first()
    if version is None:
        raise PunteError(_("There is no such version. Choose one from the list."))
    return _told_again(plan_actions.take_again(by=active_subject(), version=version))


def _freeze(request: HttpRequest, programme: Programme) -> str:
    name = request.POST.get("name", "")[:120]
    plan_actions.freeze_baseline(by=active_subject(), programme=programme, name=name)
    return _("Frozen. From now on the pages show what has moved since.")


def _adopt(request: HttpRequest, programme: Programme) -> str:
    scenario = programme.plans.filter(
        kind=Kind.SCENARIO, pk=_uuid(request.POST.get("scenario", ""))
    ).first()
    if scenario is None:
        raise PunteError(_("There is no such scenario. Choose one from the list."))
    reason = request.POST.get("reason", "")[:200]
    kept = plan_actions.adopt(by=active_subject(), scenario=scenario, reason=reason)
    return _("The scenario is the plan now, version %(n)d.") % {"n": kept.number}


def _bring_in(request: HttpRequest, programme: Programme) -> str:
    file = request.FILES.get("plan")
    if file is None or file.size is None or file.size > MOST_BYTES:
        raise PunteError(
            _("Choose a file of at most 8 MB: MSPDI (.xml), CSV, PSPLIB (.sm) or JSON.")
        )
    content = bridge.read_file(
        file.read(), name=file.name or "plan.json", start=timezone.localdate()
    )
    kept = plan_actions.save_plan(
        by=active_subject(), programme=programme, content=content, reason=(file.name or "")[:200]
    )
    return _("Read and kept as version %(n)d.") % {"n": kept.number}


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
