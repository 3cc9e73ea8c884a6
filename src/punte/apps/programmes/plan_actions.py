"""Changes of plans: kept in versions, undone, tried as scenarios, adopted with a reason, frozen as baselines."""

from typing import Final

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified, refuse_classified_file
from punte.apps.access.permissions import Subject
from punte.apps.programmes import bridge
from punte.apps.programmes.actions import name_of, refuse_long
from punte.apps.programmes.models import PlanVersion, Programme
from punte.apps.programmes.permissions import require_keeper
from punte.apps.programmes.queries import newest
from punte.kernel.errors import ChangedMeanwhileError, PunteError

Kind = PlanVersion.Kind
MOST_REASON: Final = 300
"""Characters of why a version was made."""
MOST_NAME: Final = 120
"""Characters of the name of a scenario or baseline."""


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
        The newest version when the writer began, 0 where there was none; None where it does not matter.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    InvalidInputError
        The plan makes no sense; every fault names its activities. Nothing is kept.
    ClassifiedError
        A text of the plan carries a marking.
    ChangedMeanwhileError
        Somebody else kept a version meanwhile.
    """
    require_keeper(by, programme)
    if kind == Kind.PLAN:
        _refuse_stale(programme, read_number)
    refuse_classified(
        _("Plan"),
        [(_("name"), name), (_("reason"), reason), *bridge.texts_of(content)],
        codes=bridge.codes_of(content),
    )
    content = bridge.check_content(content, source=str(_("The plan")))
    return _keep(by, programme, kind, content, name=name, reason=reason)


def bring_in(
    *, by: Subject, programme: Programme, name: str, file: bytes, read_number: int | None = None
) -> PlanVersion:
    """
    Keep the plan of a file as a new version: MSPDI, CSV, PSPLIB or our own JSON, by the ending of its name.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    InvalidInputError
        The file cannot be read, or its plan makes no sense; every fault has its place.
    ClassifiedError
        The file, or its name, carries a marking.
    ChangedMeanwhileError
        Somebody else kept a version meanwhile.
    """
    require_keeper(by, programme)
    refuse_classified_file(name, file)
    content = bridge.read_file(file, name=name, start=timezone.localdate())
    last = newest(programme, Kind.PLAN)
    if last is not None:
        content = bridge.with_origins(content, last.content)
    return save_plan(
        by=by, programme=programme, content=content, reason=name, read_number=read_number
    )


def _refuse_stale(programme: Programme, read_number: int | None) -> None:
    """
    Lock the programme, and stop a writer who has not seen its newest plan.

    Raises
    ------
    ChangedMeanwhileError
        Naming who kept which version.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    last = newest(programme, Kind.PLAN)
    if read_number is not None and read_number != (last.number if last else 0):
        raise ChangedMeanwhileError(
            _(
                "%(who)s kept version %(number)d meanwhile, so nothing was kept of yours. Look at it first."
            )
            % {
                "who": (last.by_name if last else "") or _("Somebody"),
                "number": last.number if last else 0,
            }
        )


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
    refuse_long(_("name"), name, MOST_NAME)
    refuse_long(_("reason"), reason, MOST_REASON)
    Programme.objects.select_for_update().get(pk=programme.pk)
    last = PlanVersion.objects.filter(programme=programme, kind=kind).aggregate(
        number=Max("number")
    )["number"]
    if kind == Kind.PLAN:
        _take_milestones_along(programme, content)
    version = PlanVersion.objects.create(
        programme=programme,
        kind=kind,
        number=(last or 0) + 1,
        name=name,
        content=content,
        sha256=bridge.sha256_of(content),
        reason=reason,
        repeats=repeats,
        by_id=by.person_id,
        by_name=name_of(by),
    )
    record(f"plan.{kind}", version, number=version.number, sha256=version.sha256)
    return version


def _take_milestones_along(programme: Programme, content: bridge.Content) -> None:
    """Let each milestone name its activity by the id that this has in the plan that is kept now."""
    last = newest(programme, Kind.PLAN)
    ids = bridge.ids_between(last.content, content) if last else {}
    for milestone in programme.milestones.exclude(activity=""):
        now = ids.get(milestone.activity, milestone.activity)
        if now != milestone.activity:
            milestone.activity = now
            milestone.save(update_fields=["activity"])
            record("milestone.renamed", milestone, activity=now)


def undo(*, by: Subject, programme: Programme, read_number: int | None = None) -> PlanVersion:
    """
    Take back the last change: the version before it becomes the newest again, as a version of its own.

    Undoing again goes one further back.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        There is nothing before.
    ChangedMeanwhileError
        Somebody else kept a version meanwhile: undoing would take back theirs.
    """
    require_keeper(by, programme)
    _refuse_stale(programme, read_number)
    last = newest(programme, Kind.PLAN)
    plans = PlanVersion.objects.filter(programme=programme, kind=Kind.PLAN)
    before = plans.filter(number__lt=last.repeats or last.number).first() if last else None
    if before is None:
        raise PunteError(_("There is no version before this one."))
    return take_again(by=by, version=before)


def take_again(*, by: Subject, version: PlanVersion, read_number: int | None = None) -> PlanVersion:
    """
    Make an earlier version of the plan the newest again, as a version of its own.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    ChangedMeanwhileError
        Somebody else kept a version meanwhile.
    """
    require_keeper(by, version.programme)
    _refuse_stale(version.programme, read_number)
    number = version.repeats or version.number
    why = _("version %(number)d again") % {"number": number}
    return _keep(
        by, version.programme, Kind.PLAN, version.content, name="", reason=why, repeats=number
    )


def adopt(
    *, by: Subject, scenario: PlanVersion, reason: str, read_number: int | None = None
) -> PlanVersion:
    """
    Make a scenario the plan.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        No reason is given.
    InvalidInputError
        The scenario breaks rules that came after it.
    ClassifiedError
        The reason carries a marking.
    ChangedMeanwhileError
        Somebody else kept a version of the plan meanwhile.
    """
    require_keeper(by, scenario.programme)
    _refuse_stale(scenario.programme, read_number)
    refuse_classified(_("Plan"), [(_("reason"), reason)])
    if not reason.strip():
        raise PunteError(_("Say why the scenario becomes the plan; the history keeps it."))
    bridge.plan_of(scenario)
    why = f"{scenario}: {reason.strip()}"
    return _keep(by, scenario.programme, Kind.PLAN, scenario.content, name="", reason=why)


def freeze_baseline(
    *, by: Subject, programme: Programme, name: str, read_number: int | None = None
) -> PlanVersion:
    """
    Freeze the newest plan as a baseline, with a hash that shows any later change.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        There is no plan, or no name.
    ClassifiedError
        The name carries a marking.
    ChangedMeanwhileError
        Somebody else kept a version meanwhile: it is not the one that the writer saw.
    """
    require_keeper(by, programme)
    _refuse_stale(programme, read_number)
    refuse_classified(_("Baseline"), [(_("name"), name)])
    plan = newest(programme, Kind.PLAN)
    if plan is None:
        raise PunteError(_("There is no plan to freeze. Enter one first."))
    if not name.strip():
        raise PunteError(_("Give the baseline a name, such as “as promised in June”."))
    content = bridge.freeze(bridge.plan_of(plan), name=name.strip(), sha256=plan.sha256)
    return _keep(by, programme, Kind.BASELINE, content, name=name.strip(), reason="")
