from dataclasses import replace
from datetime import date
from fractions import Fraction

from engines.eligibility.cases import COUNTRIES, DAY, SAFE, firm, good, part
from punte.engines.eligibility.instance import Buyer
from punte.engines.eligibility.solve import solve


def _fix(case: object, on: date = DAY) -> list[str]:
    verdict = solve(case, SAFE, COUNTRIES, on=on)  # type: ignore[arg-type]
    fix = verdict.readings[0].fix
    assert fix is not None
    return [change.text for change in fix]


def test_one_component_is_resourced_and_it_is_the_dearest() -> None:
    case = good(components=(part("a", "RO", 50), part("b", "US", 20), part("c", "CN", 30)))
    assert _fix(case) == ["source c (CN) from inside EU, EEA_EFTA, UA"]


def test_two_components_are_resourced_when_one_is_not_enough() -> None:
    case = good(components=(part("a", "RO", 4), part("b", "US", 48), part("c", "CN", 48)))
    assert len(_fix(case)) == 2


def test_missing_partner_country_is_added() -> None:
    case = good(buyers=(Buyer(country="RO", role="borrower"),))
    (text,) = _fix(case, on=date(2026, 9, 1))
    assert text.startswith("add a participating country of EU, EEA_EFTA, UA")


def test_foreign_control_is_mended_by_screening() -> None:
    assert _fix(good(entities=(firm(controlled_by="US"),))) == ["obtain fdi_screening for C"]


def test_a_firm_is_replaced_only_where_no_paper_helps() -> None:
    (text,) = _fix(good(entities=(firm(country="US"),)))
    assert text.startswith("replace C by a firm established")


def test_outside_subcontractor_can_be_lowered_below_fifteen_percent() -> None:
    sub = firm(
        "S",
        role="subcontractor",
        country="US",
        controlled_by="US",
        facilities=("US",),
        share=Fraction(2, 5),
        studies_replacement=False,
    )
    case = good(entities=(firm(share=Fraction(3, 5)), sub))
    verdict = solve(case, SAFE, COUNTRIES, on=DAY)
    assert verdict.state == "not"
    assert len(_fix(case)) == 1


def test_every_fix_is_proved_by_a_new_judgement() -> None:
    case = replace(
        good(buyers=(Buyer(country="MD", role="borrower"),)),
        components=(part("a", "US", 100),),
        entities=(firm(country="US", controlled_by="US"),),
    )
    verdict = solve(case, SAFE, COUNTRIES, on=DAY)
    fix = verdict.readings[0].fix
    assert fix is not None
    assert {change.rule for change in fix} >= {"origin_65_35"}


def test_a_closed_date_is_no_fix() -> None:
    verdict = solve(good(), SAFE, COUNTRIES, on=date(2031, 1, 1))
    assert verdict.readings[0].fix is None
