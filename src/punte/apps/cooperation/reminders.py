"""Agreed actions that are due: whoever speaks for the partner is reminded, also after a change of persons."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q

from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Cooperation, MeetingTask, Partner, Task
from punte.apps.cooperation.telling import persons_who_see
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Membership, Person

DUE_KIND: Final = "task.due"
BEFORE: Final = dt.timedelta(days=7)
"""The first reminder comes so long before the day."""
OVERDUE_EVERY: Final = 14
"""Past the day, one reminder each so many days [d]."""
OVERDUE_MOST: Final = 6
"""So many reminders follow the day; whoever ignored six ignores the seventh."""


def stage_of(due_on: dt.date, today: dt.date) -> str:
    """
    Return which reminder a day calls for; empty where it calls for none.

    >>> [stage_of(dt.date(2027, 3, 15), dt.date(2027, 3, day)) for day in (7, 8, 14, 15, 16, 30)]
    ['', 'soon', 'soon', 'today', 'overdue-0', 'overdue-1']
    """
    if today < due_on - BEFORE:
        return ""
    if today < due_on:
        return "soon"
    if today == due_on:
        return "today"
    times = ((today - due_on).days - 1) // OVERDUE_EVERY
    return f"overdue-{times}" if times < OVERDUE_MOST else ""


def remind(*, today: dt.date) -> int:
    """Queue the reminders that a day calls for, each once; return how many [count]."""
    with acting_as_system("remind of agreed actions"):
        due = Q(done_at__isnull=True, due_on__lte=today + BEFORE)
        tasks = list(
            Task.objects.filter(due)
            .exclude(cooperation__stage=Cooperation.Stage.STOPPED)
            .select_related("cooperation")
        )
        agreed = list(MeetingTask.objects.filter(due))
    due_ones: list[Task | MeetingTask] = [*tasks, *agreed]
    return sum(_remind(task, today) for task in due_ones)


def _remind(task: Task | MeetingTask, today: dt.date) -> int:
    assert task.due_on is not None
    stage = stage_of(task.due_on, today)
    if not stage:
        return 0
    with acting_as_system("remind of agreed actions"):
        ids = _of_cooperation(task, today) if isinstance(task, Task) else _of_meeting(task, today)
    return queue_mails(
        kind=DUE_KIND,
        to=[(person, {}) for person in persons_who_see(ids, type(task), task.pk)],
        key=f"{task.pk}/{task.due_on.isoformat()}/{stage}",
        about_id=task.pk,
    )


def _of_cooperation(task: Task, today: dt.date) -> set[UUID]:
    partners = Partner.objects.filter(cooperation=task.cooperation, left_at__isnull=True)
    chosen = [one for one in partners if one.pk == task.partner_id] or list(partners)
    return speakers(chosen, today)


def speakers(partners: Iterable[Partner], today: dt.date) -> set[UUID]:
    """Return who speaks for the partners of a cooperation."""
    return {
        key
        for one in partners
        for key in who_speaks_for(one.organisation_id, one.speaker_id, today)
    }


def _of_meeting(task: MeetingTask, today: dt.date) -> set[UUID]:
    request = (
        MeetingRequest.objects.filter(pk=task.request_id)
        .select_related("sender", "receiver")
        .first()
    )
    if request is None:
        return set()
    sides = {MeetingTask.Side.SENDER: request.sender, MeetingTask.Side.RECEIVER: request.receiver}
    chosen = [one for side, one in sides.items() if task.side in {side, MeetingTask.Side.BOTH}]
    return {
        key for one in chosen for key in who_speaks_for(one.organisation_id, one.person_id, today)
    }


def who_speaks_for(organisation_id: UUID, speaker_id: UUID | None, day: dt.date) -> list[UUID]:
    """Return the person who speaks for an organisation; where it left, or nobody does, the organisation's focal points."""
    here = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=day),
        organisation_id=organisation_id,
        since__lte=day,
        confirmed_at__isnull=False,
        person__erased_at__isnull=True,
    )
    if speaker_id and here.filter(person_id=speaker_id).exists():
        return [speaker_id]
    return list(here.filter(is_focal_point=True).values_list("person_id", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A person of an organisation who could speak for it."""

    id: UUID
    name: str


def colleagues(org_id: UUID, day: dt.date) -> list[Colleague]:
    """Return the persons of the subject's own organisation who are in it on a day, by name."""
    rows = (
        Person.objects.filter(
            Q(memberships__until__isnull=True) | Q(memberships__until__gt=day),
            memberships__organisation_id=org_id,
            memberships__confirmed_at__isnull=False,
            erased_at__isnull=True,
        )
        .distinct()
        .order_by("name", "pk")
    )
    return [Colleague(id=row.pk, name=row.name) for row in rows[:500]]
