"""A plan read from three sides: its network, its progress against what was promised, its health."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import active_subject
from punte.apps.programmes import bridge
from punte.apps.programmes.models import PlanVersion, Programme
from punte.apps.programmes.permissions import may_keep
from punte.apps.programmes.queries import newest, promise_changes
from punte.web.programmes import pictures, plan_pictures
from punte.web.programmes.pages import page, programme_or_404
from punte.web.programmes.words import say, say_state, why_critical

Kind = PlanVersion.Kind
MOST_VERSIONS = 24
"""So many versions of a plan are looked back on."""


def _with_plan(programme_id: UUID) -> tuple[Programme, PlanVersion]:
    programme = programme_or_404(programme_id)
    version = newest(programme, Kind.PLAN)
    if version is None:
        raise Http404
    return programme, version


def _page(
    request: HttpRequest, template: str, programme: Programme, **context: object
) -> HttpResponse:
    return page(
        request,
        template,
        programme=programme,
        may_keep=may_keep(active_subject(), programme),
        marking=programme.label_tlp,
        synthetic=programme.is_synthetic,
        **context,
    )


@login_not_required
@require_GET
def show_network(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show what waits for what, the critical path marked, and why each activity is or is not on it."""
    programme, version = _with_plan(programme_id)
    plan = bridge.plan_of(version, programme.milestones.all())
    lines = bridge.lines_of(plan)
    picture = bridge.network_of(plan, say=say)
    return _page(
        request,
        "network.html",
        programme,
        plan=version,
        network=plan_pictures.network(picture, lines) if picture else None,
        lines=[(line, why_critical(line)) for line in lines],
        tab="network",
    )


@login_not_required
@require_GET
def show_progress(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show what has moved since a baseline, earned schedule, and how finishes crept from version to version."""
    programme, version = _with_plan(programme_id)
    milestones = list(programme.milestones.all())
    plan = bridge.plan_of(version, milestones)
    baselines = list(programme.plans.filter(kind=Kind.BASELINE))
    number = request.GET.get("baseline", "")
    frozen = next((one for one in baselines if str(one.number) == number), None) or next(
        iter(baselines), None
    )
    earned = bridge.earned_of(plan, frozen.content) if frozen else None
    versions = list(programme.plans.filter(kind=Kind.PLAN)[:MOST_VERSIONS])
    return _page(
        request,
        "progress.html",
        programme,
        plan=version,
        frozen=frozen,
        baselines=[(one, bridge.is_untouched(one.content)) for one in baselines],
        is_untouched=frozen is None or bridge.is_untouched(frozen.content),
        slip=pictures.slips(bridge.slips_of(plan, frozen.content)) if frozen else None,
        earned=earned,
        behind=abs(earned.variance) if earned else 0,
        earned_chart=plan_pictures.earned_value(bridge.value_curve(plan, frozen.content), earned)
        if frozen and earned
        else None,
        creep=plan_pictures.creep(bridge.forecasts_of(versions, milestones)),
        changes=promise_changes(programme),
        tab="progress",
    )


@login_not_required
@require_GET
def show_health(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show the fourteen DCMA checks with everyone who counts against them, and the ten GAO practices."""
    programme, version = _with_plan(programme_id)
    frozen = newest(programme, Kind.BASELINE)
    plan = bridge.plan_of(version, programme.milestones.all())
    card = bridge.health_of(plan, frozen.content if frozen else None)
    names = {activity.id: activity.name or activity.id for activity in plan.activities}
    return _page(
        request,
        "health.html",
        programme,
        plan=version,
        card=card,
        findings=[
            (
                one,
                say(one.name),
                say(one.remark),
                [f"{key} {names[key]}" if key in names else key for key in one.offenders],
            )
            for one in card.findings
        ],
        practices=[
            (one, say(one.name), say_state(one.state), say(one.because)) for one in card.practices
        ],
        tab="health",
    )
