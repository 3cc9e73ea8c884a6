"""Requests for meetings: asked, answered, withdrawn, by the same actions as the pages."""

import datetime as dt
from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router
from ninja.responses import Status
from pydantic import Field

from punte.api.paging import Page, Paging, rows_of
from punte.api.resources.people import FaceAnswer, face_answer
from punte.api.resources.seats import Place, take_place
from punte.api.schemas import Answer, Body, said
from punte.apps.forum.models import Delegate
from punte.apps.forum.queries import Face, faces
from punte.apps.market.models import Listing
from punte.apps.meetings import asking, booking
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.own import requests_of
from punte.apps.meetings.permissions import may_organise

router = Router(tags=["Meeting requests"])
State = Literal["pending", "accepted", "declined", "withdrawn"]
RANK = "1 to 5; 1 is the first of all, and one open request of yours has it."


class RequestsAsked(Paging):
    """Which requests are asked for."""

    state: State | None = Field(None, description="Where it stands.")
    whose: Literal["mine", "all"] = Field(
        "mine", description="Your own, or all of your organisation."
    )


class RequestAnswer(Answer):
    """A request of the caller's organisation."""

    id: UUID = said("For good.", "fc1c4a52-5a1d-4a0e-9a43-0d5e1a3a9acc")
    code: str = said("As printed.", "R1A2B3C4")
    state: str = said("pending, accepted, declined or withdrawn.", "pending")
    is_sent: bool = said("Whether your organisation asked.", True)
    sender: FaceAnswer | None = said("Who asks; null where you do not see it.")
    receiver: FaceAnswer | None = said("Who is asked; null where you do not see it.")
    reason: str = said("Why.", "Cold-weather optics.")
    rank: int = said(RANK, 1)
    colleagues: list[UUID] = said("Who would come too, as far as you see them.", [])
    about_listing_id: UUID | None = said("About which need or offer, where you see it.", None)
    answer: str = said("The answer's words.", "")
    revision: int = said("Send it with an answer.", 1)
    sent_at: dt.datetime = said("Sent.", "2025-09-20T08:00:00Z")
    answered_at: dt.datetime | None = said("Answered.", None)
    accepted_unless_by: dt.datetime | None = said(
        "Counts as accepted unless it is declined by then; null where it waits for an answer. Accepted like that, it can "
        "still be declined until a timetable gives it a time.",
        None,
    )


class AskBody(Body):
    """A wish to meet."""

    receiver_id: UUID = said("Which delegate.", "7c1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a44")
    reason: str = Field(
        max_length=600,
        description="Why; the other side decides by it.",
        examples=["Cold-weather optics."],
    )
    rank: int = Field(3, ge=1, le=5, description=RANK)
    colleagues: list[UUID] = Field(
        [], max_length=3, description="Delegates of your organisation who would come too."
    )
    about_listing_id: UUID | None = Field(
        None, description="The need or offer of one of you that it is about."
    )


class AnswerBody(Body):
    """Words that go with an answer, and to what."""

    revision: int = Field(
        ge=1,
        description="The revision that you read: nobody accepts words they did not read.",
        examples=[1],
    )
    answer: str = Field(
        "", max_length=300, description="A few words; needed where somebody is refused."
    )


def _answer(
    row: MeetingRequest, place: Place, known: Mapping[UUID, Face], seen: set[UUID]
) -> RequestAnswer:
    sender = known.get(row.sender_id)
    plain = "code state reason rank answer revision sent_at answered_at accepted_unless_by"
    return RequestAnswer(
        id=row.pk,
        is_sent=bool(sender and sender.organisation_id == place.subject.org_id),
        sender=face_answer(sender),
        receiver=face_answer(known.get(row.receiver_id)),
        colleagues=[key for key in row.colleagues if key in known],
        about_listing_id=row.about_listing_id if row.about_listing_id in seen else None,
        **{name: getattr(row, name) for name in plain.split()},
    )


def _answers(rows: list[MeetingRequest], place: Place) -> list[RequestAnswer]:
    people = {key for row in rows for key in (row.sender_id, row.receiver_id, *row.colleagues)}
    asked = {row.about_listing_id for row in rows if row.about_listing_id}
    seen = set(Listing.objects.filter(pk__in=asked).values_list("pk", flat=True))
    known = faces(place.edition.pk, people)
    return [_answer(row, place, known, seen) for row in rows]


def _open(place: Place, request_id: UUID) -> MeetingRequest:
    """Return a request that the caller's page would show; else there is nothing."""
    row = MeetingRequest.objects.filter(edition=place.edition, pk=request_id).first()
    known = faces(place.edition.pk, [row.sender_id, row.receiver_id]) if row else {}
    if row is None or len(known) < 2:
        raise Http404
    sides = {face.organisation_id for face in known.values()}
    if place.subject.org_id not in sides and not may_organise(place.subject, place.edition.pk):
        raise Http404
    return row


@router.get(
    "/{slug}/requests",
    response=Page[RequestAnswer],
    operation_id="list_requests",
    summary="List meeting requests",
    description="The requests that you, or your organisation, sent and received, newest first.",
)
def list_all(request: HttpRequest, slug: str, asked: Query[RequestsAsked]) -> Page[RequestAnswer]:
    """Return a page of requests."""
    del request
    place = take_place(slug)
    found = requests_of(place.me, is_own=asked.whose == "mine")
    if asked.state:
        found = found.filter(state=asked.state)
    shown, cursor = rows_of(found, asked, name=f"requests {place.me.pk}", order=("-sent_at", "pk"))
    return Page(items=_answers(shown, place), next_cursor=cursor)


@router.post(
    "/{slug}/requests",
    response={201: RequestAnswer},
    operation_id="create_request",
    summary="Ask for a meeting",
    description="Asks a delegate for a meeting in your name. It holds no time until it is accepted, and counts against your quota.",
)
def create(request: HttpRequest, slug: str, body: AskBody) -> Status[RequestAnswer]:
    """Ask for a meeting."""
    del request
    place = take_place(slug)
    receiver = (
        Delegate.objects.filter(edition=place.edition, pk=body.receiver_id)
        .select_related("organisation", "category", "edition")
        .first()
    )
    if receiver is None:
        raise Http404
    row = asking.ask(
        by=place.subject,
        sender=place.me,
        receiver=receiver,
        reason=body.reason,
        rank=body.rank,
        colleagues=body.colleagues,
        about_listing_id=body.about_listing_id,
    )
    return Status(201, _answers([row], place)[0])


@router.get(
    "/{slug}/requests/{uuid:meetingrequest_id}",
    response=RequestAnswer,
    operation_id="get_request",
    summary="Read a meeting request",
    description="One request of your organisation, or of the edition that you organise.",
)
def get_one(request: HttpRequest, slug: str, meetingrequest_id: UUID) -> RequestAnswer:
    """Return one request."""
    del request
    place = take_place(slug)
    return _answers([_open(place, meetingrequest_id)], place)[0]


@router.post(
    "/{slug}/requests/{uuid:meetingrequest_id}/accept",
    response=RequestAnswer,
    operation_id="accept_request",
    summary="Accept a meeting request",
    description="Accepts a request to you or a colleague; the timetable finds a time.",
)
def accept(
    request: HttpRequest, slug: str, meetingrequest_id: UUID, body: AnswerBody
) -> RequestAnswer:
    """Accept a request."""
    del request
    return _answered(slug, meetingrequest_id, body, accepts=True)


@router.post(
    "/{slug}/requests/{uuid:meetingrequest_id}/decline",
    response=RequestAnswer,
    operation_id="decline_request",
    summary="Decline a meeting request",
    description="Declines a request to you or a colleague, with a reason that they are told.",
)
def decline(
    request: HttpRequest, slug: str, meetingrequest_id: UUID, body: AnswerBody
) -> RequestAnswer:
    """Decline a request."""
    del request
    return _answered(slug, meetingrequest_id, body, accepts=False)


def _answered(slug: str, key: UUID, body: AnswerBody, *, accepts: bool) -> RequestAnswer:
    place = take_place(slug)
    _open(place, key)
    row = asking.answer_request(
        by=place.subject,
        request_id=key,
        accepts=accepts,
        answer=body.answer,
        read_revision=body.revision,
    )
    return _answers([row], place)[0]


@router.post(
    "/{slug}/requests/{uuid:meetingrequest_id}/withdraw",
    response=RequestAnswer,
    operation_id="withdraw_request",
    summary="Withdraw a meeting request",
    description="Takes your own request back, or calls an accepted meeting off; its time and place become free.",
)
def withdraw(
    request: HttpRequest, slug: str, meetingrequest_id: UUID, body: AnswerBody
) -> RequestAnswer:
    """Withdraw a request."""
    del request
    place = take_place(slug)
    _open(place, meetingrequest_id)
    row = booking.withdraw_request(
        by=place.subject,
        request_id=meetingrequest_id,
        answer=body.answer,
        read_revision=body.revision,
    )
    return _answers([row], place)[0]
