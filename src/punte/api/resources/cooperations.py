"""What began at a meeting: partners, stage, agreed actions."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, rows_of
from punte.api.schemas import Answer, Marking, Words, marking_of, said
from punte.apps.cooperation.models import Cooperation
from punte.apps.market.models import Listing
from punte.apps.programmes.queries import milestones_by_id

router = Router(tags=["Cooperations"])
Stage = Literal["contact", "explore", "nda", "consort", "apply", "funded", "done", "stopped"]


class CooperationsAsked(Paging):
    """Which cooperations are asked for."""

    q: Words = Field("", description="Words of its name or of a partner's.")
    stage: Stage | None = Field(None, description="How far it is.")
    country: str = Field("", max_length=3, description="ISO 3166-1 alpha-3, of a partner.")


class PartnerAnswer(Answer):
    """An organisation in a cooperation."""

    organisation_id: UUID = said("Which.", "2f1d7a52-5a1d-4a0e-9a43-0d5e1a3a9a22")
    organisation: str = said("Its name.", "Wilk Optronika")
    country: str = said("ISO 3166-1 alpha-3.", "POL")
    speaker: str = said("Who speaks for it.", "Tomasz Wilk")
    has_left: bool = said("Whether it left.", False)


class TaskAnswer(Answer):
    """An agreed action."""

    what: str = said("What.", "Send the drawings.")
    who: str = said("Who.", "Tomasz Wilk")
    due_on: dt.date | None = said("By when.", "2026-01-31")
    done_at: dt.datetime | None = said("Done; null: open.", None)


class CooperationAnswer(Answer):
    """A cooperation; links lead only to what the reader sees."""

    id: UUID = said("For good.", "bc1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a88")
    name: str = said("Its name.", "Optics for the Prut")
    about: str = said("What it is about.", "Joint maintenance.")
    kind: str = said("contract, training, know-how or research.", "contract")
    stage: str = said("How far it is.", "consort")
    began_at: dt.datetime = said("Began.", "2025-11-06T10:00:00Z")
    next_on: dt.date | None = said("Next meeting.", "2026-02-01")
    need_id: UUID | None = said("Which need it serves.", None)
    offer_id: UUID | None = said("By which offer.", None)
    milestone_id: UUID | None = said("Which milestone it serves.", None)
    partners: list[PartnerAnswer] = said("Who takes part.")
    tasks: list[TaskAnswer] = said("Who does what by when.")
    is_synthetic: bool = said("Invented for the sample.", False)
    marking: Marking


def _answers(rows: Iterable[Cooperation]) -> list[CooperationAnswer]:
    """Return rows with links only to what the reader sees, in two queries more, however many rows there are."""
    found = list(rows)
    asked = {key for row in found for key in (row.need_id, row.offer_id) if key}
    listings = set(Listing.objects.filter(pk__in=asked).values_list("pk", flat=True))
    milestones = milestones_by_id(row.milestone_id for row in found if row.milestone_id)
    return [
        CooperationAnswer(
            id=row.pk,
            need_id=row.need_id if row.need_id in listings else None,
            offer_id=row.offer_id if row.offer_id in listings else None,
            milestone_id=row.milestone_id if row.milestone_id in milestones else None,
            partners=[
                PartnerAnswer(
                    organisation_id=one.organisation_id,
                    organisation=one.organisation_name,
                    country=one.country,
                    speaker=one.speaker,
                    has_left=one.left_at is not None,
                )
                for one in row.partners.all()
            ],
            tasks=[
                TaskAnswer(what=one.text, who=one.who, due_on=one.due_on, done_at=one.done_at)
                for one in row.tasks.all()
            ],
            marking=marking_of(row),
            **{
                name: getattr(row, name)
                for name in [
                    "name",
                    "about",
                    "kind",
                    "stage",
                    "began_at",
                    "next_on",
                    "is_synthetic",
                ]
            },
        )
        for row in found
    ]


@router.get(
    "",
    response=Page[CooperationAnswer],
    operation_id="list_cooperations",
    summary="List cooperations",
    description="What you see going on between organisations, newest first.",
)
def list_all(request: HttpRequest, asked: Query[CooperationsAsked]) -> Page[CooperationAnswer]:
    """Return a page of cooperations."""
    del request
    rows = Cooperation.objects.prefetch_related("partners", "tasks")
    if asked.stage:
        rows = rows.filter(stage=asked.stage)
    if asked.country:
        rows = rows.filter(partners__country=asked.country.upper())
    for word in asked.q.split():
        rows = rows.filter(Q(name__icontains=word) | Q(partners__organisation_name__icontains=word))
    shown, cursor = rows_of(rows.distinct(), asked, name="cooperations", order=("-began_at", "pk"))
    return Page(items=_answers(shown), next_cursor=cursor)


@router.get(
    "/{uuid:cooperation_id}",
    response=CooperationAnswer,
    operation_id="get_cooperation",
    summary="Read a cooperation",
    description="One cooperation with its partners and agreed actions, and the links that you may follow.",
)
def get_one(request: HttpRequest, cooperation_id: UUID) -> CooperationAnswer:
    """Return one cooperation."""
    del request
    rows = Cooperation.objects.prefetch_related("partners", "tasks").filter(pk=cooperation_id)
    found = _answers(rows)
    if not found:
        raise Http404
    return found[0]
