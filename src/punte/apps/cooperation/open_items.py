"""What is open for a person and its organisation: actions, next meetings, commitments, seats, steps of cooperations, by day."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from punte.apps.access.permissions import Subject
from punte.apps.cooperation.assistance_calendar import path_of
from punte.apps.cooperation.models import (
    Assistance,
    Commitment,
    CommitmentEvent,
    Cooperation,
    MeetingTask,
    NextMeeting,
    Partner,
    Seat,
    SeatEvent,
    Task,
)
from punte.apps.meetings.models import MeetingRequest

KINDS: Final[dict[str, Promise]] = {
    "action": gettext_lazy("Agreed action"),
    "meeting": gettext_lazy("Next meeting"),
    "commitment": gettext_lazy("Commitment"),
    "seats": gettext_lazy("Seats taken"),
    "cooperation": gettext_lazy("Next step of a cooperation"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """
    One thing that is open.

    Parameters
    ----------
    day, until
        By when, or on which days; None where no day was agreed.
    where
        In which meeting, cooperation or assistance.
    is_own
        Whether it is the person's own, not only its organisation's.
    """

    kind: str
    key: UUID
    day: dt.date | None
    what: str
    where: str
    who: str
    path: str
    is_overdue: bool
    is_own: bool
    until: dt.date | None = None
    place: str = ""

    @property
    def kind_words(self) -> str:
        """What kind of thing it is, in words."""
        return str(KINDS[self.kind])


def open_items(
    subject: Subject, *, today: dt.date, whose: str = "", kind: str = ""
) -> list[OpenItem]:
    """
    Return what is open for the active subject: what is overdue first, then by day; what has no day stands last.

    Parameters
    ----------
    whose
        ``mine`` for the person's own; anything else is the whole organisation's.
    kind
        One of :data:`KINDS`; anything else narrows nothing.
    """
    org_id = subject.org_id
    if org_id is None:
        return []
    found = [
        *_of_cooperations(subject, org_id, today),
        *_of_meetings(subject, today),
        *_commitments(subject, today),
        *_seats(subject, org_id, today),
    ]
    if whose == "mine":
        found = [one for one in found if one.is_own]
    if kind in KINDS:
        found = [one for one in found if one.kind == kind]
    return sorted(
        found,
        key=lambda one: (not one.is_overdue, one.day or dt.date.max, one.what, str(one.key)),
    )


def _of_cooperations(subject: Subject, org_id: UUID, today: dt.date) -> Iterator[OpenItem]:
    own = Partner.objects.filter(organisation_id=org_id, left_at__isnull=True)
    mine = {one.cooperation_id: one for one in own}
    rows = Cooperation.objects.filter(pk__in=mine).exclude(stage=Cooperation.Stage.STOPPED)
    rows = rows.order_by("pk").prefetch_related("tasks")
    for row in rows:
        partner, path = mine[row.pk], f"/cooperations/{row.pk}/"
        is_own = partner.speaker_id == subject.person_id
        for task in row.tasks.all():
            if task.done_at is None and task.partner_id in {None, partner.pk}:
                yield _action(task, where=row.name, path=path, is_own=is_own, today=today)
        if row.next_on is not None and row.next_on >= today:
            yield OpenItem(
                kind="cooperation",
                key=row.pk,
                day=row.next_on,
                what=row.name,
                where=row.get_stage_display(),
                who=partner.organisation_name,
                path=path,
                is_overdue=False,
                is_own=is_own,
                place=row.next_place,
            )


def _action(
    task: Task | MeetingTask, *, where: str, path: str, is_own: bool, today: dt.date
) -> OpenItem:
    return OpenItem(
        kind="action",
        key=task.pk,
        day=task.due_on,
        what=task.text,
        where=where,
        who=task.who,
        path=path,
        is_overdue=task.due_on is not None and task.due_on < today,
        is_own=is_own,
    )


def _of_meetings(subject: Subject, today: dt.date) -> Iterator[OpenItem]:
    tasks = list(MeetingTask.objects.filter(done_at__isnull=True).order_by("pk"))
    nexts = list(NextMeeting.objects.filter(on__gte=today).order_by("pk"))
    of_own = Q(sender__organisation_id=subject.org_id) | Q(receiver__organisation_id=subject.org_id)
    keys = {one.request_id for one in tasks} | {one.request_id for one in nexts}
    rows = MeetingRequest.objects.filter(of_own, pk__in=keys)
    requests = {one.pk: one for one in rows.select_related("edition", "sender", "receiver")}
    for task in tasks:
        request = requests.get(task.request_id)
        if request is not None and _is_of(subject, request, task.side):
            where, path = _two(request)
            is_own = _is_mine(subject, request)
            yield _action(task, where=where, path=path, is_own=is_own, today=today)
    for said in nexts:
        request = requests.get(said.request_id)
        if request is not None:
            where, path = _two(request)
            yield OpenItem(
                kind="meeting",
                key=said.pk,
                day=said.on,
                what=where,
                where=request.edition.name,
                who=said.by_name,
                path=path,
                is_overdue=False,
                is_own=_is_mine(subject, request),
                place=said.place,
            )


def _two(request: MeetingRequest) -> tuple[str, str]:
    """Return who meets, and the page of what came of it."""
    who = f"{request.sender.badge_name}, {request.receiver.badge_name}"
    return who, f"/e/{request.edition.slug}/follow-up/{request.pk}/"


def _is_of(subject: Subject, request: MeetingRequest, side: str) -> bool:
    sides: Mapping[str, UUID] = {
        MeetingTask.Side.SENDER: request.sender.organisation_id,
        MeetingTask.Side.RECEIVER: request.receiver.organisation_id,
    }
    return side == MeetingTask.Side.BOTH or sides.get(side) == subject.org_id


def _is_mine(subject: Subject, request: MeetingRequest) -> bool:
    return subject.person_id in {request.sender.person_id, request.receiver.person_id}


def _commitments(subject: Subject, today: dt.date) -> Iterator[OpenItem]:
    of_own = Q(owner_org_id=subject.org_id) | Q(promiser_id=subject.org_id)
    rows = Commitment.objects.filter(of_own, state=Commitment.State.OPEN).order_by("pk")
    written = set(
        CommitmentEvent.objects.filter(
            commitment__in=rows.order_by(), by_id=subject.person_id
        ).values_list("commitment_id", flat=True)
    )
    for row in rows:
        yield OpenItem(
            kind="commitment",
            key=row.pk,
            day=row.due_on,
            what=row.what,
            where=row.occasion,
            who=row.who,
            path=f"/commitments/{row.pk}/",
            is_overdue=row.due_on is not None and row.due_on < today,
            is_own=row.pk in written or row.speaker_id == subject.person_id,
        )


def _seats(subject: Subject, org_id: UUID, today: dt.date) -> Iterator[OpenItem]:
    rows = list(
        Seat.objects.filter(organisation_id=org_id)
        .select_related("assistance", "activity__assistance")
        .order_by("pk")
    )
    taken = set(
        SeatEvent.objects.filter(
            owner_org_id=subject.org_id, step=SeatEvent.Step.TAKEN, by_id=subject.person_id
        ).values_list("assistance_id", "activity_id")
    )
    for seat in rows:
        row = seat.activity or seat.assistance
        last = row.ends_on or row.starts_on
        if row.state in Assistance.OVER or (last is not None and last < today):
            continue
        yield OpenItem(
            kind="seats",
            key=seat.pk,
            day=row.starts_on,
            until=row.ends_on,
            what=row.title,
            where=seat.assistance.title if seat.activity_id else "",
            who=f"{seat.organisation_name}: {seat.count}",
            path=path_of(row),
            is_overdue=False,
            is_own=(seat.assistance_id, seat.activity_id) in taken,
            place=row.place,
        )
