"""Consortia for a need: which offers together satisfy a rule set, or which partner is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Country
from punte.apps.access.numbers import read_amount, write_number
from punte.apps.access.permissions import active_subject
from punte.apps.funding import bridge
from punte.apps.funding.forms import clean, whole
from punte.apps.market.bridge import fits_of
from punte.apps.market.models import Budget, Listing
from punte.apps.market.queries import others_of
from punte.apps.people.models import Organisation
from punte.kernel.errors import InvalidInputError, Problem, PunteError
from punte.web.finance.cases import RULES_WORDS, day_of, page
from punte.web.finance.telling import Teller, teller_of
from punte.web.finance.tiles import zone_name
from punte.web.refusals import refusal

MOST_OFFERS: Final = 40
MOST_PARTS: Final = 12
SMALL: Final = frozenset({"micro", "small", "medium"})
RANKS: Final[Mapping[str, Any]] = {
    "match": gettext_lazy("how well it fits"),
    "price": gettext_lazy("price"),
    "home_share": gettext_lazy("share at home"),
    "small_share": gettext_lazy("share of small firms"),
    "resilience": gettext_lazy("resilience to one partner leaving"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the form asks; parts that are not named are one whole."""

    need: Listing
    rules: str
    category: str
    rank: str
    buyers: str
    parts: tuple[str, ...]
    offers: tuple[dict[str, Any], ...]


@require_http_methods(["GET", "POST"])
def compose(request: HttpRequest) -> HttpResponse:
    """Choose prices and parts for the offers that fit a need, and see which consortia are eligible."""
    asked, on = _asked(request), day_of(request)
    teller = teller_of(asked.rules)
    problems: list[Any] = []
    answer = None
    if request.method == "POST":
        try:
            answer = bridge.compose(_question(asked), rules=asked.rules, on=on, rank_by=asked.rank)
        except InvalidInputError as error:
            problems = [teller.problem(one) for one in error.problems]
        except PunteError as error:
            problems = [{"what": refusal(error)}]
    return page(
        request,
        "compose.html",
        asked=asked,
        need=asked.need,
        on=on,
        parts=", ".join(asked.parts),
        rule_names=list(RULES_WORDS.items()),
        categories=[
            (code, teller.word(label)) for code, label in bridge.rules_of(asked.rules).categories
        ],
        ranks=list(RANKS.items()),
        problems=problems,
        answer=answer,
        **_in_words(asked, answer, teller),
    )


def _asked(request: HttpRequest) -> _Asked:
    need, data = _need(request), request.POST
    rules = data.get("rules", "safe")
    if rules not in bridge.RULE_SETS:
        raise Http404
    codes = [code for code, _label in bridge.rules_of(rules).categories]
    category = data.get("category", "")
    parts = tuple(
        dict.fromkeys(part for one in data.get("parts", "").split(",") if (part := clean(one)))
    ) or (_("the whole"),)
    return _Asked(
        need=need,
        rules=rules,
        category=category if category in codes else (codes[0] if codes else "any"),
        rank=data.get("rank", "") if data.get("rank") in RANKS else "match",
        buyers=data.get("buyers", "RO, FR"),
        parts=parts,
        offers=tuple(_offers(request, need)),
    )


def _in_words(
    asked: _Asked, answer: bridge.Composition | None, teller: Teller
) -> dict[str, list[Any]]:
    """Return an answer with the names of offers, and its sentences in the reader's language."""
    if answer is None:
        return {}
    titles = {str(one["id"]): f"{one['owner']}: {one['title']}" for one in asked.offers}

    def named(ids: tuple[str, ...]) -> list[str]:
        return [titles.get(name, name) for name in ids]

    return {
        "consortia": [
            {
                "found": found,
                "members": named(found.members),
                "fragile": named(found.fragile_without),
            }
            for found in answer.consortia
        ],
        "missing": [
            {"found": found, "zones": [zone_name(zone) for zone in found.zones]}
            for found in answer.missing
        ],
        "unmet": [teller.sentence(text) for text in answer.unmet],
        "near": [
            (titles.get(miss.offer, miss.offer), [teller.sentence(text) for text in miss.failures])
            for miss in answer.near
        ],
    }


def _offers(request: HttpRequest, need: Listing) -> list[dict[str, Any]]:
    """Return the offers that fit the need, with what was typed beside them, or the price that its owner shows."""
    subject = active_subject()
    fits = fits_of(need, others_of(need, subject), by=subject, top=MOST_OFFERS).fits
    owners = Organisation.objects.in_bulk([fit.listing.owner_org_id for fit in fits])
    codes = dict(Country.objects.values_list("pk", "alpha_2"))
    prices = {
        str(row.listing_id): write_number(f"{row.amount_cents // 100}.{row.amount_cents % 100:02d}")
        for row in Budget.objects.filter(
            listing__in=[fit.listing.pk for fit in fits], currency="EUR"
        )
    }
    typed = request.POST if request.method == "POST" else {}
    return [
        {
            "id": str(fit.listing.pk),
            "title": fit.listing.title,
            "owner": owners[fit.listing.owner_org_id],
            "code": codes.get(owners[fit.listing.owner_org_id].country_id, ""),
            "match": fit.share,
            "inside_percent": fit.listing.inside_percent,
            "price": typed.get(
                f"price-{fit.listing.pk}", "" if typed else prices.get(str(fit.listing.pk), "")
            ),
            "covers": typed.get(f"covers-{fit.listing.pk}", ""),
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


def _question(asked: _Asked) -> dict[str, Any]:
    codes = asked.buyers.upper().replace(",", " ").split()
    flags = bridge.sound_flags(asked.rules)
    problems = _too_much(asked)
    if problems:
        raise InvalidInputError(str(_("The question")), problems)
    offers = [
        _offer(offer, asked.parts, flags, problems)
        for offer in asked.offers
        if str(offer["price"]).strip()
    ]
    problems += [
        Problem(
            place=_("Delivers"),
            what=_("“%(part)s” is none of the parts of the need.") % {"part": part[:40]},
            remedy=_("They are: %(parts)s.") % {"parts": ", ".join(asked.parts)},
        )
        for part in sorted({part for offer in offers for part in offer["covers"]})
        if part not in asked.parts
    ]
    if problems:
        raise InvalidInputError(str(_("The question")), problems)
    return {
        "format": "punte.eligibility.question/1",
        "name": asked.need.title,
        "categories": [asked.category],
        "parts": list(asked.parts),
        "participants": [
            {"country": code, "role": "partner" if number else "borrower"}
            for number, code in enumerate(codes)
        ],
        "home": codes[0] if codes else "",
        "offers": offers,
    }


def _too_much(asked: _Asked) -> list[Problem]:
    """Return what is more than the composer takes, and the fault of a question in which no offer is asked about."""
    texts = [(_("Who buys"), asked.buyers, 200)]
    texts += [(_("Parts"), part, 80) for part in asked.parts[: MOST_PARTS + 1]]
    texts += [(_("Delivers"), str(offer["covers"]), 1_000) for offer in asked.offers]
    problems: list[Problem] = []
    for place, text, most in texts:
        whole(text, most, place, problems)
    if len(asked.parts) > MOST_PARTS:
        problems.append(
            Problem(
                place=_("Parts"),
                what=_("%(count)d parts were named; at most %(most)d are put together.")
                % {"count": len(asked.parts), "most": MOST_PARTS},
                remedy=_("Put some together."),
            )
        )
    if asked.offers and not any(str(offer["price"]).strip() for offer in asked.offers):
        problems.append(
            Problem(
                place=_("Price, EUR"),
                what=_("no offer has a price, so none was asked about."),
                remedy=_("Write the price of at least one offer."),
            )
        )
    return problems


def _offer(
    offer: dict[str, Any], parts: tuple[str, ...], flags: dict[str, bool], problems: list[Problem]
) -> dict[str, Any]:
    """Return an offer for the composer; the page says that management and control are taken to be at home."""
    code = offer["code"]
    place = f"{_('Price, EUR')}, {offer['title']}"
    price = read_amount(str(offer["price"]), place, problems)
    return {
        "id": offer["id"],
        "organisation": {
            "country": code,
            "management_country": code,
            "controlled_by": code,
            "facilities": [code],
            "small": offer["owner"].size in SMALL,
        },
        "covers": [part.strip() for part in clean(str(offer["covers"])).split(",") if part.strip()]
        or list(parts),
        "price": price,
        "match": f"{offer['match']:.4f}",
        "components": _components(offer, price),
        "flags": flags,
    }


def _components(offer: dict[str, Any], price: str) -> list[dict[str, Any]]:
    """Return what it is made of: as its owner says how much comes from inside, the rest from nobody knows where."""
    whole = {"id": f"of {offer['id']}", "origin": offer["code"], "cost": price}
    inside = offer["inside_percent"]
    if inside is None or inside >= 100:
        return [whole]
    cents = bridge.cents_of(price)
    if cents is None:
        return [whole]
    rest = cents * (100 - inside) // 100
    part = {"id": f"the rest of {offer['id']}", "cost": f"{rest // 100}.{rest % 100:02d}"}
    return [{**whole, "parts": [part]}]
