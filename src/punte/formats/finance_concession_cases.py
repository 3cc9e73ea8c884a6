"""Cases of concessionality: grant element and grant equivalent, in the fields that publications print."""

import re
from typing import Any, Final

from pydantic import Field

from punte.engines.finance.closed_forms import (
    grant_element,
    grant_element_equal_principal,
    soft_loan_subsidy,
)
from punte.engines.finance.day_counts import add_months
from punte.formats.finance_case_words import iso_days, per_year_of, refuse_case
from punte.formats.finance_fields import Rate
from punte.formats.reading import Record


class SubsidyCase(Record):
    """A soft loan against a reference rate."""

    principal: float = Field(gt=0)
    borrower_rate: Rate
    reference_rate: Rate
    years: int = Field(ge=1, le=100)
    grace_years: int = Field(default=0, ge=0)
    repayment: str = "linear annual"


def subsidy_answer(case: SubsidyCase) -> dict[str, Any]:
    """
    Return the discounted advantage of each year and their sum.

    Raises
    ------
    InvalidInputError
        If the grace reaches maturity or the repayment is of a kind that is not known.
    """
    if case.grace_years >= case.years:
        raise refuse_case(
            "inputs.grace_years",
            f"a grace of {case.grace_years} years reaches the maturity of {case.years} years.",
        )
    if not case.repayment.startswith("linear"):
        raise refuse_case(
            "inputs.repayment", f"{case.repayment!r} is not known; write 'linear annual'."
        )
    each = case.principal / (case.years - case.grace_years)
    parts = [0.0] * case.grace_years + [each] * (case.years - case.grace_years)
    lines = soft_loan_subsidy(parts, case.borrower_rate, case.reference_rate)
    return {"yearly_discounted_subsidy": list(lines), "total": sum(lines)}


class GrantElementCase(Record):
    """A loan to be measured for concessionality, in one of three ways of printing its terms."""

    principal: float = Field(default=1.0, gt=0)
    rate: Rate
    discount_rate_annual: Rate
    maturity_years: float | None = Field(default=None, gt=0)
    payments_per_year: int = Field(default=1, ge=1, le=12)
    grace_years_to_first_repayment: float | None = Field(default=None, ge=0)
    first_principal_year: int | None = Field(default=None, ge=1)
    first_repayment: str = ""
    repayments: str = ""
    discount_per_period: str = ""


_REPAYMENT_RUN: Final = re.compile(r"(\d+) of ([\d.]+)")


def grant_element_answer(case: GrantElementCase) -> dict[str, Any]:
    """
    Return the grant element in per cent.

    Raises
    ------
    InvalidInputError
        If the terms are incomplete or contradict each other.
    """
    if case.repayments:
        return {"grant_element_pct": 100 * _irregular_grant_element(case)}
    if case.maturity_years is None:
        raise refuse_case("inputs.maturity_years", "is missing.", "Give it, or repayments.")
    per_year = case.payments_per_year
    first = case.grace_years_to_first_repayment
    if case.first_principal_year is not None:
        first = case.first_principal_year - 1 + 1 / per_year
    if first is None:
        first = 1 / per_year
    if first > case.maturity_years:
        raise refuse_case(
            "inputs.grace_years_to_first_repayment",
            f"the first repayment after {first:g} years comes after maturity in {case.maturity_years:g}.",
        )
    found = grant_element_equal_principal(
        case.rate,
        case.discount_rate_annual,
        maturity_years=case.maturity_years,
        first_repayment_years=first,
        payments_per_year=per_year,
    )
    return {"grant_element_pct": 100 * found}


def _irregular_grant_element(case: GrantElementCase) -> float:
    per_year = per_year_of(case.repayments, case.payments_per_year)
    months = 12 // per_year
    days = iso_days(case.first_repayment, "inputs.first_repayment")
    if len(days) != 2:
        raise refuse_case("inputs.first_repayment", "write '2003-07-01 on a loan of 2001-01-01'.")
    first, drawn = days
    before = 0
    while add_months(drawn, months * (before + 1)) < first:
        before += 1
    runs = _REPAYMENT_RUN.findall(case.repayments)
    parts = [float(part) for count, part in runs for _ in range(int(count))]
    if abs(sum(parts) - case.principal) > 1e-6 * case.principal:
        raise refuse_case(
            "inputs.repayments", f"sum to {sum(parts):g}, the principal is {case.principal:g}."
        )
    return grant_element([0.0] * before + parts, case.rate, case.discount_rate_annual, per_year)
