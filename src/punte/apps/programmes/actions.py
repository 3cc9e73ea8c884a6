"""Changes of programmes: entered with sources, planned in versions, done only with evidence."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import PUBLIC, Subject, acting_as_system
from punte.apps.people.models import Person
from punte.apps.programmes import bridge
from punte.apps.programmes.models import Milestone, PlanVersion, Programme, Remark
from punte.apps.programmes.permissions import NotKeeperError, may_enter, require_keeper
from punte.apps.programmes.queries import newest
from punte.kernel.errors import PunteError

Kind = PlanVersion.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDraft:
    """A programme as its keeper writes it; names as :class:`Programme` has them."""

    kind: str
    name: str
    scope: str
    authority: str
    countries: tuple[str, ...]
    capability: tuple[str, ...]
    status: str
    status_as_of: str
    status_source: str
    status_note: str
    sources: tuple[str, ...]
    parent_id: UUID | None
    is_public: bool


def enter_programme(*, by: Subject, draft: ProgrammeDraft) -> Programme:
    """
    Enter a programme that the subject's organisation keeps.

    Raises
    ------
    NotKeeperError
        The subject is of no authority or union body.
    PunteError
        A status beyond “proposed” has no source, or a text carries a marking.
    """
    if not may_enter(by) or by.org_id is None:
        raise NotKeeperError(
            _("Only people of authorities and union bodies enter programmes. Ask your authority.")
        )
    _check_draft(draft)
    programme = Programme(owner_org_id=by.org_id)
    _fill(programme, draft)
    programme.save()
    record("programme.entered", programme, status=programme.status)
    return programme


def change_programme(*, by: Subject, programme: Programme, draft: ProgrammeDraft) -> None:
    """
    Change a programme.

    Raises
    ------
    NotKeeperError, PunteError
        As :func:`enter_programme`.
    """
    require_keeper(by, programme)
    _check_draft(draft)
    before = programme.status
    _fill(programme, draft)
    programme.save()
    record("programme.changed", programme, before=before, status=programme.status)


def _check_draft(draft: ProgrammeDraft) -> None:
    refuse_classified(
        _("Programme"),
        [
            (_("name"), draft.name),
            (_("what it is for"), draft.scope),
            (_("note"), draft.status_note),
        ],
    )
    if draft.status != Programme.Status.PROPOSED and not draft.status_source:
        raise PunteError(
            _("A status beyond “proposed” needs a source: say where its authority states it.")
        )


def _fill(programme: Programme, draft: ProgrammeDraft) -> None:
    for field in fields(draft):
        if field.name != "is_public":
            value = getattr(draft, field.name)
            setattr(programme, field.name, list(value) if isinstance(value, tuple) else value)
    kept = [group for group in programme.label_releasable_to if group != PUBLIC]
    programme.label_releasable_to = [*kept, PUBLIC] if draft.is_public else kept


def set_milestone(
    *,
    by: Subject,
    programme: Programme,
    milestone: Milestone | None,
    name: str,
    kind: str,
    promised_on: dt.date,
    owner_name: str = "",
    sources: Iterable[str] = (),
    note: str = "",
    activity: str = "",
    required_percent: int | None = None,
    after: Iterable[UUID] = (),
) -> Milestone:
    """
    Enter or change a milestone of a programme.

    Parameters
    ----------
    after
        Milestones that it waits for, of this or another programme that the subject sees.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        The activity is not in the plan, or it would wait for itself.
    """
    require_keeper(by, programme)
    refuse_classified(_("Milestone"), [(_("name"), name), (_("note"), note)])
    plan = newest(programme, Kind.PLAN)
    if activity and (
        plan is None or activity not in {line["id"] for line in plan.content["activities"]}
    ):
        raise PunteError(
            _("The plan has no activity “%(id)s”. Choose one of its activities.") % {"id": activity}
        )
    row = milestone or Milestone(programme=programme)
    row.name, row.kind, row.promised_on = name, kind, promised_on
    row.owner_name, row.note, row.activity = owner_name, note, activity
    row.sources, row.required_percent = list(sources), required_percent
    wanted = list(Milestone.objects.filter(pk__in=list(after)))
    if milestone is not None and _reaches(wanted, milestone):
        raise PunteError(
            _("“%(name)s” would wait for itself. Take out one of those it waits for.")
            % {"name": name}
        )
    row.save()
    row.after.set(wanted)
    record("milestone.set", row, promised_on=promised_on.isoformat())
    return row


def _reaches(start: list[Milestone], goal: Milestone) -> bool:
    seen: set[UUID] = set()
    ahead = list(start)
    while ahead:
        one = ahead.pop()
        if one.pk == goal.pk:
            return True
        if one.pk not in seen:
            seen.add(one.pk)
            ahead += list(one.after.all())
    return False


def mark_done(
    *, by: Subject, milestone: Milestone, on: dt.date | None, who: str, evidence: str
) -> None:
    """
    Say that a milestone is reached, with who says so and which document shows it; no date takes it back.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        Who or which document is missing, or the day lies ahead.
    """
    require_keeper(by, milestone.programme)
    if on is not None and not (who.strip() and evidence.strip()):
        raise PunteError(_("Done needs evidence: say who states it, and in which document."))
    if on is not None and on > timezone.localdate():
        raise PunteError(_("The day lies ahead. Give the day on which it was reached."))
    refuse_classified(_("Milestone"), [(_("document"), evidence)])
    milestone.done_on = on
    milestone.done_by, milestone.done_evidence = (who.strip(), evidence.strip()) if on else ("", "")
    milestone.save()
    record("milestone.done", milestone, on=on.isoformat() if on else None)


def remark(*, by: Subject, programme: Programme, text: str) -> Remark:
    """
    Leave a remark on a programme, for everyone who sees it.

    Raises
    ------
    PunteError
        The subject may not write, or the text is empty or carries a marking.
    """
    text = " ".join(text.split())[:1000]
    if by.person_id is None or not by.may_write or by.is_denied or not by.is_vetted:
        raise NotKeeperError(_("Only cleared persons leave remarks."))
    if not text:
        raise PunteError(_("Write the remark first."))
    refuse_classified(_("Remark"), [(_("text"), text)])
    with acting_as_system("leave a remark on a programme"):
        made = Remark.objects.create(
            programme=programme, text=text, by_id=by.person_id, by_name=_name(by)
        )
    record("programme.remark", programme)
    return made


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
) -> PlanVersion:
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
        by_id=by.person_id,
        by_name=_name(by),
    )
    record(f"plan.{kind}", version, number=version.number, sha256=version.sha256)
    return version


def undo(*, by: Subject, programme: Programme) -> PlanVersion:
    """
    Make the plan before the newest the newest again, as a version of its own.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        There is nothing before.
    """
    require_keeper(by, programme)
    plans = list(PlanVersion.objects.filter(programme=programme, kind=Kind.PLAN)[:2])
    if len(plans) < 2:
        raise PunteError(_("There is no version before this one."))
    why = _("version %(number)d again") % {"number": plans[1].number}
    return _keep(by, programme, Kind.PLAN, plans[1].content, name="", reason=why)


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


def _name(by: Subject) -> str:
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    return person.name if person else ""
