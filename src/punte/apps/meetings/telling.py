"""Tell the sides of a request what became of it, each in its own name and whether it sees the other's record or not."""

import datetime as dt
from uuid import UUID

from django.utils import timezone

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail import queue_mail


def tell_side(
    delegate_id: UUID, kind: str, request: MeetingRequest, *, again: dt.datetime | None = None
) -> None:
    """Queue a mail about a request to one delegate."""
    # The person's record may be hidden from the other side; that it exists, and where it reads, is not told.
    with acting_as_system("tell the other side of a request"):
        delegate = Delegate.objects.select_related("person__account").get(pk=delegate_id)
    if delegate.left_at is not None:
        return
    queue_mail(
        kind=kind,
        to=delegate.person,
        key=f"{request.pk} {request.state} {again or ''}",
        edition_id=request.edition_id,
        owner_org_id=request.edition.owner_org_id,
        about_id=request.pk,
    )


def tell_stand_in(request: MeetingRequest, *, before: UUID, but: UUID | None) -> None:
    """Tell both sides of a request, and who is replaced, that a colleague stands in; not the person who did it."""
    sides = [request.sender_id, request.receiver_id, before]
    with acting_as_system("tell the other side of a request"):
        people = Delegate.objects.filter(pk__in=sides).order_by("pk")
        readers = [one.pk for one in people if one.person_id != but]
    for delegate_id in readers:
        tell_side(delegate_id, "request.stand_in", request, again=timezone.now())


def tell_off(request: MeetingRequest, *, but: UUID | None) -> None:
    """Tell both sides that a request without a time is called off, except the person who did it."""
    with acting_as_system("tell the other side of a request"):
        sides = Delegate.objects.filter(pk__in=[request.sender_id, request.receiver_id])
        readers = [one.pk for one in sides.order_by("pk") if one.person_id != but]
    for delegate_id in readers:
        tell_side(delegate_id, "request.off", request)
