"""Every shipped rule: a passing, a failing and an unknown case."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from engines.eligibility.cases import COUNTRIES, DAY, EDIP, NATIONAL, SAFE, firm, good, part
from punte.engines.eligibility.check import check
from punte.engines.eligibility.instance import Buyer, Case
from punte.engines.eligibility.judge import Bench, judge
from punte.engines.eligibility.result import State
from punte.engines.eligibility.rules import RuleSet
from punte.engines.eligibility.solve import solve

RO_BORROWS = Buyer(country="RO", role="borrower")


def _sub(**changes: object) -> Case:
    return good(entities=(firm(share=Fraction(1, 2)), firm("S", role="subcontractor", **changes)))


def _open_flag(name: str) -> Case:
    return good(flags=tuple((k, v) for k, v in good().flags if k != name))


def _answered(name: str, *, answer: bool) -> Case:
    return good(flags=(*_open_flag(name).flags, (name, answer)))


def _with(third: str) -> tuple[Buyer, ...]:
    return (RO_BORROWS, Buyer(country="FR"), Buyer(country=third))


def _counted(*, answer: bool | None) -> Case:
    return good(buyers=_with("MD"), flags=(("third_country_counts", answer),))


LATE_SUB = _sub(
    country="US",
    share=Fraction(15, 100),
    studies_replacement=False,
    relationship_since=date(2025, 6, 1),
)
EU3 = (RO_BORROWS, Buyer(country="FR"), Buyer(country="MD"))

# Countries buy or they do not: a rule on buyers alone is never unknown, so those rows have two states.
ROWS: list[tuple[RuleSet, str, Case, State]] = [
    (SAFE, "borrowers", good(), "eligible"),
    (SAFE, "borrowers", good(buyers=(Buyer(country="MD", role="borrower"),)), "not"),
    (SAFE, "buyers", good(buyers=EU3), "eligible"),
    (SAFE, "buyers", good(buyers=(RO_BORROWS, Buyer(country="BR"))), "not"),
    (SAFE, "common_procurement", good(), "eligible"),
    (SAFE, "common_procurement", good(buyers=(RO_BORROWS, Buyer(country="MD"))), "not"),
    (SAFE, "common_procurement", good(buyers=(RO_BORROWS, Buyer(country="UA"))), "eligible"),
    (SAFE, "common_procurement", good(buyers=(RO_BORROWS, Buyer(country="NO"))), "eligible"),
    (SAFE, "single_state", good(buyers=(RO_BORROWS,)), "eligible"),
    (SAFE, "single_state", good(buyers=(Buyer(country="RO"),)), "not"),
    (SAFE, "origin_65_35", good(), "eligible"),
    (SAFE, "origin_65_35", good(components=(part("a", "RO", 64), part("b", "MD", 36))), "not"),
    (SAFE, "origin_65_35", good(components=(part("a", "RO", 65), part("b", "MD", 35))), "eligible"),
    (SAFE, "origin_65_35", good(components=(part("a", "RO", 50), part("b", None, 50))), "unknown"),
    (SAFE, "origin_65_35", good(components=()), "unknown"),
    (SAFE, "establishment", good(), "eligible"),
    (SAFE, "establishment", good(entities=(firm(country="US"),)), "not"),
    (SAFE, "establishment", good(entities=(firm(management_country=None),)), "unknown"),
    (SAFE, "establishment", _sub(country="US", share=Fraction(14, 100)), "eligible"),
    (
        SAFE,
        "establishment",
        _sub(
            country="US",
            share=Fraction(15, 100),
            studies_replacement=False,
            relationship_since=date(2025, 6, 1),
        ),
        "not",
    ),
    (SAFE, "establishment", _sub(country="US", share=Fraction(15, 100)), "unknown"),
    (
        SAFE,
        "establishment",
        _sub(country="US", share=Fraction(35, 100), relationship_since=date(2025, 5, 27)),
        "eligible",
    ),
    (
        SAFE,
        "establishment",
        _sub(country="US", share=Fraction(36, 100), studies_replacement=True),
        "not",
    ),
    (SAFE, "control", good(), "eligible"),
    (SAFE, "control", good(entities=(firm(controlled_by="US"),)), "not"),
    (
        SAFE,
        "control",
        good(entities=(firm(controlled_by="US", mitigations=("fdi_screening",)),)),
        "eligible",
    ),
    (SAFE, "control", good(entities=(firm(controlled_by=None),)), "unknown"),
    (SAFE, "infrastructure", good(), "eligible"),
    (SAFE, "infrastructure", good(entities=(firm(facilities=("RO", "US")),)), "not"),
    (SAFE, "infrastructure", good(entities=(firm(facilities=None),)), "unknown"),
    (SAFE, "harmful_components", good(), "eligible"),
    (SAFE, "harmful_components", _answered("harmful_components", answer=True), "not"),
    (SAFE, "harmful_components", _open_flag("harmful_components"), "unknown"),
    (SAFE, "design_authority", good(), "eligible"),
    (SAFE, "design_authority", _answered("design_authority", answer=False), "not"),
    (SAFE, "design_authority", _open_flag("design_authority"), "unknown"),
    (EDIP, "three_countries", good(buyers=_with("DE")), "eligible"),
    (EDIP, "three_countries", good(), "not"),
    (EDIP, "third_associated", good(buyers=_with("NO")), "eligible"),
    (EDIP, "third_associated", good(buyers=_with("MD")), "not"),
    (EDIP, "third_other", _counted(answer=True), "eligible"),
    (EDIP, "third_other", _counted(answer=False), "not"),
    (EDIP, "third_other", _counted(answer=None), "unknown"),
    (EDIP, "origin_65_35", good(), "eligible"),
    (EDIP, "origin_65_35", good(components=(part("a", "CN", 100),)), "not"),
    (EDIP, "origin_65_35", good(components=(part("a", None, 100),)), "unknown"),
    (EDIP, "control", good(), "eligible"),
    (EDIP, "control", good(entities=(firm(controlled_by="US"),)), "not"),
    (EDIP, "control", good(entities=(firm(controlled_by=None),)), "unknown"),
    (EDIP, "establishment", good(), "eligible"),
    (EDIP, "establishment", good(entities=(firm(country="MD"),)), "not"),
    (EDIP, "establishment", good(entities=()), "unknown"),
    (EDIP, "harmful_components", good(), "eligible"),
    (EDIP, "harmful_components", _answered("harmful_components", answer=True), "not"),
    (EDIP, "harmful_components", _open_flag("harmful_components"), "unknown"),
    (NATIONAL, "buyer", good(buyers=(RO_BORROWS,)), "eligible"),
    (NATIONAL, "buyer", good(buyers=(Buyer(country="FR", role="borrower"),)), "not"),
    (NATIONAL, "parliament", good(), "eligible"),
    (NATIONAL, "parliament", _answered("parliament_approval", answer=False), "not"),
    (NATIONAL, "parliament", _open_flag("parliament_approval"), "unknown"),
    (NATIONAL, "home_share", good(), "eligible"),
    (NATIONAL, "home_share", good(components=(part("a", "FR", 100),)), "not"),
    (NATIONAL, "home_share", good(components=(part("a", None, 100),)), "unknown"),
]


@pytest.mark.parametrize(
    ("third", "state"), [("DE", "eligible"), ("NO", "eligible"), ("US", "not")]
)
def test_the_third_country_of_edip(third: str, state: State) -> None:
    assert solve(good(buyers=_with(third)), EDIP, COUNTRIES, on=DAY).state == state


@pytest.mark.parametrize("third", ["MD", "JP", "KR", "TR"])
def test_whether_edip_counts_a_partner_as_the_third_is_not_known(third: str) -> None:
    verdict = solve(good(buyers=_with(third)), EDIP, COUNTRIES, on=DAY)
    assert verdict.state == "unknown"
    assert verdict.missing == ("flags.third_country_counts",)


@pytest.mark.parametrize(("rules", "rule_id", "case", "state"), ROWS)
def test_rule_gives_each_state(rules: RuleSet, rule_id: str, case: Case, state: State) -> None:
    bench = Bench(case=case, countries=COUNTRIES, on=DAY)
    assert judge(rules.rule(rule_id).test, bench).state == state


def test_every_rule_has_a_passing_and_a_failing_row() -> None:
    for rules in (SAFE, EDIP, NATIONAL):
        for rule in rules.rules:
            states = {row[3] for row in ROWS if row[0] is rules and row[1] == rule.id}
            assert states >= {"eligible", "not"}, (rules.id, rule.id)


@pytest.mark.parametrize(("rules", "rule_id", "case", "state"), ROWS)
def test_whole_verdict_on_every_row_passes_its_check(
    rules: RuleSet, rule_id: str, case: Case, state: State
) -> None:
    del rule_id, state
    verdict = solve(case, rules, COUNTRIES, on=DAY)
    assert check(verdict, case, rules, COUNTRIES).violations == ()


def test_good_case_is_eligible_with_its_margin() -> None:
    verdict = solve(good(), SAFE, COUNTRIES, on=DAY)
    assert verdict.state == "eligible"
    margins = {r.rule: r.margin for r in verdict.readings[0].reasons if r.margin}
    assert margins["origin_65_35"].slack == pytest.approx(0.05)


def test_single_state_window_closes_after_30_may_2026() -> None:
    alone = good(buyers=(RO_BORROWS,))
    assert solve(alone, SAFE, COUNTRIES, on=date(2026, 5, 30)).state == "eligible"
    late = solve(alone, SAFE, COUNTRIES, on=date(2026, 5, 31))
    assert late.state == "not"
    assert [(p.first, p.last, p.state) for p in late.periods][:2] == [
        (date(2025, 5, 29), date(2026, 5, 30), "eligible"),
        (date(2026, 5, 31), date(2030, 12, 31), "not"),
    ]


def test_moldova_may_join_but_is_not_counted() -> None:
    verdict = solve(
        good(buyers=(RO_BORROWS, Buyer(country="MD"))), SAFE, COUNTRIES, on=date(2026, 9, 1)
    )
    states = {r.rule or "ways": r.state for r in verdict.readings[0].reasons}
    assert states["buyers"] == "eligible"
    assert states["ways"] == "not"


def test_moldova_joins_by_partnership_even_if_it_were_no_candidate() -> None:
    without = replace(
        COUNTRIES,
        standings=tuple(
            s for s in COUNTRIES.standings if (s.country, s.zone) != ("MD", "CANDIDATE")
        ),
    )
    case = good(buyers=(RO_BORROWS, Buyer(country="FR"), Buyer(country="MD")))
    assert solve(case, SAFE, without, on=DAY).state == "eligible"


def test_two_readings_that_disagree_leave_it_unknown() -> None:
    case = replace(_answered("design_authority", answer=False), categories=("1f", "2f"))
    verdict = solve(case, SAFE, COUNTRIES, on=DAY)
    assert [reading.state for reading in verdict.readings] == ["eligible", "not"]
    assert verdict.state == "unknown"


def test_before_the_instrument_nothing_is_eligible() -> None:
    assert solve(good(), SAFE, COUNTRIES, on=date(2025, 5, 28)).state == "not"
