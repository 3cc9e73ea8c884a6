"""One's own meetings: in the published timetable, and in a draft that is shown as preliminary."""

import datetime as dt
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from punte.api.paging import Page, Paging, lines_of
from punte.api.resources.people import FaceAnswer, face_answer
from punte.api.resources.seats import take_place
from punte.api.schemas import Answer, said
from punte.apps.forum.queries import faces
from punte.apps.meetings.calendars import other_side
from punte.apps.meetings.own import my_meetings
from punte.apps.meetings.preliminary import preliminary_meetings
from punte.apps.meetings.queries import published_version

router = Router(tags=["My meetings"])


class MyMeetingAnswer(Answer):
    """A meeting of one's own."""

    id: UUID = said("In this version of the timetable.", "8c1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a55")
    request_code: str = said("Of the request that it holds.", "R1A2B3C4")
    starts_at: dt.datetime = said("Begins.", "2025-11-05T09:00:00Z")
    ends_at: dt.datetime = said("Ends.", "2025-11-05T09:20:00Z")
    place: str = said("Where.", "Table 7")
    place_said: str = said("Where, in the language that you ask for (Accept-Language).", "Masa 7")
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
                place_said=str(one.place_said),
                other=face_answer(one.other),
                reason=one.why,
                asked_by_me=one.asked_by_me,
                is_locked=one.is_locked,
            )
            for one in shown
        ],
        next_cursor=cursor,
    )


class PreliminaryAnswer(Answer):
    """A meeting of one's own in a draft: preliminary, no invitation yet."""

    id: UUID = said("In this draft.", "8c1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a56")
    request_id: UUID = said("The request that it holds.", "fc1c4a52-5a1d-4a0e-9a43-0d5e1a3a9acc")
    request_code: str = said("Of the request that it holds.", "R1A2B3C4")
    starts_at: dt.datetime = said("Would begin.", "2025-11-05T09:00:00Z")
    ends_at: dt.datetime = said("Would end.", "2025-11-05T09:20:00Z")
    place: str = said("Where it would be.", "Table 7")
    other: FaceAnswer | None = said("With whom; null where you do not see it.")
    until: dt.datetime = said("So long it is shown.", "2025-10-20T15:00:00Z")
    remark: str = said("What you remarked on it; empty where nothing.", "")


@router.get(
    "/{slug}/my/preliminary",
    response=Page[PreliminaryAnswer],
    operation_id="list_my_preliminary",
    summary="List my preliminary meetings",
    description=(
        "Your meetings in the draft that the organisers show as preliminary, in time order; none while they show none. "
        "Nothing of it is in a calendar, and any of it can change."
    ),
)
def list_preliminary(
    request: HttpRequest, slug: str, asked: Query[Paging]
) -> Page[PreliminaryAnswer]:
    """Return a page of one's own meetings in the draft shown now."""
    del request
    me = take_place(slug).me
    shown, cursor = lines_of(
        preliminary_meetings(me),
        asked,
        name=f"my preliminary {me.pk}",
        key=lambda one: [
            one.meeting.slot.starts_at.astimezone(dt.UTC).isoformat(),
            str(one.meeting.pk),
        ],
    )
    sides = {key for one in shown for key in (one.request.sender_id, one.request.receiver_id)}
    people = faces(me.edition_id, {*sides, me.pk}) if shown else {}
    return Page(
        items=[
            PreliminaryAnswer(
                id=one.meeting.pk,
                request_id=one.request.pk,
                request_code=one.request.code,
                starts_at=one.meeting.slot.starts_at,
                ends_at=one.meeting.slot.ends_at,
                place=one.meeting.place.name,
                other=face_answer(other_side(one.request, me.pk, people)),
                until=one.until,
                remark=one.remark.text if one.remark else "",
            )
            for one in shown
        ],
        next_cursor=cursor,
    )
