"""Programmes and what they promise by when."""

import datetime as dt
from typing import Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, lines_of
from punte.api.schemas import Answer, Marking, marking_of, said
from punte.apps.programmes.chances import MilestoneChance, milestone_chances, plan_problems
from punte.apps.programmes.models import Milestone, Programme
from punte.apps.programmes.queries import find_programme, list_programmes

router = Router(tags=["Programmes"])
Status = Literal["proposed", "endorsed", "launched", "operational"]


class ProgrammesAsked(Paging):
    """Which programmes are asked for."""

    area: str = Field("", max_length=40, description="Code of a capability area.")
    status: Status | None = Field(None, description="How far it is, as its authority says.")


class MilestoneAnswer(Answer):
    """A promise that something is reached by a date."""

    id: UUID = said("For good.", "9c1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a66")
    name: str = said("What is promised.", "Initial capacity")
    kind: str = said("legal, political, payment or other.", "other")
    promised_on: dt.date = said("By when.", "2027-12-31")
    owner_name: str = said("Who answers for it.", "European Commission")
    note: str = said("More.", "")
    sources: list[str] = said("Where it is read.", ["https://defence-industry-space.ec.europa.eu/"])
    verified: bool = said("Whether somebody read it there.", True)
    done_on: dt.date | None = said("Done on; null: not shown as done.", None)
    done_by: str = said("Who says so.", "")
    done_evidence: str = said("By which document.", "")


class ChanceAnswer(Answer):
    """How likely a promised date is kept, by the plan."""

    share: float = said("Probability, 0 to 1.", 0.62)
    low: float = said("Its 95 % interval begins.", 0.61)
    high: float = said("Its 95 % interval ends.", 0.63)


class PlannedMilestone(MilestoneAnswer):
    """A milestone with its chance."""

    chance: ChanceAnswer | None = said("null where no plan says it.")


class ProgrammeLine(Answer):
    """A programme with its milestones."""

    id: UUID = said("For good.", "ac1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a77")
    kind: str = said("flagship, targets, national or joint.", "flagship")
    name: str = said("Its name.", "European Drone Defence Initiative")
    scope: str = said("What it is for.", "Counter-drone capacity by 2027.")
    authority: str = said("Who is responsible.", "European Commission")
    countries: list[str] = said("Contributing, ISO 3166-1 alpha-3.", ["ROU"])
    capability: list[str] = said("Codes of capability areas.", ["counter_drone"])
    status: str = said("How far it is, as its authority says.", "endorsed")
    status_as_of: str = said("As of.", "2025-10")
    status_source: str = said("By which source.", "https://www.consilium.europa.eu/")
    status_verified: bool = said("Whether somebody read it there.", True)
    sources: list[str] = said("Where the rest is read.", ["https://www.consilium.europa.eu/"])
    is_synthetic: bool = said("Invented for the sample.", False)
    marking: Marking


class ProgrammeShort(ProgrammeLine):
    """A programme with its milestones."""

    milestones: list[MilestoneAnswer] = said("What it promises, by date.")


class ProgrammeAnswer(ProgrammeLine):
    """A programme with its milestones and how likely each is kept."""

    milestones: list[PlannedMilestone] = said("What it promises, by date.")
    plan_problems: list[str] = said(
        "Why its plan cannot be counted with, so that it gives no chance; empty where it can.", []
    )


PLAIN = (
    "kind",
    "name",
    "scope",
    "authority",
    "countries",
    "capability",
    "status",
    "status_as_of",
    "status_source",
    "status_verified",
    "sources",
    "is_synthetic",
)
ORDER = ("flagship", "targets", "joint", "national")


def _line(row: Programme) -> dict[str, object]:
    return {
        "id": row.pk,
        "marking": marking_of(row),
        **{name: getattr(row, name) for name in PLAIN},
    }


def _milestone(row: Milestone) -> dict[str, object]:
    plain = "name kind promised_on owner_name note sources done_on done_by done_evidence"
    return {
        "id": row.pk,
        "verified": row.is_verified,
        **{name: getattr(row, name) for name in plain.split()},
    }


def _chance(found: MilestoneChance | None) -> ChanceAnswer | None:
    if found is None:
        return None
    return ChanceAnswer(share=found.share, low=found.low, high=found.high)


@router.get(
    "",
    response=Page[ProgrammeShort],
    operation_id="list_programmes",
    summary="List programmes",
    description="The programmes that you see, flagships and targets first, each with its milestones.",
)
def list_all(request: HttpRequest, asked: Query[ProgrammesAsked]) -> Page[ProgrammeShort]:
    """Return a page of programmes."""
    del request
    rows = [
        one
        for one in list_programmes()
        if (not asked.area or asked.area in one.capability)
        and (asked.status is None or one.status == asked.status)
    ]
    shown, cursor = lines_of(
        rows,
        asked,
        name="programmes",
        key=lambda one: [ORDER.index(one.kind), one.name, str(one.pk)],
    )
    return Page(
        items=[
            ProgrammeShort.model_validate(
                _line(one) | {"milestones": [_milestone(row) for row in one.milestones.all()]}
            )
            for one in shown
        ],
        next_cursor=cursor,
    )


@router.get(
    "/{uuid:programme_id}",
    response=ProgrammeAnswer,
    operation_id="get_programme",
    summary="Read a programme",
    description="A programme with its milestones, and how likely its plan makes each promised date.",
)
def get_one(request: HttpRequest, programme_id: UUID) -> ProgrammeAnswer:
    """Return a programme."""
    del request
    row = find_programme(programme_id)
    if row is None:
        raise Http404
    chances = milestone_chances(row)
    return ProgrammeAnswer.model_validate(
        _line(row)
        | {
            "plan_problems": plan_problems(row),
            "milestones": [
                _milestone(one) | {"chance": _chance(chances.get(one.pk))}
                for one in row.milestones.all()
            ],
        }
    )
