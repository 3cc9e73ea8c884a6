"""Reads of needs and offers. Everything is read in the active subject's name."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from punte.apps.access.permissions import Subject
from punte.apps.market.models import (
    MEASURED,
    Budget,
    Interest,
    Language,
    Listing,
    Relay,
    Translation,
    WaitingChange,
    WaitingTranslation,
    language_name,
)
from punte.apps.market.permissions import may_bring_together
from punte.apps.market.validity import valid_on
from punte.apps.people.models import Organisation

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list of listings is narrowed to; empty fields do not narrow."""

    side: str
    words: str = ""
    kind: str = ""
    language: str = ""
    mine: bool = False
    state: str = ""
    edition_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingLine:
    """One line of a list."""

    id: UUID
    side: str
    title: str
    kind: str
    state: str
    language: str
    owner: str
    country: str
    published_at: dt.datetime | None
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list: its lines, how many there are in all that the reader may see, and where it stands."""

    lines: tuple[ListingLine, ...]
    count: int
    number: int
    last: int


def listings(wanted: Filter, subject: Subject) -> QuerySet[Listing]:
    """Return the listings that the subject sees, narrowed, newest first."""
    found = Listing.objects.filter(side=wanted.side)
    if wanted.mine:
        found = found.filter(owner_org_id=subject.org_id)
        if wanted.state:
            found = found.filter(state=wanted.state)
    else:
        today = timezone.localdate()
        found = found.filter(valid_on(today), state=Listing.State.PUBLISHED)
    if wanted.edition_id:
        found = found.filter(edition_id=wanted.edition_id)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.language:
        found = found.filter(language=wanted.language)
    for word in wanted.words.split()[:8]:
        found = found.filter(
            Q(title__icontains=word)
            | Q(text__icontains=word)
            | Q(translations__title__icontains=word)
            | Q(cpv__contains=[word])
        )
    return found.distinct() if wanted.words else found


def languages_of(wanted: Filter, subject: Subject) -> list[tuple[str, str]]:
    """Return the languages to narrow a list to: the usual ones, and those in which something on it is written."""
    found = (
        listings(replace(wanted, language=""), subject)
        .order_by()
        .values_list("language", flat=True)
    )
    others = sorted((set(found) | {wanted.language}) - {"", *Language.values})
    return [(code, language_name(code)) for code in (*Language.values, *others)]


def unmeasured_languages(*compared: Listing | QuerySet[Listing]) -> list[str]:
    """Return the names of the languages, of what is compared with each other, in which no fits were measured."""
    found: set[str] = set()
    for one in compared:
        if isinstance(one, Listing):
            found.add(one.language)
        else:
            found.update(one.order_by().values_list("language", flat=True).distinct())
    return [language_name(code) for code in sorted(found - MEASURED)]


def page_of_listings(wanted: Filter, subject: Subject, *, number: int = 1) -> Page:
    """
    Return one page of a list, with its owners where the subject may see them.

    Parameters
    ----------
    number
        From 1; a number past the last page gives the last.
    """
    found = listings(wanted, subject)
    count = found.count()
    last = max(1, -(-count // PAGE_SIZE))
    number = min(max(number, 1), last)
    rows = list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    return Page(lines=lines_of(rows), count=count, number=number, last=last)


def lines_of(rows: list[Listing]) -> tuple[ListingLine, ...]:
    """Return lines for rows; an owner whom the reader may not see stays unnamed."""
    # One query of their own: a join would drop listings whose owner is hidden.
    owners = Organisation.objects.in_bulk({row.owner_org_id for row in rows})
    return tuple(_line(row, owners.get(row.owner_org_id)) for row in rows)


def _line(row: Listing, owner: Organisation | None) -> ListingLine:
    return ListingLine(
        id=row.pk,
        side=row.side,
        title=row.title,
        kind=row.get_kind_display(),
        state=row.state,
        language=row.language,
        owner=owner.name if owner else "",
        country=owner.country_id if owner else "",
        published_at=row.published_at,
        expires_on=row.expires_on,
    )


def titles_in(language: str, listing_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the titles that owners translated into a language, by listing."""
    found = Translation.objects.filter(listing_id__in=list(listing_ids), language=language)
    return dict(found.values_list("listing_id", "title"))


def written_in_language(listing: Listing, language: str) -> dict[str, Any] | None:
    """Return the newest wording of a translation that the subject sees: the one that waits, or the published one."""
    for model in (WaitingTranslation, Translation):
        found = model.objects.filter(listing=listing, language=language)
        stands = found.values("language", "title", "text").first()
        if stands:
            return dict(stands)
    return None


def listing_of(listing_id: UUID, side: str) -> Listing | None:
    """Return one listing, or ``None`` where there is none that the subject sees."""
    return Listing.objects.filter(pk=listing_id, side=side).first()


def owner_of(listing: Listing) -> Organisation | None:
    """Return the owner where the subject may see it."""
    return Organisation.objects.filter(pk=listing.owner_org_id).first()


def budget_of(listing: Listing) -> Budget | None:
    """Return the amount where the subject may see it."""
    return Budget.objects.filter(listing=listing).first()


def interests_in(listing: Listing) -> list[Interest]:
    """Return the expressions of interest that the subject sees, oldest first."""
    return list(Interest.objects.filter(listing=listing))


def messages_about(listing: Listing) -> list[Relay]:
    """Return the messages about a listing that the subject sees, oldest first."""
    return list(Relay.objects.filter(listing=listing))


def waiting_for_review(subject: Subject, *, edition_id: UUID | None = None) -> list[ListingLine]:
    """Return what waits for the subject's review, oldest first; of one edition where it is named."""
    if not may_bring_together(subject):
        return []
    texts = WaitingTranslation.objects.filter(review_note="").values("listing_id")
    changes = WaitingChange.objects.filter(review_note="").values("listing_id")
    beside = Q(pk__in=texts) | Q(pk__in=changes)
    found = Listing.objects.filter(
        Q(state=Listing.State.IN_REVIEW) | beside & Q(state=Listing.State.PUBLISHED)
    ).exclude(owner_org_id=subject.org_id)
    if edition_id is not None:
        found = found.filter(edition_id=edition_id)
    return list(lines_of(list(found.order_by("created_at"))))


def published_by(organisation_id: UUID, *, most: int) -> list[Listing]:
    """Return the newest needs and offers of an organisation that the subject sees, needs first."""
    found = Listing.objects.filter(
        valid_on(timezone.localdate()),
        owner_org_id=organisation_id,
        state=Listing.State.PUBLISHED,
    )
    return list(found.order_by("side", "-published_at", "pk")[:most])


def others_of(listing: Listing, subject: Subject) -> QuerySet[Listing]:
    """Return the published listings of the other side that the subject sees."""
    other = Listing.Side.OFFER if listing.side == Listing.Side.NEED else Listing.Side.NEED
    return listings(Filter(side=other), subject)


def listings_serving(milestone_ids: Iterable[UUID]) -> list[ListingLine]:
    """Return the published needs and offers that serve one of the milestones, needs first."""
    found = Listing.objects.filter(
        milestone_id__in=list(milestone_ids), state=Listing.State.PUBLISHED
    ).order_by("side", "-published_at", "pk")
    return list(lines_of(list(found)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A published need or offer and the promise that it serves; ``milestone_id`` is ``None`` where it names none."""

    id: UUID
    side: str
    owner_id: UUID
    edition_id: UUID | None
    milestone_id: UUID | None
    capability: tuple[str, ...]


def listings_by_area(today: dt.date) -> list[Serving]:
    """Return every published need and offer that is valid on a day, with what it serves."""
    found = Listing.objects.filter(valid_on(today), state=Listing.State.PUBLISHED)
    fields = ("pk", "side", "owner_org_id", "edition_id", "milestone_id", "capability")
    return [
        Serving(
            id=key,
            side=side,
            owner_id=owner,
            edition_id=edition,
            milestone_id=milestone,
            capability=tuple(capability),
        )
        for key, side, owner, edition, milestone, capability in found.values_list(*fields)
    ]
