"""What a delegate's organisation noted of its meetings at an edition, and the same notes on the page of each request."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from punte.apps.cooperation.follow_up import Side, side_of
from punte.apps.cooperation.models import MeetingNote
from punte.apps.forum.queries import faces
from punte.apps.meetings.contact import contacts_among
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.own import requests_of
from punte.web.delegate.contact import contact_on
from punte.web.delegate.disclosing import disclosed_on
from punte.web.delegate.place import Seat, take_seat
from punte.web.delegate.second_pair import second_pair_on


def beside(row: MeetingRequest, seat: Seat) -> dict[str, Any]:
    """Return what stands beside a request for the reader: contact lines, disclosed agenda, who comes along, and a side's notes."""
    found = contact_on(row, seat) | disclosed_on(row, seat) | second_pair_on(row, seat)
    if side_of(seat.subject, row) not in {Side.SENDER, Side.RECEIVER}:
        return found | {"may_note": False, "notes": []}
    notes = list(MeetingNote.objects.filter(request_id=row.pk))
    return found | {"may_note": True, "notes": notes}


@require_GET
def show_notes(request: HttpRequest, slug: str) -> HttpResponse:
    """List the notes on the meetings of the reader's organisation, the newest meeting first."""
    seat = take_seat(request, slug)
    me = seat.me
    rows = {one.pk: one for one in requests_of(me, is_own=False)}
    found: dict[MeetingRequest, list[MeetingNote]] = {}
    for note in MeetingNote.objects.filter(request_id__in=list(rows)):
        found.setdefault(rows[note.request_id], []).append(note)
    known = faces(
        seat.edition.pk, {key for one in found for key in (one.sender_id, one.receiver_id)}
    )
    lines = contacts_among(key for one in found for key in one.parties if key != me.pk)
    meetings = []
    for row, notes in found.items():
        sides = [known.get(row.sender_id), known.get(row.receiver_id)]
        other = next(
            (one for one in sides if one and one.organisation_id != me.organisation_id), None
        )
        meetings.append((row, other, notes, [lines[key] for key in row.parties if key in lines]))
    meetings.sort(key=lambda one: one[2][-1].at, reverse=True)
    return render(request, "delegate/my_notes.html", seat.context(meetings=meetings))
