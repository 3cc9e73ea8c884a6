"""Textbook loan tables: level payments with the roundings and compoundings that lenders of several countries print."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    localcontext,
)
from typing import Final, Literal

from punte.engines.finance.day_counts import add_months, year_fraction
from punte.kernel.errors import PunteError

Rounding = Literal["up", "down", "half up", "half down", "half even"]

_DECIMAL_ROUNDING: Final = {
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "half up": ROUND_HALF_UP,
    "half down": ROUND_HALF_DOWN,
    "half even": ROUND_HALF_EVEN,
}
_DIGITS: Final = 40
"""Precision of the arithmetic: far above any printed table, so that only the stated roundings are seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange:
    """
    A new rate from a payment on.

    Parameters
    ----------
    payment
        Number of the first payment at the new rate, >= 1.
    annual_rate
        [fraction].
    recast
        Whether the level payment is computed again over the payments left.
    payment_cap_factor
        Most that the new payment may be, as a multiple of the old, > 0; interest above it is added to the balance.
    """

    payment: int
    annual_rate: Decimal
    recast: bool = True
    payment_cap_factor: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTerms:
    """
    A loan with level payments.

    Parameters
    ----------
    principal
        [major units], > 0.
    annual_rate
        Nominal [fraction].
    payments
        Payments of the term, >= 1; what is owed after the last is a balloon when ``amortisation_payments`` is longer.
    amortisation_payments
        Payments over which the level payment is computed, >= ``payments``.
    payments_per_year, compoundings_per_year
        1 or more; the rate of a period is ``(1 + r / m) ** (m / p) - 1``.
    unit
        Smallest amount paid [major units], such as 0.01, or 1 for the yen.
    carries_precision
        Whether payments and balances keep all digits and only what is shown is rounded.
    interest_only
        First payments without principal, >= 0.
    fee
        Added to each payment [major units].
    start
        Beginning of the first period; needed by ``act/360`` and ``act/365f``.
    """

    principal: Decimal
    annual_rate: Decimal
    payments: int
    amortisation_payments: int
    payments_per_year: int = 12
    compoundings_per_year: int = 12
    day_count: Literal["30/360", "act/360", "act/365f"] = "30/360"
    payment_rounding: Rounding = "half up"
    interest_rounding: Rounding = "half up"
    unit: Decimal = Decimal("0.01")
    carries_precision: bool = False
    interest_only: int = 0
    payment_override: Decimal | None = None
    fee: Decimal = Decimal(0)
    start: date | None = None
    rate_changes: tuple[RateChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One payment of a table [major units]; ``payment_amount`` holds interest, principal and fee."""

    payment: int
    payment_amount: Decimal
    interest: Decimal
    principal: Decimal
    fee: Decimal
    balance: Decimal


def level_payment(principal: Decimal, rate: Decimal, payments: int) -> Decimal:
    """
    Return the unrounded payment that repays ``principal`` in ``payments`` equal amounts at ``rate`` a period.

    References
    ----------
    The annuity formula ``P i / (1 - (1 + i) ** -n)``; Skinner, *The Mathematical Theory of Investment* (1913), section 42.

    Examples
    --------
    >>> round(level_payment(Decimal(100), Decimal("0.005"), 360), 9)
    Decimal('0.599550525')
    """
    if rate == 0:
        return principal / payments
    return principal * rate / (1 - (1 + rate) ** -payments)


def period_rate(
    annual_rate: Decimal, compoundings_per_year: int, payments_per_year: int
) -> Decimal:
    """Return the rate of one payment period [fraction] of a nominal yearly rate compounded ``compoundings_per_year`` times."""
    with localcontext() as context:
        context.prec = _DIGITS
        once = annual_rate / compoundings_per_year
        if compoundings_per_year == payments_per_year:
            return once
        return (1 + once) ** (Decimal(compoundings_per_year) / Decimal(payments_per_year)) - 1


def first_payment_amount(terms: TableTerms) -> Decimal:
    """Return the first payment without fee [major units], rounded as the terms say."""
    with localcontext() as context:
        context.prec = _DIGITS
        payment = _payment_from(terms, terms.principal, terms.annual_rate, 1)
        return _round(payment, terms.unit, terms.payment_rounding)


def _payment_from(
    terms: TableTerms, balance: Decimal, annual_rate: Decimal, number: int
) -> Decimal:
    rate = period_rate(annual_rate, terms.compoundings_per_year, terms.payments_per_year)
    if number <= terms.interest_only:
        return _round(balance * rate, terms.unit, terms.payment_rounding)
    if terms.payment_override is not None:
        return terms.payment_override
    level = level_payment(balance, rate, terms.amortisation_payments - number + 1)
    if terms.carries_precision:
        return level
    return _round(level, terms.unit, terms.payment_rounding)


def _round(amount: Decimal, unit: Decimal, rounding: Rounding) -> Decimal:
    return (amount / unit).to_integral_value(_DECIMAL_ROUNDING[rounding]) * unit


def table(terms: TableTerms) -> tuple[TableRow, ...]:
    """
    Return all payments of the term.

    The last payment clears the balance where the term is the whole amortisation; otherwise what is left is the balloon.

    Raises
    ------
    PunteError
        If the day count needs a start that is missing.
    """
    if terms.day_count != "30/360" and terms.start is None:
        raise PunteError(f"{terms.day_count} needs the start date of the loan: give start_date.")
    with localcontext() as context:
        context.prec = _DIGITS
        return tuple(_rows(terms))


def _rows(terms: TableTerms) -> Iterator[TableRow]:
    balance = terms.principal
    annual_rate = terms.annual_rate
    payment = _payment_from(terms, balance, annual_rate, 1)
    changes = {change.payment: change for change in terms.rate_changes}
    for number in range(1, terms.payments + 1):
        change = changes.get(number)
        if change is not None:
            annual_rate = change.annual_rate
            payment = _recast(terms, change, balance, payment)
        elif number == terms.interest_only + 1 and terms.interest_only:
            payment = _payment_from(terms, balance, annual_rate, number)
        interest = _interest(terms, balance, annual_rate, number)
        shown_interest = _round(interest, terms.unit, terms.interest_rounding)
        is_last = number == terms.amortisation_payments or (
            payment > balance + interest and number > terms.interest_only
        )
        if number <= terms.interest_only:
            payment = interest
        principal = balance if is_last else payment - interest
        balance -= principal
        # Printed tables show a principal that adds up with the interest beside it.
        amount = _round(principal + interest, terms.unit, "half up")
        yield TableRow(
            payment=number,
            payment_amount=amount + terms.fee,
            interest=shown_interest,
            principal=amount - shown_interest,
            fee=terms.fee,
            balance=_round(balance, terms.unit, "half up"),
        )
        if is_last:
            return


def _recast(terms: TableTerms, change: RateChange, balance: Decimal, payment: Decimal) -> Decimal:
    if not change.recast:
        return payment
    new = _payment_from(terms, balance, change.annual_rate, change.payment)
    if change.payment_cap_factor is not None:
        most = _round(payment * change.payment_cap_factor, terms.unit, terms.payment_rounding)
        new = min(new, most)
    return new


def _interest(terms: TableTerms, balance: Decimal, annual_rate: Decimal, number: int) -> Decimal:
    if terms.day_count == "30/360":
        rate = period_rate(annual_rate, terms.compoundings_per_year, terms.payments_per_year)
    else:
        assert terms.start is not None
        months = 12 // terms.payments_per_year
        start = add_months(terms.start, months * (number - 1))
        end = add_months(terms.start, months * number)
        rate = annual_rate * Decimal(repr(year_fraction(terms.day_count, start, end)))
    interest = balance * rate
    if terms.carries_precision:
        return interest
    return _round(interest, terms.unit, terms.interest_rounding)
