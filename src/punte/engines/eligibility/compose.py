"""Find the best consortia under a rule set: the rules as an exact integer model, each answer judged again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import gcd
from typing import Final

from punte.engines.eligibility.candidates import possible_members
from punte.engines.eligibility.compose_model import ConsortiumModel, Linear
from punte.engines.eligibility.consortium import (
    Composition,
    Consortium,
    PartOffer,
    Question,
    RankBy,
    as_case,
    checked,
)
from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.match_walk import MatchWalk
from punte.engines.eligibility.missing import explain_absence
from punte.engines.eligibility.rules import OutsideShare, RuleSet
from punte.engines.eligibility.shares import outside_share_limits
from punte.engines.eligibility.solve import solve
from punte.kernel.anytime import Status
from punte.kernel.errors import PunteError
from punte.kernel.money import Money

MATCH_SCALE: Final = 1_000_000
"""Matches are compared to this many steps; finer differences do not rank."""

MAX_UNITS: Final = 1 << 30
"""Greatest sum of all prices in the units in which shares are compared; above it prices are rounded for ranking only."""


def compose(
    question: Question,
    rules: RuleSet,
    countries: Countries,
    *,
    on: date,
    rank_by: RankBy = "match",
    top: int = 5,
    seed: int = 0,
    source: str = "The question",
) -> Composition:
    """
    Return the best consortia, best first, that meet the rules whatever is not known.

    Parameters
    ----------
    on
        Day of signature.
    rank_by
        ``match`` and the shares: greatest first; ``price``: least first. Equal ones follow by price, then by the order of the offers.
    top
        How many, >= 1.
    source
        Name of the question in refusals.

    Raises
    ------
    InvalidInputError
        If the question makes no sense.
    PunteError
        If the model and the judge disagree: a fault of ours that must not pass unseen.
    """
    checked(question, rules, countries, source=source)
    asked = replace(question, offers=possible_members(question, rules, countries, on))
    model = ConsortiumModel(asked, rules, countries, on)
    steps = [round(offer.match * MATCH_SCALE) for offer in asked.offers]
    walk = MatchWalk(question=asked, steps=steps, rules=rules, countries=countries, on=on)
    best = _search(model, asked, rank_by, walk)
    found: list[Consortium] = []
    complete = True
    while len(found) < top:
        members, proved = best(seed)
        complete = complete and proved
        if members is None:
            break
        case = as_case(question, members, rules)
        if solve(case, rules, countries, on=on, with_fix=False).state != "eligible":
            names = ", ".join(offer.id for offer in members)
            raise PunteError(
                f"The composer proposed {names}, which the judge does not find eligible. "
                "Please report it with the question."
            )
        found.append(_described(question, members, rules, countries, on))
        model.exclude(members)
    if not found and complete:
        return explain_absence(question, rules, countries, on=on, seed=seed)
    status: Status = "optimal" if complete else "feasible" if found else "unknown"
    unbound = ConsortiumModel(asked, rules, countries, on)
    described = tuple(_with_fragility(one, unbound, seed) for one in found)
    return Composition(status=status, consortia=described)


def _search(
    model: ConsortiumModel, question: Question, rank_by: RankBy, walk: MatchWalk
) -> Callable[[int], tuple[tuple[PartOffer, ...] | None, bool]]:
    """Return the search for the best consortium not excluded yet, as a function of the seed."""
    if rank_by == "price":
        return lambda seed: model.solve([model.price], seed=seed)
    if rank_by == "match":
        return _by_match(model, walk)
    counted = [
        idx
        for idx, offer in enumerate(question.offers)
        if (
            offer.entity.country == question.home
            if rank_by == "home_share"
            else bool(offer.entity.small)
        )
    ]
    units = _price_units(question)
    bound = Fraction(1)

    def best(seed: int) -> tuple[tuple[PartOffer, ...] | None, bool]:
        nonlocal bound
        members, proved, share = _best_share(model, units, counted, seed, bound)
        bound = share if proved else bound
        return members, proved

    return best


def _by_match(
    model: ConsortiumModel, walk: MatchWalk
) -> Callable[[int], tuple[tuple[PartOffer, ...] | None, bool]]:
    """Return the walk by match, and the model from where the walk gives up."""
    walked = walk.consortia()
    gain: list[Linear] = []

    def best(seed: int) -> tuple[tuple[PartOffer, ...] | None, bool]:
        members = next(walked, None)
        if members is not None or not walk.gave_up:
            return members, True
        if not gain:
            gain.append(model.match_sum(walk.steps))
        return model.solve([-gain[0], model.price], seed=seed)

    return best


def _price_units(question: Question) -> list[int]:
    """Return the prices in the largest unit that keeps them exact, or in one so coarse that products fit 64 bits."""
    cents = [offer.price.cents for offer in question.offers]
    unit = max(gcd(*cents), -(-sum(cents) // MAX_UNITS), 1)
    return [max(1, round(price / unit)) for price in cents]


def _best_share(
    model: ConsortiumModel, units: Sequence[int], counted: Sequence[int], seed: int, bound: Fraction
) -> tuple[tuple[PartOffer, ...] | None, bool, Fraction]:
    """
    Return the consortium with the greatest share of the price going to the offers that count, whether that is proved, and the share.

    Parameters
    ----------
    bound
        No share is greater, so the search begins there: what a consortium found before it had, or 1.

    References
    ----------
    Dinkelbach, W. (1967). On nonlinear fractional programming. Management Science 13(7), 492-498: maximise the part minus the best
    share so far times the whole, until nothing is gained. Shares are kept as exact fractions.
    """
    whole = model.units_of(units, range(len(units)))
    part = model.units_of(units, counted)
    share, proved, below = bound, True, False
    members: tuple[PartOffer, ...] | None = None
    while True:
        loss = share.numerator * whole - share.denominator * part
        better, proved_now = model.solve([loss], seed=seed, also=[loss <= -1] if below else ())
        proved = proved and proved_now
        if better is None:
            break
        members = better
        chosen = [model.index_of(offer) for offer in members]
        reached = Fraction(
            sum(units[idx] for idx in chosen if idx in counted), sum(units[idx] for idx in chosen)
        )
        if reached == share:
            break
        share, below = reached, True
    if members is None:
        return None, proved, share
    loss = share.numerator * whole - share.denominator * part
    cheapest, proved_now = model.solve([model.price], seed=seed, also=[loss == 0])
    return cheapest or members, proved and proved_now, share


def _described(
    question: Question,
    members: tuple[PartOffer, ...],
    rules: RuleSet,
    countries: Countries,
    on: date,
) -> Consortium:
    total = sum(offer.price.cents for offer in members)
    home = sum(
        o.price.cents for o in members if question.home and o.entity.country == question.home
    )
    small = sum(o.price.cents for o in members if o.entity.small)
    best = [max(o.match for o in members if part in o.covers) for part in question.parts]
    return Consortium(
        lead=members[0].id,
        members=tuple(offer.id for offer in members),
        price=Money(total, members[0].price.currency),
        match=sum(best, Fraction(0)) / len(best),
        home_share=Fraction(home, total),
        small_share=Fraction(small, total),
        outside_share=_outside_share(question, members, rules, countries, on),
    )


def _outside_share(
    question: Question,
    members: tuple[PartOffer, ...],
    rules: RuleSet,
    countries: Countries,
    on: date,
) -> Fraction | None:
    tests = [rule.test for rule in rules.rules if rule.holds_on(on)]
    zones = [test.zones for test in tests if isinstance(test, OutsideShare)]
    if not zones:
        return None
    components = as_case(question, members, rules).components
    limits = outside_share_limits(components, lambda code: countries.is_in(code, zones[0], on))
    return limits[1] if limits else None


def _with_fragility(consortium: Consortium, model: ConsortiumModel, seed: int) -> Consortium:
    """Say without whom nobody else could complete the remaining members."""
    fragile = tuple(
        leaver
        for leaver in consortium.members
        if not model.can_do_without(
            leaver, [kept for kept in consortium.members if kept != leaver], seed=seed
        )
    )
    return replace(consortium, fragile_without=fragile)
