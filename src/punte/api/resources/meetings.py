"""One's own meetings in the published timetable."""

import datetime as dt
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from punte.api.paging import Page, Paging, lines_of
from punte.api.resources.people import FaceAnswer, face_answer
from punte.api.resources.seats import take_place
from punte.api.schemas import Answer, said
from punte.apps.meetings.own import my_meetings
from punte.apps.meetings.queries import published_version

router = Router(tags=["My meetings"])


class MyMeetingAnswer(Answer):
    """A meeting of one's own."""

    id: UUID = said("In this version of the timetable.", "8c1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a55")
    request_code: str = said("Of the request that it holds.", "R1A2B3C4")
    starts_at: dt.datetime = said("Begins.", "2025-11-05T09:00:00Z")
    ends_at: dt.datetime = said("Ends.", "2025-11-05T09:20:00Z")
    place: str = said("Where.", "Table 7")
    other: FaceAnswer | None = said("With whom; null where you do not see it.")
    reason: str = said("Why it was asked for.", "Cold-weather optics.")
    asked_by_me: bool = said("Whether you asked.", True)
    is_locked: bool = said("Whether the organisers fixed it.", False)


@router.get(
    "/{slug}/my/meetings",
    response=Page[MyMeetingAnswer],
    operation_id="list_my_meetings",
    summary="List my meetings",
    description="Your meetings in the published timetable, in time order; none before it is published.",
)
def list_mine(request: HttpRequest, slug: str, asked: Query[Paging]) -> Page[MyMeetingAnswer]:
    """Return a page of one's own meetings."""
    del request
    place = take_place(slug)
    version = published_version(place.edition.pk)
    shown, cursor = lines_of(
        my_meetings(place.me.pk, version) if version else [],
        asked,
        name=f"my meetings {place.me.pk}",
        key=lambda one: [one.slot.starts_at.astimezone(dt.UTC).isoformat(), str(one.meeting_id)],
    )
    return Page(
        items=[
            MyMeetingAnswer(
                id=one.meeting_id,
                request_code=one.request_code,
                starts_at=one.slot.starts_at,
                ends_at=one.slot.ends_at,
                place=one.place,
                other=face_answer(one.other),
                reason=one.why,
                asked_by_me=one.asked_by_me,
                is_locked=one.is_locked,
            )
            for one in shown
        ],
        next_cursor=cursor,
    )
