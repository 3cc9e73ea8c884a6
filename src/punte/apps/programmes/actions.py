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

MOST_REMARK = 1000
"""Characters of a remark."""

FIRST_YEAR, LAST_YEAR = 1990, 2150
"""Beyond these a promised date is a slip of the pen, and no calendar reaches it."""


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
    _check_parent(programme, draft.parent_id)
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
            (_("responsible"), draft.authority),
            (_("as of"), draft.status_as_of),
            (_("source of the status"), draft.status_source),
            *((_("sources"), source) for source in draft.sources),
        ],
    )
    if draft.status != Programme.Status.PROPOSED and not draft.status_source:
        raise PunteError(
            _("A status beyond “proposed” needs a source: say where its authority states it.")
        )


def _check_parent(programme: Programme, parent_id: UUID | None) -> None:
    """Refuse a programme that would serve itself by way of others."""
    above = dict(Programme.objects.values_list("pk", "parent_id"))
    seen: set[UUID] = set()
    while parent_id is not None and parent_id not in seen:
        if parent_id == programme.pk:
            raise PunteError(
                _("“%(name)s” would serve itself. Choose another programme that it serves.")
                % {"name": programme.name}
            )
        seen.add(parent_id)
        parent_id = above.get(parent_id)


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
    activity
        Of the plan; the one that the milestone has stays, though the plan has it no longer.
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
    sources = list(sources)
    refuse_classified(
        _("Milestone"),
        [
            (_("name"), name),
            (_("note"), note),
            (_("reason"), reason),
            (_("who answers for it"), owner_name),
            *((_("sources"), source) for source in sources),
        ],
    )
    _refuse_far(promised_on)
    reason = " ".join(reason.split())
    refuse_long(_("Why the date changes"), reason, 300)
    before = milestone.promised_on if milestone else promised_on
    if before != promised_on and not reason:
        raise PunteError(_("Say why the promised date changes; its history keeps both."))
    if activity and activity != (milestone.activity if milestone else ""):
        _refuse_unknown(programme, activity)
    row = milestone or Milestone(programme=programme)
    row.name, row.kind, row.promised_on = name, kind, promised_on
    row.owner_name, row.note, row.activity = owner_name, note, activity
    row.sources, row.required_percent = sources, required_percent
    wanted = list(Milestone.objects.filter(pk__in=list(after)))
    if milestone is not None and _reaches(wanted, milestone):
        raise PunteError(
            _("“%(name)s” would wait for itself. Take out one of those it waits for.")
            % {"name": name}
        )
    row.save()
    row.after.set(wanted)
    if before != promised_on:
        _keep_change(by, row, before, reason)
    record("milestone.set", row, before=before.isoformat(), promised_on=promised_on.isoformat())
    return row


def _keep_change(by: Subject, row: Milestone, before: dt.date, reason: str) -> None:
    PromiseChange.objects.create(
        milestone=row,
        before=before,
        after=row.promised_on,
        reason=reason,
        by_id=by.person_id,
        by_name=name_of(by),
    )


def _refuse_far(day: dt.date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PunteError(
            _("A promised date lies between %(first)d and %(last)d. Check its year.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )


def _refuse_unknown(programme: Programme, activity: str) -> None:
    plan = newest(programme, Kind.PLAN)
    if plan is None or activity not in {line["id"] for line in plan.content["activities"]}:
        raise PunteError(
            _("The plan has no activity “%(id)s”. Choose one of its activities.") % {"id": activity}
        )


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
    refuse_long(_("who says so"), who.strip(), 160)
    refuse_long(_("document that shows it"), evidence.strip(), 400)
    if on is not None and not (who.strip() and evidence.strip()):
        raise PunteError(_("Done needs evidence: say who states it, and in which document."))
    if on is not None and on > timezone.localdate():
        raise PunteError(_("The day lies ahead. Give the day on which it was reached."))
    refuse_classified(
        _("Milestone"), [(_("who says so"), who), (_("document that shows it"), evidence)]
    )
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
    text = " ".join(text.split())
    if by.person_id is None or not by.may_write or by.is_denied or not by.is_vetted:
        raise NotKeeperError(_("Only cleared persons leave remarks."))
    if not text:
        raise PunteError(_("Write the remark first."))
    refuse_long(_("remark"), text, MOST_REMARK)
    refuse_classified(_("Remark"), [(_("text"), text)])
    with acting_as_system("leave a remark on a programme"):
        made = Remark.objects.create(
            programme=programme, text=text, by_id=by.person_id, by_name=name_of(by)
        )
    record("programme.remark", programme)
    return made


def refuse_long(field: str, text: str, most: int) -> None:
    """
    Refuse a text that would have to be cut: what somebody wrote is kept whole, or they are told.

    Raises
    ------
    PunteError
        It has more than ``most`` characters.
    """
    if len(text) > most:
        raise PunteError(
            _(
                "The field “%(field)s” has %(count)d characters; at most %(most)d are kept. Shorten it."
            )
            % {"field": field, "count": len(text), "most": most}
        )


def name_of(by: Subject) -> str:
    """Return the name under which a subject acts; empty where nobody stands behind it."""
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    return person.name if person else ""
