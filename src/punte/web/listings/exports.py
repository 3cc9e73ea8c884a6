"""Needs and offers as files: tables, JSON, and needs as OCDS planning releases; only what the reader sees."""

from collections import Counter
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.market.models import Budget, FitVerdict, Listing
from punte.apps.market.queries import Filter, listings
from punte.apps.market.searches import suggested_codes
from punte.apps.people.models import Organisation
from punte.formats.ocds import PlannedNeed, release_package
from punte.web.listings.pages import subject_of
from punte.web.tables import table_response

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
    "published_at",
    "marking",
)
CATEGORIES: Final = {
    "service": "services",
    "research": "services",
    "training": "services",
    "infrastructure": "works",
}


def _published(side: str, subject: Subject) -> tuple[list[Listing], dict[Any, Organisation]]:
    rows = list(listings(Filter(side=side), subject)[:MOST])
    # One query of its own: a join would drop listings whose owner is hidden.
    return rows, Organisation.objects.in_bulk({row.owner_org_id for row in rows})


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
        listing.published_at.isoformat(timespec="seconds") if listing.published_at else "",
        listing.label_tlp,
    ]


@login_not_required
@require_GET
def give_table(request: HttpRequest, side: str) -> HttpResponse:
    """Give the published needs or offers that the reader sees, as CSV, XLSX or JSON."""
    subject = subject_of(request)
    rows, owners = _published(side, subject)
    cells = [_cells(row, owners.get(row.owner_org_id)) for row in rows]
    ending = request.GET.get("format", "csv")
    if subject.person_id is not None:
        record("export.read", None, what=f"{side}s", rows=len(rows))
    if ending == "json":
        records = [dict(zip(COLUMNS, line, strict=True)) for line in cells]
        return JsonResponse(
            {"format": "punte.market.listings/1", "side": side, "listings": records},
            json_dumps_params={"ensure_ascii": False, "indent": 1},
        )
    return table_response(f"{side}s", COLUMNS, cells, ending="xlsx" if ending == "xlsx" else "csv")


@login_not_required
@require_GET
def give_ocds(request: HttpRequest) -> HttpResponse:
    """Give the needs that the reader sees as an OCDS release package."""
    subject = subject_of(request)
    rows, owners = _published(Listing.Side.NEED, subject)
    budgets = {
        budget.listing_id: budget
        for budget in Budget.objects.filter(listing__in=[row.pk for row in rows])
    }
    latest = max((row.published_at for row in rows if row.published_at), default=timezone.now())
    package = release_package(
        [_planned(row, owners.get(row.owner_org_id), budgets.get(row.pk)) for row in rows],
        uri=f"{settings.PUNTE_ADDRESS}/needs/ocds.json",
        publisher=settings.PUNTE_PUBLISHER,
        prefix=settings.PUNTE_OCID_PREFIX,
        published=latest,
    )
    if subject.person_id is not None:
        record("export.read", None, what="ocds", rows=len(rows))
    return JsonResponse(package, json_dumps_params={"ensure_ascii": False, "indent": 1})


def _planned(row: Listing, owner: Organisation | None, budget: Budget | None) -> PlannedNeed:
    return PlannedNeed(
        id=str(row.pk),
        address=_address(row),
        title=row.title,
        text=row.text,
        language=row.language,
        date=row.published_at or row.created_at,
        buyer_id=str(owner.pk) if owner else "",
        buyer=owner.name if owner else "",
        country=owner.country_id if owner else "",
        category=CATEGORIES.get(row.kind, "goods"),
        cpv=tuple(row.cpv),
        quantity=row.quantity,
        amount_cents=budget.amount_cents if budget else None,
        currency=budget.currency if budget else "EUR",
    )


@require_GET
def give_verdicts(request: HttpRequest) -> HttpResponse:
    """Give what was said of fits, as far as the reader sees it, to measure the matching with."""
    rows = [
        [str(one.need_id), str(one.offer_id), "fits" if one.fits else "does not fit", one.why]
        for one in FitVerdict.objects.all()[:MOST]
    ]
    record("export.read", None, what="verdicts", rows=len(rows))
    ending = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    return table_response("verdicts", ("need", "offer", "verdict", "why"), rows, ending=ending)


@require_POST
def suggest_codes(request: HttpRequest) -> HttpResponse:
    """Say which codes near needs and offers declare, while somebody writes: a hint and no more."""
    subject = subject_of(request)
    words = f"{request.POST.get('title', '')} {request.POST.get('text', '')}"
    words = " ".join(words.replace("\x00", "").split())[:600]
    language = request.POST.get("language") or (get_language() or "en").partition("-")[0]
    found: Counter[tuple[str, str]] = Counter()
    if len(words) >= 8 and subject.org_id is not None:
        found = suggested_codes(subject, words, language=language[:2])
    taken = request.POST.get("cpv", "") + request.POST.get("capability", "")
    shown = [(system, code, count) for (system, code), count in found.items() if code not in taken]
    shown.sort(key=lambda line: (line[0], -line[2], line[1]))
    return render(request, "listings/codes.html", {"codes": shown[:8]})
