"""Published figures, each with its source; the whole reference file is run where it lies beside the project."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from punte.engines.finance.closed_forms import (
    Bond,
    bond_yield,
    early_repayment_discount,
    grant_element,
    grant_element_equal_principal,
    soft_loan_subsidy,
)
from punte.engines.finance.table import RateChange, TableTerms, table
from punte.kernel.errors import PunteError

SURE = Bond(
    settlement=date(2021, 5, 25),
    maturity=date(2047, 1, 4),
    coupon=0.0075,
    first_coupon=date(2022, 1, 4),
)


def test_ninth_sure_tranche_of_italy() -> None:
    # Gazzetta Ufficiale 21A03696 (2021-06-21), article 2.
    nominal, gross = 751_000_000, 751_000_000 * 0.99838
    assert gross == pytest.approx(749_783_380)
    net = gross - 1_502_000 - 24_032
    assert 100 * bond_yield(SURE, gross / nominal) == pytest.approx(0.757, abs=5e-4)
    assert 100 * bond_yield(SURE, net / nominal) == pytest.approx(0.766, abs=5e-4)
    assert 0.75 * SURE.accruals()[0][1] == pytest.approx(0.46, abs=5e-4)


def test_a_price_without_yield_is_refused() -> None:
    with pytest.raises(PunteError, match="No yield"):
        bond_yield(SURE, 1e-9)


def test_soft_loan_annex_of_the_commission() -> None:
    # DG Competition, annex on the cash grant equivalent of a soft loan, example 1.
    lines = soft_loan_subsidy([50_000.0] * 10, 0.06, 0.08)
    published = [9259, 7716, 6351, 5145, 4083, 3151, 2334, 1621, 1000, 463]
    assert [round(line) for line in lines] == published


def test_early_repayment_of_the_public_works_loan_board() -> None:
    # UK DMO, formula for premium or discount on half-yearly fixed rate loans, worked example.
    found = early_repayment_discount(
        12_000_000, half_years=6, loan_rate=0.08375, discount_rate=0.115, days=14
    )
    assert found == pytest.approx(919_000.48, abs=0.01)


@settings(max_examples=200, deadline=None)
@given(
    rate=st.floats(0, 0.12),
    discount=st.floats(0.001, 0.15),
    per_year=st.sampled_from([1, 2, 4]),
    years=st.integers(1, 50),
    data=st.data(),
)
def test_closed_form_equals_cash_flow(
    rate: float, discount: float, per_year: int, years: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, years * per_year))
    count = years * per_year - first + 1
    parts = [0.0] * (first - 1) + [1.0 / count] * count
    closed = grant_element_equal_principal(
        rate,
        discount,
        maturity_years=years,
        first_repayment_years=first / per_year,
        payments_per_year=per_year,
    )
    assert closed == pytest.approx(grant_element(parts, rate, discount, per_year), abs=1e-9)


LOAN = TableTerms(
    principal=Decimal(120_000), annual_rate=Decimal("0.06"), payments=360, amortisation_payments=360
)


@settings(max_examples=60, deadline=None)
@given(
    principal=st.integers(100, 10_000_000),
    rate=st.integers(0, 1500),
    payments=st.integers(1, 120),
    carries=st.booleans(),
    interest_only=st.integers(0, 5),
)
def test_any_table_repays_its_principal(
    *, principal: int, rate: int, payments: int, carries: bool, interest_only: int
) -> None:
    terms = replace(
        LOAN,
        principal=Decimal(principal),
        annual_rate=Decimal(rate) / 10_000,
        payments=payments,
        amortisation_payments=payments,
        carries_precision=carries,
        interest_only=min(interest_only, payments - 1),
    )
    rows = table(terms)
    assert rows[-1].balance == 0
    slack = Decimal("0.01") * payments if carries else 0
    assert abs(sum(row.principal for row in rows) - principal) <= slack
    assert all(row.balance >= 0 for row in rows)


def test_interest_only_payments_are_the_interest_also_on_actual_days() -> None:
    terms = replace(
        LOAN, day_count="act/360", start=date(2026, 1, 1), interest_only=3, carries_precision=True
    )
    rows = table(terms)[:3]
    assert [row.payment_amount for row in rows] == [Decimal(620), Decimal(560), Decimal(620)]
    assert {row.principal for row in rows} == {Decimal(0)}


def test_a_payment_cap_lets_the_balance_grow() -> None:
    # ProEducate, "ARM payment caps": 65,000 at 10 %, then 12 % with the payment capped at 7.5 % more.
    capped = replace(
        LOAN,
        principal=Decimal(65_000),
        annual_rate=Decimal("0.10"),
        rate_changes=(
            RateChange(
                payment=13, annual_rate=Decimal("0.12"), payment_cap_factor=Decimal("1.075")
            ),
        ),
    )
    rows = table(capped)
    assert rows[12].payment_amount == Decimal("613.20")
    assert rows[12].principal == Decimal("-33.19")
    assert rows[23].balance == Decimal("65059.62")


def test_actual_days_need_a_start() -> None:
    with pytest.raises(PunteError, match="give start_date"):
        table(replace(LOAN, day_count="act/360"))
