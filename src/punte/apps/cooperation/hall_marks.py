"""The meetings that a desk can mark as held or not: those that run and those just ended, and who was checked in."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from punte.apps.cooperation.marks import outcomes_of
from punte.apps.cooperation.models import Scan
from punte.apps.cooperation.scans import Mark, presences
from punte.apps.forum.models import Edition, Slot
from punte.apps.forum.queries import Face, faces
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion

STILL_MARKED: Final = dt.timedelta(hours=3)
"""So long after its end a desk marks the meetings of a slot; later the sides do, on the page of each meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToMark:
    """A meeting at a place, who sits there, and what the marks say of it, as :func:`marks.said_together` does."""

    request_id: UUID
    place: str
    slot: Slot
    sides: tuple[Face, ...]
    outcome: str


def meetings_to_mark(edition: Edition, now: dt.datetime) -> list[ToMark]:
    """
    Return the meetings of the slot that runs and of the one before, as far as the reader sees them, by place.

    A slot that ended longer than :data:`STILL_MARKED` ago is of another day, or of an edition that is over.
    """
    begun = list(Slot.objects.filter(edition=edition, starts_at__lte=now).order_by("-starts_at"))
    running = [slot for slot in begun if slot.ends_at > now]
    ended = [slot for slot in begun if now - STILL_MARKED < slot.ends_at <= now][:1]
    meetings = list(
        Meeting.objects.filter(
            version__edition=edition,
            version__state=TimetableVersion.State.PUBLISHED,
            slot__in=[*running, *ended],
        )
        .select_related("request", "place", "slot")
        .order_by("-slot__starts_at", "place__name", "seat_idx", "pk")
    )
    said = outcomes_of(meeting.request_id for meeting in meetings)
    known = faces(edition.pk)
    return [
        ToMark(
            request_id=one.request_id,
            place=one.place.name,
            slot=one.slot,
            sides=tuple(
                known[key]
                for key in (one.request.sender_id, one.request.receiver_id)
                if key in known
            ),
            outcome=said.get(one.request_id, ""),
        )
        for one in meetings
    ]


def checked_in_by(request: MeetingRequest) -> dict[UUID, dt.datetime | None]:
    """Return when each side was checked in, by the end of the meeting's day; None where no desk had seen it by then."""
    meeting = (
        Meeting.objects.filter(request=request, version__state=TimetableVersion.State.PUBLISHED)
        .select_related("slot")
        .first()
    )
    sides = (request.sender_id, request.receiver_id)
    if meeting is None:
        return {}
    zone = request.edition.zone
    day = meeting.slot.starts_at.astimezone(zone).date()
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    scans = Scan.objects.filter(edition=request.edition, delegate__in=sides, at__lt=end)
    states = presences(_marks(scans))
    return {key: states[key].since if key in states else None for key in sides}


def _marks(scans: Iterable[Scan]) -> list[Mark]:
    return [
        Mark(
            at=one.at,
            id=one.pk,
            delegate_id=one.delegate_id,
            kind="undo" if one.kind == Scan.Kind.UNDO else "in",
            desk=one.desk,
        )
        for one in scans
    ]
