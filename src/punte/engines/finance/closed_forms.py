"""Published formulas: grant element and equivalent, bond yields, early repayment. Each has its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from punte.engines.finance.day_counts import add_months, year_fraction
from punte.kernel.errors import PunteError

CONVENTIONS: dict[str, object] = {
    "unified_discount_rate": 0.05,
    "profiles": [
        "equal principal",
        "annuity",
        "lump sum principal",
        "lump sum principal and interest",
        "lump sum principal and compounded interest",
    ],
    "grace": "interval from commitment to first principal payment",
    "face_value_includes": "disbursed and undisbursed amounts",
}
"""
How concessionality is counted here: the five profiles are ``equal``, ``annuity`` and ``bullet`` with interest paid periodically, at
maturity or compounded.

References: IMF, *Calculation of grant element*, technical definitions.
"""


def grant_element(
    principal_parts: Sequence[float], rate: float, discount_rate: float, payments_per_year: int
) -> float:
    """
    Return the grant element of a loan of ``sum(principal_parts)`` [fraction], by its cash flow.

    Parameters
    ----------
    principal_parts
        Principal of each period from the first, 0 in the grace.
    rate, discount_rate
        Yearly [fraction]: the first paid as ``rate / payments_per_year``, the second as an effective rate.

    References
    ----------
    OECD, DAC statistical reporting directives, annex on the grant element: ``D = (1 + I) ** (1 / A) - 1`` for each period.
    """
    balance = amount = sum(principal_parts)
    per_period = (1 + discount_rate) ** (1 / payments_per_year)
    worth = 0.0
    for number, part in enumerate(principal_parts, 1):
        worth += (part + balance * rate / payments_per_year) / per_period**number
        balance -= part
    return float(1 - worth / amount)


def grant_element_equal_principal(
    rate: float,
    discount_rate: float,
    *,
    maturity_years: float,
    first_repayment_years: float,
    payments_per_year: int,
) -> float:
    """
    Return the grant element of equal principal parts [fraction], in closed form.

    Parameters
    ----------
    first_repayment_years
        From commitment to the first repayment, the "grace" of the formula [years].

    References
    ----------
    OECD, annex 3 on methodology: ``100 (1 - (R/A)/D) (1 - ((1+D)^-A.INT - (1+D)^-A.M) / ((A.M - A.INT) D))`` with
    ``INT = G - 1/A``.
    """
    per_period = (1 + discount_rate) ** (1 / payments_per_year) - 1
    last = payments_per_year * maturity_years
    before = payments_per_year * first_repayment_years - 1
    fall = ((1 + per_period) ** -before - (1 + per_period) ** -last) / (
        (last - before) * per_period
    )
    return float((1 - rate / payments_per_year / per_period) * (1 - fall))


def soft_loan_subsidy(
    principal_parts: Sequence[float], borrower_rate: float, reference_rate: float
) -> tuple[float, ...]:
    """
    Return the discounted yearly advantage of a loan below a reference rate [as ``principal_parts``].

    References
    ----------
    European Commission, DG Competition, annex on the cash grant equivalent of a soft loan.
    """
    balance = sum(principal_parts)
    lines = []
    for year, part in enumerate(principal_parts, 1):
        lines.append(balance * (reference_rate - borrower_rate) / (1 + reference_rate) ** year)
        balance -= part
    return tuple(lines)


def early_repayment_discount(
    principal: float, *, half_years: int, loan_rate: float, discount_rate: float, days: int
) -> float:
    """
    Return what a half-yearly bullet loan costs less than its nominal when it is repaid early; negative for a premium.

    Parameters
    ----------
    half_years
        Interest payments still due, >= 1.
    loan_rate, discount_rate
        Yearly, paid half-yearly [fraction].
    days
        Days since the last interest payment, 0..183.

    References
    ----------
    UK Debt Management Office (PWLB), formula for premium or discount on half-yearly fixed rate loans.
    """
    coupon, discount = loan_rate / 2, discount_rate / 2
    last = (1 + discount) ** -half_years
    annuity = half_years if discount == 0 else (1 - last) / discount
    worth = (1 + discount * days / 182.5) * (coupon * annuity + last)
    return principal * ((1 + coupon * days / 182.5) - worth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """
    A fixed coupon bond at issue.

    Parameters
    ----------
    coupon
        Yearly [fraction].
    first_coupon
        Day of the first coupon, which may be short or long.
    """

    settlement: date
    maturity: date
    coupon: float
    first_coupon: date
    payments_per_year: int = 1

    def accruals(self) -> tuple[tuple[date, float], ...]:
        """Return ``(day, act/act ICMA year fraction)`` of each coupon."""
        months = 12 // self.payments_per_year
        before, found = self.settlement, []
        step = 0
        while before < self.maturity:
            day = min(add_months(self.first_coupon, months * step), self.maturity)
            step += 1
            reference = (add_months(day, -months), day)
            fraction = year_fraction(
                "act/act icma",
                before,
                day,
                reference=reference,
                payments_per_year=self.payments_per_year,
            )
            found.append((day, fraction))
            before = day
        return tuple(found)


def bond_yield(bond: Bond, price: float) -> float:
    """
    Return the yearly yield at which a bond is worth ``price`` on its settlement [fraction].

    Parameters
    ----------
    price
        Paid for a nominal of 1, costs taken off, > 0.

    Raises
    ------
    PunteError
        If no yield between -90 % and 1000 % gives that price.

    References
    ----------
    ICMA rule 803: compounded once for each coupon period, quoted as effective yearly rate.
    """
    from scipy.optimize import brentq

    accruals = bond.accruals()

    def excess(rate: float) -> float:
        years = worth = 0.0
        for _, fraction in accruals:
            years += fraction
            worth += bond.coupon * fraction * (1 + rate) ** -years
        return float(worth + (1 + rate) ** -years - price)

    try:
        return float(brentq(excess, -0.9, 10.0, xtol=1e-14))
    except ValueError as error:
        raise PunteError(
            f"No yield between -90 % and 1000 % gives a price of {price:.6f}: check price and fees."
        ) from error
