"""Commitments: entered with sources, changed with evidence."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import PUBLIC, Subject
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.models import Commitment, CommitmentEvent
from punte.apps.cooperation.permissions import (
    NotPartOfItError,
    may_write,
    require_change,
)
from punte.apps.people.models import Person
from punte.kernel.errors import PunteError


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
) -> Commitment:
    """
    Enter what somebody promised.

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
    if promised_on and due_on and due_on < promised_on:
        raise PunteError(_("It is due before it was promised. Check the two days."))
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
        label_releasable_to=[PUBLIC] if is_public else [],
    )
    record("commitment.entered", row, public=is_public)
    return row


def report_on(*, by: Subject, commitment: Commitment, state: str, evidence: str) -> None:
    """
    Say what came of a commitment, with the evidence; the history keeps every entry.

    Raises
    ------
    NotPartOfItError
        The subject may not change it.
    PunteError
        There is no such state, or no evidence.
    """
    require_change(by, commitment)
    if state not in Commitment.State.values:
        raise PunteError(_("Choose what came of it."))
    if not evidence.strip():
        raise PunteError(_("Give the evidence: a document, an address, or who says so."))
    refuse_classified(_("Commitment"), [(_("evidence"), evidence)])
    CommitmentEvent.objects.create(
        commitment=commitment, state=state, evidence=whole_text(evidence, 400), by_name=name_of(by)
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
