"""Who sits at a meeting changes: somebody stands in, comes along or does so no more. Seats and calendars follow."""

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.freed import seat_the_freed
from punte.apps.meetings.models import (
    CalendarEntry,
    Meeting,
    MeetingRequest,
    MeetingSeat,
    TimetableVersion,
)
from punte.apps.meetings.publication import Without, tell_delegates, tell_without
from punte.apps.meetings.seating import seat_people
from punte.apps.meetings.standing_in import require_room
from punte.apps.meetings.taking import TakenError


def change_seats(
    request: MeetingRequest,
    *,
    came: Collection[Delegate],
    went: Collection[UUID],
    because: Without,
) -> None:
    """
    Seat those who take part in a request now, in drafts and in the published timetable, and tell who is concerned.

    Parameters
    ----------
    came
        Who takes part since the request was changed.
    went
        Ids of who takes part no more.
    because
        Why they do not.

    Raises
    ------
    NotAllowedError
        One who came has as many meetings as agreed.
    TakenError
        One who came is not free at the meeting's time.
    """
    # Publishing, booking and signing up wait, whichever of them came second.
    Edition.objects.select_for_update(no_key=True).get(pk=request.edition_id)
    drafts = TimetableVersion.objects.filter(
        meetings__request=request, state=TimetableVersion.State.DRAFT
    )
    for draft in drafts:
        seat_people(draft)
    meeting = (
        Meeting.objects.filter(
            version__edition=request.edition_id,
            version__state=TimetableVersion.State.PUBLISHED,
            request=request,
        )
        .select_related("version")
        .first()
    )
    if meeting is None:
        return
    version = meeting.version
    for delegate in came:
        require_room(version, delegate, but=meeting.pk)
        if meeting.slot_id in busy_slots(version, (delegate.pk,), but=meeting.pk):
            raise _taken(delegate.badge_name)
    MeetingSeat.objects.filter(meeting=meeting, delegate__in=went).delete()
    if seat_people(version):
        raise _taken(", ".join(delegate.badge_name for delegate in came))
    _tell(request, version, came, went, because)
    if because != "is_gone":
        # Who is gone gives its own seats back once all it was to do is off.
        seat_the_freed(version.edition_id, went)


def _taken(name: str) -> TakenError:
    return TakenError(
        _("%(name)s is not free at the time of this meeting. Choose somebody else.")
        % {"name": name}
    )


def _tell(
    request: MeetingRequest,
    version: TimetableVersion,
    came: Collection[Delegate],
    went: Collection[UUID],
    because: Without,
) -> None:
    entry = CalendarEntry.objects.filter(request=request).first()
    if entry is None:
        return
    entry.sequence += 1
    entry.changed_at = timezone.now()
    entry.former = [*({*entry.former, *went} - {delegate.pk for delegate in came})]
    entry.save()
    # Who comes along changes nothing in the calendars of the others.
    only = None if because == "is_replaced" else {delegate.pk for delegate in came}
    tell_delegates(version, [entry], because=f"seats {entry.pk} {entry.sequence}", only=only)
    for delegate_id in went:
        tell_without(version, [entry], delegate_id, because=because)
