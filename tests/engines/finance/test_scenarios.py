from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings

from engines.finance.questions import INDEX, SAFE_LIKE, portfolios, safe_like
from punte.engines.finance.check import check_ledger
from punte.engines.finance.checked import checked
from punte.engines.finance.compare import compare
from punte.engines.finance.curves import Curve, Index
from punte.engines.finance.floating_run import service_by_year
from punte.engines.finance.instance import (
    Alternative,
    CostLine,
    LoanTerms,
    Portfolio,
    RateSpec,
)
from punte.engines.finance.scenarios import Correlation, RateModel, Scenario, rate_paths
from punte.engines.finance.simulate import LEVELS, quantiles_by_row, simulate
from punte.kernel.errors import InvalidInputError, PunteError

MODEL = RateModel(index="eu", start=0.03, mean=0.035, speed=0.2, volatility=0.008)
RESET = replace(SAFE_LIKE, rate=RateSpec(kind="reset", index="eu", every_years=5))
ONCE = Alternative(
    id="bond-30",
    name="30-year bond",
    loan=LoanTerms(maturity_years=30, profile="bullet", rate=RateSpec(rate=0.065)),
)
ROLLED = Alternative(
    id="rolled-10",
    name="10-year bonds rolled over",
    loan=LoanTerms(
        maturity_years=40,
        profile="bullet",
        rate=RateSpec(kind="reset", index="ro", every_years=10),
        costs=(
            CostLine(name="issue", kind="on_draw", rate=0.002),
            CostLine(name="issue again", kind="on_reset", rate=0.002),
        ),
    ),
)
RO = Index(id="ro", points=((date(2025, 1, 1), 0.065),))


def question(**changes: object) -> Portfolio:
    fields: dict[str, object] = {
        "indices": (INDEX, RO),
        "national": Curve.flat(0.065, name="national"),
        "alternatives": (ONCE, ROLLED),
        **changes,
    }
    return checked(safe_like(RESET, **fields))


def test_a_bond_at_the_national_rate_is_worth_its_face_on_the_national_curve() -> None:
    way = compare(question()).ways[1]
    elements = dict(way.grant_elements)
    # act/365 discounting against 30/360 coupons: leap days are all that is left.
    assert elements["national"] == pytest.approx(0, abs=0.002)
    assert elements["unified 5 %"] < -0.15


def test_saving_is_the_difference_of_present_values_and_its_parts_sum() -> None:
    own, once, rolled = compare(question()).ways
    assert own.saving == 0
    for way in (once, rolled):
        assert way.saving == pytest.approx(way.parts.total - own.parts.total)
        assert way.waterfall.total == pytest.approx(way.saving)
        assert way.saving > 0


def test_rolling_over_charges_its_issue_each_time_but_at_maturity() -> None:
    rolled = compare(question()).ways[2]
    first = [flow for flow in rolled.ledger.flows if flow.draw == "D0"]
    charged = [flow.accrual_start.year - 2026 for flow in first if flow.fee_cents]
    assert charged == [0, 10, 20, 30]
    assert all(flow.fee_cents == 500_400_000 for flow in first if flow.fee_cents)


def test_alternatives_are_checked_ledgers_too() -> None:
    portfolio = question()
    for way, other in zip(compare(portfolio).ways[1:], portfolio.alternatives, strict=True):
        draws = tuple(replace(draw, loan=other.loan) for draw in portfolio.draws)
        assert check_ledger(replace(portfolio, draws=draws), way.ledger) == ()


def test_a_shock_costs_more_than_a_ramp_and_a_fixed_rate_feels_neither() -> None:
    shock = Scenario(id="shock", shift=0.01, start=date(2027, 1, 1))
    ramp = Scenario(id="ramp", shift=0.01, start=date(2027, 1, 1), ramp_years=5)
    back = Scenario(id="back", shift=0.01, start=date(2027, 1, 1), back_years=3)
    own, once, _ = compare(question(scenarios=(shock, ramp, back))).ways
    over = {cost.scenario: cost.over_baseline_cents for cost in own.scenarios}
    assert over["shock"] > over["ramp"] > 0
    assert over["shock"] > over["back"] > 0
    assert own.risk_cents == over["shock"]
    assert once.risk_cents == 0


def test_scenario_moves_only_the_indices_it_names() -> None:
    scenario = Scenario(id="s", shift=0.01, start=date(2027, 1, 1), indices=("ro",))
    assert scenario.apply(INDEX) is INDEX
    moved = scenario.apply(RO)
    assert moved.value(date(2026, 12, 31))[1] == 0.065
    assert moved.value(date(2027, 1, 1))[1] == pytest.approx(0.075)


def test_paths_have_the_mean_and_the_deviation_of_the_law() -> None:
    day = date(2036, 1, 1)
    rates = rate_paths((MODEL,), (), (day,), date(2026, 1, 1), 200_000, 7)["eu"][0]
    years = 3652 / 365
    mean = MODEL.mean + (MODEL.start - MODEL.mean) * np.exp(-MODEL.speed * years)
    deviation = MODEL.volatility * np.sqrt((1 - np.exp(-2 * MODEL.speed * years)) / 0.4)
    assert rates.mean() == pytest.approx(mean, abs=4 * deviation / np.sqrt(200_000))
    assert rates.std() == pytest.approx(deviation, rel=0.01)


def test_the_law_on_a_day_does_not_hang_on_the_grid() -> None:
    far = date(2030, 1, 1)
    fine = tuple(date(2026 + half // 2, 1 + 6 * (half % 2), 1) for half in range(9))
    start = date(2026, 1, 1)
    once = rate_paths((MODEL,), (), (far,), start, 100_000, 1)["eu"][-1]
    often = rate_paths((MODEL,), (), fine, start, 100_000, 2)["eu"][-1]
    assert often.mean() == pytest.approx(once.mean(), abs=1e-4)
    assert often.std() == pytest.approx(once.std(), rel=0.015)


def test_correlated_shocks() -> None:
    models = (MODEL, replace(MODEL, index="ro", start=0.06, mean=0.06))
    pair = (Correlation(first="eu", second="ro", value=0.7),)
    rates = rate_paths(models, pair, (date(2027, 1, 1),), date(2026, 1, 1), 50_000, 3)
    assert np.corrcoef(rates["eu"][0], rates["ro"][0])[0, 1] == pytest.approx(0.7, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(portfolios())
def test_without_volatility_each_path_is_the_deterministic_run(portfolio: Portfolio) -> None:
    model = RateModel(index="eu", start=0.02, mean=0.02, speed=0.1, volatility=0.0)
    constant = Index(id="eu", points=((date(2000, 1, 1), 0.02),))
    asked = replace(portfolio, indices=(constant,), models=(model,))
    fan = simulate(asked, paths=3, seed=0).fans[0]
    years, _ = service_by_year(asked)
    for number, year in enumerate(fan.years):
        expected = years.get(year, 0.0)
        assert fan.service[:, number] == pytest.approx([expected] * 5, rel=1e-9, abs=1e-4)


def test_indices_without_a_model_keep_their_stated_course() -> None:
    portfolio = question(models=())
    fan = simulate(portfolio, paths=2, seed=0).fans[0]
    years, _ = service_by_year(portfolio)
    assert fan.cost_deviation == pytest.approx(0, abs=1e-3)
    assert fan.service[2].sum() == pytest.approx(sum(years.values()))


def test_one_seed_one_answer_and_savings_are_path_by_path() -> None:
    portfolio = question(models=(MODEL,))
    first, second = (simulate(portfolio, paths=500, seed=4) for _ in range(2))
    assert [fan.cost_quantiles for fan in first.fans] == [fan.cost_quantiles for fan in second.fans]
    other = simulate(portfolio, paths=500, seed=5)
    assert other.fans[0].cost_quantiles != first.fans[0].cost_quantiles
    once = first.fans[1]
    assert once.cost_deviation == pytest.approx(0, abs=1e-3)
    assert once.p_saving is not None
    assert first.fans[0].p_saving is None


def test_a_cap_lowers_the_risk() -> None:
    free = question(models=(MODEL,))
    spec = replace(RESET.rate, cap=0.035)
    capped = replace(
        free, draws=tuple(replace(d, loan=replace(d.loan, rate=spec)) for d in free.draws)
    )
    assert (
        simulate(capped, paths=2000, seed=1).fans[0].risk
        < simulate(free, paths=2000, seed=1).fans[0].risk
    )


def test_quantiles_equal_numpy() -> None:
    rows = np.random.default_rng(0).normal(size=(7, 1001))
    assert quantiles_by_row(rows) == pytest.approx(np.quantile(rows, LEVELS, axis=1))
    assert quantiles_by_row(rows[:, :1]) == pytest.approx(np.quantile(rows[:, :1], LEVELS, axis=1))


def test_paths_out_of_range_are_refused() -> None:
    with pytest.raises(PunteError, match="between 1 and 200,000"):
        simulate(question(), paths=0, seed=0)


def test_a_model_of_an_unknown_index_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="“xx” is no index of this plan"):
        question(models=(replace(MODEL, index="xx"),))
