"""Assistance between countries: training, capability development, technical help."""

import datetime as dt
from typing import Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, rows_of
from punte.api.schemas import Answer, Marking, marking_of, said
from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.joining import groups_told
from punte.apps.cooperation.models import Activity, Assistance
from punte.apps.cooperation.models import AssistanceAnswer as Link

router = Router(tags=["Assistance"])


class AssistanceAsked(Paging):
    """Which activities are asked for."""

    kind: Literal["training", "capability", "technical"] | None = Field(
        None, description="What kind of help."
    )
    side: Literal["offer", "request"] | None = Field(None, description="Offered or asked for.")
    country: str = Field("", max_length=3, description="ISO 3166-1 alpha-3, of a beneficiary.")


class ActivityAnswer(Answer):
    """A course, an exercise, a visit within an assistance."""

    id: UUID = said("For good.", "0b7c4a52-5a1d-4a0e-9a43-0d5e1a3a9bbb")
    title: str = said("What.", "Second week: the river")
    place: str = said("Where.", "Brașov")
    starts_on: dt.date = said("First day.", "2026-03-09")
    ends_on: dt.date = said("Last day.", "2026-03-13")
    seats: int | None = said("Seats [count]; null: not counted.", 12)
    only_for: list[str] = said(
        "Of those who may join, only organisations in one of these groups, such as you may know; empty: all.",
        [],
    )
    state: str = said("planned, running, done or off.", "planned")
    outcome: str = said("What came of it.", "")
    is_synthetic: bool = said("Invented for the sample.", False)


class LinkAnswer(Answer):
    """A request answered with an offer; the two sides and their organisers read it."""

    id: UUID = said("For good.", "5b7c4a52-5a1d-4a0e-9a43-0d5e1a3a9ccc")
    request_id: UUID = said("The request.", "dc1c4a52-5a1d-4a0e-9a43-0d5e1a3a9aaa")
    offer_id: UUID = said("The offer.", "dc1c4a52-5a1d-4a0e-9a43-0d5e1a3a9bbb")
    state: str = said("propose, accept, decline or back (taken back).", "propose")


class AssistanceAnswer(Answer):
    """An activity that helps a country, or a country's wish for one."""

    id: UUID = said("For good.", "dc1c4a52-5a1d-4a0e-9a43-0d5e1a3a9aaa")
    kind: str = said("training, capability or technical.", "training")
    side: str = said("offer or request.", "offer")
    title: str = said("Its title.", "Demining course")
    about: str = said("What it is about.", "Three weeks, in Romanian.")
    provider: str = said("Who helps.", "Ministry of the Host")
    provider_country: str = said(
        "Whose country helps, ISO 3166-1 alpha-3; empty: several, or not known.", "ROU"
    )
    asker: str = said("Who asks.", "")
    asker_country: str = said("Whose country asks, ISO 3166-1 alpha-3.", "")
    beneficiaries: list[str] = said("For whom, ISO 3166-1 alpha-3.", ["MDA"])
    joiners: list[str] = said(
        "An organisation in one of these groups may take seats: countries, statuses, PUBLIC; such as you may know.",
        ["MDA", "EU_CANDIDATE"],
    )
    place: str = said("Where.", "Brașov")
    starts_on: dt.date | None = said("First day.", "2026-03-02")
    ends_on: dt.date | None = said("Last day.", "2026-03-20")
    seats: int | None = said("Seats [count]; null: not counted.", 12)
    amount_cents: int | None = said("What it costs, in integer euro cents.", 1500000)
    state: str = said("planned, running, done or off.", "planned")
    outcome: str = said("What came of it.", "")
    sources: list[str] = said("Where it is read.", [])
    verified: bool = said("Whether somebody read it there.", False)
    is_synthetic: bool = said("Invented for the sample.", False)
    activities: list[ActivityAnswer] = said("What happens within it, by day.", [])
    answers: list[LinkAnswer] = said(
        "With which offers it is answered, or which requests it answers.", []
    )
    marking: Marking


def _answer(row: Assistance) -> AssistanceAnswer:
    plain = (
        "kind side title about provider provider_country asker asker_country beneficiaries place starts_on ends_on seats "
        "amount_cents state outcome sources is_synthetic"
    )
    return AssistanceAnswer(
        id=row.pk,
        verified=row.is_verified,
        marking=marking_of(row),
        joiners=groups_told(row.joiners, active_subject()),
        answers=[_link(one) for one in (*row.answers.all(), *row.answered.all())],
        activities=[_activity(one) for one in row.activities.all()],
        **{name: getattr(row, name) for name in plain.split()},
    )


def _link(row: Link) -> LinkAnswer:
    return LinkAnswer(id=row.pk, request_id=row.request_id, offer_id=row.offer_id, state=row.state)


def _activity(row: Activity) -> ActivityAnswer:
    plain = "id title place starts_on ends_on seats state outcome is_synthetic"
    return ActivityAnswer(
        only_for=groups_told(row.only_for, active_subject()),
        **{name: getattr(row, name) for name in plain.split()},
    )


@router.get(
    "",
    response=Page[AssistanceAnswer],
    operation_id="list_assistance",
    summary="List assistance",
    description="What is offered and asked for between countries, as far as you see it, by title.",
)
def list_all(request: HttpRequest, asked: Query[AssistanceAsked]) -> Page[AssistanceAnswer]:
    """Return a page of activities."""
    del request
    rows = Assistance.objects.prefetch_related("activities", "answers", "answered")
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.side:
        rows = rows.filter(side=asked.side)
    if asked.country:
        rows = rows.filter(beneficiaries__contains=[asked.country.upper()])
    shown, cursor = rows_of(rows, asked, name="assistance", order=("title", "pk"))
    return Page(items=[_answer(row) for row in shown], next_cursor=cursor)


@router.get(
    "/{uuid:assistance_id}",
    response=AssistanceAnswer,
    operation_id="get_assistance",
    summary="Read an activity",
    description="One activity of assistance, offered or asked for.",
)
def get_one(request: HttpRequest, assistance_id: UUID) -> AssistanceAnswer:
    """Return one activity."""
    del request
    row = Assistance.objects.filter(pk=assistance_id).first()
    if row is None:
        raise Http404
    return _answer(row)
