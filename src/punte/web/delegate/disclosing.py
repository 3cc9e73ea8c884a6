"""On the page of a request: the agenda that the authority's side discloses of its meeting with a firm."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from punte.apps.meetings.disclosing import (
    disclose_agenda,
    disclosed_in,
    may_disclose,
    to_take_back,
)
from punte.apps.meetings.models import MeetingRequest
from punte.web.delegate.place import Seat
from punte.web.typed import revision_read


def disclosed_on(row: MeetingRequest, seat: Seat) -> dict[str, Any]:
    """Return what is disclosed of a meeting, whether the reader may disclose it, and what it may take back of one that is off."""
    return {
        "disclosed": disclosed_in([row.pk]).get(row.pk),
        "may_disclose": may_disclose(seat.subject, row),
        "to_take_back": to_take_back(seat.subject, row),
    }


def disclose(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    """Disclose the agenda that was written, or take it back where nothing was."""
    disclose_agenda(
        by=seat.subject,
        request_id=request_id,
        text=request.POST.get("agenda", ""),
        read_revision=revision_read(request),
    )
