"""Taking a slot of a published timetable for all who take part: each free, within what was agreed, and a place for them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from punte.apps.forum.models import Delegate, Place, Slot
from punte.apps.forum.rooms import closed_cells
from punte.apps.meetings.begun import past_booking
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.models import Meeting, MeetingRequest, MeetingSeat, TimetableVersion
from punte.kernel.errors import PunteError


class TakenError(PunteError):
    """Somebody else was faster."""


def who_is_full(version: TimetableVersion, people: Iterable[UUID]) -> set[UUID]:
    """Return those who have as many meetings in the timetable as their limit allows."""
    limits = dict(
        Delegate.objects.filter(pk__in=list(people), max_meetings__isnull=False).values_list(
            "pk", "max_meetings"
        )
    )
    held = Counter(
        MeetingSeat.objects.filter(version=version, delegate__in=limits).values_list(
            "delegate_id", flat=True
        )
    )
    return {key for key, most in limits.items() if most is not None and held[key] >= most}


def _require_free(version: TimetableVersion, people: tuple[UUID, ...], slot: Slot) -> None:
    if who_is_full(version, people):
        raise TakenError(
            _(
                "One of you has as many meetings as agreed. The organisers can raise the number; nothing was changed."
            )
        )
    if slot.pk in busy_slots(version, people):
        raise TakenError(
            _(
                "One of you is not free any more at that time. Choose another slot; nothing was changed."
            )
        )


def hold_meeting(version: TimetableVersion, request: MeetingRequest, slot: Slot) -> Meeting:
    """
    Hold a request in a slot of a version that nobody else changes meanwhile, at the first free place.

    Raises
    ------
    TakenError
        The slot has begun, or one of those who take part or the last place is taken; nothing is changed.
    """
    people = request.parties
    if past_booking(version.edition, [slot]):
        raise TakenError(
            _("This slot has begun or is over. Choose a later one; nothing was changed.")
        )
    _require_free(version, people, slot)
    used = defaultdict(set)
    for place_id, seat_idx in Meeting.objects.filter(version=version, slot=slot).values_list(
        "place_id", "seat_idx"
    ):
        used[place_id].add(seat_idx)
    closed = {place_id for place_id, _slot in closed_cells(version.edition_id, [slot])}
    for place in Place.objects.filter(edition_id=version.edition_id).exclude(pk__in=closed):
        free = [n for n in range(place.capacity) if n not in used[place.pk]]
        if not free:
            continue
        try:
            with transaction.atomic():
                meeting = Meeting.objects.create(
                    version=version, request=request, slot=slot, place=place, seat_idx=free[0]
                )
                MeetingSeat.objects.bulk_create(
                    MeetingSeat(
                        meeting=meeting, version=version, slot=slot, delegate_id=delegate_id
                    )
                    for delegate_id in people
                )
        except IntegrityError as error:
            raise TakenError(
                _(
                    "Somebody else took that time a moment ago. Choose another slot; nothing was changed."
                )
            ) from error
        return meeting
    raise TakenError(
        _(
            "The last free place in that slot was taken a moment ago. Choose another slot; nothing was changed."
        )
    )
