"""Partners are told of what is begun, moved, agreed or shared in their name: whoever speaks for them and may read it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from punte.apps.access.models import Walled
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.cooperation.models import (
    Cooperation,
    MeetingNote,
    MeetingTask,
    NextMeeting,
    Partner,
    StageChange,
    Task,
)
from punte.apps.cooperation.reminders import who_speaks_for
from punte.apps.cooperation.telling import persons_who_see
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Membership

BEGUN_KIND: Final = "cooperation.begun"
JOINED_KIND: Final = "cooperation.joined"
STAGE_KIND: Final = "cooperation.stage"
AGREED_KIND: Final = "task.agreed"
NOTED_KIND: Final = "meeting.noted"
NEXT_KIND: Final = "meeting.next"
FIRST_MEMBERS: Final = 5
"""So many of an organisation are told where nobody speaks for it: those longest in it."""


def tell_begun(*, by: Subject, cooperation: Cooperation) -> int:
    """Tell the partners that a cooperation of theirs began; return how many mails wait [count]."""
    return _tell_partners(BEGUN_KIND, by, cooperation, cooperation)


def tell_joined(*, by: Subject, partner: Partner) -> int:
    """Tell the partners, the new one too, who was taken in; return how many mails wait [count]."""
    return _tell_partners(JOINED_KIND, by, partner.cooperation, partner)


def tell_stage(*, by: Subject, change: StageChange) -> int:
    """Tell the partners that their cooperation moved; return how many mails wait [count]."""
    return _tell_partners(STAGE_KIND, by, change.cooperation, change)


def tell_agreed_in(*, by: Subject, task: Task) -> int:
    """Tell the partners of an agreed action; return how many mails wait [count]."""
    return _tell_partners(AGREED_KIND, by, task.cooperation, task)


def tell_next_in(*, by: Subject, cooperation: Cooperation) -> int:
    """Tell the partners when they meet next; return how many mails wait [count]."""
    said = f"{cooperation.pk}/{cooperation.next_on or ''}/{cooperation.next_place[:60]}"
    return _tell_partners(NEXT_KIND, by, cooperation, cooperation, key=said)


def tell_agreed_at(*, by: Subject, request: MeetingRequest, task: MeetingTask) -> int:
    """Tell the other of a meeting of an agreed action; return how many mails wait [count]."""
    return _tell_sides(AGREED_KIND, by, request, task)


def tell_noted(*, by: Subject, request: MeetingRequest, note: MeetingNote) -> int:
    """Tell the other of a meeting of a note that is shared with them; return how many mails wait [count]."""
    return _tell_sides(NOTED_KIND, by, request, note) if note.is_shared else 0


def tell_next_of(*, by: Subject, request: MeetingRequest, said: NextMeeting) -> int:
    """Tell the other of a meeting when the two meet again; return how many mails wait [count]."""
    key = f"{said.pk}/{said.on}/{said.place[:60]}"
    return _tell_sides(NEXT_KIND, by, request, said, key=key)


def _tell_partners(
    kind: str, by: Subject, cooperation: Cooperation, about: Walled, *, key: str = ""
) -> int:
    with acting_as_system("find who is told"):
        rows = Partner.objects.filter(cooperation=cooperation, left_at__isnull=True)
        speakers = [(row.organisation_id, row.speaker_id) for row in rows]
    return _tell(kind, by, speakers, about, key)


def _tell_sides(
    kind: str, by: Subject, request: MeetingRequest, about: Walled, *, key: str = ""
) -> int:
    sides = (request.sender, request.receiver)
    others = [one for one in sides if one.organisation_id != by.org_id]
    speakers = [(one.organisation_id, one.person_id) for one in others]
    return _tell(kind, by, speakers, about, key)


def _tell(
    kind: str,
    by: Subject,
    speakers: Iterable[tuple[UUID, UUID | None]],
    about: Any,  # noqa: ANN401  (a row of a model)
    key: str,
) -> int:
    today = timezone.localdate()
    with acting_as_system("find who is told"):
        ids = {
            key
            for organisation, person in speakers
            for key in who_hears(organisation, person, today)
        }
    ids -= {by.person_id} if by.person_id else set()
    return queue_mails(
        kind=kind,
        to=[(person, {}) for person in persons_who_see(ids, type(about), about.pk)],
        key=key or str(about.pk),
        about_id=about.pk,
    )


def who_hears(organisation_id: UUID, speaker_id: UUID | None, today: dt.date) -> list[UUID]:
    """Return who speaks for an organisation; where nobody does, those of its persons who are longest in it."""
    found = who_speaks_for(organisation_id, speaker_id, today)
    if found:
        return found
    here = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=today),
        organisation_id=organisation_id,
        since__lte=today,
        confirmed_at__isnull=False,
        person__erased_at__isnull=True,
    ).order_by("since", "pk")
    return list(here.values_list("person_id", flat=True)[:FIRST_MEMBERS])
