"""Cases and questions of eligibility to verdicts, abilities and consortia."""

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from operator import ne
from typing import Final, get_args

from punte.apps.funding.bridge.contents import Content, as_bytes, sha256_of
from punte.apps.funding.bridge.firms import firm, with_subcontractor
from punte.engines.eligibility.compose import compose as compose_consortia
from punte.engines.eligibility.consortium import Composition, RankBy, flag_tests
from punte.engines.eligibility.instance import (
    Buyer,
    Case,
    Component,
    leaves_and_branches,
)
from punte.engines.eligibility.result import Reason, State, Verdict
from punte.engines.eligibility.rules import (
    BuyersIn,
    CaseAll,
    CaseAny,
    CaseTest,
    CountryCount,
    EveryEntity,
    FlagIs,
    OutsideShare,
    Rule,
    RuleSet,
)
from punte.engines.eligibility.shares import Inside, outside_share_limits
from punte.engines.eligibility.solve import reasons_of, solve, state_of
from punte.formats.eligibility import (
    parse_case,
    parse_question,
    plain_record,
    verdict_record,
    without_said,
)
from punte.formats.eligibility_rules import rule_set, shipped_countries
from punte.kernel.errors import PunteError
from punte.kernel.money import Money, MoneyError

RULE_SETS: Final = ("safe", "edip", "national-ro")


@cache
def rules_of(name: str) -> RuleSet:
    """Return a rule set that comes with Punte."""
    return rule_set(name)


def judge(content: Content, *, rules: str, on: dt.date, source: str) -> tuple[Verdict, Content]:
    """
    Return the verdict on a case, and as it is stored.

    Raises
    ------
    InvalidInputError
        With every fault of the case and its place.
    """
    if rules not in RULE_SETS:
        raise PunteError(f"There is no rule set {rules!r}. Choose one of {', '.join(RULE_SETS)}.")
    countries = shipped_countries()
    case = parse_case(as_bytes(content), countries, source=source)
    started = time.perf_counter()
    verdict = solve(case, rules_of(rules), countries, on=on)
    runtime_s = time.perf_counter() - started
    return verdict, verdict_record(verdict, input_sha256=sha256_of(content), runtime_s=runtime_s)


def is_same_verdict(first: Content, second: Content) -> bool:
    """Whether two stored verdicts say the same; how long they took and which version gave them is no part of it."""
    apart = {"runtime_s", "engine"}
    one, other = (
        {name: value for name, value in found.items() if name not in apart}
        for found in (first, second)
    )
    return without_said(one) == without_said(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """
    One country's part of the cost of components [share of the whole, 0..1], at least and at most.

    Parameters
    ----------
    country
        ISO code; empty for what has no known origin.
    inside
        Whether the rules count it as inside.
    """

    country: str
    inside: bool
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginBar:
    """Where the costs of a case come from [share of the whole, 0..1], at best and at worst from outside; and by country."""

    low: float
    high: float
    limit: float
    countries: tuple[Origin, ...] = ()


def origin_of(content: Content, *, rules: str, on: dt.date) -> OriginBar | None:
    """Return the part from outside of a case's components; None where no cost is known or no rule asks."""
    countries = shipped_countries()
    tests = (rule.test for rule in rules_of(rules).rules)
    test = next((found for found in tests if isinstance(found, OutsideShare)), None)
    if test is None:
        return None
    parts = parse_case(as_bytes(content), countries, source="case").components
    zones = test.zones

    def is_inside(country: str) -> bool:
        return countries.is_in(country, zones, on)

    limits = outside_share_limits(parts, is_inside)
    if limits is None:
        return None
    codes = sorted({part.origin for part in leaves_and_branches(parts) if part.origin})
    found = [_origin(code, parts, partial(ne, code), inside=is_inside(code)) for code in codes]
    if any(part.origin is None for part in leaves_and_branches(parts)):
        found.append(_origin("", parts, lambda _other: True, inside=False))
    return OriginBar(
        low=float(limits[0]),
        high=float(limits[1]),
        limit=float(test.at_most),
        countries=tuple(sorted(found, key=lambda one: (-one.high, one.country))),
    )


def _origin(
    country: str, parts: tuple[Component, ...], is_other: Inside, *, inside: bool
) -> Origin:
    """Return the limits of what does not come from the others: the same bounds that the rule uses, asked of one country."""
    limits = outside_share_limits(parts, is_other) or (Fraction(0), Fraction(1))
    return Origin(country=country, inside=inside, low=float(limits[0]), high=float(limits[1]))


def questions_of(rules: str) -> list[tuple[str, str]]:
    """Return the yes-no questions of a rule set, by name."""
    return [(name, test.question) for name, test in flag_tests(rules_of(rules)).items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """
    What a country can do under a rule set, found by changing one thing in a case that is eligible.

    Parameters
    ----------
    state
        ``eligible`` yes, ``not`` no, ``unknown`` it depends; ``none`` where the rule set does not ask for it at all.
    because
        The rules that changed their mind, or for a yes those that would have; each with article, text and sources.
    """

    verb: str
    state: str
    because: tuple[Reason, ...] = ()

    def reasons(self) -> list[Content]:
        """Return the rules as a stored verdict holds them."""
        found: list[Content] = plain_record(self.because)
        return found


def abilities_of(country: str, *, rules: str, on: dt.date) -> list[Ability]:
    """
    Return what a country can do under a rule set on a day.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2.
    """
    base = _sound_case(country, rules, on)
    if base is None:
        return [Ability(verb=verb, state="none") for verb in VERBS]
    home, *partners = base.buyers
    probes = {
        "borrow": replace(base, buyers=(Buyer(country=country, role="borrower"), *partners)),
        "join": replace(base, buyers=(*base.buyers, Buyer(country=country))),
        "contract": replace(base, entities=(firm("lead", country),)),
        "subcontract_10": replace(base, entities=with_subcontractor(home.country, country, 10)),
        "subcontract_30": replace(base, entities=with_subcontractor(home.country, country, 30)),
        "supply_35": replace(base, components=_components(home.country, country, 30)),
        "supply_more": replace(base, components=_components(home.country, country, 50)),
    }
    if not _rules_about("borrow", rules, on):
        del probes["borrow"]
    found = {verb: _probe(verb, case, base, rules, on) for verb, case in probes.items()}
    found["count"] = _counts(country, rules, on)
    return [found.get(verb) or Ability(verb=verb, state="none") for verb in VERBS]


VERBS: Final = (
    "borrow", "join", "count", "contract", "subcontract_10", "subcontract_30", "supply_35", "supply_more",
)  # fmt: skip
ENTITY_VERBS: Final = frozenset({"contract", "subcontract_10", "subcontract_30"})
_BUYERS: Final = (("RO", "FR", "DE", "IT"), ("DE", "IT", "ES", "PT"))
"""Who buys in the case that is changed: the first group without the country that still makes a sound case."""


def _components(home: str, other: str, percent: int) -> tuple[Component, ...]:
    return (
        Component(id="rest", origin=home, cost=Money(100 * (100 - percent))),
        Component(id="part", origin=other, cost=Money(100 * percent)),
    )


def leaves_of(test: CaseTest) -> Iterator[CaseTest]:
    """Yield the tests of a tree that are no branches."""
    if isinstance(test, CaseAll | CaseAny):
        for part in test.tests:
            yield from leaves_of(part)
    else:
        yield test


def _is_about(verb: str, test: CaseTest) -> bool:
    """Whether a test is one that says if a country may do what the verb names."""
    match test:
        case BuyersIn():
            return verb == ("borrow" if test.roles == ("borrower",) else "join")
        case CountryCount():
            return verb == "borrow" if test.roles == ("borrower",) else verb == "count"
        case EveryEntity():
            return verb in ENTITY_VERBS
        case OutsideShare():
            return verb in {"supply_35", "supply_more"}
        case _:
            return False


def _rules_about(verb: str, rules: str, on: dt.date) -> tuple[Rule, ...]:
    """Return the required rules in force that decide about a verb; advice decides nothing."""
    found = rules_of(rules)
    return tuple(
        rule
        for rule in found.rules
        if rule.holds_on(on)
        and rule.id not in found.advice
        and any(_is_about(verb, test) for test in leaves_of(rule.test))
    )


def _counts(country: str, rules: str, on: dt.date) -> Ability:
    """Return whether a country is one of those that a rule wants several of; read from the rules, as other ways may be open too."""
    found = _rules_about("count", rules, on)
    wanted = [rule for rule in found if any(_counts_several(leaf) for leaf in leaves_of(rule.test))]
    if not wanted:
        return Ability(verb="count", state="none")
    counting = [rule for rule in wanted if _is_counted(country, rule, on)]
    sure = [rule for rule in counting if not _asks(rule)]
    state: State = "eligible" if sure else "unknown" if counting else "not"
    because = tuple(_as_reason(rule, state) for rule in sure or counting or wanted)
    return Ability(verb="count", state=state, because=because)


def _counts_several(test: CaseTest) -> bool:
    return isinstance(test, CountryCount) and test.at_least > 1


def _is_counted(country: str, rule: Rule, on: dt.date) -> bool:
    return any(
        isinstance(leaf, CountryCount)
        and leaf.at_least > 1
        and shipped_countries().is_in(country, leaf.zones, on)
        for leaf in leaves_of(rule.test)
    )


def _asks(rule: Rule) -> bool:
    """Whether a rule waits for an answer beside what it counts."""
    return any(isinstance(leaf, FlagIs) for leaf in leaves_of(rule.test))


def _as_reason(rule: Rule, state: State) -> Reason:
    return Reason(
        state=state,
        text=rule.text,
        rule=rule.id,
        title=rule.title,
        article=rule.article,
        verified=rule.verified,
        sources=rule.sources,
    )


def _sound_case(country: str, rules: str, on: dt.date) -> Case | None:
    """Return the smallest case without the country, or else with it, that is eligible on a day; None where there is none."""
    found, countries = rules_of(rules), shipped_countries()
    category = found.categories[0][0] if found.categories else "any"
    flags = tuple((name, test.value) for name, test in flag_tests(found).items())
    groups = sorted(_BUYERS, key=lambda group: country in group)
    for group in groups:
        for count in range(1, len(group) + 1):
            buyers = tuple(
                Buyer(country=code, role="partner" if place else "borrower")
                for place, code in enumerate(group[:count])
            )
            case = Case(
                categories=(category,),
                buyers=buyers,
                entities=(firm("lead", group[0]),),
                components=(Component(id="all", origin=group[0], cost=Money(10000)),),
                flags=flags,
            )
            if state_of(case, category, found, countries, on) == "eligible":
                return case
    return None


def _probe(verb: str, case: Case, base: Case, rules: str, on: dt.date) -> Ability:
    countries, found = shipped_countries(), rules_of(rules)
    category = base.categories[0]
    before = {r.rule: r.state for r in reasons_of(base, category, found, countries, on)}
    worse = tuple(
        reason
        for reason in reasons_of(case, category, found, countries, on)
        if reason.state != "eligible" and before.get(reason.rule) == "eligible"
    )
    states = {reason.state for reason in worse}
    state = "not" if "not" in states else "unknown" if states else "eligible"
    kept = tuple(_as_reason(rule, "eligible") for rule in _rules_about(verb, rules, on))
    return Ability(verb=verb, state=state, because=worse or kept)


def sound_flags(rules: str) -> dict[str, bool]:
    """Return the answers to a rule set's questions that satisfy it."""
    return {name: test.value for name, test in flag_tests(rules_of(rules)).items()}


RESILIENT_OF: Final = 40
"""So many of the best matching consortia are compared when the most resilient are asked for."""


def compose(content: Content, *, rules: str, on: dt.date, rank_by: str = "match") -> Composition:
    """
    Return the consortia that satisfy a rule set, best first, or what is missing.

    Parameters
    ----------
    rank_by
        As the engine ranks, or ``resilience``: the fewest members whom nobody can replace, among the best matching.

    Raises
    ------
    InvalidInputError
        The question makes no sense.
    """
    question = parse_question(as_bytes(content), source="The question")
    countries = shipped_countries()
    if rank_by != "resilience":
        rank: RankBy = next((known for known in get_args(RankBy) if known == rank_by), "match")
        return compose_consortia(question, rules_of(rules), countries, on=on, rank_by=rank)
    found = compose_consortia(question, rules_of(rules), countries, on=on, top=RESILIENT_OF)
    order = sorted(
        found.consortia,
        key=lambda one: (Fraction(len(one.fragile_without), len(one.members)), -one.match),
    )
    return replace(found, consortia=tuple(order[:SHOWN]))


SHOWN: Final = 5
"""Consortia of an answer."""


def cents_of(amount: str) -> int | None:
    """Return the cents of an amount of euro; None where it is none."""
    try:
        return Money.parse(amount).cents
    except MoneyError:
        return None
