"""Changes of plans: kept in versions, undone, tried as scenarios, adopted with a reason, frozen as baselines."""

from django.db.models import Max
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.programmes import bridge
from punte.apps.programmes.actions import name_of
from punte.apps.programmes.models import PlanVersion, Programme
from punte.apps.programmes.permissions import require_keeper
from punte.apps.programmes.queries import newest
from punte.kernel.errors import PunteError

Kind = PlanVersion.Kind


def save_plan(
    *,
    by: Subject,
    programme: Programme,
    content: bridge.Content,
    kind: Kind = Kind.PLAN,
    name: str = "",
    reason: str = "",
    read_number: int | None = None,
) -> PlanVersion:
    """
    Keep a plan as a new version, or as a scenario that touches no plan.

    Parameters
    ----------
    read_number
        The newest version when the writer began; None where it does not matter.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    InvalidInputError
        The plan makes no sense; every fault names its activities. Nothing is kept.
    PunteError
        Somebody else kept a version meanwhile.
    """
    require_keeper(by, programme)
    Programme.objects.select_for_update().get(pk=programme.pk)
    last = newest(programme, kind)
    if read_number is not None and kind == Kind.PLAN and last and last.number != read_number:
        raise PunteError(
            _("%(who)s kept version %(number)d meanwhile. Look at it; yours is below, not kept.")
            % {"who": last.by_name or _("Somebody"), "number": last.number}
        )
    content = bridge.check_content(content, source=str(_("The plan")))
    refuse_classified(_("Plan"), [(_("names"), _words(content))])
    return _keep(by, programme, kind, content, name=name, reason=reason)


def _words(content: bridge.Content) -> str:
    return " · ".join(str(line.get("name", "")) for line in content["activities"])


def _keep(
    by: Subject,
    programme: Programme,
    kind: Kind,
    content: bridge.Content,
    *,
    name: str,
    reason: str,
    repeats: int | None = None,
) -> PlanVersion:
    Programme.objects.select_for_update().get(pk=programme.pk)
    last = PlanVersion.objects.filter(programme=programme, kind=kind).aggregate(
        number=Max("number")
    )["number"]
    version = PlanVersion.objects.create(
        programme=programme,
        kind=kind,
        number=(last or 0) + 1,
        name=name,
        content=content,
        sha256=bridge.sha256_of(content),
        reason=reason[:300],
        repeats=repeats,
        by_id=by.person_id,
        by_name=name_of(by),
    )
    record(f"plan.{kind}", version, number=version.number, sha256=version.sha256)
    return version


def undo(*, by: Subject, programme: Programme) -> PlanVersion:
    """
    Take back the last change: the version before it becomes the newest again, as a version of its own.

    Undoing again goes one further back.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        There is nothing before.
    """
    require_keeper(by, programme)
    last = newest(programme, Kind.PLAN)
    plans = PlanVersion.objects.filter(programme=programme, kind=Kind.PLAN)
    before = plans.filter(number__lt=last.repeats or last.number).first() if last else None
    if before is None:
        raise PunteError(_("There is no version before this one."))
    return take_again(by=by, version=before)


def take_again(*, by: Subject, version: PlanVersion) -> PlanVersion:
    """
    Make an earlier version of the plan the newest again, as a version of its own.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    """
    require_keeper(by, version.programme)
    number = version.repeats or version.number
    why = _("version %(number)d again") % {"number": number}
    return _keep(
        by, version.programme, Kind.PLAN, version.content, name="", reason=why, repeats=number
    )


def adopt(*, by: Subject, scenario: PlanVersion, reason: str) -> PlanVersion:
    """
    Make a scenario the plan.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        No reason is given.
    """
    require_keeper(by, scenario.programme)
    if not reason.strip():
        raise PunteError(_("Say why the scenario becomes the plan; the history keeps it."))
    why = f"{scenario}: {reason.strip()}"
    return _keep(by, scenario.programme, Kind.PLAN, scenario.content, name="", reason=why)


def freeze_baseline(*, by: Subject, programme: Programme, name: str) -> PlanVersion:
    """
    Freeze the newest plan as a baseline, with a hash that shows any later change.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        There is no plan, or no name.
    """
    require_keeper(by, programme)
    plan = newest(programme, Kind.PLAN)
    if plan is None:
        raise PunteError(_("There is no plan to freeze. Enter one first."))
    if not name.strip():
        raise PunteError(_("Give the baseline a name, such as “as promised in June”."))
    content = bridge.freeze(bridge.plan_of(plan), name=name.strip(), sha256=plan.sha256)
    return _keep(by, programme, Kind.BASELINE, content, name=name.strip(), reason="")
