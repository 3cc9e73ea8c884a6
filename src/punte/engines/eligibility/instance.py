"""The question: a product, who buys it, who makes it, and of what it is made."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from punte.engines.eligibility.countries import Countries
from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.money import Money
from punte.kernel.phrases import say

BuyerRole = Literal["borrower", "partner"]
EntityRole = Literal["contractor", "subcontractor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """
    A country that takes part in the procurement.

    Parameters
    ----------
    country
        ISO code.
    role
        ``borrower`` draws the loan or grant; ``partner`` joins without it.
    """

    country: str
    role: BuyerRole = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """
    A contractor or subcontractor. ``None`` always means: not known.

    Parameters
    ----------
    id
        Unique in the case.
    country, management_country
        Where it is established, and where its executive management sits; ISO codes.
    controlled_by
        Country from which it is controlled; its own country when nobody outside does.
    mitigations
        What tempers foreign control: ``fdi_screening``, ``member_state_guarantee``.
    facilities
        Countries of the facilities, assets and resources used; ``None`` when not known.
    share
        Part of the contract value [fraction, 0..1].
    relationship_since
        First day of a contractual relationship on this product.
    studies_replacement
        Whether the contractor commits to study replacing it within two years.
    small
        Whether it is a small or medium-sized firm; only ranks, never decides.
    """

    id: str
    role: EntityRole = "contractor"
    country: str | None = None
    management_country: str | None = None
    controlled_by: str | None = None
    mitigations: tuple[str, ...] = ()
    facilities: tuple[str, ...] | None = None
    share: Fraction | None = None
    relationship_since: date | None = None
    studies_replacement: bool | None = None
    small: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """
    A part of the end product; parts may have parts.

    Parameters
    ----------
    id
        Unique in the case.
    origin
        Country of origin of what is not named in ``parts``; ``None`` when not known.
    cost
        Estimated cost, the parts included; ``None`` when not known.
    cost_range
        Lowest and highest cost where only a range is known.
    parts
        Components inside this one.
    """

    id: str
    origin: str | None = None
    cost: Money | None = None
    cost_range: tuple[Money, Money] | None = None
    parts: tuple["Component", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    What is asked to be judged. ``None`` always means: not known.

    Parameters
    ----------
    categories
        Possible readings of the product's category, such as ``("1f", "2f")``; at least one.
    contract_date
        Day of signature; the day of judgement when ``None``.
    flags
        Answers to yes-no questions of the rules, by name (``design_authority``); ``None`` when open.
    """

    name: str = ""
    categories: tuple[str, ...]
    contract_date: date | None = None
    buyers: tuple[Buyer, ...] = ()
    entities: tuple[Entity, ...] = ()
    components: tuple[Component, ...] = ()
    flags: tuple[tuple[str, bool | None], ...] = ()

    def flag(self, name: str) -> bool | None:
        """Return the answer to one yes-no question; ``None`` when open or not asked."""
        return dict(self.flags).get(name)


def cost_limits(component: Component) -> tuple[int, float]:
    """Return the least and the greatest possible cost of a component [cents]; the greatest may be infinite."""
    parts = sum(cost_limits(part)[0] for part in component.parts)
    if component.cost is not None:
        return component.cost.cents, component.cost.cents
    if component.cost_range is not None:
        low, high = component.cost_range
        return max(low.cents, parts), high.cents
    return parts, math.inf


def leaves_and_branches(components: tuple[Component, ...]) -> Iterator[Component]:
    """Yield every component, the outer before the inner."""
    for component in components:
        yield component
        yield from leaves_and_branches(component.parts)


def checked(case: Case, countries: Countries, *, source: str = "The case") -> Case:
    """
    Return ``case`` unchanged if it makes sense.

    Raises
    ------
    InvalidInputError
        With every fault: unknown countries, duplicate ids, shares outside 0..1 or above 1 in sum, negative costs,
        parts dearer than their whole, no category, a country that buys twice.
    """
    problems = list(_problems(case, countries))
    if problems:
        raise InvalidInputError(source, problems)
    return case


def _problems(case: Case, countries: Countries) -> Iterator[Problem]:
    if not case.categories:
        yield Problem(
            place="categories",
            what=say("is empty."),
            remedy=say("Name the category, or each possible one."),
        )
    for idx, buyer in enumerate(case.buyers):
        yield from _country(buyer.country, countries, f"participants[{idx}].country")
    yield from _twice("participants", [buyer.country for buyer in case.buyers])
    yield from _twice("entities", [entity.id for entity in case.entities])
    for idx, entity in enumerate(case.entities):
        yield from _entity_problems(entity, countries, f"entities[{idx}]")
    total = sum((entity.share or Fraction(0) for entity in case.entities), Fraction(0))
    if total > 1:
        yield Problem(
            place="entities",
            what=say("the shares of the contract value sum to %(share)s.", share=total),
            remedy=say("They can be at most 100 %% together."),
        )
    yield from _twice("components", [part.id for part in leaves_and_branches(case.components)])
    for idx, component in enumerate(case.components):
        yield from _component_problems(component, countries, f"components[{idx}]")
    currencies = {
        money.currency
        for part in leaves_and_branches(case.components)
        for money in (part.cost, *(part.cost_range or ()))
        if money is not None
    }
    if len(currencies) > 1:
        yield Problem(
            place="components",
            what=say("costs are in %(currencies)s.", currencies=tuple(sorted(currencies))),
            remedy=say("Convert them to one currency."),
        )


def _twice(place: str, ids: list[str]) -> Iterator[Problem]:
    for found, count in Counter(ids).items():
        if count > 1:
            yield Problem(
                place=place,
                what=say("“%(name)s” stands %(count)s times.", name=found, count=count),
                remedy=say("Name each once."),
            )


def _country(code: str | None, countries: Countries, place: str) -> Iterator[Problem]:
    if code is not None and code not in countries.codes:
        yield Problem(
            place=place,
            what=say("“%(text)s” is no country code.", text=code),
            remedy=say(
                "Use two capitals of ISO 3166-1, such as RO, or leave it empty when not known."
            ),
        )


def _entity_problems(entity: Entity, countries: Countries, at: str) -> Iterator[Problem]:
    yield from _country(entity.country, countries, f"{at}.country")
    yield from _country(entity.management_country, countries, f"{at}.management_country")
    yield from _country(entity.controlled_by, countries, f"{at}.controlled_by")
    for code in entity.facilities or ():
        yield from _country(code, countries, f"{at}.facilities")
    if entity.share is not None and not 0 <= entity.share <= 1:
        yield Problem(
            place=f"{at}.share",
            what=say("is %(share)s of the contract.", share=entity.share),
            remedy=say("A share lies between 0 and 100 %%; a file writes 15 %% as 0.15."),
        )


def _component_problems(component: Component, countries: Countries, at: str) -> Iterator[Problem]:
    yield from _country(component.origin, countries, f"{at}.origin")
    low, high = component.cost_range or (component.cost, component.cost)
    if component.cost is not None and component.cost_range is not None:
        yield Problem(
            place=at,
            what=say("has both a cost and a range."),
            remedy=say("Keep one of them."),
        )
    elif low is not None and high is not None:
        if low.cents < 0:
            yield Problem(place=f"{at}.cost", what=say("is negative: %(cost)s.", cost=str(low)))
        if low.currency == high.currency and high < low:
            yield Problem(
                place=f"{at}.cost_range",
                what=say("ends at %(high)s, below %(low)s.", high=str(high), low=str(low)),
            )
        known = sum(cost_limits(part)[0] for part in component.parts)
        if known > high.cents:
            yield Problem(
                place=f"{at}.parts",
                what=say(
                    "cost %(parts)s together, more than the whole (%(whole)s).",
                    parts=str(Money(known, high.currency)),
                    whole=str(high),
                ),
                remedy=say("The cost of a component includes its parts."),
            )
    for idx, part in enumerate(component.parts):
        yield from _component_problems(part, countries, f"{at}.parts[{idx}]")
