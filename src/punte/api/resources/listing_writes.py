"""Needs and offers: written, changed, submitted, reviewed, withdrawn, by the same form and the same actions as the pages."""

import datetime as dt
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status
from pydantic import Field

from punte.api.problems import RefusalError
from punte.api.resources.listings import (
    Kind,
    ListingAnswer,
    Side,
    found_or_404,
    one_answer,
)
from punte.api.schemas import Body, said
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.market import actions
from punte.apps.market.drafts import Draft
from punte.apps.market.forms import ListingForm, TranslationForm
from punte.apps.market.models import Listing
from punte.apps.market.permissions import edition_for
from punte.apps.market.translating import set_translation
from punte.kernel.errors import Problem

MOST_CENTS = 10**14


class ListingBody(Body):
    """A need or an offer as its owner writes it."""

    title: str = Field(max_length=160, description="Its title.", examples=["Optics for the cold"])
    text: str = Field(
        max_length=8000,
        description="As in a public notice. Nothing marked RESTRICTED or above.",
        examples=["Sights for -40 °C."],
    )
    language: str = Field(
        max_length=20, description="Of the text: any, by its code of ISO 639.", examples=["en"]
    )
    kind: Kind = said("What is needed or offered.", "equipment")
    audience: Literal["edition", "allies", "eu", "eu-partners", "public"] = Field(
        "edition", description="Whom it is meant to reach, once reviewed."
    )
    edition_id: UUID | None = Field(
        None, description="At which edition; the one you are cleared for where left out."
    )
    cpv: list[str] = Field([], max_length=12, description="CPV codes of eight digits.")
    capability: list[str] = Field([], max_length=12, description="Codes of capability areas.")
    milestone_id: UUID | None = Field(None, description="The promise that it helps to keep.")
    quantity: str = Field("", max_length=80, description="How much.")
    lead_time_days: int | None = Field(None, ge=0, le=36500, description="Lead time [d].")
    readiness_level: int | None = Field(None, ge=1, le=9, description="Technology readiness level.")
    inside_percent: int | None = Field(
        None, ge=0, le=100, description="Components from inside the EU, EEA-EFTA or Ukraine [%]."
    )
    expires_on: dt.date | None = Field(None, description="Last day; null: open.")
    tlp: Literal["", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"] = Field(
        "", description="How it may be passed on; what suits the audience where empty."
    )
    embargo_on: dt.date | None = Field(None, description="Seen by others not before.")
    amount_cents: int | None = Field(
        None, ge=0, lt=MOST_CENTS, description="The amount behind it, in integer euro cents."
    )
    amount_for: Literal["own", "review", "eu", "allies", "same"] = Field(
        "own", description="Who may see the amount."
    )


class ListingChange(ListingBody):
    """A need or an offer as it shall be, whole."""

    revision: int = Field(
        ge=1, description="The revision that you read: nobody is overwritten.", examples=[1]
    )


class NoteBody(Body):
    """Why it is sent back."""

    note: str = Field(
        max_length=300, description="What has to change.", examples=["Which caliber?"]
    )


class TranslationBody(Body):
    """The owner's own translation."""

    title: str = Field(max_length=160, description="Its title.", examples=["Optică pentru frig"])
    text: str = Field(max_length=8000, description="Its text.", examples=["Ocheane pentru -40 °C."])


def _draft(body: ListingBody, side: Side, edition_id: UUID | None) -> Draft:
    """Return what was written, checked by the form of the pages."""
    values = body.model_dump(
        exclude={"edition_id", "revision", "amount_cents", "cpv", "capability"}
    )
    data: dict[str, Any] = {
        **{name: "" if value is None else str(value) for name, value in values.items()},
        "cpv": ", ".join(body.cpv),
        "capability": ", ".join(body.capability),
        "amount": "" if body.amount_cents is None else str(Decimal(body.amount_cents) / 100),
    }
    form = ListingForm(data)
    if not form.is_valid():
        _refuse(form.errors)
    return form.draft(side, edition_id)


def _refuse(errors: Any) -> None:  # noqa: ANN401  (Django's dictionary of errors)
    names = {"amount": "amount_cents", "__all__": ""}
    faults = [
        Problem(place=f"body.{names.get(field, field)}".rstrip("."), what=str(text))
        for field, texts in errors.items()
        for text in texts
    ]
    raise RefusalError("invalid-input", errors=faults)


def _edition(body: ListingBody, by: Subject) -> UUID | None:
    if body.edition_id is None:
        return edition_for(by)
    if f"edition:{body.edition_id}" not in by.groups:
        fault = Problem(place="body.edition_id", what=_("is no edition for which you are cleared."))
        raise RefusalError("invalid-input", errors=[fault])
    return body.edition_id


def add_writes(router: Router, side: Side) -> None:
    """Add the writing operations of one side."""
    plural = f"{side}s"

    @router.post(
        "",
        response={201: ListingAnswer},
        operation_id=f"create_{side}",
        summary=f"Write one of the {plural}",
        description="Keeps a draft that nobody outside your organisation sees, until it is submitted, reviewed and published.",
    )
    def create(request: HttpRequest, body: ListingBody) -> Status[ListingAnswer]:
        del request
        by = active_subject()
        row = actions.draft_listing(by=by, draft=_draft(body, side, _edition(body, by)))
        return Status(201, one_answer(row))

    @router.put(
        "/{uuid:listing_id}",
        response=ListingAnswer,
        operation_id=f"change_{side}",
        summary=f"Change one of the {plural}",
        description="Replaces it as a whole; a change of a published one waits for review first. The newest revision goes with it.",
    )
    def change(request: HttpRequest, listing_id: UUID, body: ListingChange) -> ListingAnswer:
        del request
        row = found_or_404(listing_id, side)
        kept = actions.edit_listing(
            by=active_subject(),
            listing=row,
            draft=_draft(body, side, row.edition_id),
            read_revision=body.revision,
        )
        return one_answer(kept)


def add_translation(router: Router, side: Side) -> None:
    """Add the owner's own translation."""
    plural = f"{side}s"

    @router.put(
        "/{uuid:listing_id}/translations/{language}",
        response=ListingAnswer,
        operation_id=f"translate_{side}",
        summary=f"Translate one of the {plural}",
        description="Keeps your own translation beside the original; beside a published one it waits for review first.",
    )
    def translate(
        request: HttpRequest, listing_id: UUID, language: str, body: TranslationBody
    ) -> ListingAnswer:
        del request
        row = found_or_404(listing_id, side)
        form = TranslationForm({"language": language, **body.model_dump()}, original=row.language)
        if not form.is_valid():
            _refuse(form.errors)
        set_translation(by=active_subject(), listing=row, **form.cleaned_data)
        return one_answer(row)


def add_steps(router: Router, side: Side) -> None:
    """Add the steps of one side's life."""
    plural = f"{side}s"

    @router.post(
        "/{uuid:listing_id}/submit",
        response=ListingAnswer,
        operation_id=f"submit_{side}",
        summary=f"Submit one of the {plural}",
        description="Hands a draft to the focal points and organisers of its edition for review.",
    )
    def submit(request: HttpRequest, listing_id: UUID) -> ListingAnswer:
        del request
        return _taken(listing_id, side, actions.submit_listing)

    @router.post(
        "/{uuid:listing_id}/withdraw",
        response=ListingAnswer,
        operation_id=f"withdraw_{side}",
        summary=f"Withdraw one of the {plural}",
        description="Takes it out of sight at once; its address stays its owner's.",
    )
    def withdraw(request: HttpRequest, listing_id: UUID) -> ListingAnswer:
        del request
        return _taken(listing_id, side, actions.withdraw_listing)


def add_review(router: Router, side: Side) -> None:
    """Add what a focal point or organiser decides."""
    plural = f"{side}s"

    @router.post(
        "/{uuid:listing_id}/publish",
        response={204: None},
        operation_id=f"publish_{side}",
        summary=f"Publish one of the {plural}",
        description="For a focal point or organiser of another organisation: releases what waits for review to its audience.",
    )
    def publish(request: HttpRequest, listing_id: UUID) -> Status[None]:
        del request
        row = found_or_404(listing_id, side)
        actions.publish_listing(by=active_subject(), listing=row)
        return Status(204, None)

    @router.post(
        "/{uuid:listing_id}/send-back",
        response={204: None},
        operation_id=f"return_{side}",
        summary=f"Send one of the {plural} back",
        description="For a focal point or organiser of another organisation: returns what waits for review, with what has to change.",
    )
    def send_back(request: HttpRequest, listing_id: UUID, body: NoteBody) -> Status[None]:
        del request
        row = found_or_404(listing_id, side)
        actions.send_back_listing(by=active_subject(), listing=row, note=body.note)
        return Status(204, None)


def _taken(listing_id: UUID, side: Side, act: Any) -> ListingAnswer:  # noqa: ANN401  (one of the actions)
    row: Listing = found_or_404(listing_id, side)
    act(by=active_subject(), listing=row)
    return one_answer(row)
