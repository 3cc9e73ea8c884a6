"""Who promised what, by when, with which source, and what came of it."""

import datetime as dt
from typing import Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, rows_of
from punte.api.schemas import Answer, Marking, Words, marking_of, said
from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.models import Commitment
from punte.apps.cooperation.queries import commitments
from punte.apps.programmes.queries import milestones_by_id

router = Router(tags=["Commitments"])
State = Literal["open", "kept", "broken", "withdrawn", "overdue"]


class CommitmentsAsked(Paging):
    """Which commitments are asked for."""

    q: Words = Field("", description="Words of who and what.")
    state: State | None = Field(
        None, description="What came of it; overdue: open, and past its day."
    )


class CommitmentAnswer(Answer):
    """A promise with its source."""

    id: UUID = said("For good.", "cc1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a99")
    who: str = said("Who promised.", "Ministry of the Host")
    what: str = said("What.", "A test range for partners.")
    occasion: str = said("Where.", "Opening plenary")
    quotation: str = said("In their words.", "")
    promised_on: dt.date | None = said("On which day.", "2025-11-05")
    due_on: dt.date | None = said("By when.", "2026-06-30")
    sources: list[str] = said("Where it is read.", ["https://www.mapn.ro/"])
    verified: bool = said("Whether somebody read it there.", True)
    state: str = said("open, kept, broken or withdrawn.", "open")
    milestone_id: UUID | None = said("Which milestone it serves, where you see it.", None)
    is_synthetic: bool = said("Invented for the sample.", False)
    marking: Marking


class EventAnswer(Answer):
    """One entry of a commitment's history."""

    state: str = said("Its state since.", "kept")
    evidence: str = said("By which evidence.", "https://www.mapn.ro/")
    by_name: str = said("Who reported it; empty without a token.", "Ioana Pădurean")
    at: dt.datetime = said("When.", "2026-05-01T09:00:00Z")


class CommitmentHistory(CommitmentAnswer):
    """A commitment with its history."""

    events: list[EventAnswer] = said("Newest first.")


def _line(row: Commitment, milestones: object) -> dict[str, object]:
    plain = "who what occasion quotation promised_on due_on sources state is_synthetic"
    seen = milestones if isinstance(milestones, dict) else {}
    return {
        "id": row.pk,
        "verified": row.is_verified,
        "milestone_id": row.milestone_id if row.milestone_id in seen else None,
        "marking": marking_of(row),
        **{name: getattr(row, name) for name in plain.split()},
    }


@router.get(
    "",
    response=Page[CommitmentAnswer],
    operation_id="list_commitments",
    summary="List commitments",
    description="The promises that you see, in the order in which they were entered.",
)
def list_all(request: HttpRequest, asked: Query[CommitmentsAsked]) -> Page[CommitmentAnswer]:
    """Return a page of commitments."""
    del request
    found = commitments(state=asked.state or "", words=asked.q, today=timezone.localdate())
    shown, cursor = rows_of(found, asked, name="commitments", order=("entered_at", "pk"))
    seen = milestones_by_id(row.milestone_id for row in shown if row.milestone_id)
    return Page(
        items=[CommitmentAnswer.model_validate(_line(row, seen)) for row in shown],
        next_cursor=cursor,
    )


@router.get(
    "/{uuid:commitment_id}",
    response=CommitmentHistory,
    operation_id="get_commitment",
    summary="Read a commitment",
    description="One promise with its history: every report, with its evidence.",
)
def get_one(request: HttpRequest, commitment_id: UUID) -> CommitmentHistory:
    """Return one commitment."""
    del request
    row = Commitment.objects.filter(pk=commitment_id).first()
    if row is None:
        raise Http404
    # Names of people are for people who are known themselves, as on the page.
    is_named = active_subject().person_id is not None
    seen = milestones_by_id([row.milestone_id]) if row.milestone_id else {}
    events = [
        EventAnswer(
            state=one.state,
            evidence=one.evidence,
            by_name=one.by_name if is_named else "",
            at=one.at,
        )
        for one in row.events.all()
    ]
    return CommitmentHistory.model_validate(_line(row, seen) | {"events": events})
