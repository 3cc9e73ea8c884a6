"""The published timetable of an edition, with what is proved of it."""

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, lines_of
from punte.api.resources.editions import edition_or_404
from punte.api.resources.people import FaceAnswer, face_answer
from punte.api.schemas import Answer, said
from punte.apps.meetings.board import board
from punte.apps.meetings.queries import VersionLine, published_version

router = Router(tags=["Timetable"])


class GoalAnswer(Answer):
    """One line of the objective."""

    name: str = said("Which goal.", "weight")
    value: float | None = said("Reached.", 412.0)
    bound: float | None = said("What no timetable can beat; null where nothing is proved.", 412.0)
    proved: bool = said("Whether it is proved that nothing is better.", True)


class TimetableAnswer(Answer):
    """The published version."""

    number: int = said("Its number.", 3)
    status: str = said("What is known of it: optimal, feasible or unknown.", "optimal")
    published_at: dt.datetime | None = said("Published.", "2025-10-20T12:00:00Z")
    meetings: int = said("Meetings that it holds [count].", 250)
    requests: int = said("Of so many accepted requests [count].", 260)
    goals: list[GoalAnswer] = said("What it aims at, in order.")
    instance_sha256: str = said("Of the question that was solved.", "9f86d081884c7d65")
    engine: str = said("Which program solved it.", "punte 0.1.0")
    seed: int = said("With it the run can be made again.", 1)


class MeetingsAsked(Paging):
    """Which day is asked for."""

    day: dt.date | None = Field(
        None, description="A day of the edition; its first with meetings where left out."
    )


class MeetingAnswer(Answer):
    """A meeting of the published timetable that the reader sees."""

    id: UUID = said("In this version.", "8c1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a55")
    request_code: str = said("Of the request that it holds.", "R1A2B3C4")
    starts_at: dt.datetime = said("Begins.", "2025-11-05T09:00:00Z")
    ends_at: dt.datetime = said("Ends.", "2025-11-05T09:20:00Z")
    place: str = said("Where, by its code.", "T07")
    seat: int = said("Within a place of several meetings, from 0.", 0)
    sender: FaceAnswer | None = said("Who asked; null where you do not see it.")
    receiver: FaceAnswer | None = said("Who was asked; null where you do not see it.")


def _version_or_404(slug: str) -> VersionLine:
    version = published_version(edition_or_404(slug).pk)
    if version is None:
        raise Http404
    return version


@router.get(
    "/{slug}/timetable",
    response=TimetableAnswer,
    operation_id="get_timetable",
    summary="Read the published timetable",
    description="The published version with its objective, and the bound that is proved for each goal.",
)
def get_version(request: HttpRequest, slug: str) -> TimetableAnswer:
    """Return the published version."""
    del request
    found = _version_or_404(slug)
    return TimetableAnswer(
        number=found.number,
        status=found.status,
        published_at=found.published_at,
        meetings=found.meeting_count,
        requests=found.request_count,
        goals=[
            GoalAnswer(name=one.name, value=one.value, bound=one.bound, proved=one.proved)
            for one in found.goals
        ],
        instance_sha256=found.instance_sha256,
        engine=found.engine,
        seed=found.seed,
    )


@router.get(
    "/{slug}/timetable/meetings",
    response=Page[MeetingAnswer],
    operation_id="list_meetings",
    summary="List the meetings of a day",
    description="The meetings of the published timetable that you see, in the order of time and place.",
)
def list_day(request: HttpRequest, slug: str, asked: Query[MeetingsAsked]) -> Page[MeetingAnswer]:
    """Return a page of a day's meetings."""
    del request
    version = _version_or_404(slug)
    found = board(version, day=asked.day)
    if asked.day is not None and found.day != asked.day:
        return Page(items=[], next_cursor=None)
    slots = {slot.code: slot for slot in found.slots}
    shown, cursor = lines_of(
        found.cells,
        asked,
        name=f"meetings {version.id}",
        key=lambda cell: [
            slots[cell.slot_code].starts_at.astimezone(dt.UTC).isoformat(),
            cell.place_code,
            cell.seat_idx,
            str(cell.meeting_id),
        ],
    )
    return Page(
        items=[
            MeetingAnswer(
                id=cell.meeting_id,
                request_code=cell.request_code,
                starts_at=slots[cell.slot_code].starts_at,
                ends_at=slots[cell.slot_code].ends_at,
                place=cell.place_code,
                seat=cell.seat_idx,
                sender=face_answer(cell.sender),
                receiver=face_answer(cell.receiver),
            )
            for cell in shown
        ],
        next_cursor=cursor,
    )
