from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings

from engines.eligibility.cases import COUNTRIES, DAY, SAFE, firm, good, part
from engines.eligibility.test_properties import case as any_case
from punte.engines.eligibility.fix import Step, steps_of
from punte.engines.eligibility.instance import Buyer, Case, Component
from punte.engines.eligibility.solve import solve, state_of
from punte.kernel.money import Money


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


def test_a_fix_of_nine_steps_is_found_and_proved() -> None:
    parts = [part(f"us{number}", "US", 500) for number in range(16)]
    case = good(components=(part("ro", "RO", 2000), *parts))
    reading = solve(case, SAFE, COUNTRIES, on=DAY).readings[0]
    assert reading.fix is not None
    assert len(reading.fix) == reading.fewest_steps == 9
    (origin,) = (reason for reason in reading.reasons if reason.rule == "origin_65_35")
    assert origin.margin is not None
    assert origin.margin.slack_money == Money(-4500)
    assert origin.text.endswith("at most 35% allowed: replace EUR 45.00")


def test_room_is_told_as_money_too() -> None:
    reading = solve(good(), SAFE, COUNTRIES, on=DAY).readings[0]
    (origin,) = (reason for reason in reading.reasons if reason.rule == "origin_65_35")
    assert origin.margin is not None
    assert origin.margin.slack_money == Money(500)


def test_what_costs_most_beside_its_parts_is_resourced_first() -> None:
    shell = part("shell", "US", 60, part("core", "CN", 50))
    assert _fix(good(components=(part("a", "RO", 40), shell)))[0].startswith("source core (CN)")


def test_firms_are_mended_each_on_its_own_however_many_there_are() -> None:
    subs = (
        firm(
            f"S{number}",
            role="subcontractor",
            controlled_by="US",
            share=Fraction(4, 25),
            relationship_since=date(2025, 9, 1),
            studies_replacement=False,
        )
        for number in range(5)
    )
    case = good(entities=(firm(share=Fraction(1, 5), controlled_by="CN"), *subs))
    reading = solve(case, SAFE, COUNTRIES, on=DAY).readings[0]
    assert reading.fix is not None
    assert len(reading.fix) == reading.fewest_steps == 6


def test_beyond_the_work_allowed_a_fix_says_how_many_steps_are_needed_at_least() -> None:
    parts = [
        Component(id=f"us{n}", origin="US", cost_range=(Money(500), Money(505 + n)))
        for n in range(24)
    ]
    case = good(components=(part("ro", "RO", 100), *parts))
    reading = solve(case, SAFE, COUNTRIES, on=DAY).readings[0]
    assert reading.fix is not None
    assert reading.fewest_steps is not None
    assert 1 < reading.fewest_steps < len(reading.fix)
    mended = {change.place for change in reading.fix}
    changed = tuple(
        replace(component, origin="RO") if f"components[{idx}].origin" in mended else component
        for idx, component in enumerate(case.components)
    )
    assert solve(replace(case, components=changed), SAFE, COUNTRIES, on=DAY).state != "not"


def test_no_step_mends_a_lapsed_instrument() -> None:
    reading = solve(good(), SAFE, COUNTRIES, on=date(2031, 1, 1)).readings[0]
    assert (reading.fix, reading.fewest_steps) == (None, None)


@settings(max_examples=40, deadline=None)
@given(any_case())
def test_the_fix_is_the_smallest_set_of_its_steps(found: Case) -> None:
    whole = replace(found, categories=found.categories[:1])
    category = whole.categories[0]
    reading = solve(whole, SAFE, COUNTRIES, on=DAY).readings[0]
    if reading.state != "not":
        assert reading.fix is None
        return
    steps = steps_of(whole, reading.reasons, SAFE, COUNTRIES, DAY)
    size = next(
        (
            size
            for size in range(1, min(len(steps), 3) + 1)
            for chosen in combinations(steps, size)
            if state_of(_after(whole, chosen), category, SAFE, COUNTRIES, DAY) != "not"
        ),
        None,
    )
    if size is not None:
        assert reading.fix is not None
        assert len(reading.fix) == reading.fewest_steps == size
    elif reading.fix is not None:
        assert len(reading.fix) > 3


def _after(changed: Case, steps: tuple[Step, ...]) -> Case:
    for step in steps:
        changed = step.apply(changed)
    return changed


def test_a_new_role_finds_its_country_after_another_stayed_out() -> None:
    case = good(buyers=(Buyer(country="TR", role="partner"), Buyer(country="FR", role="partner")))
    reading = solve(replace(case, buyers=case.buyers[::-1]), SAFE, COUNTRIES, on=DAY).readings[0]
    steps = steps_of(case, reading.reasons, SAFE, COUNTRIES, DAY)
    roles = [step for step in steps if step.change.place == "participants[1].role"]
    assert roles
    for step in roles:
        (left,) = step.apply(replace(case, buyers=case.buyers[1:])).buyers
        assert left.country == "FR"
        assert left.role != "partner"
