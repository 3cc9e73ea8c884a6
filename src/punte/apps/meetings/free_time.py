"""When people are free, and how many meetings a slot still has places for."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from punte.apps.forum.models import Place, Session, SessionPart, Slot
from punte.apps.forum.rooms import closed_cells
from punte.apps.meetings.models import Availability, Meeting, MeetingSeat, TimetableVersion


def busy_slots(
    version: TimetableVersion, people: Iterable[UUID], *, but: UUID | None = None
) -> set[UUID]:
    """
    Return the slots in which one of the people is not free: meetings, absence, stage, sessions for everyone.

    Parameters
    ----------
    but
        A meeting that is left out.
    """
    people = list(people)
    seats = MeetingSeat.objects.filter(version=version, delegate__in=people)
    taken = set(seats.exclude(meeting=but).values_list("slot_id", flat=True))
    for away in Availability.objects.filter(delegate__in=people).values_list("away", flat=True):
        taken.update(away)
    sessions = list(
        Session.objects.filter(
            Q(blocks_everyone=True)
            | Q(pk__in=SessionPart.objects.filter(delegate__in=people).values("session_id")),
            edition_id=version.edition_id,
        )
    )
    for slot in Slot.objects.filter(edition_id=version.edition_id):
        if any(s.starts_at < slot.ends_at and slot.starts_at < s.ends_at for s in sessions):
            taken.add(slot.pk)
    return taken


def agendas(
    version_id: UUID, people: Iterable[UUID], *, but: UUID | None = None
) -> dict[UUID, dict[UUID, UUID]]:
    """
    Return for each person the place of its meeting in each slot of a version, by what the requests say now.

    Parameters
    ----------
    but
        A meeting that is left out.
    """
    found: dict[UUID, dict[UUID, UUID]] = {person: {} for person in people}
    held = Meeting.objects.filter(
        Q(request__sender__in=found)
        | Q(request__receiver__in=found)
        | Q(request__colleagues__overlap=list(found)),
        version_id=version_id,
    )
    if but is not None:
        held = held.exclude(pk=but)
    for meeting in held.select_related("request"):
        for person in found.keys() & set(meeting.request.parties):
            found[person][meeting.slot_id] = meeting.place_id
    return found


def room_in_slots(version: TimetableVersion) -> dict[UUID, int]:
    """Return how many more meetings each slot has places for [count]."""
    places = {
        place.pk: place.capacity for place in Place.objects.filter(edition_id=version.edition_id)
    }
    slots = Slot.objects.filter(edition_id=version.edition_id)
    closed = closed_cells(version.edition_id, slots)
    room = {slot.pk: sum(places.values()) for slot in slots}
    for place_id, slot_id in closed:
        room[slot_id] -= places[place_id]
    for place_id, slot_id in Meeting.objects.filter(version=version).values_list(
        "place_id", "slot_id"
    ):
        # What stands in a place that was closed since takes nothing from the others.
        room[slot_id] -= (place_id, slot_id) not in closed
    return room
