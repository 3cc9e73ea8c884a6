"""What waits for review beside a published need or offer: changes and translations, for its owner and the reviewers."""

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router
from ninja.responses import Status

from punte.api.resources.listing_writes import NoteBody
from punte.api.resources.listings import Side, found_or_404
from punte.api.schemas import Answer, said
from punte.apps.access.permissions import active_subject
from punte.apps.market.changing import publish_change, send_back_change
from punte.apps.market.models import Listing, WaitingChange, WaitingTranslation
from punte.apps.market.translating import publish_translation, send_back_translation


class WaitingAnswer(Answer):
    """A wording that nobody has released yet."""

    id: UUID = said(
        "Of this very wording: a newer one has another.", "5b1d4a52-5a1d-4a0e-9a43-0d5e1a3a9a11"
    )
    what: Literal["change", "translation"] = said("Of the original, or beside it.", "change")
    language: str = said("Of this text.", "en")
    title: str = said("Its title.", "Optics for the cold")
    text: str = said("Its text.", "Sights for -45 °C.")
    revision: int = said("A change: send it with a further one. A translation: made from which.", 2)
    facts: dict[str, Any] = said(
        "Of a change: its other fields, as when it was written.", {"kind": "equipment"}
    )
    review_note: str = said("What the reviewer asked to change; empty while it waits.", "")


Row = WaitingChange | WaitingTranslation


def waiting_rows(listing: Listing) -> list[Row]:
    """Return what waits beside a listing, as far as the caller sees it."""
    return [
        *WaitingChange.objects.filter(listing=listing),
        *WaitingTranslation.objects.filter(listing=listing),
    ]


def _answer(row: Row) -> WaitingAnswer:
    return WaitingAnswer(
        id=row.pk,
        what="change" if isinstance(row, WaitingChange) else "translation",
        language=row.language,
        title=row.title,
        text=row.text,
        revision=row.number if isinstance(row, WaitingChange) else row.of_revision,
        facts=row.facts if isinstance(row, WaitingChange) else {},
        review_note=row.review_note,
    )


def _row(listing_id: UUID, side: Side, waiting_id: UUID) -> tuple[Listing, Row]:
    listing = found_or_404(listing_id, side)
    row = next((one for one in waiting_rows(listing) if one.pk == waiting_id), None)
    if row is None:
        raise Http404
    return listing, row


def add_waiting(router: Router, side: Side) -> None:
    """Add what waits beside one of a side."""
    plural = f"{side}s"

    @router.get(
        "/{uuid:listing_id}/waiting",
        response=list[WaitingAnswer],
        operation_id=f"list_waiting_of_{side}",
        summary=f"List what waits for review beside one of the {plural}",
        description="A change and translations of what is published: for its owner and the reviewers; empty for others.",
    )
    def list_waiting(request: HttpRequest, listing_id: UUID) -> list[WaitingAnswer]:
        del request
        return [_answer(row) for row in waiting_rows(found_or_404(listing_id, side))]


def add_waiting_review(router: Router, side: Side) -> None:
    """Add what a focal point or organiser decides of what waits."""
    plural = f"{side}s"

    @router.post(
        "/{uuid:listing_id}/waiting/{uuid:waiting_id}/publish",
        response={204: None},
        operation_id=f"publish_waiting_of_{side}",
        summary=f"Publish what waits beside one of the {plural}",
        description="For a focal point or organiser of another organisation: releases the wording that this id names.",
    )
    def publish(request: HttpRequest, listing_id: UUID, waiting_id: UUID) -> Status[None]:
        del request
        listing, row = _row(listing_id, side, waiting_id)
        by = active_subject()
        if isinstance(row, WaitingChange):
            publish_change(by=by, listing=listing, waiting_id=row.pk)
        else:
            publish_translation(by=by, listing=listing, waiting_id=row.pk)
        return Status(204, None)

    @router.post(
        "/{uuid:listing_id}/waiting/{uuid:waiting_id}/send-back",
        response={204: None},
        operation_id=f"return_waiting_of_{side}",
        summary=f"Send back what waits beside one of the {plural}",
        description="For a focal point or organiser of another organisation: what is published stays so.",
    )
    def send_back(
        request: HttpRequest, listing_id: UUID, waiting_id: UUID, body: NoteBody
    ) -> Status[None]:
        del request
        listing, row = _row(listing_id, side, waiting_id)
        by = active_subject()
        if isinstance(row, WaitingChange):
            send_back_change(by=by, listing=listing, waiting_id=row.pk, note=body.note)
        else:
            send_back_translation(by=by, listing=listing, waiting_id=row.pk, note=body.note)
        return Status(204, None)
