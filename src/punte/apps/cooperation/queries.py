"""Reads of cooperations, in the active subject's name."""

from dataclasses import dataclass
from uuid import UUID

from punte.apps.cooperation.models import Cooperation
from punte.apps.meetings.models import MeetingRequest


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
