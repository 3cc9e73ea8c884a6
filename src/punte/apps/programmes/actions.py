"""Changes of programmes and milestones: entered with sources, done only with evidence."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import PUBLIC, Subject, acting_as_system
from punte.apps.people.models import Person
from punte.apps.programmes.models import Milestone, PlanVersion, Programme, PromiseChange, Remark
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
    reason: str = "",
) -> Milestone:
    """
    Enter or change a milestone of a programme.

    Parameters
    ----------
    after
        Milestones that it waits for, of this or another programme that the subject sees.
    reason
        Why the promised date of a milestone changes; needed where it does.

    Raises
    ------
    NotKeeperError
        The subject does not keep the programme.
    PunteError
        The activity is not in the plan, it would wait for itself, or its date changes without a reason.
    """
    require_keeper(by, programme)
    refuse_classified(_("Milestone"), [(_("name"), name), (_("note"), note), (_("reason"), reason)])
    reason = " ".join(reason.split())[:300]
    before = milestone.promised_on if milestone else promised_on
    if before != promised_on and not reason:
        raise PunteError(_("Say why the promised date changes; its history keeps both."))
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
    if before != promised_on:
        PromiseChange.objects.create(
            milestone=row, before=before, after=promised_on, reason=reason, by_name=name_of(by)
        )
    record("milestone.set", row, before=before.isoformat(), promised_on=promised_on.isoformat())
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
            programme=programme, text=text, by_id=by.person_id, by_name=name_of(by)
        )
    record("programme.remark", programme)
    return made


def name_of(by: Subject) -> str:
    """Return the name under which a subject acts; empty where nobody stands behind it."""
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    return person.name if person else ""
