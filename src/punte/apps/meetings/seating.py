"""Who sits at the meetings of a version: always whoever takes part, also after somebody stood in."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q

from punte.apps.meetings.models import Meeting, MeetingSeat, TimetableVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A party of a meeting that has no seat in it, because it sits in another meeting of the version then."""

    meeting: Meeting
    delegate_id: UUID


def seat_people(version: TimetableVersion) -> tuple[Standing, ...]:
    """
    Give every party of every meeting of a version its seat, and take away those of who is none any more.

    Returns
    -------
        Whom the version holds in two meetings at once, by its second meeting: it must not be published so.
    """
    seats = MeetingSeat.objects.filter(version=version)
    seats.exclude(
        Q(delegate_id=F("meeting__request__sender_id"))
        | Q(delegate_id=F("meeting__request__receiver_id"))
        | Q(meeting__request__colleagues__contains=[F("delegate_id")])
    ).delete()
    short = (
        Meeting.objects.filter(version=version)
        .annotate(seated=Count("seats"))
        .filter(seated__lt=F("request__colleagues__len") + 2)
        .select_related("request")
        .order_by("request__code")
    )
    taken = set(seats.values_list("delegate_id", "slot_id", "meeting_id"))
    sitting = {(delegate_id, slot_id) for delegate_id, slot_id, _meeting in taken}
    made, standing = [], []
    for meeting in short:
        for delegate_id in meeting.request.parties:
            if (delegate_id, meeting.slot_id, meeting.pk) in taken:
                continue
            if (delegate_id, meeting.slot_id) in sitting:
                standing.append(Standing(meeting=meeting, delegate_id=delegate_id))
                continue
            sitting.add((delegate_id, meeting.slot_id))
            made.append(
                MeetingSeat(
                    meeting=meeting,
                    version=version,
                    slot_id=meeting.slot_id,
                    delegate_id=delegate_id,
                )
            )
    MeetingSeat.objects.bulk_create(made, batch_size=1000)
    return tuple(standing)
