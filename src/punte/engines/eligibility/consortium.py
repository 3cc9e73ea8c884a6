"""The composer's question and answer: which offers together can fill a need under the rules."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import Buyer, Case, Component, Entity
from punte.engines.eligibility.instance import checked as checked_case
from punte.engines.eligibility.rules import CaseAll, CaseAny, CaseTest, FlagIs, RuleSet
from punte.kernel.anytime import Status
from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.money import Money
from punte.kernel.phrases import say

RankBy = Literal["match", "price", "home_share", "small_share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOffer:
    """
    What one organisation would deliver.

    Parameters
    ----------
    id
        Unique in the question.
    entity
        The organisation; its role and share follow from the consortium.
    covers
        Parts of the need that it delivers.
    price
        For all of them together, > 0.
    match
        How well it fits the need [0..1].
    may_lead
        Whether it can be the contractor.
    flags
        Its answers to the yes-no questions of the rules.
    """

    id: str
    entity: Entity
    covers: tuple[str, ...]
    price: Money
    match: Fraction = Fraction(0)
    may_lead: bool = True
    components: tuple[Component, ...] = ()
    flags: tuple[tuple[str, bool | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    The need, the countries that would buy together, and the offers at hand.

    Parameters
    ----------
    parts
        What must be delivered; at least one.
    home
        Country whose share ``home_share`` counts; empty for none.
    max_members
        Largest consortium, >= 1.
    """

    name: str = ""
    categories: tuple[str, ...]
    parts: tuple[str, ...]
    buyers: tuple[Buyer, ...]
    offers: tuple[PartOffer, ...]
    home: str = ""
    max_members: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Consortium:
    """
    Offers that together cover the need, none of them needlessly, and meet the rules for certain.

    Parameters
    ----------
    lead, members
        Offer ids; ``members`` holds all, the lead first.
    match
        Mean over the parts of the best match among the members that cover it [0..1].
    home_share, small_share
        Part of the price that goes to firms of the home country, or to small firms [0..1].
    outside_share
        Greatest possible part of the components' cost from outside, where a rule limits it.
    fragile_without
        Members without whom no other offer completes the consortium under the rules.
    """

    lead: str
    members: tuple[str, ...]
    price: Money
    match: Fraction
    home_share: Fraction
    small_share: Fraction
    outside_share: Fraction | None = None
    fragile_without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPartner:
    """
    What would complete a consortium.

    Parameters
    ----------
    part
        Part of the need it would deliver.
    role
        Whether it would have to be the contractor.
    zones
        Where it would have to be established, managed, controlled and at work.
    share
        Part of the price it would have at the price assumed [0..1].
    """

    part: str
    role: Literal["contractor", "subcontractor"]
    zones: tuple[str, ...]
    share: Fraction
    price_assumed: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """An offer at hand that almost fits, and what its entity fails or leaves open."""

    offer: str
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """
    The composer's answer.

    Parameters
    ----------
    status
        ``optimal`` when the list is complete down to its length; ``infeasible`` when no consortium exists.
    consortia
        Best first.
    missing
        When there is none: the fewest partners that would complete one.
    unmet
        When not even they would: the requirements of the buying side that fail, in words.
    near
        When there is none: the offers that come closest.
    """

    status: Status
    consortia: tuple[Consortium, ...]
    missing: tuple[MissingPartner, ...] = ()
    unmet: tuple[str, ...] = ()
    near: tuple[NearMiss, ...] = ()


def flag_tests(rules: RuleSet) -> dict[str, FlagIs]:
    """Return the yes-no questions of a rule set by name."""

    def walk(test: CaseTest) -> Iterator[FlagIs]:
        if isinstance(test, FlagIs):
            yield test
        elif isinstance(test, CaseAll | CaseAny):
            for part in test.tests:
                yield from walk(part)

    return {found.name: found for rule in rules.rules for found in walk(rule.test)}


def as_case(question: Question, members: Sequence[PartOffer], rules: RuleSet) -> Case:
    """
    Return the case that a consortium makes; the first of ``members`` is the contractor.

    Components keep their ids unique by the offer they belong to.
    """
    total = sum(offer.price.cents for offer in members)
    entities = tuple(
        replace(
            offer.entity,
            id=offer.id,
            role="contractor" if idx == 0 else "subcontractor",
            share=Fraction(offer.price.cents, total),
        )
        for idx, offer in enumerate(members)
    )
    return Case(
        name=question.name,
        categories=question.categories,
        buyers=question.buyers,
        entities=entities,
        components=tuple(
            _prefixed(component, offer.id) for offer in members for component in offer.components
        ),
        flags=tuple(
            (name, _joint_answer(test, members)) for name, test in flag_tests(rules).items()
        ),
    )


def _prefixed(component: Component, offer_id: str) -> Component:
    return replace(
        component,
        id=f"{offer_id}/{component.id}",
        parts=tuple(_prefixed(part, offer_id) for part in component.parts),
    )


def _joint_answer(test: FlagIs, members: Sequence[PartOffer]) -> bool | None:
    asked = members[:1] if test.asked_of == "contractor" else members
    answers = {dict(offer.flags).get(test.name) for offer in asked}
    if True in answers:
        # One "yes" settles a question asked of all only when "yes" is the harmful answer.
        return (
            True if test.asked_of == "contractor" or not test.value or answers == {True} else None
        )
    return None if None in answers else False


def checked(
    question: Question, rules: RuleSet, countries: Countries, *, source: str = "The question"
) -> Question:
    """
    Return ``question`` unchanged if it makes sense.

    Raises
    ------
    InvalidInputError
        With every fault: no part, unknown or doubled ids, prices that are not positive or of several currencies, a match outside 0..1,
        and whatever is wrong with an offer's organisation or components.
    """
    problems = list(_problems(question, rules, countries))
    if problems:
        raise InvalidInputError(source, problems)
    return question


def _problems(question: Question, rules: RuleSet, countries: Countries) -> Iterator[Problem]:
    known = dict(rules.categories)
    if known:
        for category in question.categories:
            if category not in known:
                yield Problem(
                    place="categories",
                    what=say(
                        "“%(name)s” is no category of %(rules)s.", name=category, rules=rules.id
                    ),
                )
    if not question.parts:
        yield Problem(place="parts", what="is empty.", remedy="Name what must be delivered.")
    yield from _home_problems(question.home, countries)
    if question.max_members < 1:
        yield Problem(place="max_members", what=f"is {question.max_members}, must be at least 1.")
    for kind, ids in (("parts", question.parts), ("offers", [o.id for o in question.offers])):
        for found, count in Counter(ids).items():
            if count > 1:
                yield Problem(place=kind, what=f"{found!r} stands {count} times.")
    currencies = {offer.price.currency for offer in question.offers}
    if len(currencies) > 1:
        yield Problem(place="offers", what=f"prices are in {', '.join(sorted(currencies))}.")
    yield from _case_problems(
        Case(categories=question.categories, buyers=question.buyers), countries, ""
    )
    for idx, offer in enumerate(question.offers):
        at = f"offers[{idx}]"
        if offer.price.cents <= 0:
            yield Problem(
                place=f"{at}.price", what=f"is {offer.price}.", remedy="Give a price above 0."
            )
        if not 0 <= offer.match <= 1:
            yield Problem(place=f"{at}.match", what=f"is {float(offer.match)}, must be 0 to 1.")
        case = Case(categories=("-",), entities=(offer.entity,), components=offer.components)
        yield from _case_problems(case, countries, f"{at}.")


def _home_problems(home: str, countries: Countries) -> Iterator[Problem]:
    if home and home not in countries.codes:
        yield Problem(
            place="home",
            what=f"{home!r} is no country code.",
            remedy="Use two capitals of ISO 3166-1, such as RO, or leave it out.",
        )


def _case_problems(case: Case, countries: Countries, at: str) -> Iterator[Problem]:
    try:
        checked_case(case, countries)
    except InvalidInputError as error:
        for problem in error.problems:
            yield replace(problem, place=f"{at}{problem.place}")
