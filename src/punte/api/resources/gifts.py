"""Gifts and hospitality of an edition: what the reader may read, declared and kept by the authority's own people."""

import datetime as dt
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router
from ninja.responses import Status
from pydantic import Field

from punte.api.paging import Page, Paging, rows_of
from punte.api.resources.editions import edition_or_404
from punte.api.schemas import Answer, Body, Marking, Words, marking_of, said
from punte.apps.access.numbers import write_number
from punte.apps.access.permissions import active_subject
from punte.apps.cooperation import gifts as actions
from punte.apps.cooperation.gift_fields import Declared
from punte.apps.cooperation.gift_register import Asked, gifts_of
from punte.apps.cooperation.models import Gift, GiftStep

router = Router(tags=["Gifts and hospitality"])
Kind = Literal["gift", "host"]
Way = Literal["in", "out"]
Became = Literal["kept", "handed", "declined"]
Audience = Literal["own", "organisers", "public"]
READ = "The `revision` that you read: nobody changes what they did not read."
WHO = "own: your organisation alone; organisers: those of the edition and its auditors too; public: everybody."
A_STEP = "2b7c4a52-5a1d-4a0e-9a43-0d5e1a3a9ddd"


class GiftsAsked(Paging):
    """Which declarations are asked for."""

    q: Words = Field("", description="Words of an organisation, of what it was, or of the note.")
    kind: Kind | None = Field(None, description="A gift, or hospitality.")
    way: Way | None = Field(None, description="Offered to the authority, or by it.")
    became: Became | None = Field(None, description="What became of it.")
    state: Literal["stands", "withdrawn"] | None = Field(None, description="Whether it stands.")
    since: dt.date | None = Field(None, description="First day of what is asked for.")
    until: dt.date | None = Field(None, description="Last day of what is asked for.")


class GiftAnswer(Answer):
    """A declaration."""

    id: UUID = said("For good.", "1b7c4a52-5a1d-4a0e-9a43-0d5e1a3a9ddd")
    on: dt.date = said("On which day.", "2025-11-05")
    authority_name: str = said("Whose declaration it is.", "Ministry of the Host")
    other_name: str = said("The other organisation.", "Nordvik Optics")
    kind: str = said("gift or host (hospitality).", "gift")
    way: str = said("in: offered to the authority; out: offered by it.", "in")
    what: str = said("What it was.", "A fountain pen")
    worth: str | None = said("Estimated value, as a decimal number; null: not known.", "40.00")
    currency: str = said("ISO 4217; empty where the value is not known.", "EUR")
    became: str = said("kept, handed (handed in) or declined.", "handed")
    note: str = said("What else is declared.", "")
    declared_at: dt.datetime = said("Declared.", "2025-11-06T09:00:00Z")
    withdrawn_at: dt.datetime | None = said("Withdrawn; null where it stands.", None)
    by_name: str = said("Who answers for it; empty for other organisations.", "")
    is_synthetic: bool = said("Invented for the sample.", False)
    marking: Marking


class GiftStepAnswer(Answer):
    """One entry of a declaration's history."""

    step: str = said("declare, correct, release, hand (handed on) or draw (withdrawn).", "declare")
    reason: str = said("Why.", "")
    before: dict[str, str] = said("What stood in each field that was corrected.", {})
    by_name: str = said("Who did it; empty for other organisations.", "")
    at: dt.datetime = said("When.", "2025-11-06T09:00:00Z")


class GiftHistory(GiftAnswer):
    """A declaration with its history."""

    steps: list[GiftStepAnswer] = said("Newest first, as far as you may read them.")
    revision: str = said("Send it with a change; empty for other organisations.", A_STEP)
    audience: str = said("Who may read it; empty for others, and where only its label says.", "own")


class GiftBody(Body):
    """A gift or hospitality."""

    kind: Kind = said("A gift, or host for hospitality.", "gift")
    way: Way = said("in: offered to you; out: offered by you.", "in")
    became: Became = said("What became of it.", "handed")
    what: str = Field(max_length=300, description="What it was.", examples=["A fountain pen"])
    on: dt.date = said("On which day; not one to come.", "2025-11-05")
    other_id: UUID | None = Field(
        None, description="The other organisation, of those at the edition that you see."
    )
    other_name: str = Field(
        "", max_length=200, description="Its name, where it is none of them.", examples=["Nordvik"]
    )
    worth: str | None = Field(
        None,
        pattern=r"^[0-9]{1,9}(\.[0-9]{2})?$",
        description="Estimated value, whole or with two decimals; null: not known.",
        examples=["40.00"],
    )
    currency: str = Field("EUR", max_length=3, description="ISO 4217.")
    note: str = Field("", max_length=600, description="What else is declared.")


class DeclareBody(GiftBody):
    """A gift or hospitality, and who may read it."""

    audience: Audience = Field("own", description=WHO)


class CorrectBody(GiftBody):
    """What the declaration says from now on: the whole of it."""

    reason: str = Field(
        max_length=400, description="Why; the history keeps it.", examples=["A misprint."]
    )
    revision: str = Field(max_length=40, description=READ, examples=[A_STEP])


class ReleaseBody(Body):
    """Who may read a declaration."""

    audience: Audience = said(WHO, "public")
    revision: str = Field(max_length=40, description=READ, examples=[A_STEP])


class WithdrawBody(Body):
    """Why a declaration is withdrawn."""

    reason: str = Field(
        max_length=400, description="Why; the history keeps it.", examples=["Declared twice."]
    )
    revision: str = Field(max_length=40, description=READ, examples=[A_STEP])


def _values(row: Gift) -> dict[str, object]:
    plain = "on authority_name other_name kind way what currency became note declared_at withdrawn_at is_synthetic"
    is_own = active_subject().org_id == row.owner_org_id
    return {
        "id": row.pk,
        "worth": None if row.worth is None else f"{row.worth:.2f}",
        # Persons are named to their own organisation alone, as on the page.
        "by_name": row.by_name if is_own else "",
        "marking": marking_of(row),
        **{name: getattr(row, name) for name in plain.split()},
    }


def _step(one: GiftStep, *, is_own: bool) -> GiftStepAnswer:
    by_name = one.by_name if is_own else ""
    plain = "step reason before at"
    return GiftStepAnswer(by_name=by_name, **{name: getattr(one, name) for name in plain.split()})


def _history(row: Gift) -> GiftHistory:
    is_own = active_subject().org_id == row.owner_org_id
    more = {
        "steps": [_step(one, is_own=is_own) for one in row.steps.all()],
        "revision": actions.revision_of(row) if is_own else "",
        "audience": actions.audience_of_gift(row) if is_own else "",
    }
    return GiftHistory.model_validate(_values(row) | more)


def _gift(slug: str, gift_id: UUID) -> Gift:
    row = Gift.objects.filter(edition=edition_or_404(slug), pk=gift_id).first()
    if row is None:
        raise Http404
    return row


def _declared(body: GiftBody) -> Declared:
    return Declared(
        kind=body.kind,
        way=body.way,
        became=body.became,
        what=body.what,
        on=body.on,
        other_id=body.other_id,
        other_name=body.other_name,
        # As a person would type it in the language of this call.
        worth="" if body.worth is None else write_number(Decimal(body.worth)),
        currency=body.currency,
        note=body.note,
    )


@router.get(
    "/{slug}/gifts",
    response=Page[GiftAnswer],
    operation_id="list_gifts",
    summary="List gifts and hospitality",
    description="What authorities declared at an edition, as far as it is released to you; the newest day first.",
)
def list_all(request: HttpRequest, slug: str, asked: Query[GiftsAsked]) -> Page[GiftAnswer]:
    """Return a page of declarations."""
    del request
    wanted = Asked(
        words=asked.q,
        kind=asked.kind or "",
        way=asked.way or "",
        became=asked.became or "",
        state=asked.state or "",
        since=asked.since,
        until=asked.until,
    )
    rows = gifts_of(edition_or_404(slug), wanted)
    shown, cursor = rows_of(rows, asked, name="gifts", order=("-on", "-declared_at", "pk"))
    return Page(
        items=[GiftAnswer.model_validate(_values(row)) for row in shown], next_cursor=cursor
    )


@router.post(
    "/{slug}/gifts",
    response={201: GiftHistory},
    operation_id="declare_gift",
    summary="Declare a gift or hospitality",
    description="Declares one in your name, for an authority that comes to the edition.",
)
def declare(request: HttpRequest, slug: str, body: DeclareBody) -> Status[GiftHistory]:
    """Declare one."""
    del request
    row = actions.declare_gift(
        by=active_subject(),
        edition=edition_or_404(slug),
        declared=_declared(body),
        audience=body.audience,
    )
    return Status(201, _history(row))


@router.get(
    "/{slug}/gifts/{uuid:gift_id}",
    response=GiftHistory,
    operation_id="get_gift",
    summary="Read a declaration",
    description="One declaration with its history.",
)
def get_one(request: HttpRequest, slug: str, gift_id: UUID) -> GiftHistory:
    """Return one declaration."""
    del request
    return _history(_gift(slug, gift_id))


@router.put(
    "/{slug}/gifts/{uuid:gift_id}",
    response=GiftHistory,
    operation_id="correct_gift",
    summary="Correct a declaration",
    description="Says the whole of it anew, with the reason; what stood there before stays with those who could read it.",
)
def correct(request: HttpRequest, slug: str, gift_id: UUID, body: CorrectBody) -> GiftHistory:
    """Correct one."""
    del request
    actions.correct_gift(
        by=active_subject(),
        gift=_gift(slug, gift_id),
        declared=_declared(body),
        reason=body.reason,
        read=body.revision,
    )
    return _history(_gift(slug, gift_id))


@router.post(
    "/{slug}/gifts/{uuid:gift_id}/release",
    response=GiftHistory,
    operation_id="release_gift",
    summary="Say who may read a declaration",
    description="Releases a declaration of your organisation to others, or to fewer.",
)
def release(request: HttpRequest, slug: str, gift_id: UUID, body: ReleaseBody) -> GiftHistory:
    """Release one."""
    del request
    by, row = active_subject(), _gift(slug, gift_id)
    actions.release_gift(by=by, gift=row, audience=body.audience, read=body.revision)
    return _history(_gift(slug, gift_id))


@router.post(
    "/{slug}/gifts/{uuid:gift_id}/withdraw",
    response=GiftHistory,
    operation_id="withdraw_gift",
    summary="Withdraw a declaration",
    description="It stays in the register as withdrawn, with your reason.",
)
def withdraw(request: HttpRequest, slug: str, gift_id: UUID, body: WithdrawBody) -> GiftHistory:
    """Withdraw one."""
    del request
    by, row = active_subject(), _gift(slug, gift_id)
    actions.withdraw_gift(by=by, gift=row, reason=body.reason, read=body.revision)
    return _history(_gift(slug, gift_id))
