"""Needs and offers: read, and matched with each other. The same documents for both sides."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, rows_of
from punte.api.problems import RefusalError
from punte.api.schemas import Answer, Marking, Words, marking_of, said
from punte.apps.access.permissions import active_subject
from punte.apps.market.bridge import fits_of
from punte.apps.market.forms import initial_of
from punte.apps.market.models import Budget, Listing, Translation
from punte.apps.market.permissions import may_draft
from punte.apps.market.queries import Filter, listing_of, listings, others_of
from punte.apps.people.models import Organisation
from punte.apps.programmes.queries import milestones_by_id

Side = Literal["need", "offer"]
Kind = Literal["equipment", "service", "training", "research", "infrastructure"]
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$", max_length=3)]
"""A code of ISO 639, two letters or three."""


class ListingsAsked(Paging):
    """Which needs or offers are asked for."""

    q: Words = Field("", description="Words of title, text, translations, or a CPV code.")
    kind: Kind | None = Field(None, description="What is needed or offered.")
    language: Language | None = Field(None, description="Of the original.")
    mine: bool = Field(
        default=False, description="Those of your own organisation, in every state, newest first."
    )


class OwnerAnswer(Answer):
    """Whose it is."""

    id: UUID = said("For good.", "2f1d7a52-5a1d-4a0e-9a43-0d5e1a3a9a22")
    name: str = said("Its name.", "Armament Directorate")
    country: str = said("ISO 3166-1 alpha-3.", "FRA")


class BudgetAnswer(Answer):
    """The amount behind it, where the reader may see it."""

    amount_cents: int = said("In integer cents.", 250000000)
    currency: str = said("ISO 4217.", "EUR")


class TranslationAnswer(Answer):
    """The owner's own translation."""

    language: str = said("Of this text.", "ro")
    title: str = said("Its title.", "Optică pentru frig")
    text: str = said("Its text.", "Ocheane pentru -40 °C.")
    of_revision: int = said("Made from which revision.", 1)


class OwnView(Answer):
    """What only its owner is told, and sends back with a change."""

    audience: str = said("Whom it is meant to reach.", "edition")
    embargo_on: dt.date | None = said("Seen by others not before.", None)
    amount_for: str = said("Who may see the amount.", "own")
    review_note: str = said("What the reviewer asked to change.", "")


class ListingAnswer(Answer):
    """A need or an offer, in its original with the translations beside it."""

    id: UUID = said("For good.", "ec1c4a52-5a1d-4a0e-9a43-0d5e1a3a9abb")
    side: str = said("need or offer.", "need")
    edition_id: UUID | None = said("At which edition.", "0ed17100-0000-4000-8000-000000000001")
    kind: str = said("What is needed or offered.", "equipment")
    state: str = said("draft, review, published or withdrawn.", "published")
    language: str = said("Of the original.", "en")
    title: str = said("Its title.", "Optics for the cold")
    text: str = said("Its text.", "Sights for -40 °C.")
    translations: list[TranslationAnswer] = said("Beside the original.")
    owner: OwnerAnswer | None = said("null where you do not see who it is.")
    cpv: list[str] = said("CPV codes.", ["38600000"])
    capability: list[str] = said("Codes of capability areas.", ["ground_combat"])
    milestone_id: UUID | None = said("Which milestone it serves, where you see it.", None)
    quantity: str = said("How much.", "400 pieces")
    lead_time_days: int | None = said("Lead time [d].", 180)
    readiness_level: int | None = said("Technology readiness level, 1 to 9.", 8)
    inside_percent: int | None = said("Components from inside the EU, EEA-EFTA or Ukraine [%].", 70)
    expires_on: dt.date | None = said("Last day; null: open.", "2026-06-30")
    published_at: dt.datetime | None = said("Published.", "2025-09-10T08:00:00Z")
    revision: int = said("Send it with a change.", 1)
    budget: BudgetAnswer | None = said("null where there is none for you.")
    own: OwnView | None = said("null for others than its owner.")
    is_synthetic: bool = said("Invented for the sample.", False)
    marking: Marking


class MatchAnswer(Answer):
    """One listing of the other side that fits, with its reasons."""

    listing: ListingAnswer
    score: float = said("Comparable within one answer only.", 3.2)
    share: float = said("Of the best score, 0 to 1.", 1.0)
    reasons: list[str] = said("Why it fits.", ["Both say: optics, cold."])


class MatchesAnswer(Answer):
    """What fits a listing, best first."""

    reading: str = said("The language model's part: whole, waiting or off.", "whole")
    items: list[MatchAnswer] = said("Best first.")


def listing_answers(rows: Iterable[Listing]) -> list[ListingAnswer]:
    """Return listings with owners, amounts, translations and milestones: four queries, however many there are."""
    found = list(rows)
    keys = [row.pk for row in found]
    owners = Organisation.objects.in_bulk({row.owner_org_id for row in found})
    budgets = {one.listing_id: one for one in Budget.objects.filter(listing_id__in=keys)}
    translations: dict[UUID, list[TranslationAnswer]] = {}
    for one in Translation.objects.filter(listing_id__in=keys):
        translations.setdefault(one.listing_id, []).append(
            TranslationAnswer(
                language=one.language,
                title=one.title,
                text=one.text,
                of_revision=one.of_revision,
            )
        )
    milestones = milestones_by_id(row.milestone_id for row in found if row.milestone_id)
    return [
        _answer(
            row,
            owners.get(row.owner_org_id),
            budgets.get(row.pk),
            translations.get(row.pk, []),
            is_served=row.milestone_id in milestones,
        )
        for row in found
    ]


PLAIN = (
    "side",
    "edition_id",
    "kind",
    "state",
    "language",
    "title",
    "text",
    "cpv",
    "capability",
    "quantity",
    "lead_time_days",
    "readiness_level",
    "inside_percent",
    "expires_on",
    "published_at",
    "revision",
    "is_synthetic",
)


def _answer(
    row: Listing,
    owner: Organisation | None,
    budget: Budget | None,
    translations: list[TranslationAnswer],
    *,
    is_served: bool,
) -> ListingAnswer:
    is_own = active_subject().org_id == row.owner_org_id
    return ListingAnswer(
        id=row.pk,
        owner=OwnerAnswer(id=owner.pk, name=owner.name, country=owner.country_id)
        if owner
        else None,
        milestone_id=row.milestone_id if is_served else None,
        budget=BudgetAnswer(amount_cents=budget.amount_cents, currency=budget.currency)
        if budget
        else None,
        translations=translations,
        own=_own(row) if is_own else None,
        marking=marking_of(row),
        **{name: getattr(row, name) for name in PLAIN},
    )


def _own(row: Listing) -> OwnView:
    until = row.label_embargo_until
    return OwnView(
        audience=row.audience,
        embargo_on=timezone.localdate(until) if until else None,
        amount_for="own",
        review_note=row.review_note,
    )


def found_or_404(listing_id: UUID, side: str) -> Listing:
    """Return a listing that the caller sees; a hidden one and one that never was get the same answer."""
    row = listing_of(listing_id, side)
    if row is None:
        raise Http404
    return row


def one_answer(row: Listing) -> ListingAnswer:
    """Return one listing as a document; its owner is told which readers of the amount it chose."""
    (answer,) = listing_answers([row])
    if answer.own is not None:
        answer.own.amount_for = str(initial_of(row)["amount_for"])
    return answer


def add_list(router: Router, side: Side) -> None:
    """Add the list of one side."""
    plural = f"{side}s"

    @router.get(
        "",
        response=Page[ListingAnswer],
        operation_id=f"list_{plural}",
        summary=f"List {plural}",
        description=f"The published {plural} that you see, newest first, each in its original with its translations.",
    )
    def list_all(request: HttpRequest, asked: Query[ListingsAsked]) -> Page[ListingAnswer]:
        del request
        subject = active_subject()
        mine = asked.mine and may_draft(subject)
        wanted = Filter(
            side=side,
            words=asked.q,
            kind=asked.kind or "",
            language=asked.language or "",
            mine=mine,
        )
        shown, cursor = rows_of(
            listings(wanted, subject),
            asked,
            name=f"{plural} {'mine' if mine else ''}",
            order=("-created_at", "pk") if mine else ("-published_at", "pk"),
        )
        return Page(items=listing_answers(shown), next_cursor=cursor)


def add_one(router: Router, side: Side) -> None:
    """Add what is read of one listing."""
    plural = f"{side}s"

    @router.get(
        "/{uuid:listing_id}",
        response=ListingAnswer,
        operation_id=f"get_{side}",
        summary=f"Read one of the {plural}",
        description="One document with its translations, its amount where you may see it, and why you see it.",
    )
    def get_one(request: HttpRequest, listing_id: UUID) -> ListingAnswer:
        del request
        return one_answer(found_or_404(listing_id, side))

    @router.get(
        "/{uuid:listing_id}/matches",
        response=MatchesAnswer,
        operation_id=f"match_{side}",
        summary=f"Match one of the {plural}",
        description=(
            "What fits it among what you see, best first, each with its reasons: its owner is shown everybody's, "
            "another organisation its own. For people of an organisation; of what is published."
        ),
        openapi_extra={"x-refusals": ["409"]},
    )
    def match(request: HttpRequest, listing_id: UUID) -> MatchesAnswer:
        del request
        return _matches(found_or_404(listing_id, side))


def _matches(row: Listing) -> MatchesAnswer:
    subject = active_subject()
    if not may_draft(subject):
        raise RefusalError("not-allowed")
    if row.state != Listing.State.PUBLISHED:
        raise RefusalError("wrong-state")
    found = fits_of(row, others_of(row, subject), by=subject)
    answers = {one.id: one for one in listing_answers(fit.listing for fit in found.fits)}
    return MatchesAnswer(
        reading=found.reading,
        items=[
            MatchAnswer(
                listing=answers[fit.listing.pk],
                score=fit.score,
                share=fit.share,
                reasons=list(fit.reasons),
            )
            for fit in found.fits
        ],
    )
