"""Meetings of published timetables, whatever their edition, in the active subject's name."""

from dataclasses import dataclass
from uuid import UUID

from punte.apps.meetings.models import Meeting, TimetableVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedMeeting:
    """A meeting of a published timetable: who meets whom, and about which need or offer."""

    request_id: UUID
    edition_id: UUID
    about_listing_id: UUID | None
    organisations: tuple[UUID, UUID]


def published_meetings() -> list[PublishedMeeting]:
    """Return the meetings of every published timetable that the subject sees."""
    rows = Meeting.objects.filter(version__state=TimetableVersion.State.PUBLISHED).values_list(
        "request_id",
        "request__edition_id",
        "request__about_listing_id",
        "request__sender__organisation_id",
        "request__receiver__organisation_id",
    )
    return [
        PublishedMeeting(
            request_id=key, edition_id=edition, about_listing_id=about, organisations=(one, other)
        )
        for key, edition, about, one, other in rows
    ]
