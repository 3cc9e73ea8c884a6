"""Reads of cooperations, in the active subject's name."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Commitment, Cooperation
from punte.apps.meetings.models import MeetingRequest


def commitments(*, state: str, words: str, today: dt.date) -> QuerySet[Commitment]:
    """
    Return the commitments that the subject sees, narrowed.

    Parameters
    ----------
    state
        As :class:`Commitment` names it, or ``overdue``; anything else narrows nothing.
    words
        Each stands in who or what.
    """
    rows = Commitment.objects.all()
    if state == "overdue":
        rows = rows.filter(state=Commitment.State.OPEN, due_on__lt=today)
    elif state in Commitment.State.values:
        rows = rows.filter(state=state)
    for word in words.split():
        rows = rows.filter(Q(who__icontains=word) | Q(what__icontains=word))
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedWork:
    """A cooperation that is not stopped: what it serves, how far it is, and from which countries its partners are."""

    id: UUID
    name: str
    stage: str
    milestone_id: UUID | None
    need_id: UUID | None
    offer_id: UUID | None
    edition_id: UUID | None
    countries: tuple[str, ...]


def joined_work() -> list[JoinedWork]:
    """Return the cooperations that the subject sees and that go on, each with the edition whose meeting began it."""
    rows = list(
        Cooperation.objects.exclude(stage=Cooperation.Stage.STOPPED).prefetch_related("partners")
    )
    # A partner need not see the meeting of others that it began at; which edition that was of is all that is read here.
    with acting_as_system("tell what belongs to an edition"):
        editions = dict(
            MeetingRequest.objects.filter(
                pk__in={row.request_id for row in rows if row.request_id}
            ).values_list("pk", "edition_id")
        )
    return [
        JoinedWork(
            id=row.pk,
            name=row.name,
            stage=row.stage,
            milestone_id=row.milestone_id,
            need_id=row.need_id,
            offer_id=row.offer_id,
            edition_id=editions.get(row.request_id) if row.request_id else None,
            countries=tuple(
                sorted(
                    {one.country for one in row.partners.all() if one.country and not one.left_at}
                )
            ),
        )
        for row in rows
    ]
