"""No consortium: which kind of partner is missing, and who comes closest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Final

from punte.engines.eligibility.compose_model import ConsortiumModel
from punte.engines.eligibility.consortium import (
    Composition,
    MissingPartner,
    NearMiss,
    PartOffer,
    Question,
    as_case,
    flag_tests,
)
from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import Component, Entity
from punte.engines.eligibility.result import Reason
from punte.engines.eligibility.rules import (
    CaseAll,
    CaseAny,
    CaseTest,
    EntityAll,
    EntityAny,
    EntityTest,
    EveryEntity,
    OutsideShare,
    PlaceIn,
    RuleSet,
)
from punte.engines.eligibility.solve import reasons_of
from punte.kernel.money import Money
from punte.kernel.phrases import say

NEAR_SHOWN: Final = 5
_DEFAULT_PRICE: Final = Money(1_000_000_00)


def explain_absence(
    question: Question, rules: RuleSet, countries: Countries, *, on: date, seed: int
) -> Composition:
    """
    Return the fewest partners that would complete a consortium, or what fails on the buying side.

    For each part one partner is imagined that meets every test of an organisation and makes everything inside; its price is the median
    of the offers for that part, of all offers where none covers it.
    """
    zones = zones_of(rules, on)
    inside = min(countries.in_zones(zones, on), default="") if zones else question.home
    imagined = [_imagined(part, question, rules, inside) for part in question.parts]
    wider = replace(
        question,
        offers=(*question.offers, *imagined),
        max_members=max(question.max_members, len(question.parts)),
    )
    model = ConsortiumModel(wider, rules, countries, on)
    first = len(question.offers)
    count = sum(model.counts(idx) for idx in range(first, len(wider.offers)))
    members, _ = model.solve([count, model.price], seed=seed)
    near = tuple(_near(question, rules, countries, on))
    if members is None:
        return Composition(
            status="infeasible",
            consortia=(),
            unmet=tuple(_buying_side(question, imagined, rules, countries, on)),
            near=near,
        )
    total = sum(offer.price.cents for offer in members)
    missing = tuple(
        MissingPartner(
            part=offer.covers[0],
            role="contractor" if idx == 0 else "subcontractor",
            zones=zones,
            share=Fraction(offer.price.cents, total),
            price_assumed=offer.price,
        )
        for idx, offer in enumerate(members)
        if offer in imagined
    )
    return Composition(status="infeasible", consortia=(), missing=missing, near=near)


def zones_of(rules: RuleSet, on: date) -> tuple[str, ...]:
    """Return the zones in which organisations and components count as inside, each once."""

    def walk(test: CaseTest | EntityTest) -> Iterator[str]:
        match test:
            case CaseAll() | CaseAny() | EntityAll() | EntityAny():
                for part in test.tests:
                    yield from walk(part)
            case EveryEntity():
                yield from walk(test.test)
            case PlaceIn() | OutsideShare():
                yield from test.zones
            case _:
                return

    found = (zone for rule in rules.rules if rule.holds_on(on) for zone in walk(rule.test))
    return tuple(dict.fromkeys(found))


def _imagined(part: str, question: Question, rules: RuleSet, country: str) -> PartOffer:
    prices = sorted(
        [offer.price for offer in question.offers if part in offer.covers]
        or [offer.price for offer in question.offers]
        or [_DEFAULT_PRICE],
        key=lambda price: price.cents,
    )
    price = prices[len(prices) // 2]
    name = f"a partner for {part}"
    return PartOffer(
        id=name,
        entity=Entity(
            id=name,
            country=country,
            management_country=country,
            controlled_by=country,
            facilities=(country,),
        ),
        covers=(part,),
        price=price,
        components=(Component(id=part, origin=country, cost=price),),
        flags=tuple((flag, test.value) for flag, test in flag_tests(rules).items()),
    )


def _failures(reasons: tuple[Reason, ...]) -> Iterator[str]:
    for reason in reasons:
        if reason.state != "eligible":
            yield say(
                "%(rule)s: %(found)s",
                rule=reason.title or reason.text,
                found=_first_words(reason),
            )


def _first_words(reason: Reason) -> str:
    """Return the text of the first leaf that is not met."""
    for part in reason.parts:
        if part.state != "eligible":
            return _first_words(part)
    return reason.text


def _buying_side(
    question: Question,
    imagined: list[PartOffer],
    rules: RuleSet,
    countries: Countries,
    on: date,
) -> Iterator[str]:
    case = as_case(question, imagined, rules)
    for category in question.categories:
        yield from _failures(reasons_of(case, category, rules, countries, on))


def _near(question: Question, rules: RuleSet, countries: Countries, on: date) -> Iterator[NearMiss]:
    """Judge each offer as if it delivered alone; fewest failures first, then the better match."""
    judged = []
    for offer in question.offers:
        if not set(offer.covers) & set(question.parts):
            continue
        case = as_case(question, [offer], rules)
        failures = tuple(
            dict.fromkeys(
                failure
                for category in question.categories
                for failure in _failures(reasons_of(case, category, rules, countries, on))
            )
        )
        judged.append((len(failures), -offer.match, offer.id, failures))
    for _, _, offer_id, failures in sorted(judged)[:NEAR_SHOWN]:
        yield NearMiss(offer=offer_id, failures=failures)
