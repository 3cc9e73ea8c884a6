"""When delegates sit in meetings, for who makes the agenda or signs up for a part of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from punte.apps.meetings.models import Meeting, MeetingSeat, TimetableVersion


def booked_spans(
    edition_id: UUID, delegates: Iterable[UUID] | None = None
) -> Mapping[UUID, list[tuple[datetime, datetime]]]:
    """Return when delegates sit in meetings of the published timetable, as the subject sees it."""
    seats = MeetingSeat.objects.filter(
        version__edition_id=edition_id, version__state=TimetableVersion.State.PUBLISHED
    )
    if delegates is not None:
        seats = seats.filter(delegate__in=list(delegates))
    return _spans(seats.values_list("delegate_id", "slot__starts_at", "slot__ends_at"))


def booked_rooms(edition_id: UUID) -> Mapping[UUID, list[tuple[datetime, datetime]]]:
    """Return when meetings of the published timetable are held in each place, as the subject sees it."""
    meetings = Meeting.objects.filter(
        version__edition_id=edition_id, version__state=TimetableVersion.State.PUBLISHED
    )
    return _spans(meetings.values_list("place_id", "slot__starts_at", "slot__ends_at"))


def meetings_in(place_id: UUID, slot_ids: Iterable[UUID]) -> list[Meeting]:
    """Return the meetings of the published timetable that stand in a place in some slots, in time order."""
    return list(
        Meeting.objects.filter(
            version__state=TimetableVersion.State.PUBLISHED,
            place_id=place_id,
            slot__in=list(slot_ids),
        )
        .select_related("slot", "request__sender", "request__receiver")
        .order_by("slot__starts_at", "seat_idx")
    )


def _spans(
    rows: Iterable[tuple[UUID, datetime, datetime]],
) -> Mapping[UUID, list[tuple[datetime, datetime]]]:
    found: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for key, first, last in rows:
        found[key].append((first, last))
    return found
