"""What a rule set asks of a consortium at all, and which offers could be in one; the composer looks at no others."""

from collections.abc import Iterator
from datetime import date
from math import ceil, floor

from punte.engines.eligibility.consortium import PartOffer, Question
from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import Case
from punte.engines.eligibility.judge import Bench, judge_entity
from punte.engines.eligibility.rules import (
    CaseAll,
    CaseTest,
    EntityAll,
    EntityAny,
    EntityTest,
    EveryEntity,
    FlagIs,
    OutsideShare,
    RoleIs,
    RuleSet,
    ShareAtMost,
)
from punte.engines.eligibility.shares import worst_split


def asked_ways(question: Question, rules: RuleSet, on: date) -> Iterator[list[CaseTest]]:
    """Yield, for each requirement that asks something on ``on``, the tests of which one must hold; none may be left."""
    if (rules.valid_from and on < rules.valid_from) or (rules.valid_to and on > rules.valid_to):
        yield []
        return
    for category in question.categories:
        for requirement in rules.requirements:
            chosen = [r for r in map(rules.rule, requirement.any_of) if r.applies_to(category)]
            alone = len(requirement.any_of) == 1
            if not chosen or (alone and not chosen[0].holds_on(on)):
                continue
            yield [rule.test for rule in chosen if rule.holds_on(on)]


def bench_of(question: Question, countries: Countries, on: date) -> Bench:
    """Return what the judge needs to read the tests that ask nothing of the members."""
    case = Case(categories=question.categories, buyers=question.buyers)
    return Bench(case=case, countries=countries, on=on)


def possible_members(
    question: Question, rules: RuleSet, countries: Countries, on: date
) -> tuple[PartOffer, ...]:
    """Return the offers that no test rules out, whoever else is in the consortium; in the order of the question."""
    bench = bench_of(question, countries, on)
    ways = [ways for ways in asked_ways(question, rules, on) if len(ways) == 1]
    tests = {test for (way,) in ways for test in required_parts(way)}
    wanted = set(question.parts)
    return tuple(
        offer
        for offer in question.offers
        if wanted & set(offer.covers) and not any(_rules_out(t, offer, bench) for t in tests)
    )


def required_parts(test: CaseTest) -> Iterator[CaseTest]:
    """Yield the tests that must all hold where this one must."""
    if isinstance(test, CaseAll):
        for part in test.tests:
            yield from required_parts(part)
    else:
        yield test


def _rules_out(test: CaseTest, offer: PartOffer, bench: Bench) -> bool:
    match test:
        case EveryEntity():
            roles = (True, False) if offer.may_lead else (False,)
            totals = (least_total(test.test, offer, bench, leads=leads) for leads in roles)
            return all(total is None for total in totals)
        case FlagIs():
            return test.asked_of == "all" and dict(offer.flags).get(test.name) is not test.value
        case OutsideShare():
            split = worst_split(
                offer.components, lambda code: bench.countries.is_in(code, test.zones, bench.on)
            )
            return split is None
        case _:
            return False


def least_total(test: EntityTest, offer: PartOffer, bench: Bench, *, leads: bool) -> int | None:
    """
    Return the least price of the whole [cents] with which the test holds for the offer in this role; ``None`` for never.

    Every test of an entity asks of the consortium only the role and, by limits of shares, that the whole is large enough: "all of" asks
    for the greatest of the totals, "any of" for the least.
    """
    match test:
        case EntityAll():
            totals = [least_total(part, offer, bench, leads=leads) for part in test.tests]
            known = [total for total in totals if total is not None]
            return max(known, default=0) if len(known) == len(totals) else None
        case EntityAny():
            totals = [least_total(part, offer, bench, leads=leads) for part in test.tests]
            return min((total for total in totals if total is not None), default=None)
        case RoleIs():
            return 0 if leads == (test.role == "contractor") else None
        case ShareAtMost():
            if test.at_most <= 0:
                return None
            least = offer.price.cents / test.at_most
            return floor(least) + 1 if test.strict else ceil(least)
        case _:
            state = judge_entity(test, offer.entity, bench, "").state
            return 0 if state == "eligible" else None
