"""On the page of a request: whether a second person of the authority is asked for, and who could be it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from punte.apps.forum.models import Delegate
from punte.apps.forum.queries import Face, faces
from punte.apps.meetings.disclosing import authority_side
from punte.apps.meetings.four_eyes import (
    ENOUGH,
    asks_four_eyes,
    eyes_in,
    lacks_second,
    name_second_pair,
    who_could_come,
)
from punte.apps.meetings.may_ask import OPEN
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.permissions import may_organise
from punte.apps.people.models import Organisation
from punte.web.delegate.place import Seat
from punte.web.people.delegation import uuid_of
from punte.web.typed import revision_read

Kind = Organisation.Kind


def chosen_colleagues(request: HttpRequest) -> list[UUID]:
    """Return whom a form names; what is no key at all is asked for as one that nobody has, and refused as that."""
    return [uuid_of(text) for text in request.POST.getlist("colleague")]


def comes_along(row: MeetingRequest, seat: Seat) -> bool:
    """Whether the reader comes along to a meeting, be it as a witness of another organisation."""
    return seat.delegate is not None and seat.delegate.pk in row.colleagues


def second_pair_on(row: MeetingRequest, seat: Seat) -> dict[str, Any]:
    """Return what the authority's side and the organisers read of a meeting with a firm, where the edition asks for two."""
    side = authority_side(row) if row.state in OPEN else None
    is_own = side is not None and side.organisation_id == seat.subject.org_id
    organises = may_organise(seat.subject, seat.edition.pk)
    if side is None or not (is_own or organises) or not asks_four_eyes(seat.edition.pk):
        return {}
    eyes = eyes_in(row, faces(seat.edition.pk), seat.edition.owner_org_id)
    # Who asked chooses colleagues where the request is changed; organisers can also name a witness.
    changes_it = is_own and side.pk == row.sender_id and not organises
    return {
        "asks_eyes": True,
        "has_two": eyes is not None and eyes >= ENOUGH,
        "official": side.badge_name,
        "could_come": [] if changes_it else who_could_come(seat.subject, row),
    }


def mark_alone(
    lines: Iterable[dict[str, Any]],
    rows: Iterable[MeetingRequest],
    seat: Seat,
    known: Mapping[UUID, Face],
) -> None:
    """Mark in a list where a second person of the reader's own authority is missing; a firm is not told."""
    alone = lacks_second(seat.edition, rows, known)
    for line in lines:
        own = line["own"]
        is_ours = own is not None and own.kind == Kind.AUTHORITY
        line["is_alone"] = is_ours and line["id"] in alone


def asks_for_two(me: Delegate, other: Delegate) -> bool:
    """Whether an authority's delegate who writes a request to a firm is to bring a colleague along."""
    is_pair = (me.organisation.kind, other.organisation.kind) == (Kind.AUTHORITY, Kind.COMPANY)
    return is_pair and asks_four_eyes(me.edition_id)


def name_second(request: HttpRequest, seat: Seat, request_id: UUID) -> None:
    """Let those who were ticked come along on the authority's side."""
    name_second_pair(
        by=seat.subject,
        request_id=request_id,
        delegates=chosen_colleagues(request),
        read_revision=revision_read(request),
    )
