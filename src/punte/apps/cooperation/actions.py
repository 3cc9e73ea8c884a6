"""Commitments: entered with sources, changed with evidence."""

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.labels import label_like
from punte.apps.access.models import Tlp
from punte.apps.access.permissions import PUBLIC, Subject, right_groups
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.models import Commitment, CommitmentEvent
from punte.apps.cooperation.permissions import (
    NotPartOfItError,
    may_write,
    require_change,
)
from punte.apps.people.models import Organisation, Person
from punte.apps.programmes.queries import milestones_by_id
from punte.kernel.errors import ChangedMeanwhileError, PunteError

YEARS: Final = range(1949, 2101)
"""In which a commitment is made and due: any other is a slip of the hand."""

MOST_TOLD: Final = 5
"""Entries that a refusal tells, the newest first [count]."""
MOST_ENTRY: Final = 1_000
"""Characters of an entry: a name, what and a day of before stand in it whole, in any language [count]."""


def enter_commitment(
    *,
    by: Subject,
    who: str,
    what: str,
    occasion: str = "",
    quotation: str = "",
    promised_on: dt.date | None = None,
    due_on: dt.date | None = None,
    sources: Iterable[str] = (),
    milestone_id: UUID | None = None,
    cooperation_id: UUID | None = None,
    request_id: UUID | None = None,
    is_public: bool = False,
    shown_to: Iterable[UUID] = (),
) -> Commitment:
    """
    Enter what somebody promised.

    Parameters
    ----------
    shown_to
        Organisations that may read it beside the subject's own.
    is_public
        Everyone sees it where an organiser enters it. Where anybody else does, the organisers of their forums see it, and
        publish it or not.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation.
    PunteError
        Who or what is missing, it is due before it was promised, or it is public without a source.
    """
    require_writer(by)
    found = tuple(whole_text(source, 400) for source in sources if source.strip())
    if not who.strip() or not what.strip():
        raise PunteError(_("Say who promised, and what."))
    _refuse_odd_days(promised_on, due_on)
    if milestone_id and not milestones_by_id([milestone_id]):
        raise PunteError(_("You see no such milestone. Choose one of the list."))
    if is_public and not found:
        raise PunteError(_("A public commitment needs a source: say where it can be read."))
    refuse_classified(
        _("Commitment"), [(_("who"), who), (_("what"), what), (_("words"), quotation)]
    )
    row = Commitment.objects.create(
        who=whole_text(who, 200),
        what=whole_text(what, 400),
        occasion=whole_text(occasion, 200),
        quotation=whole_text(quotation, 300),
        promised_on=promised_on,
        due_on=due_on,
        sources=list(found),
        milestone_id=milestone_id,
        cooperation_id=cooperation_id,
        request_id=request_id,
        owner_org_id=org_of(by),
        label_stewards=organisers_of(by) if is_public else [],
        **(_for_everyone() if is_public and keeps_record(by) else _shown_to(shown_to)),
    )
    note(by, row, _("Entered."), is_writing=True)
    record("commitment.entered", row, public=is_public and keeps_record(by))
    return row


def _refuse_odd_days(promised_on: dt.date | None, due_on: dt.date | None) -> None:
    for day in (promised_on, due_on):
        if day is not None and day.year not in YEARS:
            raise PunteError(
                _("%(day)s cannot be: give a day between %(first)d and %(last)d.")
                % {"day": day.isoformat(), "first": YEARS.start, "last": YEARS.stop - 1}
            )
    if promised_on and due_on and due_on < promised_on:
        raise PunteError(_("It is due before it was promised. Check the two days."))


def keeps_record(by: Subject) -> bool:
    """Whether a subject answers for what everyone sees: an organiser of a forum."""
    return may_write(by) and any(group.startswith("organise@") for group in by.groups)


def require_public(by: Subject, groups: Iterable[str]) -> None:
    """
    Let only organisers of a forum and public authorities show something to everyone.

    Raises
    ------
    NotPartOfItError
        The subject is neither, and ``groups`` hold everyone.
    """
    if PUBLIC not in groups or keeps_record(by):
        return
    bodies = {Organisation.Kind.AUTHORITY, Organisation.Kind.UNION}
    if not Organisation.objects.filter(pk=org_of(by), kind__in=bodies).exists():
        raise NotPartOfItError(
            _("What everyone sees comes from a public authority, or from an organiser of a forum.")
        )


def _for_everyone() -> dict[str, Any]:
    return {"label_releasable_to": [PUBLIC], "label_tlp": Tlp.CLEAR}


def _shown_to(organisations: Iterable[UUID]) -> dict[str, Any]:
    return {"label_releasable_to": sorted(f"org:{one}" for one in organisations)}


def organisers_of(by: Subject) -> list[str]:
    """Return the groups of those who organise the editions of a subject: for ``label_stewards``."""
    keys = [group.removeprefix("edition:") for group in by.groups if group.startswith("edition:")]
    return sorted({one for key in keys for one in right_groups("organise", edition_id=UUID(key))})


def note(by: Subject, row: Commitment, text: str, *, is_writing: bool = False) -> None:
    """Put an entry into a commitment's history that leaves its state as it is."""
    CommitmentEvent.objects.create(
        commitment=row,
        state=row.state,
        evidence=whole_text(text, MOST_ENTRY),
        by_id=by.person_id,
        by_name=name_of(by),
        is_writing=is_writing,
        **label_like(row),
    )


def publish_commitment(*, by: Subject, commitment: Commitment, read: str | None = None) -> None:
    """
    Let everyone see a commitment as it stands; what was written of it before stays with those who read it before.

    Parameters
    ----------
    read
        What :func:`revision_of` said when the page was read; None reads none.

    Raises
    ------
    NotPartOfItError
        The subject is no organiser who may change it.
    ChangedMeanwhileError
        Somebody wrote of it since it was read.
    PunteError
        It names no source.
    """
    require_change(by, commitment)
    require_read(commitment, read)
    if not keeps_record(by):
        raise NotPartOfItError(_("What everyone sees is published by an organiser of the forum."))
    if not commitment.sources:
        raise PunteError(_("A public commitment needs a source: say where it can be read."))
    commitment.label_releasable_to, commitment.label_tlp = [PUBLIC], Tlp.CLEAR
    commitment.save(update_fields=["label_releasable_to", "label_tlp"])
    note(by, commitment, _("Published."))
    record("commitment.published", commitment)


def verify_commitment(*, by: Subject, commitment: Commitment, read: str | None = None) -> None:
    """
    Say that one read a commitment in its sources; whoever entered or corrected it last does not verify it.

    Parameters
    ----------
    read
        What :func:`revision_of` said when the page was read; None reads none.

    Raises
    ------
    NotPartOfItError
        The subject is no organiser who may change it, or it is their own entry.
    ChangedMeanwhileError
        Somebody wrote of it since it was read.
    PunteError
        It names no source.
    """
    require_change(by, commitment)
    require_read(commitment, read)
    if not keeps_record(by) or _wrote_it(by, commitment):
        raise NotPartOfItError(
            _("A second person reads the sources: an organiser who did not write it.")
        )
    if not commitment.sources:
        raise PunteError(_("It names no source to read it in."))
    commitment.is_verified = True
    commitment.save(update_fields=["is_verified"])
    note(by, commitment, _("Read in the sources."))
    record("commitment.verified", commitment)


def _wrote_it(by: Subject, commitment: Commitment) -> bool:
    written = commitment.events.filter(is_writing=True).first()
    if written is None:
        return False
    if written.by_id is None:  # kept before persons were
        return written.by_name == name_of(by)
    return written.by_id == by.person_id


def revision_of(commitment: Commitment) -> str:
    """Return what a form says it read: the newest entry of the history that the subject sees."""
    newest = commitment.events.first()
    return str(newest.pk) if newest else ""


def require_read(commitment: Commitment, read: str | None) -> None:
    """
    Let only pass who read what stands now, and hold the commitment until the step is kept.

    Parameters
    ----------
    read
        What :func:`revision_of` said when the page was read; None lets everybody pass.

    Raises
    ------
    ChangedMeanwhileError
        Somebody wrote of it since; the text says who, and what.
    """
    Commitment.objects.select_for_update().get(pk=commitment.pk)
    events = list(commitment.events.all())
    if read is None or read == (str(events[0].pk) if events else ""):
        return
    since = list(itertools.takewhile(lambda event: str(event.pk) != read, events))[:MOST_TOLD]
    told = "; ".join(f"{event.by_name}: {event.evidence}" for event in since)
    raise ChangedMeanwhileError(
        _(
            "Somebody wrote of this commitment since you read it (%(told)s). Nothing of yours was kept: read it as it "
            "stands now, then do it again."
        )
        % {"told": told}
    )


def correct_commitment(
    *,
    by: Subject,
    commitment: Commitment,
    who: str,
    what: str,
    quotation: str = "",
    due_on: dt.date | None = None,
    sources: Iterable[str] = (),
    read: str | None = None,
) -> None:
    """
    Correct what was entered; the history says what stood there, and it has to be verified anew.

    Parameters
    ----------
    read
        What :func:`revision_of` said when the form was read; None reads none.

    Raises
    ------
    NotPartOfItError
        The subject may not change it, or everyone sees it and the subject is no organiser.
    ChangedMeanwhileError
        Somebody wrote of it since it was read.
    PunteError
        Who or what is missing, it is due before it was promised, a public one has no source, or a text carries a marking.
    """
    require_change(by, commitment)
    _require_keeper(by, commitment)
    require_read(commitment, read)
    found = [whole_text(source, 400) for source in sources if source.strip()]
    if not who.strip() or not what.strip():
        raise PunteError(_("Say who promised, and what."))
    _refuse_odd_days(commitment.promised_on, due_on)
    if is_public(commitment) and not found:
        raise PunteError(_("A public commitment needs a source: say where it can be read."))
    refuse_classified(
        _("Commitment"), [(_("who"), who), (_("what"), what), (_("words"), quotation)]
    )
    before = f"{commitment.who}: {commitment.what}"
    if commitment.due_on:
        before += f", {commitment.due_on.isoformat()}"
    commitment.who, commitment.what = whole_text(who, 200), whole_text(what, 400)
    commitment.quotation, commitment.due_on = whole_text(quotation, 300), due_on
    commitment.sources, commitment.is_verified = found, False
    commitment.save(update_fields=["who", "what", "quotation", "due_on", "sources", "is_verified"])
    told = _("Corrected. Before: %(before)s") % {"before": before}
    note(by, commitment, told, is_writing=True)
    record("commitment.corrected", commitment)


def is_public(commitment: Commitment) -> bool:
    """Whether everyone sees a commitment."""
    return PUBLIC in commitment.label_releasable_to


def _require_keeper(by: Subject, commitment: Commitment) -> None:
    if is_public(commitment) and not keeps_record(by):
        raise NotPartOfItError(
            _("Everyone sees this commitment: an organiser of the forum changes it. Tell them.")
        )


def report_on(
    *, by: Subject, commitment: Commitment, state: str, evidence: str, read: str | None = None
) -> None:
    """
    Say what came of a commitment, with the evidence; the history keeps every entry.

    Parameters
    ----------
    read
        What :func:`revision_of` said when the page was read; None reads none.

    Raises
    ------
    NotPartOfItError
        The subject may not change it.
    ChangedMeanwhileError
        Somebody wrote of it since it was read.
    PunteError
        There is no such state, or no evidence.
    """
    require_change(by, commitment)
    _require_keeper(by, commitment)
    require_read(commitment, read)
    if state not in Commitment.State.values:
        raise PunteError(_("Choose what came of it."))
    if not evidence.strip():
        raise PunteError(_("Give the evidence: a document, an address, or who says so."))
    refuse_classified(_("Commitment"), [(_("evidence"), evidence)])
    CommitmentEvent.objects.create(
        commitment=commitment,
        state=state,
        evidence=whole_text(evidence, 400),
        by_id=by.person_id,
        by_name=name_of(by),
        **label_like(commitment),
    )
    commitment.state = state
    commitment.save(update_fields=["state"])
    record("commitment.reported", commitment, state=state)


def name_of(by: Subject) -> str:
    """Return the name of the acting person."""
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    return person.name if person else ""


def org_of(by: Subject) -> UUID:
    """Return the organisation of a subject that has one."""
    assert by.org_id is not None
    return by.org_id


def require_writer(by: Subject) -> None:
    """
    Let only a cleared person of an organisation pass.

    Raises
    ------
    NotPartOfItError
        The subject is none.
    """
    if not may_write(by):
        raise NotPartOfItError(_("Only cleared persons of an organisation write here."))
