"""The calendar of one loan: accrual periods, payment days, and which payments carry principal."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from punte.engines.finance.day_counts import add_months, year_fraction
from punte.engines.finance.instance import LoanTerms
from punte.kernel.errors import PunteError

MAX_PAYMENTS: Final = 2000
"""Most payments of one loan: 100 years monthly and then some; above it a date was mistyped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """
    One accrual period and its payment.

    Parameters
    ----------
    number
        From 1.
    pay_day
        When the payment is made; never before ``end`` unless the loan rolls to the preceding business day.
    years
        Year fraction of the accrual [years], by the loan's day count.
    """

    number: int
    start: date
    end: date
    pay_day: date
    years: float


def maturity_of(loan: LoanTerms, day: date) -> date:
    """Return the last accrual end of a loan drawn on ``day``."""
    if loan.maturity is not None:
        return loan.maturity
    assert loan.maturity_years is not None
    return add_months(day, 12 * loan.maturity_years)


def payment_periods(loan: LoanTerms, day: date) -> tuple[Period, ...]:
    """
    Return the periods of a loan drawn on ``day``, without gap from the draw to maturity.

    Periods are counted from the draw, or from ``first_payment`` where that is given; each boundary is found from its origin, so
    that 31 January does not decay to the 28th. A last period that does not fit is short.

    Raises
    ------
    PunteError
        If there would be more than ``MAX_PAYMENTS``.
    """
    last = maturity_of(loan, day)
    months = 12 // loan.payments_per_year
    origin = loan.first_payment or day
    step = 0 if loan.first_payment else 1
    start = day
    found: list[Period] = []
    while start < last:
        end = add_months(origin, months * step)
        reference = (start, end)
        if step == 0 and not _is_regular(start, end, months):
            reference = (add_months(end, -months), end)
        found.append(_period(loan, len(found) + 1, (start, min(end, last)), last, reference))
        step += 1
        start = end
        if len(found) > MAX_PAYMENTS:
            raise PunteError(
                f"A loan from {day} to {last} would have more than {MAX_PAYMENTS} payments: check its maturity."
            )
    return tuple(found)


def _is_regular(start: date, end: date, months: int) -> bool:
    """Whether a first period is a whole one; the end of a shorter month (31 August to 28 February) cuts none off."""
    return add_months(start, months) == end or add_months(end, -months) == start


def _period(
    loan: LoanTerms,
    number: int,
    accrual: tuple[date, date],
    last: date,
    reference: tuple[date, date],
) -> Period:
    start, end = accrual
    pay_day = loan.calendar.adjust(end, loan.roll)
    if loan.payment_lag_business_days:
        pay_day = loan.calendar.add_business_days(end, loan.payment_lag_business_days)
    return Period(
        number=number,
        start=start,
        end=end,
        pay_day=pay_day,
        years=year_fraction(
            loan.day_count,
            start,
            end,
            reference=reference,
            payments_per_year=loan.payments_per_year,
            maturity=last,
        ),
    )


def principal_numbers(loan: LoanTerms, payments: int) -> range:
    """Return the numbers of the payments that carry principal."""
    if loan.profile == "bullet":
        return range(payments, payments + 1)
    first = loan.first_principal_payment
    return range(first, first + loan.principal_payments)


def principal_parts(loan: LoanTerms, amount_cents: int, payments: int) -> tuple[int, ...]:
    """
    Return the planned principal of each payment [cents]; they sum to ``amount_cents`` exactly.

    Parts are differences of the rounded running sum, so that none is more than a cent from its exact share and the balance never
    more than half a cent from its exact course. Annuities have no plan: their parts follow from the rates.
    """
    numbers = principal_numbers(loan, payments)
    parts = [0] * payments
    if loan.profile == "annuity":
        return tuple(parts)
    count = len(numbers)
    running = 0.0
    given = 0
    for idx, number in enumerate(numbers, 1):
        if loan.profile == "custom":
            running += loan.shares[idx - 1]
            upto = (
                amount_cents if idx == count else min(round(amount_cents * running), amount_cents)
            )
        else:
            upto = (2 * amount_cents * idx + count) // (2 * count)
        parts[number - 1] = upto - given
        given = upto
    return tuple(parts)
