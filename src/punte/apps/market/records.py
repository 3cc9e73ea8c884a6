"""Published needs and offers as records for files, with what the active subject sees."""

from collections import defaultdict
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import F

from punte.apps.access.labels import labels_of
from punte.apps.access.permissions import Subject
from punte.apps.market.models import Budget, Listing, Translation
from punte.apps.market.queries import Filter, listings
from punte.apps.people.models import Organisation
from punte.formats.ocds import PlannedNeed, release_package

MOST: Final = 20_000
COLUMNS: Final = (
    "id",
    "address",
    "title",
    "text",
    "language",
    "kind",
    "organisation",
    "country",
    "cpv",
    "capability",
    "quantity",
    "lead_time_days",
    "readiness_level",
    "inside_percent",
    "expires_on",
    "state",
    "published_at",
    "marking",
)
CATEGORIES: Final = {
    "service": "services",
    "research": "services",
    "training": "services",
    "infrastructure": "works",
}


def _found(wanted: Filter, subject: Subject) -> tuple[list[Listing], dict[Any, Organisation]]:
    rows = list(listings(wanted, subject)[:MOST])
    # One query of its own: a join would drop listings whose owner is hidden.
    return rows, Organisation.objects.select_related("country").in_bulk(
        {row.owner_org_id for row in rows}
    )


def _address(listing: Listing) -> str:
    folder = "needs" if listing.side == Listing.Side.NEED else "offers"
    return f"{settings.PUNTE_ADDRESS}/{folder}/{listing.pk}/"


def _cells(listing: Listing, owner: Organisation | None) -> list[object]:
    return [
        str(listing.pk),
        _address(listing),
        listing.title,
        listing.text,
        listing.language,
        listing.kind,
        owner.name if owner else "",
        owner.country_id if owner else "",
        " ".join(listing.cpv),
        " ".join(listing.capability),
        listing.quantity,
        listing.lead_time_days if listing.lead_time_days is not None else "",
        listing.readiness_level if listing.readiness_level is not None else "",
        listing.inside_percent if listing.inside_percent is not None else "",
        listing.expires_on.isoformat() if listing.expires_on else "",
        listing.state,
        listing.published_at.isoformat(timespec="seconds") if listing.published_at else "",
        listing.label_tlp,
    ]


def records_of(wanted: Filter, subject: Subject) -> list[list[object]]:
    """Return a row of :data:`COLUMNS` for each need, or each offer, of a narrowed list that the subject sees."""
    rows, owners = _found(wanted, subject)
    return [_cells(row, owners.get(row.owner_org_id)) for row in rows]


def ocds_package(subject: Subject, *, edition_id: UUID | None = None) -> dict[str, Any] | None:
    """Return the published needs that the subject sees, or those of an edition, as an OCDS release package; None where it sees none."""
    rows, owners = _found(Filter(side=Listing.Side.NEED, edition_id=edition_id), subject)
    if not rows:
        return None
    budgets = {
        budget.listing_id: budget
        for budget in Budget.objects.filter(listing__in=[row.pk for row in rows])
    }
    others = _translations(rows)
    planned = [
        replace(
            _planned(row, owners.get(row.owner_org_id), budgets.get(row.pk), others[row.pk]),
            label=label,
        )
        for row, label in zip(rows, labels_of(rows, subject), strict=True)
    ]
    return release_package(
        planned,
        uri=f"{settings.PUNTE_ADDRESS}/needs/ocds.json",
        publisher=settings.PUNTE_PUBLISHER,
        prefix=settings.PUNTE_OCID_PREFIX,
        published=max(row.published_at or row.created_at for row in rows),
    )


def _translations(rows: list[Listing]) -> dict[Any, list[tuple[str, str, str]]]:
    """Return language, title and text by listing, where they were made from the wording that stands."""
    found: dict[Any, list[tuple[str, str, str]]] = defaultdict(list)
    made = Translation.objects.filter(
        listing__in=[row.pk for row in rows], of_revision=F("listing__revision")
    )
    for one in made.order_by("language"):
        found[one.listing_id].append((one.language, one.title, one.text))
    return found


def _planned(
    row: Listing,
    owner: Organisation | None,
    budget: Budget | None,
    translations: list[tuple[str, str, str]],
) -> PlannedNeed:
    return PlannedNeed(
        id=str(row.pk),
        address=_address(row),
        title=row.title,
        text=row.text,
        language=row.language,
        date=row.published_at or row.created_at,
        buyer_id=str(owner.pk) if owner else "",
        buyer=owner.name if owner else "",
        country=owner.country.name if owner else "",
        category=CATEGORIES.get(row.kind, "goods"),
        cpv=tuple(row.cpv),
        quantity=row.quantity,
        amount_cents=budget.amount_cents if budget else None,
        currency=budget.currency if budget else "EUR",
        translations=[one for one in translations if one[0] != row.language],
    )
