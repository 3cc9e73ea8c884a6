"""
Times that delegates choose themselves once a timetable is published, and what changes when they cannot come.

One transaction at a time changes a published version: its row is locked. The unique keys of the tables are the
last line; whoever comes second is told in a sentence, and nothing is double.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import one_line
from punte.apps.forum.models import Delegate, Edition, Place, Slot
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.apart import reason_apart
from punte.apps.meetings.asking import open_request, require_read
from punte.apps.meetings.begun import past_booking
from punte.apps.meetings.coming_along import reason_apart_in
from punte.apps.meetings.free_time import busy_slots, room_in_slots
from punte.apps.meetings.freed import seat_the_freed
from punte.apps.meetings.may_ask import State, first_of_all
from punte.apps.meetings.models import (
    CalendarEntry,
    Lock,
    Meeting,
    MeetingRequest,
    TimetableVersion,
    Unmet,
)
from punte.apps.meetings.permissions import NotAllowedError, may_organise
from punte.apps.meetings.publication import tell_delegates
from punte.apps.meetings.seat_changes import change_seats
from punte.apps.meetings.standing_in import refuse_unfit
from punte.apps.meetings.taking import hold_meeting, who_is_full
from punte.apps.meetings.telling import tell_off, tell_stand_in
from punte.apps.meetings.witness_reading import let_witnesses_read
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeSlot:
    """A slot in which both people and a place are free."""

    slot: Slot
    places_left: int


def free_slots(request: MeetingRequest) -> list[FreeSlot]:
    """Return the slots of the published timetable in which all who take part could meet, in time order."""
    with acting_as_system("look for a time that suits two delegates"):
        version = _published(request.edition_id)
        if version is None:
            return []
        people = request.parties
        if who_is_full(version, people) or reason_apart_in(request):
            return []
        taken = busy_slots(version, people)
        room = room_in_slots(version)
        slots = Slot.objects.filter(edition_id=request.edition_id)
        taken |= past_booking(request.edition, slots)
        return [
            FreeSlot(slot=slot, places_left=room[slot.pk])
            for slot in slots
            if slot.pk not in taken and room[slot.pk] > 0
        ]


def book(
    *, by: Subject, request_id: UUID, slot_code: str, read_revision: int | None = None
) -> Meeting:
    """
    Hold an accepted request in a free slot of the published timetable, at the first free place.

    Parameters
    ----------
    read_revision
        The revision that the person read; None where none was shown.

    Raises
    ------
    ChangedMeanwhileError
        It was changed since it was read: somebody else may be to come.
    NotThereError, NotAllowedError
        There is no such request or slot for the subject, the request is between others, or the two are kept apart.
    WrongStateError
        It is not accepted, has a time already, or nothing is published.
    TakenError
        One of the two, or the last place, was taken a moment ago.
    """
    request = open_request(by, request_id)
    _require_part(by, request)
    if request.state != State.ACCEPTED:
        raise WrongStateError(_("Only an accepted request can be given a time."))
    require_read(request, read_revision)
    if apart := reason_apart_in(request):
        raise NotAllowedError(apart)
    with acting_as_system("book a free slot"):
        version = _locked_version(request.edition_id)
        if Meeting.objects.filter(version=version, request=request).exists():
            raise WrongStateError(_("This meeting has a time already. Look at your day."))
        slot = Slot.objects.filter(edition_id=request.edition_id, code=slot_code).first()
        if slot is None:
            raise NotThereError(_("There is no such slot. Choose one from the list."))
        meeting = hold_meeting(version, request, slot)
        Unmet.objects.filter(version=version, request=request).delete()
        TimetableVersion.objects.filter(pk=version.pk).update(meeting_count=F("meeting_count") + 1)
        _tell_calendar(version, request, slot, meeting.place)
    let_witnesses_read([request], are_held=True)
    record("meeting.booked", request, edition_id=request.edition_id, slot=slot.code)
    return meeting


def _refuse_apart(one: Delegate, other: Delegate) -> None:
    reason = reason_apart(one, other)
    if reason:
        raise NotAllowedError(reason)


def withdraw_request(
    *, by: Subject, request_id: UUID, answer: str = "", read_revision: int | None = None
) -> MeetingRequest:
    """
    Take back one's own request, or call an accepted meeting off; its time and place become free.

    Parameters
    ----------
    read_revision
        The revision that the person read; None where none was shown, as of all between two sides.

    Raises
    ------
    ChangedMeanwhileError
        It was changed or answered since it was read.
    NotThereError, NotAllowedError
        As their names say.
    WrongStateError
        It is closed already, or the organisers locked it.
    PunteError
        The receiver calls it off without a reason.
    """
    request = open_request(by, request_id)
    _require_part(by, request)
    is_sender = by.org_id == request.sender.organisation_id
    if request.state not in {State.PENDING, State.ACCEPTED}:
        raise WrongStateError(_("The request is closed already."))
    if (
        not is_sender
        and request.state == State.PENDING
        and not may_organise(by, request.edition_id)
    ):
        raise WrongStateError(_("Decline the request instead."))
    if Lock.objects.filter(request=request).exists() and not may_organise(by, request.edition_id):
        raise WrongStateError(
            _("The organisers fixed this meeting. Ask them to release it before you call it off.")
        )
    answer = one_line(answer, 300)
    if not is_sender and not answer:
        raise PunteError(_("Say in a few words why you call it off."))
    require_read(request, read_revision)
    request.state = State.WITHDRAWN
    request.revision += 1
    if answer:
        request.answer = answer
    request.save(update_fields=["state", "answer", "revision"])
    with acting_as_system("book a free slot"):
        was_held = free_meeting(
            request, off_by=_caller(by, request) + (" in words" if answer else "")
        )
        if was_held:
            seat_the_freed(request.edition_id, request.parties)
    let_witnesses_read([request], are_held=False)
    if not was_held:
        tell_off(request, but=by.person_id)
    record("request.withdrawn", request, edition_id=request.edition_id)
    return request


def _caller(by: Subject, request: MeetingRequest) -> str:
    """Return for the mail who calls a meeting off: one of its sides, or the organisers."""
    if by.org_id == request.sender.organisation_id:
        return "sender"
    return "receiver" if by.org_id == request.receiver.organisation_id else "organisers"


def free_meeting(request: MeetingRequest, *, off_by: str = "") -> bool:
    """
    Take a request out of the published timetable, calendars are told that it is off; say whether it was in.

    Parameters
    ----------
    off_by
        Who calls it off, as :func:`tell_delegates` takes it; empty where it is nobody's deed.
    """
    if _published(request.edition_id) is None:
        return False
    version = _locked_version(request.edition_id)
    meeting = Meeting.objects.filter(version=version, request=request).first()
    if meeting is None:
        return False
    meeting.delete()
    TimetableVersion.objects.filter(pk=version.pk).update(meeting_count=F("meeting_count") - 1)
    entry = CalendarEntry.objects.filter(request=request).first()
    if entry is not None and entry.status != CalendarEntry.Status.CANCELLED:
        entry.status = CalendarEntry.Status.CANCELLED
        entry.sequence += 1
        entry.changed_at = timezone.now()
        entry.save()
        tell_delegates(version, [entry], because=f"off {entry.pk} {entry.sequence}", off_by=off_by)
    return True


def stand_in(
    *, by: Subject, request_id: UUID, delegate_id: UUID, read_revision: int | None = None
) -> MeetingRequest:
    """
    Let a colleague of the same organisation take one side of a request, and of its meeting.

    Parameters
    ----------
    read_revision
        The revision that the person read; None where none was shown.

    Raises
    ------
    ChangedMeanwhileError
        It was changed since it was read: another colleague may stand in already.
    NotThereError, NotAllowedError
        There is no such request or delegate, the delegate is from elsewhere, or kept apart from the other side.
    WrongStateError
        It is closed.
    TakenError
        The colleague is not free at the meeting's time.
    """
    request = open_request(by, request_id)
    colleague = Delegate.objects.filter(pk=delegate_id, edition_id=request.edition_id).first()
    if colleague is None:
        raise NotThereError(_("There is no such delegate. Choose one from the list."))
    side = next(
        (
            name
            for name in ("sender", "receiver")
            if getattr(request, name).organisation_id == colleague.organisation_id
            and (by.org_id == colleague.organisation_id or may_organise(by, request.edition_id))
        ),
        None,
    )
    if side is None or not by.may_write or by.is_denied:
        raise NotAllowedError(_("Only a delegate of the same organisation can stand in."))
    if request.state not in {State.PENDING, State.ACCEPTED}:
        raise WrongStateError(_("The request is closed already."))
    before = getattr(request, side)
    if before.pk == colleague.pk:
        return request
    require_read(request, read_revision)
    other = request.receiver if side == "sender" else request.sender
    _refuse_apart(colleague, other)
    refuse_unfit(request, side, colleague, other)
    if side == "sender" and request.rank == 1 and first_of_all(colleague) is not None:
        request.rank = 2  # the colleague has a first of all, and it stays that
    setattr(request, side, colleague)
    request.colleagues = [pk for pk in request.colleagues if pk != colleague.pk]
    request.revision += 1
    with transaction.atomic(), acting_as_system("book a free slot"):
        request.save(update_fields=[side, "colleagues", "rank", "revision"])
        change_seats(request, came=[colleague], went=[before.pk], because="is_replaced")
    _tell_without_time(request, before, by)
    whom = {"before": str(before.pk), "now": str(colleague.pk)}
    record("request.stand_in", request, edition_id=request.edition_id, **whom)
    return request


def _tell_without_time(request: MeetingRequest, before: Delegate, by: Subject) -> None:
    """Tell of a stand-in at a request that has no published time: of one that has, the calendars tell."""
    with acting_as_system("book a free slot"):
        is_held = Meeting.objects.filter(
            request=request, version__state=TimetableVersion.State.PUBLISHED
        ).exists()
    if not is_held:
        tell_stand_in(request, before=before.pk, but=by.person_id)


def _published(edition_id: UUID) -> TimetableVersion | None:
    return TimetableVersion.objects.filter(
        edition_id=edition_id, state=TimetableVersion.State.PUBLISHED
    ).first()


def _locked_version(edition_id: UUID) -> TimetableVersion:
    # Publishing locks the edition first, so a version cannot be superseded between this line and the end.
    Edition.objects.select_for_update(no_key=True).get(pk=edition_id)
    version = _published(edition_id)
    if version is None:
        raise WrongStateError(
            _("No timetable is published yet. The organisers find the times of accepted requests.")
        )
    return version


def _tell_calendar(
    version: TimetableVersion, request: MeetingRequest, slot: Slot, place: Place
) -> None:
    entry = CalendarEntry.objects.filter(request=request).first()
    if entry is None:
        entry = CalendarEntry(edition_id=version.edition_id, request=request)
    else:
        entry.sequence += 1
    entry.status = CalendarEntry.Status.CONFIRMED
    entry.slot, entry.place = slot, place
    entry.changed_at = timezone.now()
    entry.save()
    tell_delegates(version, [entry], because=f"booked {entry.pk} {entry.sequence}")


def _require_part(by: Subject, request: MeetingRequest) -> None:
    sides = {request.sender.organisation_id, request.receiver.organisation_id}
    own = by.may_write and not by.is_denied and by.org_id in sides
    if not (own or may_organise(by, request.edition_id)):
        raise NotAllowedError(_("This is for the two who meet, or for the organisers."))
