"""A plan as a table: edit, undo, try as a scenario, compare, adopt, freeze, bring in and take out as files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.programmes import bridge, plan_actions
from punte.apps.programmes.models import PlanVersion, Programme
from punte.apps.programmes.permissions import may_keep
from punte.apps.programmes.plan_table import Fault, TableError, faults_of, is_blank
from punte.apps.programmes.queries import newest
from punte.kernel.errors import ChangedMeanwhileError, InvalidInputError, PunteError
from punte.web.programmes import plan_pictures
from punte.web.programmes.pages import page, programme_or_404
from punte.web.programmes.plan_sheet import Sheet, number_of, open_sheet, sent_sheet
from punte.web.programmes.unsound import unsound_plan
from punte.web.programmes.words import say
from punte.web.refusals import refusal, tell_refusal
from punte.web.typed import keep_typed, typed_before

Kind = PlanVersion.Kind
MOST_BYTES = 8_000_000
ENDINGS = {"xml", "ics", "json"}


@require_http_methods(["GET", "POST"])
def edit_plan(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show the plan as a table that its keeper changes, page by page; what was typed is never lost to a fault."""
    programme = _kept_by_reader(programme_id)
    if request.method != "POST":
        return _show_sheet(request, programme, open_sheet(programme))
    try:
        sheet = sent_sheet(request, programme)
    except InvalidInputError as error:
        messages.error(
            request, _("What was carried from other pages cannot be read: open the plan again.")
        )
        sheet = open_sheet(programme)
        sheet.faults = tuple(Fault(problem=one) for one in error.problems)
        return _show_sheet(request, programme, sheet)
    return _take(request, programme, sheet) or _show_sheet(request, programme, sheet)


def _take(request: HttpRequest, programme: Programme, sheet: Sheet) -> HttpResponse | None:
    """Do what was asked with a sheet; None where it is shown again, with what has to be mended marked in it."""
    do, changed = request.POST.get("do", ""), sheet.content
    try:
        changed = sheet.typed()
        if "go" in request.POST:
            sheet.turn_to(number_of(request.POST["go"]), changed)
        elif do == "look":
            bridge.check_content(changed, source=str(_("The plan")))
        else:
            return _keep(request, programme, sheet, changed)
    except TableError as error:
        sheet.faults = error.faults
    except InvalidInputError as error:
        sheet.faults = tuple(faults_of(error.problems, changed))
    except ChangedMeanwhileError as error:
        last = newest(programme, Kind.PLAN)
        sheet.read_number, sheet.is_drafted = last.number if last else 0, True
        own = _("What you typed is below: kept now, it takes the place of theirs.")
        messages.error(request, f"{error} {own}")
    except PunteError as error:
        tell_refusal(request, error)
    return None


def _show_sheet(request: HttpRequest, programme: Programme, sheet: Sheet) -> HttpResponse:
    version = newest(programme, Kind.PLAN)
    unsound = unsound_plan(version) if request.method != "POST" else None
    if unsound is not None:
        sheet.faults = unsound.faults
    return page(
        request,
        "plan.html",
        programme=programme,
        plan=version,
        unsound=unsound,
        sheet=sheet,
        preview=None if sheet.faults else _preview(programme, sheet),
        baselines=list(programme.plans.filter(kind=Kind.BASELINE)),
        history=list(programme.plans.filter(kind=Kind.PLAN)[:20]),
        typed=typed_before(request),
        may_keep=True,
        tab="edit",
        synthetic=programme.is_synthetic,
    )


def _kept_by_reader(programme_id: UUID) -> Programme:
    programme = programme_or_404(programme_id)
    if not may_keep(active_subject(), programme):
        raise Http404
    return programme


@require_POST
def preview_plan(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show the Gantt chart of a plan as it is being typed; nothing is kept."""
    programme = _kept_by_reader(programme_id)
    try:
        found = _preview(programme, sent_sheet(request, programme))
    except InvalidInputError as error:
        found = {"problems": list(error.problems)}
    return render(request, "programmes/preview.html", {"preview": found})


def _preview(programme: Programme, sheet: Sheet) -> dict[str, Any]:
    """Return the chart of what is typed before the kept plan's ghost, and what changes; or what has to be mended."""
    version = newest(programme, Kind.PLAN)
    typed: bridge.Content = sheet.content
    try:
        typed = sheet.typed()
        typed = bridge.check_content(typed, source=str(_("The plan")))
    except TableError as error:
        return {"problems": list(error.problems)}
    except InvalidInputError as error:
        return {"problems": [one.problem for one in faults_of(error.problems, typed)]}
    milestones = list(programme.milestones.all())
    after = bridge.plan_of_content(typed, milestones, newest=version)
    is_sound = version is not None and not bridge.problems_of(version)
    before = bridge.plan_of(version, milestones) if version and is_sound else after
    ghost = before if bridge.differences(before, after) else None
    now = bridge.assess(before)
    then = bridge.compare(before, after)[1] if ghost else now
    chances = []
    for row in milestones:
        first, second = now.milestones.get(str(row.pk)), then.milestones.get(str(row.pk))
        if first and second:
            chances.append((row, first.chance.share, second.chance.share))
    rows = sum(not is_blank(row) for row in sheet.rows)
    shown = slice(sheet.first, sheet.first + rows)
    chart = bridge.gantt_of(after, ghost, say=say, risks=False, shown=shown)
    ends = dict(now.ends), dict(then.ends)
    return {
        "gantt": plan_pictures.inlined(bridge.draw(chart)),
        "is_changed": ghost is not None,
        "is_kept": is_sound,
        "ends": [(share, ends[0].get(share), ends[1].get(share)) for share in (0.5, 0.8)],
        "chances": chances,
    }


def _keep(
    request: HttpRequest, programme: Programme, sheet: Sheet, content: bridge.Content
) -> HttpResponse:
    is_scenario = request.POST.get("do") == "scenario"
    kept = plan_actions.save_plan(
        by=active_subject(),
        programme=programme,
        content=content,
        kind=Kind.SCENARIO if is_scenario else Kind.PLAN,
        name=sheet.name.strip() if is_scenario else "",
        reason=sheet.reason.strip(),
        read_number=sheet.read_number,
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
    do = request.POST.get("do", "")
    step = steps.get(do, _refuse_step)
    try:
        told = step(request, programme)
    except PunteError as error:
        address = _page_of_step(request, programme)
        keep_typed(request, page=address, refused=refusal(error))
        if do not in steps:
            tell_refusal(request, error)
        return redirect(f"{address}#{do}" if do in steps else address)
    messages.success(request, told)
    return redirect("programme", programme_id=programme.pk)


def _page_of_step(request: HttpRequest, programme: Programme) -> str:
    """Return the page on which a step was asked for."""
    scenario = _find_scenario(request, programme)
    if request.POST.get("do") == "adopt" and scenario is not None:
        own = {"programme_id": programme.pk, "version_id": scenario.pk}
        return reverse("plan_scenario", kwargs=own)
    return reverse("plan", kwargs={"programme_id": programme.pk})


def _find_scenario(request: HttpRequest, programme: Programme) -> PlanVersion | None:
    key = _uuid(request.POST.get("scenario", ""))
    return programme.plans.filter(kind=Kind.SCENARIO, pk=key).first()


def _read_number(request: HttpRequest) -> int:
    return number_of(request.POST.get("read_number", ""))


def _refuse_step(request: HttpRequest, programme: Programme) -> str:
    del request, programme
    raise PunteError(_("There is no such step."))


def _told_again(kept: PlanVersion) -> str:
    return _("Version %(n)d is what version %(old)d was.") % {
        "n": kept.number,
        "old": kept.repeats or kept.number,
    }


def _undo(request: HttpRequest, programme: Programme) -> str:
    kept = plan_actions.undo(
        by=active_subject(), programme=programme, read_number=_read_number(request)
    )
    return _("Undone.") + " " + _told_again(kept)


def _take_again(request: HttpRequest, programme: Programme) -> str:
    number = number_of(request.POST.get("version", ""))
    version = programme.plans.filter(kind=Kind.PLAN, number=number).first()
    if version is None:
        raise PunteError(_("There is no such version. Choose one from the list."))
    kept = plan_actions.take_again(
        by=active_subject(), version=version, read_number=_read_number(request)
    )
    return _told_again(kept)


def _freeze(request: HttpRequest, programme: Programme) -> str:
    plan_actions.freeze_baseline(
        by=active_subject(),
        programme=programme,
        name=request.POST.get("name", ""),
        read_number=_read_number(request),
    )
    return _("Frozen. From now on the pages show what has moved since.")


def _adopt(request: HttpRequest, programme: Programme) -> str:
    scenario = _find_scenario(request, programme)
    if scenario is None:
        raise PunteError(_("There is no such scenario. Choose one from the list."))
    kept = plan_actions.adopt(
        by=active_subject(),
        scenario=scenario,
        reason=request.POST.get("reason", ""),
        read_number=_read_number(request),
    )
    return _("The scenario is the plan now, version %(n)d.") % {"n": kept.number}


def _bring_in(request: HttpRequest, programme: Programme) -> str:
    file = request.FILES.get("plan")
    if file is None or file.size is None or file.size > MOST_BYTES:
        raise PunteError(
            _("Choose a file of at most 8 MB: MSPDI (.xml), CSV, PSPLIB (.sm) or JSON.")
        )
    kept = plan_actions.bring_in(
        by=active_subject(),
        programme=programme,
        name=file.name or "plan.json",
        file=file.read(),
        read_number=_read_number(request),
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
    if ending == "json" and bridge.problems_of(version):
        # To be mended: our own file holds what the others cannot be made of.
        content, media_type = bridge.write_kept(version), "application/json"
    else:
        plan = bridge.plan_of(version, programme.milestones.all())
        content, media_type = bridge.write_file(plan, ending)
    return HttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="plan.{ending}"'},
    )
