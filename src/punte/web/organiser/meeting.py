"""The panel of one meeting: who, when, where, why, and where it could go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from punte.apps.access.queries import country_name
from punte.apps.forum.queries import Face, faces
from punte.apps.meetings.models import Meeting
from punte.apps.meetings.queries import VersionLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two who meet, as far as the reader may see."""

    person: str
    organisation: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPanel:
    """A meeting of a version; ``sides`` begins with who asked."""

    row: Meeting
    code: str
    starts_at: datetime
    ends_at: datetime
    slot_code: str
    place_code: str
    place_name: str
    sides: Sequence[Side]
    along: Sequence[str]
    reason: str
    weight: int
    is_locked: bool


def find_meeting(version: VersionLine, code: str) -> MeetingPanel | None:
    """Return the meeting that holds the request of this code; ``None`` where there is none for the reader."""
    row = (
        Meeting.objects.filter(version_id=version.id, request__code=code)
        .select_related("request", "request__lock", "slot", "place", "version__edition")
        .first()
    )
    if row is None:
        return None
    people = faces(version.edition_id)
    request = row.request
    return MeetingPanel(
        row=row,
        code=code,
        starts_at=row.slot.starts_at,
        ends_at=row.slot.ends_at,
        slot_code=row.slot.code,
        place_code=row.place.code,
        place_name=row.place.name,
        sides=[_side(people.get(key)) for key in (request.sender_id, request.receiver_id)],
        along=[people[key].name for key in request.colleagues if key in people],
        reason=request.reason,
        weight=request.weight,
        is_locked=hasattr(request, "lock"),
    )


def _side(face: Face | None) -> Side:
    if face is None:
        return Side(person="\N{EM DASH}", organisation="\N{EM DASH}", country="")
    return Side(
        person=face.name, organisation=face.organisation, country=country_name(face.country)
    )
