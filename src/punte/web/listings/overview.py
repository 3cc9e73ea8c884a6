"""All needs at once: how they are covered by offers, and who could be brought together."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import Subject
from punte.apps.market.bridge import coverage_of, pairs_of
from punte.apps.market.models import Listing
from punte.apps.market.permissions import may_bring_together
from punte.apps.market.queries import Filter, ListingLine, lines_of, listings, unmeasured_languages
from punte.web.listings.pages import page, subject_of
from punte.web.listings.recorded import record_listings
from punte.web.tables import table_response

CONTESTED: Final = 5
"""So many offers that fit one need are called contested."""
ORDER: Final = ("unmet", "thin", "well", "contested")
QUOTAS: Final = {"per_need": (3, 0, 20), "per_offer": (6, 0, 20), "floor": (1, 0, 5)}
"""Default, least and most of what the organiser sets."""


def state_of(count: int) -> tuple[str, str]:
    """Return how well a need is covered by so many offers, as a code and in words."""
    if count == 0:
        return "unmet", _("unmet: no offer fits")
    if count == 1:
        return "thin", _("thin: a single offer")
    if count >= CONTESTED:
        return "contested", _("contested: many offers")
    return "well", _("well covered")


def _read(ids: list[str]) -> dict[str, ListingLine]:
    rows = Listing.objects.in_bulk([UUID(key) for key in ids])
    return {str(line.id): line for line in lines_of(list(rows.values()))}


@require_GET
def show_coverage(request: HttpRequest) -> HttpResponse:
    """Show for each need how many offers fit it, the ones without an offer first."""
    subject = subject_of(request)
    found = coverage_of(
        listings(Filter(side=Listing.Side.NEED), subject),
        listings(Filter(side=Listing.Side.OFFER), subject),
    )
    keys = [key for one in found.lines for key in (one.need_id, *one.best)]
    known = _read(keys)
    lines = [
        (
            known[one.need_id],
            one.count,
            [known[key] for key in one.best if key in known],
            *state_of(one.count),
        )
        for one in found.lines
        if one.need_id in known
    ]
    lines.sort(key=lambda line: (ORDER.index(line[3]), line[0].title))
    if request.GET.get("as") in {"csv", "xlsx"}:
        return _coverage_table(subject, lines, ending=request.GET["as"])
    counts = [(code, sum(line[3] == code for line in lines)) for code in ORDER]
    context = {"lines": lines, "counts": dict(counts), "found": found, "contested": CONTESTED}
    return page(request, "listings/coverage.html", context)


CoverageLine = tuple[ListingLine, int, list[ListingLine], str, str]


def _coverage_table(subject: Subject, lines: list[CoverageLine], *, ending: str) -> HttpResponse:
    columns = (_("Need"), _("Organisation"), _("Offers that fit"), _("State"), _("Nearest offers"))
    rows = [
        [need.title, need.owner, count, words, "; ".join(f"{o.title} ({o.owner})" for o in best)]
        for need, count, best, _code, words in lines
    ]
    if subject.person_id is not None:
        record_listings("coverage of needs", [need.id for need, *_rest in lines])
    return table_response("coverage_of_needs", columns, rows, ending=ending)


def _quotas(request: HttpRequest) -> dict[str, int]:
    """Return what the organiser set, each kept inside its bounds."""
    wanted = {}
    for name, (default, least, most) in QUOTAS.items():
        text = request.GET.get(name, "")
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else default
        wanted[name] = min(max(number, least), most)
    return wanted


@require_GET
def show_pairs(request: HttpRequest) -> HttpResponse:
    """Show an organiser who could be brought together within quotas, fairly, and what each need gives up for it."""
    subject = subject_of(request)
    if not may_bring_together(subject):
        raise Http404
    quotas = _quotas(request)
    needs, offers_of_all = (
        listings(Filter(side=side), subject) for side in (Listing.Side.NEED, Listing.Side.OFFER)
    )
    pairings = pairs_of(needs, offers_of_all, **quotas)
    known = _read([key for one in pairings for key in (one.need_id, *one.offers)])
    lines = [
        (known[one.need_id], [known[key] for key in one.offers if key in known], one)
        for one in pairings
        if one.need_id in known
    ]
    lines.sort(key=lambda line: (-line[2].regret, line[0].title))
    if request.GET.get("as") in {"csv", "xlsx"}:
        columns = [_("Need"), _("Who needs"), _("Offer"), _("Who offers"), _("Given up")]
        rows = [
            [need.title, need.owner, offer.title, offer.owner, f"{one.regret:.2f}"]
            for need, offers, one in lines
            for offer in offers
        ]
        record_listings(
            "pairs of needs and offers",
            [need.id for need, offers, _one in lines for _offer in offers],
        )
        return table_response("pairs", columns, rows, ending=request.GET["as"])
    context = {
        "lines": lines,
        "quotas": quotas,
        "unmeasured": unmeasured_languages(needs, offers_of_all),
        "pairs": sum(len(offers) for _need, offers, _one in lines),
        "given_up": sum(one.regret for _need, _offers, one in lines),
        "below": sum(len(offers) < quotas["floor"] for _need, offers, _one in lines),
    }
    return page(request, "listings/pairs.html", context)
