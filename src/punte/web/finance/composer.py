"""Consortia for a need: which offers together satisfy a rule set, or which partner is missing."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Country
from punte.apps.access.permissions import active_subject
from punte.apps.funding import bridge
from punte.apps.market.bridge import fits_of
from punte.apps.market.models import Listing
from punte.apps.market.queries import others_of
from punte.apps.people.models import Organisation
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.finance.cases import RULES_WORDS, day_of, page

MOST_OFFERS = 12
SMALL = {"micro", "small", "medium"}


@require_http_methods(["GET", "POST"])
def compose(request: HttpRequest) -> HttpResponse:
    """Choose prices and parts for the offers that fit a need, and see which consortia are eligible."""
    need = _need(request)
    rules = request.POST.get("rules", "safe")
    if rules not in bridge.RULE_SETS:
        raise Http404
    parts = [part.strip() for part in request.POST.get("parts", "").split(",") if part.strip()]
    parts = parts or [_("the whole")]
    offers = _offers(request, need, parts)
    problems: list[Any] = []
    answer = None
    buyers = request.POST.get("buyers", "RO, FR")
    if request.method == "POST":
        try:
            question = _question(need, offers, parts, buyers, rules)
            answer = bridge.compose(question, rules=rules, on=day_of(request))
        except InvalidInputError as error:
            problems = list(error.problems)
        except PunteError as error:
            problems = [{"what": str(error)}]
    titles = {str(offer["id"]): f"{offer['owner']}: {offer['title']}" for offer in offers}
    return page(
        request,
        "compose.html",
        need=need,
        offers=offers,
        parts=", ".join(parts),
        buyers=buyers,
        rules=rules,
        rule_names=list(RULES_WORDS.items()),
        problems=problems,
        answer=answer,
        consortia=[
            {"found": found, "members": [titles.get(name, name) for name in found.members]}
            for found in (answer.consortia if answer else ())
        ],
        near=[(titles.get(miss.offer, miss.offer), miss.failures) for miss in answer.near]
        if answer
        else [],
    )


def _offers(request: HttpRequest, need: Listing, parts: list[str]) -> list[dict[str, Any]]:
    """Return the offers that fit the need, with what was typed beside them."""
    subject = active_subject()
    fits = fits_of(need, others_of(need, subject), by=subject, top=MOST_OFFERS).fits
    owners = Organisation.objects.in_bulk([fit.listing.owner_org_id for fit in fits])
    codes = dict(Country.objects.values_list("pk", "alpha_2"))
    return [
        {
            "id": str(fit.listing.pk),
            "title": fit.listing.title,
            "owner": owners[fit.listing.owner_org_id],
            "code": codes.get(owners[fit.listing.owner_org_id].country_id, ""),
            "match": fit.share,
            "price": request.POST.get(f"price-{fit.listing.pk}", ""),
            "covers": request.POST.get(f"covers-{fit.listing.pk}", "") or ", ".join(parts),
        }
        for fit in fits
        if fit.listing.owner_org_id in owners
    ]


def _need(request: HttpRequest) -> Listing:
    try:
        need = Listing.objects.filter(
            pk=UUID(request.GET.get("need", "")), side=Listing.Side.NEED
        ).first()
    except ValueError:
        need = None
    if need is None:
        raise Http404
    return need


def _question(
    need: Listing, offers: list[dict[str, Any]], parts: list[str], buyers: str, rules: str
) -> dict[str, Any]:
    codes = buyers.upper().replace(",", " ").split()
    found = bridge.rules_of(rules)
    flags = bridge.sound_flags(rules)
    return {
        "format": "punte.eligibility.question/1",
        "name": need.title,
        "categories": [found.categories[0][0]] if found.categories else ["any"],
        "parts": parts,
        "participants": [
            {"country": code, "role": "partner" if number else "borrower"}
            for number, code in enumerate(codes)
        ],
        "home": codes[0] if codes else "",
        "offers": [_offer(offer, flags) for offer in offers if str(offer["price"]).strip()],
    }


def _offer(offer: dict[str, Any], flags: dict[str, bool]) -> dict[str, Any]:
    """Return an offer for the composer; the page says that management and control are taken to be at home."""
    code = offer["code"]
    price = str(offer["price"]).replace(" ", "").replace(",", "")
    return {
        "id": offer["id"],
        "organisation": {
            "country": code,
            "management_country": code,
            "controlled_by": code,
            "facilities": [code],
            "small": offer["owner"].size in SMALL,
        },
        "covers": [part.strip() for part in str(offer["covers"]).split(",") if part.strip()],
        "price": price,
        "match": f"{offer['match']:.4f}",
        "components": [{"id": f"of {offer['id']}", "origin": code, "cost": price}],
        "flags": flags,
    }
