"""Whoever no longer comes meets nobody: their requests are called off, and the other sides told."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.forum.session_seats import give_back_seats
from punte.apps.meetings.booking import free_meeting
from punte.apps.meetings.may_ask import OPEN, State
from punte.apps.meetings.models import (
    CalendarEntry,
    Lock,
    Meeting,
    MeetingRequest,
    TimetableVersion,
    Unmet,
)
from punte.apps.meetings.publication import tell_without
from punte.apps.meetings.seat_changes import change_seats
from punte.apps.meetings.stage import booked_spans
from punte.apps.meetings.telling import tell_off
from punte.apps.meetings.witness_reading import let_witnesses_read, readers_without
from punte.apps.people.models import Nomination, Person
from punte.apps.people.signals import nomination_ended, person_erased

LIVE: Final = (TimetableVersion.State.DRAFT, TimetableVersion.State.PUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What ends when a delegate no longer comes [count]: meetings with a time, requests without one."""

    meetings: int
    requests: int


def lost_with(person_id: UUID, edition_id: UUID) -> Lost:
    """Return what would be called off if a person no longer came to an edition."""
    with acting_as_system("call off the meetings of who left"):
        open_now = MeetingRequest.objects.filter(
            Q(sender__person_id=person_id) | Q(receiver__person_id=person_id),
            edition_id=edition_id,
            state__in=OPEN,
        )
        count = open_now.count()
        held = Meeting.objects.filter(
            version__state=TimetableVersion.State.PUBLISHED, request__in=open_now
        ).count()
    return Lost(meetings=held, requests=count - held)


@receiver(nomination_ended, dispatch_uid="meetings.leave")
def leave_meetings(*, nomination: Nomination, **_named: Any) -> None:  # noqa: ANN401  (Django's signals)
    """Call off what a rejected or withdrawn nominee was to do at the edition."""
    with acting_as_system("call off the meetings of who left"):
        for delegate in Delegate.objects.filter(
            edition_id=nomination.edition_id, person_id=nomination.person_id
        ):
            _leave(delegate)


@receiver(person_erased, dispatch_uid="meetings.erase")
def erase_from_meetings(*, person: Person, **_named: Any) -> None:  # noqa: ANN401
    """Call off what an erased person was to do, at every edition."""
    with acting_as_system("call off the meetings of who left"):
        # Each step holds an edition until the end: two who are erased at once take them in the same order.
        for delegate in Delegate.objects.filter(person=person).order_by("edition_id", "pk"):
            _leave(delegate)


def _leave(delegate: Delegate) -> None:
    """End what somebody was to do; its seats go last, as only then the others' meetings with it are off."""
    _call_off(delegate)
    give_back_seats(delegate, partial(booked_spans, delegate.edition_id))


def _call_off(delegate: Delegate) -> None:
    requests, along = _held_requests(delegate)
    off: list[UUID] = []
    for request in requests:
        request.state, request.revision = State.WITHDRAWN, request.revision + 1
        # No name: it would outlast the person's erasure.
        request.answer = _("One of the two no longer comes to the edition.")
        request.save(update_fields=["state", "answer", "revision"])
        if free_meeting(request):
            off.append(request.pk)
        else:
            tell_off(request, but=delegate.person_id)
        let_witnesses_read([request], are_held=False)
        record("request.left", request, edition_id=request.edition_id)
    Unmet.objects.filter(request__in=requests, version__state__in=LIVE).delete()
    Lock.objects.filter(request__in=requests).delete()
    for other in along:
        other.colleagues = [key for key in other.colleagues if key != delegate.pk]
        # Who came along as a witness read it for that.
        other.label_releasable_to = readers_without(other, {delegate.person_id})
        other.save(update_fields=["colleagues", "label_releasable_to"])
        change_seats(other, came=[], went=[delegate.pk], because="is_gone")
    _tell_who_left(delegate, off)


def _held_requests(delegate: Delegate) -> tuple[list[MeetingRequest], list[MeetingRequest]]:
    """
    Return the open requests of a delegate, and those in which it only comes along, kept from who changes them.

    All of them are held before the first meeting is freed: that holds the edition, and whoever changes a request
    holds the request first and the edition after it.
    """
    held = list(
        MeetingRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("edition", "sender", "receiver")
        .filter(
            Q(sender=delegate) | Q(receiver=delegate) | Q(colleagues__contains=[delegate.pk]),
            state__in=OPEN,
        )
        .order_by("pk")
    )
    is_side = {one.pk: delegate.pk in {one.sender_id, one.receiver_id} for one in held}
    return [one for one in held if is_side[one.pk]], [one for one in held if not is_side[one.pk]]


def _tell_who_left(delegate: Delegate, off: Collection[UUID]) -> None:
    """Let the calendar of who left take out the meetings that are off."""
    version = TimetableVersion.objects.filter(
        edition=delegate.edition_id, state=TimetableVersion.State.PUBLISHED
    ).first()
    entries = list(CalendarEntry.objects.filter(request__in=off))
    if version is not None and entries:
        tell_without(version, entries, delegate.pk, because="is_gone")
