"""Whose a commitment is, so that they are reminded of its day: a week before, on the day, and once when it is overdue."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.cooperation.models import Commitment, Partner
from punte.apps.cooperation.permissions import NotPartOfItError, may_write
from punte.apps.cooperation.reminders import BEFORE, colleagues, stage_of, who_speaks_for
from punte.apps.cooperation.telling import persons_who_see
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Organisation
from punte.kernel.errors import PunteError

PROMISE_KIND: Final = "commitment.due"


@dataclass(frozen=True, slots=True)
class Promiser:
    """The organisation that is reminded, and the person of it; its focal points where no person is chosen."""

    organisation_id: UUID
    speaker_id: UUID | None = None


def who_can_be_reminded(
    by: Subject, *, request_id: UUID | None = None, cooperation_id: UUID | None = None
) -> list[tuple[str, str]]:
    """Return whom a subject can choose, each with words: its own organisation first, its persons, then who is in it too."""
    if by.org_id is None:
        return []
    others = _others(by.org_id, request_id, cooperation_id)
    names = dict(Organisation.objects.filter(pk__in={by.org_id, *others}).values_list("pk", "name"))
    known = [key for key in (by.org_id, *sorted(others, key=str)) if key in names]
    persons = [
        (f"person:{one.id}", f"{names.get(by.org_id, '')}: {one.name}")
        for one in colleagues(by.org_id, timezone.localdate())
    ]
    lines = [(f"org:{key}", names[key]) for key in known]
    return [*lines[:1], *persons, *lines[1:]]


def _others(own: UUID, request_id: UUID | None, cooperation_id: UUID | None) -> set[UUID]:
    """Return the other organisations of a meeting, or those that are in a cooperation now."""
    found: set[UUID] = set()
    if request_id is not None:
        request = MeetingRequest.objects.filter(pk=request_id)
        for sides in request.values_list("sender__organisation_id", "receiver__organisation_id"):
            found.update(sides)
    if cooperation_id is not None:
        here = Partner.objects.filter(cooperation_id=cooperation_id, left_at__isnull=True)
        found.update(here.values_list("organisation_id", flat=True))
    return found - {own}


def promiser_from(
    chosen: str,
    *,
    by: Subject,
    request_id: UUID | None = None,
    cooperation_id: UUID | None = None,
) -> Promiser | None:
    """
    Return what a form chose of :func:`who_can_be_reminded`; None for nobody.

    Raises
    ------
    PunteError
        It is none of them.
    """
    if not chosen or by.org_id is None:
        return None
    known = who_can_be_reminded(by, request_id=request_id, cooperation_id=cooperation_id)
    if chosen not in dict(known):
        raise PunteError(_("Choose of the list whose promise it is."))
    kind, _colon, key = chosen.partition(":")
    if kind == "person":
        return Promiser(by.org_id, UUID(key))
    return Promiser(UUID(key))


def remind_from_now_on(row: Commitment, promiser: Promiser | None) -> Commitment:
    """Keep whose a commitment is."""
    if promiser is not None:
        row.promiser_id, row.speaker_id = promiser.organisation_id, promiser.speaker_id
        row.save(update_fields=["promiser", "speaker_id"])
    return row


def choices_of(by: Subject, row: Commitment) -> list[tuple[str, str]]:
    """Return whom the owner of a commitment can choose."""
    return who_can_be_reminded(by, request_id=row.request_id, cooperation_id=row.cooperation_id)


def chosen_of(row: Commitment) -> str:
    """Return which of the choices stands; empty for nobody."""
    if row.promiser_id is None:
        return ""
    return f"person:{row.speaker_id}" if row.speaker_id else f"org:{row.promiser_id}"


def set_promiser(*, by: Subject, commitment: Commitment, chosen: str) -> None:
    """
    Say whose a commitment is, or that nobody is reminded of it.

    Raises
    ------
    NotPartOfItError
        It is not of the subject's organisation.
    PunteError
        It is none of those that can be chosen.
    """
    if by.org_id != commitment.owner_org_id or not may_write(by):
        raise NotPartOfItError(_("Only the organisation that entered it says who is reminded."))
    promiser = promiser_from(
        chosen, by=by, request_id=commitment.request_id, cooperation_id=commitment.cooperation_id
    )
    commitment.promiser_id = promiser.organisation_id if promiser else None
    commitment.speaker_id = promiser.speaker_id if promiser else None
    commitment.save(update_fields=["promiser", "speaker_id"])
    record("commitment.promiser", commitment, promiser=str(commitment.promiser_id or ""))


def remind_of_promises(*, today: dt.date) -> int:
    """Queue the reminders of commitments that a day calls for, each once; return how many [count]."""
    with acting_as_system("remind of agreed actions"):
        rows = list(
            Commitment.objects.filter(
                Q(promiser__isnull=False),
                state=Commitment.State.OPEN,
                due_on__lte=today + BEFORE,
            )
        )
    return sum(_remind(row, today) for row in rows)


def _remind(row: Commitment, today: dt.date) -> int:
    assert row.due_on is not None
    assert row.promiser_id is not None
    stage = stage_of(row.due_on, today).partition("-")[0]
    if not stage:
        return 0
    with acting_as_system("remind of agreed actions"):
        ids = who_speaks_for(row.promiser_id, row.speaker_id, today)
    return queue_mails(
        kind=PROMISE_KIND,
        to=[(person, {}) for person in persons_who_see(ids, Commitment, row.pk)],
        key=f"{row.pk}/{row.due_on.isoformat()}/{stage}",
        about_id=row.pk,
    )
