"""What once was wrong in loans and their alternatives, each with the figure that is right."""

from dataclasses import replace
from datetime import date

import pytest
import QuantLib as ql  # noqa: N813 - as its own documentation writes it
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.finance.questions import INDEX, SAFE_LIKE, safe_like
from punte.engines.finance.check import check_ledger
from punte.engines.finance.checked import checked
from punte.engines.finance.curves import Index
from punte.engines.finance.day_counts import add_months
from punte.engines.finance.instance import (
    Alternative,
    Draw,
    Instrument,
    LoanTerms,
    Portfolio,
    RateSpec,
)
from punte.engines.finance.periods import payment_periods
from punte.engines.finance.scenarios import RateModel
from punte.engines.finance.schedule import schedule
from punte.engines.finance.simulate import simulate
from punte.kernel.errors import InvalidInputError

FIVE_YEARS = LoanTerms(maturity_years=5, principal_payments=5, rate=RateSpec(rate=0.03))


def two_draws(alternative: LoanTerms) -> Portfolio:
    return Portfolio(
        instrument=Instrument(id="I"),
        draws=(
            Draw(id="early", day=date(2026, 5, 15), amount_cents=100_000, loan=FIVE_YEARS),
            Draw(id="late", day=date(2030, 11, 15), amount_cents=100_000, loan=FIVE_YEARS),
        ),
        alternatives=(Alternative(id="A", name="A", loan=alternative),),
    )


def test_an_alternative_is_held_against_every_draw() -> None:
    until = LoanTerms(maturity=date(2030, 6, 30), profile="bullet", rate=RateSpec(rate=0.05))
    with pytest.raises(InvalidInputError) as refusal:
        checked(two_draws(until))
    (problem,) = refusal.value.problems
    assert problem.place == "alternatives[0].loan.maturity"
    assert problem.what.startswith("for the draw “late”: 2030-06-30 is not after the draw")


def test_payments_of_an_alternative_must_fit_every_draw() -> None:
    fixed_day = LoanTerms(
        maturity=date(2031, 5, 15), principal_payments=5, rate=RateSpec(rate=0.05)
    )
    with pytest.raises(InvalidInputError) as refusal:
        checked(two_draws(fixed_day))
    assert [problem.place for problem in refusal.value.problems] == [
        "alternatives[0].loan.principal_payments"
    ]


def test_what_every_draw_meets_is_told_once() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        checked(two_draws(replace(FIVE_YEARS, rate=RateSpec(rate=3.0))))
    (problem,) = refusal.value.problems
    assert problem.what == "3 is no yearly rate."


def test_an_odd_first_period_of_a_few_days_less_is_no_whole_one() -> None:
    loan = LoanTerms(
        maturity_years=5,
        first_payment=date(2027, 5, 13),
        profile="bullet",
        day_count="act/act icma",
        rate=RateSpec(rate=0.03),
    )
    first = payment_periods(loan, date(2026, 5, 15))[0]
    assert first.years == pytest.approx(363 / 365, abs=1e-15)
    draw = Draw(id="D", day=date(2026, 5, 15), amount_cents=100_000_000, loan=loan)
    ledger = schedule(Portfolio(instrument=Instrument(id="I"), draws=(draw,)))
    assert ledger.flows[1].interest_cents == 2_983_562


@pytest.mark.parametrize("frequency", [1, 2, 4])
@pytest.mark.parametrize("day", [date(2026, 8, 31), date(2027, 2, 28), date(2028, 2, 29)])
def test_the_end_of_a_shorter_month_cuts_no_period(day: date, frequency: int) -> None:
    loan = LoanTerms(
        maturity_years=4, payments_per_year=frequency, profile="bullet", day_count="act/act icma"
    )
    assert {period.years for period in payment_periods(loan, day)} == {1 / frequency}


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 3000), st.integers(-170, 40), st.sampled_from([1, 2, 4]))
def test_odd_first_periods_equal_quantlib(offset: int, off_days: int, frequency: int) -> None:
    day = date.fromordinal(date(2026, 1, 1).toordinal() + offset)
    whole = add_months(day, 12 // frequency)
    odd = date.fromordinal(whole.toordinal() + max(off_days, -(whole - day).days // 2))
    loan = LoanTerms(
        maturity_years=10,
        payments_per_year=frequency,
        first_payment=odd,
        profile="bullet",
        day_count="act/act icma",
    )
    first = payment_periods(loan, day)[0]
    is_whole = odd == whole or add_months(odd, -12 // frequency) == day
    reference = (day, odd) if is_whole else (add_months(odd, -12 // frequency), odd)
    low, high, start, end = (ql.Date(d.day, d.month, d.year) for d in (*reference, day, odd))
    expected = ql.ActualActual(ql.ActualActual.ISMA).yearFraction(start, end, low, high)
    assert first.years == pytest.approx(expected, abs=1e-12)


def test_why_a_rate_is_passed_through_stands_in_every_flow() -> None:
    spec = RateSpec(kind="reset", index="eu", why="cost of funding passed through")
    ledger = schedule(safe_like(replace(SAFE_LIKE, rate=spec), indices=(INDEX,)))
    assert all("cost of funding" in flow.rate_reason for flow in ledger.flows if flow.number)


def test_fixings_before_the_valuation_are_those_of_the_index() -> None:
    known = Index(id="eu", points=((date(2026, 1, 1), 0.05), (date(2028, 6, 1), 0.03)))
    still = RateModel(index="eu", start=0.03, mean=0.03, speed=0.15, volatility=0.0)
    asked = safe_like(
        replace(SAFE_LIKE, rate=RateSpec(kind="reset", index="eu")),
        indices=(known,),
        models=(still,),
        as_of=date(2029, 1, 1),
    )
    ledger = schedule(asked)
    assert check_ledger(asked, ledger) == ()
    mean = simulate(asked, paths=2, seed=0).fans[0].cost_mean
    assert mean == pytest.approx(ledger.interest_cents / 100, abs=1)
