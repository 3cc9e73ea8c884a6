"""What-if: scenarios that touch no plan, beside it and beside each other, for those who keep the programme."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import active_subject
from punte.apps.programmes import bridge
from punte.apps.programmes.models import Milestone, PlanVersion, Programme
from punte.apps.programmes.permissions import may_keep
from punte.apps.programmes.queries import newest
from punte.web.programmes.pages import page, programme_or_404
from punte.web.programmes.unsound import unsound_plan
from punte.web.typed import typed_before

Kind = PlanVersion.Kind
SHARES = (0.1, 0.5, 0.8)
MOST_BESIDE = 6
"""So many scenarios stand beside the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A scenario on the same draws as the plan: ends by share, chances by milestone, what it changes."""

    version: PlanVersion
    ends: dict[float, date | None]
    chances: dict[str, float]
    changes: list[str]


def _kept_by_reader(programme_id: UUID) -> Programme:
    programme = programme_or_404(programme_id)
    if not may_keep(active_subject(), programme):
        raise Http404
    return programme


def _compared(
    plan: PlanVersion | None, scenarios: list[PlanVersion], milestones: list[Milestone]
) -> tuple[Compared | None, list[Compared]]:
    """Return the plan and each scenario, all on the same draws."""
    before = bridge.plan_of(plan, milestones) if plan else None
    found = []
    first = None
    for scenario in scenarios:
        after = bridge.plan_of(scenario, milestones, newest=plan)
        now, then = bridge.compare(before or after, after)
        if plan is not None and before is not None:
            first = _line(plan, now, [])
        changes = [tell(one) for one in bridge.differences(before, after)] if before else []
        found.append(_line(scenario, then, changes))
    return first, found


def _line(version: PlanVersion, risks: bridge.Risks, changes: list[str]) -> Compared:
    return Compared(
        version=version,
        ends=dict(risks.ends),
        chances={key: risk.chance.share for key, risk in risks.milestones.items()},
        changes=changes,
    )


def tell(one: bridge.Difference) -> str:
    """Return in words what a scenario changes."""
    values = {
        "name": one.name,
        "before": one.before or "\N{EN DASH}",
        "after": one.after or "\N{EN DASH}",
    }
    words = {
        "added": _("“%(name)s” is new"),
        "removed": _("“%(name)s” is left out"),
        "length": _("“%(name)s” takes %(after)s days instead of %(before)s"),
        "links": _("“%(name)s” waits for %(after)s instead of %(before)s"),
        "progress": _("“%(name)s” has other progress"),
        "other": _("“%(name)s” has another name, stage, calendar, cost or date of its own"),
        "renamed": _("“%(name)s” has the id %(after)s instead of %(before)s"),
        "risks": _("risks or correlations differ"),
        "start": _("the plan begins on %(after)s instead of %(before)s"),
    }
    return words[one.kind] % values


@require_GET
def compare_scenarios(request: HttpRequest, programme_id: UUID) -> HttpResponse:
    """Show the plan and its newest scenarios side by side, on the same draws."""
    programme = _kept_by_reader(programme_id)
    milestones = list(programme.milestones.all())
    kept = list(programme.plans.filter(kind=Kind.SCENARIO))
    left_out = [found for one in kept if (found := unsound_plan(one))]
    gone = {one.version.pk for one in left_out}
    scenarios = [one for one in kept if one.pk not in gone]
    plan = newest(programme, Kind.PLAN)
    first, beside = _compared(plan, scenarios[:MOST_BESIDE], milestones)
    columns = [one for one in (first, *beside) if one is not None]
    return page(
        request,
        "scenarios.html",
        programme=programme,
        plan=plan,
        columns=columns,
        beside=beside,
        ends=[(share, [one.ends.get(share) for one in columns]) for share in SHARES],
        chances=[
            (row, [one.chances.get(str(row.pk)) for one in columns])
            for row in milestones
            if any(str(row.pk) in one.chances for one in columns)
        ],
        older=scenarios[MOST_BESIDE:],
        left_out=left_out,
        may_keep=True,
        tab="scenarios",
        synthetic=programme.is_synthetic,
    )


@require_GET
def show_scenario(request: HttpRequest, programme_id: UUID, version_id: UUID) -> HttpResponse:
    """Show what a scenario changes, on the same draws as the plan."""
    programme = _kept_by_reader(programme_id)
    scenario = programme.plans.filter(kind=Kind.SCENARIO, pk=version_id).first()
    if scenario is None:
        raise Http404
    plan = newest(programme, Kind.PLAN)
    milestones = list(programme.milestones.all())
    first, (then,) = _compared(plan, [scenario], milestones)
    now = first or then
    return page(
        request,
        "scenario.html",
        programme=programme,
        scenario=scenario,
        plan=plan,
        changes=then.changes,
        ends=[(share, now.ends.get(share), then.ends.get(share)) for share in SHARES],
        lines=[
            (row, a, b, b - a)
            for row in milestones
            if (a := now.chances.get(str(row.pk))) is not None
            and (b := then.chances.get(str(row.pk))) is not None
        ],
        typed=typed_before(request),
        may_keep=True,
        tab="scenarios",
        synthetic=programme.is_synthetic,
    )
