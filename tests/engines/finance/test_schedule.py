from dataclasses import replace
from datetime import date

import pytest
import QuantLib as ql  # noqa: N813 - as its own documentation writes it
from hypothesis import given, settings

from engines.finance.questions import INDEX, SAFE_LIKE, portfolios, safe_like
from punte.engines.finance.calendars import Calendar
from punte.engines.finance.check import check_ledger
from punte.engines.finance.checked import checked
from punte.engines.finance.curves import Curve
from punte.engines.finance.floating_run import reconcile, service_by_year
from punte.engines.finance.instance import (
    CostLine,
    Draw,
    Instrument,
    LoanTerms,
    Portfolio,
    RateSpec,
)
from punte.engines.finance.result import Flow, Ledger
from punte.engines.finance.schedule import schedule
from punte.engines.finance.value import headroom, internal_rate, valuation, value


def one(loan: LoanTerms, cents: int = 100_000_00, day: date = date(2026, 5, 15)) -> Portfolio:
    return checked(
        Portfolio(
            instrument=Instrument(id="I"),
            draws=(Draw(id="D", day=day, amount_cents=cents, loan=loan),),
            indices=(INDEX,),
        )
    )


@settings(max_examples=120, deadline=None)
@given(portfolios())
def test_any_question_gives_a_ledger_that_the_checker_accepts(portfolio: Portfolio) -> None:
    ledger = schedule(checked(portfolio))
    assert check_ledger(portfolio, ledger) == ()
    for draw in portfolio.draws:
        own = [flow for flow in ledger.flows if flow.draw == draw.id]
        capitalised = sum(flow.capitalised_cents for flow in own)
        assert sum(flow.principal_cents for flow in own) == draw.amount_cents + capitalised
        assert min(flow.closing_cents for flow in own) >= 0
        assert own[-1].closing_cents == 0
    assert ledger.years[-1].owed_cents == 0


@settings(max_examples=120, deadline=None)
@given(portfolios())
def test_ledger_in_cents_reconciles_with_the_run_in_floats(portfolio: Portfolio) -> None:
    found = reconcile(portfolio, schedule(portfolio))
    assert found.holds, found


def test_safe_like_equals_quantlib_to_the_cent() -> None:
    portfolio = safe_like()
    years, _ = service_by_year(portfolio)
    expected = 0.0
    for draw in portfolio.draws:
        amount = draw.amount_cents / 100
        start = ql.Date(draw.day.day, draw.day.month, draw.day.year)
        schedule_ql = ql.Schedule(
            start,
            start + ql.Period(45, ql.Years),
            ql.Period(ql.Annual),
            ql.NullCalendar(),
            ql.Unadjusted,
            ql.Unadjusted,
            ql.DateGeneration.Forward,
            False,
        )
        notionals = [amount] * 10 + [amount * (35 - k) / 35 for k in range(35)]
        bond = ql.AmortizingFixedRateBond(
            0, notionals, schedule_ql, [0.032], ql.Thirty360(ql.Thirty360.BondBasis)
        )
        expected += sum(flow.amount() for flow in bond.cashflows())
    ours = sum(
        draw.amount_cents / 100 * (1 + 0.032 * (10 + sum((35 - k) / 35 for k in range(35))))
        for draw in portfolio.draws
    )
    assert ours == pytest.approx(expected, abs=0.01)
    # The cents of each principal part move a balance by half a cent at most, for 35 years at 3.2 %.
    assert sum(years.values()) == pytest.approx(expected, abs=0.005 * 0.032 * 35 * 10)
    assert schedule(portfolio).service_cents / 100 == pytest.approx(expected, abs=0.005 * 450)


def test_each_flow_of_the_safe_like_loan_equals_quantlib() -> None:
    draw = safe_like().draws[0]
    flows = [flow for flow in schedule(safe_like()).flows if flow.draw == draw.id][1:]
    notionals = [flow.balance_cents / 100 for flow in flows]
    start = ql.Date(15, 5, 2026)
    schedule_ql = ql.Schedule(
        start,
        start + ql.Period(45, ql.Years),
        ql.Period(ql.Annual),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Forward,
        False,
    )
    bond = ql.AmortizingFixedRateBond(
        0, notionals, schedule_ql, [0.032], ql.Thirty360(ql.Thirty360.BondBasis)
    )
    expected: dict[tuple[int, int, int], float] = {}
    for flow in bond.cashflows():
        day = flow.date()
        key = (day.year(), day.month(), day.dayOfMonth())
        expected[key] = expected.get(key, 0.0) + flow.amount()
    assert len(expected) == len(flows) == 45
    for flow in flows:
        day = flow.pay_day
        assert flow.service_cents / 100 == pytest.approx(
            expected[day.year, day.month, day.day], abs=0.0051
        )


def test_half_a_cent_of_interest_goes_to_the_even_cent() -> None:
    # A month of 5 % on 450.00 is 1.875 exactly; a twelfth cut off after seventeen digits makes it less.
    monthly = LoanTerms(
        maturity_years=1,
        payments_per_year=12,
        profile="bullet",
        rate=RateSpec(kind="fixed", rate=0.05),
    )
    portfolio = one(monthly, cents=450_00)
    ledger = schedule(portfolio)
    assert {flow.interest_cents for flow in ledger.flows[1:]} == {188}
    assert check_ledger(portfolio, ledger) == ()


def test_horizon_is_that_of_the_last_draw() -> None:
    ledger = schedule(safe_like())
    assert ledger.years[0].year == 2026
    assert ledger.years[-1].year == 2075
    assert {line.first_principal.year for line in ledger.draws} == {2037, 2038, 2039, 2040, 2041}


def test_every_rate_has_its_reason() -> None:
    spec = RateSpec(kind="reset", index="eu", every_years=10, spread=0.001)
    ledger = schedule(one(replace(SAFE_LIKE, rate=spec)))
    reasons = [flow.rate_reason for flow in ledger.flows[1:]]
    assert reasons[0] == "re-set on 2026-05-15: eu 2.3000% (2026-01-01) + spread 0.1000%"
    assert reasons[9] == reasons[0]
    assert reasons[10] == "re-set on 2036-05-15: eu 3.2000% (2036-01-01) + spread 0.1000%"
    assert ledger.flows[11].rate == pytest.approx(0.033)


def test_cap_is_named_in_the_reason() -> None:
    spec = RateSpec(kind="floating", index="eu", cap=0.021)
    flow = schedule(one(replace(SAFE_LIKE, rate=spec))).flows[1]
    assert flow.rate == 0.021
    assert flow.rate_reason.endswith("held to the cap 2.1000%")


def test_invoice_falls_due_25_target_days_after_the_anniversary() -> None:
    # Italy, decree of 8 June 2022 on the first RRF loan instalment, article 2: 19 May 2023 and 20 May 2033.
    loan = LoanTerms(
        maturity_years=30,
        first_principal_payment=11,
        principal_payments=20,
        calendar=Calendar(name="target"),
        payment_lag_business_days=25,
        rate=RateSpec(rate=0.01),
    )
    ledger = schedule(one(loan, cents=11_000_000_000_00, day=date(2022, 4, 13)))
    assert ledger.flows[1].pay_day == date(2023, 5, 19)
    assert ledger.flows[1].accrual_end == date(2023, 4, 13)
    assert ledger.draws[0].first_principal == date(2033, 5, 20)
    assert ledger.draws[0].average_life_years == 20.5


def test_compounded_interest_is_paid_once_at_maturity() -> None:
    loan = LoanTerms(
        maturity_years=2, profile="bullet", interest="compounded", rate=RateSpec(rate=0.1)
    )
    ledger = schedule(one(loan, cents=100_00))
    assert [flow.service_cents for flow in ledger.flows] == [0, 0, 121_00]
    simple = schedule(one(replace(loan, interest="at_maturity"), cents=100_00))
    assert [flow.service_cents for flow in simple.flows] == [0, 0, 120_00]


def test_annuity_is_level_until_its_rate_changes() -> None:
    steps = RateSpec(kind="steps", steps=((0, 0.05), (3, 0.08)))
    loan = LoanTerms(maturity_years=6, principal_payments=6, profile="annuity", rate=steps)
    services = [flow.service_cents for flow in schedule(one(loan)).flows[1:]]
    assert len(set(services[:3])) == 1
    assert max(services[3:]) - min(services[3:]) <= 2
    assert services[3] > services[0]


def test_costs_are_charged_as_they_are_named() -> None:
    loan = replace(
        SAFE_LIKE,
        costs=(
            CostLine(name="set-up", kind="on_draw", rate=0.002),
            CostLine(name="administration", kind="on_balance", rate=0.0001),
            CostLine(name="invoice", kind="on_payment", amount_cents=150),
        ),
    )
    flows = schedule(one(loan, cents=1_000_000_00)).flows
    assert flows[0].fee_cents == 2_000_00
    assert flows[1].fee_cents == 100_00 + 150


def test_values_of_the_safe_like_loan() -> None:
    # Computed by two libraries in the reference file: 25.7008 % at 5 %.
    portfolio = safe_like(national=Curve.flat(0.065, name="national"))
    numbers = valuation(portfolio, schedule(portfolio))
    assert numbers.values[0].grant_element == pytest.approx(0.257008, abs=5e-7)
    assert numbers.values[1].grant_element > numbers.values[0].grant_element
    assert numbers.irr == pytest.approx(0.032, abs=5e-5)
    assert numbers.reconciliation.holds
    assert numbers.headroom.left_cents == 3


def test_internal_rate_discounts_to_nothing() -> None:
    portfolio = one(SAFE_LIKE)
    flows = schedule(portfolio).flows
    rate = internal_rate(flows)
    assert rate is not None
    worth = value(flows, Curve.flat(rate), date(2026, 5, 15))
    assert worth.npv == pytest.approx(0, abs=1e-4)


def test_headroom_is_unknown_without_an_envelope() -> None:
    assert headroom(one(SAFE_LIKE)).left_cents is None


def broken(ledger: Ledger, number: int, **changes: object) -> Ledger:
    flows = list(ledger.flows)
    flows[number] = replace(flows[number], **changes)  # type: ignore[arg-type] # a wrong line on purpose
    return replace(ledger, flows=tuple(flows))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"interest_cents": 1}, "balance x rate x years"),
        ({"principal_cents": 5}, "does not follow from its parts"),
        ({"balance_cents": 7}, "the line before closed with"),
        ({"rate_reason": ""}, "has no reason"),
        ({"rate": 0.04}, "the terms fix"),
        ({"accrual_start": date(2030, 1, 1)}, "the line before ends"),
        ({"draw_cents": 4}, "drawn twice"),
        ({"years": 0.9}, "of accrual"),
        ({"pay_day": date(2020, 1, 1)}, "before it has accrued"),
    ],
)
def test_checker_names_a_wrong_line(changes: dict[str, object], said: str) -> None:
    portfolio = one(SAFE_LIKE)
    violations = check_ledger(portfolio, broken(schedule(portfolio), 20, **changes))
    assert any(said in violation for violation in violations), violations


def test_checker_misses_nothing_that_is_missing() -> None:
    portfolio = one(SAFE_LIKE)
    ledger = schedule(portfolio)
    assert check_ledger(portfolio, replace(ledger, flows=ledger.flows[1:]))
    assert check_ledger(portfolio, replace(ledger, flows=ledger.flows[:-1]))
    assert check_ledger(portfolio, replace(ledger, years=ledger.years[:-1]))
    stranger: Flow = replace(ledger.flows[1], draw="other")
    assert check_ledger(portfolio, replace(ledger, flows=(*ledger.flows, stranger)))
