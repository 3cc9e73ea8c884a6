"""Reference cases by kind: the fields that publications print in, the same fields out."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import Field

from punte.engines.finance.calendars import Calendar
from punte.engines.finance.closed_forms import (
    CONVENTIONS,
    Bond,
    bond_yield,
    early_repayment_discount,
)
from punte.engines.finance.day_counts import add_months, year_fraction
from punte.engines.finance.instance import Draw, LoanTerms
from punte.engines.finance.schedule import draw_flows
from punte.engines.finance.table import level_payment
from punte.formats.finance_case_words import iso_days, per_year_of, refuse_case
from punte.formats.finance_concession_cases import (
    GrantElementCase,
    SubsidyCase,
    grant_element_answer,
    subsidy_answer,
)
from punte.formats.finance_fields import CalendarWord, Day, DayCountName, Many, Rate, Share
from punte.formats.finance_portfolio_case import PortfolioCase, portfolio_answer
from punte.formats.finance_tables import Number, TableFile, table_answer
from punte.formats.reading import Record, validate
from punte.kernel.errors import InvalidInputError, Problem


class BondCase(Record):
    """A bond at issue with its costs."""

    nominal_eur: float = Field(gt=0)
    settlement: Day
    maturity: Day
    coupon_annual: Rate
    coupon_dates: str
    issue_price_pct: float = Field(gt=0)
    bank_fee_eur: float = Field(default=0, ge=0)
    eu_cost_eur: float = Field(default=0, ge=0)
    day_count: DayCountName = "act/act icma"


def _bond_answer(case: BondCase) -> dict[str, Any]:
    if case.maturity <= case.settlement:
        raise refuse_case("inputs.maturity", f"{case.maturity} is not after {case.settlement}.")
    per_year = per_year_of(case.coupon_dates)
    days = iso_days(case.coupon_dates, "inputs.coupon_dates")
    first = days[0] if days else case.maturity
    while not days and add_months(first, -12 // per_year) > case.settlement:
        first = add_months(first, -12 // per_year)
    bond = Bond(
        settlement=case.settlement,
        maturity=case.maturity,
        coupon=case.coupon_annual,
        first_coupon=first,
        payments_per_year=per_year,
    )
    gross = case.nominal_eur * case.issue_price_pct / 100
    net = gross - case.bank_fee_eur - case.eu_cost_eur
    return {
        "gross_proceeds_eur": gross,
        "after_bank_fee_eur": gross - case.bank_fee_eur,
        "net_proceeds_eur": net,
        "short_first_coupon_pct": 100 * case.coupon_annual * bond.accruals()[0][1],
        "short_days": (first - case.settlement).days,
        "yield_at_issue_pct": 100 * bond_yield(bond, gross / case.nominal_eur),
        "all_in_yield_pct": 100 * bond_yield(bond, net / case.nominal_eur),
    }


class LoanTermsCase(Record):
    """Terms of a loan as a decree or an article prints them."""

    principal_eur: float | None = Field(default=None, gt=0)
    disbursement: Day | None = None
    maturity: Day | None = None
    grace_years: int | None = Field(default=None, ge=0)
    first_principal_year: int | None = Field(default=None, ge=1)
    n_principal_payments: int | None = Field(default=None, ge=1)
    interest: str = ""
    principal: str = ""
    payment_lag_business_days: int = Field(default=0, ge=0)
    payment_calendar: CalendarWord = "none"
    prefinancing_cleared_eur: float | None = Field(default=None, ge=0)
    instalments: int | None = Field(default=None, ge=1)
    prefinancing_share: Share | None = None
    loan_eur_bn: float | None = Field(default=None, gt=0)
    maturity_years_per_disbursement: int | None = Field(default=None, ge=1)
    repayment: str = ""


def _loan_terms_answer(case: LoanTermsCase) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    if case.prefinancing_share is not None and case.loan_eur_bn is not None:
        answer["prefinancing_eur_bn"] = case.prefinancing_share * case.loan_eur_bn
    if case.disbursement is None or case.maturity is None or case.principal_eur is None:
        return answer
    years = case.maturity.year - case.disbursement.year
    first = case.first_principal_year
    if first is None:
        # A decree that states only "grace" is read as its precedent pays: first principal in the year after the grace.
        first = (case.grace_years or 0) + 1
    count = case.n_principal_payments or years - first + 1
    if count < 1 or first > years:
        raise refuse_case(
            "inputs.grace_years",
            f"the first principal in year {first} comes after maturity in year {years}.",
            "Shorten the grace or lengthen the loan.",
        )
    loan = LoanTerms(
        maturity=case.maturity,
        first_principal_payment=first,
        principal_payments=count,
        calendar=Calendar(name=case.payment_calendar),
        payment_lag_business_days=case.payment_lag_business_days,
    )
    cents = round(case.principal_eur * 100)
    flows = draw_flows(Draw(id="", day=case.disbursement, amount_cents=cents, loan=loan), {})[1:]
    paying = [flow for flow in flows if flow.principal_cents]
    weighed = sum(flow.number * flow.principal_cents for flow in paying)
    return {
        **answer,
        "first_interest_due": flows[0].pay_day.isoformat(),
        "first_principal_due": paying[0].pay_day.isoformat(),
        "n_principal_payments": len(paying),
        "instalment_eur": paying[0].principal_cents / 100,
        "first_principal_year": paying[0].number,
        "stated_average_maturity_years": weighed / cents,
    }


class EarlyRepaymentCase(Record):
    """A half-yearly bullet loan repaid before its time."""

    principal: float = Field(gt=0)
    type: str = "maturity (bullet)"
    repaid_on: Day | None = None
    final_payment: Day | None = None
    half_years: int = Field(ge=1)
    loan_rate_pct: float = Field(ge=0, lt=100)
    discount_rate_pct: float = Field(ge=0, lt=100)
    days_since_interest: int = Field(ge=0, le=184)
    day_base: float = 182.5


def _early_repayment_answer(case: EarlyRepaymentCase) -> dict[str, Any]:
    if "bullet" not in case.type:
        raise refuse_case(
            "inputs.type", f"{case.type!r} is not known; only bullet loans are discounted."
        )
    coupon, discount = case.loan_rate_pct / 200, case.discount_rate_pct / 200
    last = (1 + discount) ** -case.half_years
    found = early_repayment_discount(
        case.principal,
        half_years=case.half_years,
        loan_rate=2 * coupon,
        discount_rate=2 * discount,
        days=case.days_since_interest,
    )
    annuity = (1 - last) / discount if discount else float(case.half_years)
    return {
        "annuity_part_times_il": coupon * annuity,
        "v6": last,
        f"v{case.half_years}": last,
        "discount_factor": -found / case.principal,
        "discount_gbp": found,
    }


class AnnuityCase(Record):
    """Level payments for several rates."""

    pv: Number
    nper: int = Field(ge=1, le=12000)
    periods_per_year: int = Field(ge=1, le=365)
    rates: Many[Number] = Field(min_length=1)


def _annuity_answer(case: AnnuityCase) -> dict[str, Any]:
    return {
        "payment": [
            float(level_payment(case.pv, rate / case.periods_per_year, case.nper))
            for rate in case.rates
        ]
    }


class DrawdownCase(Record):
    """Balances by period: a rise is a draw, a fall is repayment."""

    nominals: Many[float] = Field(min_length=2)
    coupon: Rate
    day_count: DayCountName = "act/360"


def _drawdown_answer(case: DrawdownCase) -> dict[str, Any]:
    pairs = zip(case.nominals, case.nominals[1:], strict=False)
    flows = [before - after for before, after in pairs if before != after]
    draws = [flow for flow in flows if flow < 0]
    falls = [flow for flow in flows if flow > 0]
    names = ("first", "second", "third", "fourth", "fifth")
    answer = {f"{name}_drawdown_flow": flow for name, flow in zip(names, draws, strict=False)}
    answer |= {f"{name}_amortisation": flow for name, flow in zip(names, falls, strict=False)}
    return {**answer, "flows": flows}


def day_count_answer(rows: list[list[Any]]) -> list[list[Any]]:
    """
    Return the rows of a day-count case with their fractions recomputed.

    Each row: variant of act/act (or a full name), start, end, value, and a reference period ``ref A..B`` where one is needed.

    Raises
    ------
    InvalidInputError
        If a convention is not known or a date does not exist.
    """
    found = []
    for idx, row in enumerate(rows):
        at = f"expected[{idx}]"
        name = str(row[0]).lower()
        name = name if "/" in name else f"act/act {name}"
        record = {"convention": name, "start": row[1], "end": row[2]}
        case = validate(record, DayCountCase, source=at)
        reference = iso_days(str(row[4]), at) if len(row) > 4 else [case.start, case.end]
        # Without a stated frequency it is what the reference period says, as ISDA's examples are read.
        months = max(round(12 * (reference[1] - reference[0]).days / 365), 1)
        fraction = year_fraction(
            case.convention,
            case.start,
            case.end,
            reference=(reference[0], reference[1]),
            payments_per_year=max(12 // months, 1),
        )
        found.append([row[0], row[1], row[2], fraction, *row[4:]])
    return found


class DayCountCase(Record):
    """One accrual to be measured."""

    convention: DayCountName
    start: Day
    end: Day


_SCHEMAS: Final[Mapping[str, tuple[type[Record], Callable[[Any], dict[str, Any]]]]] = {
    "bond_pricing": (BondCase, _bond_answer),
    "loan_schedule_terms": (LoanTermsCase, _loan_terms_answer),
    "grant_equivalent": (SubsidyCase, subsidy_answer),
    "grant_element": (GrantElementCase, grant_element_answer),
    "early_repayment": (EarlyRepaymentCase, _early_repayment_answer),
    "annuity_payment": (AnnuityCase, _annuity_answer),
    "drawdown": (DrawdownCase, _drawdown_answer),
    "portfolio": (PortfolioCase, portfolio_answer),
    "amortisation_table": (TableFile, table_answer),
}
KINDS: Final = (*_SCHEMAS, "convention", "day_count")


def answer_case(kind: str, inputs: dict[str, Any], *, source: str) -> dict[str, Any]:
    """
    Return what the engine computes for the inputs of a case, under the names that publications use.

    Raises
    ------
    InvalidInputError
        If the kind is not known, or the inputs make no sense.
    """
    if kind == "convention":
        return dict(CONVENTIONS)
    if kind not in _SCHEMAS:
        raise InvalidInputError(
            source,
            [
                Problem(
                    place="kind",
                    what=f"{kind!r} is not known.",
                    remedy=f"One of {', '.join(KINDS)}.",
                )
            ],
        )
    schema, answer = _SCHEMAS[kind]
    return answer(validate(inputs, schema, source=f"{source}, inputs"))
