"""Stored questions to the engines of eligibility and finance, and their answers to what pages show."""

import datetime as dt
import hashlib
import json
import time
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Final

from punte import __version__
from punte.engines.eligibility.compose import compose as compose_consortia
from punte.engines.eligibility.consortium import Composition, flag_tests
from punte.engines.eligibility.instance import Buyer, Case, Component, Entity
from punte.engines.eligibility.result import Reason, Verdict
from punte.engines.eligibility.rules import OutsideShare, RuleSet
from punte.engines.eligibility.shares import outside_share_limits
from punte.engines.eligibility.solve import reasons_of, solve
from punte.engines.finance.allocate import allocate
from punte.engines.finance.check import check_ledger
from punte.engines.finance.check_allocation import check_plan
from punte.engines.finance.compare import Comparison, compare, scenario_costs
from punte.engines.finance.envelopes import Catalogue
from punte.engines.finance.instance import Milestone, Portfolio
from punte.engines.finance.lapse import Lapse, lapse
from punte.engines.finance.result import Ledger, Valuation
from punte.engines.finance.schedule import schedule
from punte.engines.finance.simulate import LEVELS, Simulation, simulate
from punte.engines.finance.value import valuation
from punte.formats.eligibility import parse_case, parse_question, verdict_record
from punte.formats.eligibility_rules import rule_set, shipped_countries
from punte.formats.finance_allocation import parse_allocation, plan_record, with_decisions
from punte.formats.finance_instruments import shipped_bytes, shipped_catalogue
from punte.formats.finance_ledger import Provenance
from punte.formats.finance_portfolio import parse_portfolio
from punte.kernel.anytime import Deadline
from punte.kernel.errors import PunteError
from punte.kernel.money import Money

Content = dict[str, Any]
RULE_SETS: Final = ("safe", "edip", "national-ro")
SEED: Final = 1
PATHS: Final = 10_000
FAN_ROWS: Final = tuple(LEVELS.index(share) for share in (0.05, 0.5, 0.95))
"""Rows of a fan that pages show: nine of ten courses, and the middle."""


def as_bytes(content: Content) -> bytes:
    """Return content as the bytes that its hash is of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(content: Content) -> str:
    """Return the sha256 of a content, the same whatever the order of its keys."""
    return hashlib.sha256(as_bytes(content)).hexdigest()


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
    return {k: v for k, v in first.items() if k not in apart} == {
        k: v for k, v in second.items() if k not in apart
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginBar:
    """Where the costs of a case come from [share of the whole, 0..1], at best and at worst from outside."""

    low: float
    high: float
    limit: float


def origin_of(content: Content, *, rules: str, on: dt.date) -> OriginBar | None:
    """Return the part from outside of a case's components; None where no cost is known or no rule asks."""
    countries = shipped_countries()
    tests = (rule.test for rule in rules_of(rules).rules)
    test = next((found for found in tests if isinstance(found, OutsideShare)), None)
    if test is None:
        return None
    case = parse_case(as_bytes(content), countries, source="case")
    zones = test.zones
    limits = outside_share_limits(
        case.components, lambda country: countries.is_in(country, zones, on)
    )
    if limits is None:
        return None
    return OriginBar(low=float(limits[0]), high=float(limits[1]), limit=float(test.at_most))


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
        ``eligible`` yes, ``not`` no, ``unknown`` it depends.
    because
        The rules that changed their mind, each with article, text and sources.
    """

    verb: str
    state: str
    because: tuple[Reason, ...]


def abilities_of(country: str, *, rules: str, on: dt.date) -> list[Ability]:
    """
    Return what a country can do under a rule set on a day.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2.
    """
    home, other = ("RO", "FR") if country not in {"RO", "FR"} else ("DE", "IT")
    base = _sound_case(rules, home, other)
    inside = (Component(id="rest", origin=home, cost=Money(7000)),)
    probes = {
        "borrow": replace(
            base, buyers=(Buyer(country=country, role="borrower"), Buyer(country=other))
        ),
        "join": replace(base, buyers=(*base.buyers, Buyer(country=country))),
        "count": replace(
            base, buyers=(Buyer(country=home, role="borrower"), Buyer(country=country))
        ),
        "contract": replace(base, entities=(_entity("lead", country),)),
        "supply_35": replace(
            base,
            components=(*inside, Component(id="part", origin=country, cost=Money(3000))),
        ),
        "supply_more": replace(
            base,
            components=(
                Component(id="rest", origin=home, cost=Money(5000)),
                Component(id="part", origin=country, cost=Money(5000)),
            ),
        ),
    }
    return [_probe(verb, case, base, rules, on) for verb, case in probes.items()]


def _sound_case(rules: str, home: str, other: str) -> Case:
    found = rules_of(rules)
    category = found.categories[0][0] if found.categories else "any"
    flags = tuple((name, test.value) for name, test in flag_tests(found).items())
    return Case(
        categories=(category,),
        buyers=(Buyer(country=home, role="borrower"), Buyer(country=other)),
        entities=(_entity("lead", home),),
        components=(Component(id="all", origin=home, cost=Money(10000)),),
        flags=flags,
    )


def _entity(name: str, country: str) -> Entity:
    return Entity(
        id=name,
        country=country,
        management_country=country,
        controlled_by=country,
        facilities=(country,),
        share=Fraction(1),
    )


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
    return Ability(verb=verb, state=state, because=worse)


def sound_flags(rules: str) -> dict[str, bool]:
    """Return the answers to a rule set's questions that satisfy it."""
    return {name: test.value for name, test in flag_tests(rules_of(rules)).items()}


def compose(content: Content, *, rules: str, on: dt.date) -> Composition:
    """
    Return the consortia that satisfy a rule set, or what is missing.

    Raises
    ------
    InvalidInputError
        The question makes no sense.
    """
    question = parse_question(as_bytes(content), source="The question")
    return compose_consortia(question, rules_of(rules), shipped_countries(), on=on)


def catalogue() -> Catalogue:
    """Return the instruments and allocations that come with Punte, with their sources."""
    return shipped_catalogue()


def shipped(name: str) -> Content:
    """Return a content that comes with Punte, to begin from."""
    found: Content = json.loads(shipped_bytes(name))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanFigures:
    """Everything that a page shows of a loan plan, from one checked ledger."""

    portfolio: Portfolio
    ledger: Ledger
    value: Valuation
    comparison: Comparison
    simulation: Simulation | None
    lapse: Lapse | None
    scenarios: tuple[tuple[str, int, int], ...]


def read_plan(content: Content, *, source: str) -> Portfolio:
    """
    Return the plan of draws that a content holds.

    Raises
    ------
    InvalidInputError
        With every fault: negative amounts, draws after the end, grace above maturity, dates that do not exist.
    """
    return parse_portfolio(content, source=source)


def figures_of(content: Content, dates: dict[str, tuple[dt.date | None, ...]]) -> LoanFigures:
    """
    Return the figures of a loan plan.

    Parameters
    ----------
    dates
        For each milestone of a programme that a draw waits for, its date in each of the draws of its plan.
    """
    text = as_bytes(content).decode()
    return _figures(text, tuple(sorted(dates.items())))


@lru_cache(maxsize=16)
def _figures(text: str, dates: tuple[tuple[str, tuple[dt.date | None, ...]], ...]) -> LoanFigures:
    content = json.loads(text)
    named = {draw.get("milestone") for draw in content["draws"]}
    known = {found["id"] for found in content.get("milestones", [])}
    wanted = [key for key in named if key and key not in known]
    given = dict(dates)
    content["milestones"] = [
        *content.get("milestones", []),
        # Its own dates are put in below; the file's reader asks for some.
        *({"id": key, "distribution": [["2030-12-31", 1.0]]} for key in wanted),
    ]
    portfolio = parse_portfolio(content, source="The loan plan")
    portfolio = replace(
        portfolio,
        milestones=tuple(
            _joined(found, given[found.id]) if found.id in given else found
            for found in portfolio.milestones
        ),
    )
    ledger = schedule(portfolio)
    violations = check_ledger(portfolio, ledger)
    if violations:
        raise RuntimeError("the checker refused the ledger: " + "; ".join(violations[:3]))
    waits = any(draw.milestone is not None for draw in portfolio.draws)
    return LoanFigures(
        portfolio=portfolio,
        ledger=ledger,
        value=valuation(portfolio, ledger),
        comparison=compare(portfolio),
        simulation=simulate(portfolio, paths=PATHS, seed=SEED) if portfolio.models else None,
        lapse=lapse(portfolio, ledger, worlds=PATHS, seed=SEED) if waits else None,
        scenarios=tuple(
            (cost.scenario, cost.cost_cents, cost.over_baseline_cents)
            for cost in scenario_costs(portfolio, ledger)
        ),
    )


def _joined(found: Milestone, dates: tuple[dt.date | None, ...]) -> Milestone:
    return replace(found, dates=dates, weights=tuple([1 / len(dates)] * len(dates)), joint=True)


def plan_allocation(
    content: Content, *, locked: tuple[str, ...], excluded: tuple[str, ...]
) -> Content:
    """
    Return the best allocation under its limits and a person's decisions, with prices, as it is stored.

    Raises
    ------
    InvalidInputError
        The question makes no sense.
    """
    question = parse_allocation(content, source="The allocation")
    question = with_decisions(question, locked, excluded)
    started = time.perf_counter()
    plan = allocate(question, deadline=Deadline(limit_s=20), seed=SEED, workers=1, priced=True)
    violations = check_plan(question, plan)
    if violations:
        raise RuntimeError("the checker refused the plan: " + "; ".join(violations[:3]))
    provenance = Provenance(
        content=as_bytes(content), seed=SEED, runtime_s=time.perf_counter() - started
    )
    return plan_record(question, plan, provenance)


def engine_name() -> str:
    """Return the name and version of what computes."""
    return f"punte {__version__}"
