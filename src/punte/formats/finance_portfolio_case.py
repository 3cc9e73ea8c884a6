"""A portfolio case: draws under one set of terms, as a table of a publication prints it."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from punte.engines.finance.checked import checked
from punte.engines.finance.curves import Curve
from punte.engines.finance.instance import Draw, Instrument, LoanTerms, Portfolio, RateSpec
from punte.engines.finance.schedule import schedule
from punte.engines.finance.value import UNIFIED_DISCOUNT_RATE, internal_rate, value
from punte.formats.finance_fields import Day, Many, Rate, Share, parse_day_count
from punte.formats.reading import Record
from punte.kernel.errors import InvalidInputError, Problem


class PerDrawCase(Record):
    """Terms of each draw; ``interest`` holds frequency and day count, as in ``annual, 30/360``."""

    interest: str = "annual, 30/360"
    rate: Rate
    first_principal_year: int = Field(ge=1)
    principal_payments: int = Field(ge=1)
    maturity_years: int = Field(ge=1, le=100)


class PortfolioCase(Record):
    """Draws on an envelope, discounted at one rate."""

    envelope_eur: float | None = Field(default=None, ge=0)
    prefinancing_share: Share | None = None
    availability_end: Day | None = None
    draws: Many[Annotated[tuple[Day, float], Field(strict=False)]] = Field(min_length=1)
    per_draw: PerDrawCase
    discount_rate_annual: Rate = UNIFIED_DISCOUNT_RATE
    valuation: Day | None = None


_PER_YEAR = {"annual": 1, "semi-annual": 2, "six-monthly": 2, "quarterly": 4, "monthly": 12}


def portfolio_of_case(case: PortfolioCase) -> Portfolio:
    """
    Return the portfolio of a case; amounts finer than a cent are rounded, because a ledger holds cents.

    Raises
    ------
    InvalidInputError
        If the terms make no sense.
    """
    words = [word.strip() for word in case.per_draw.interest.split(",")]
    if words[0] not in _PER_YEAR or len(words) != 2:
        what = f"{case.per_draw.interest!r} is not known; write 'annual, 30/360'."
        raise InvalidInputError("The case", [Problem(place="inputs.per_draw.interest", what=what)])
    try:
        day_count = parse_day_count(words[1])
    except ValueError as error:
        problem = Problem(place="inputs.per_draw.interest", what=f"{error}.")
        raise InvalidInputError("The case", [problem]) from None
    per_year = _PER_YEAR[words[0]]
    loan = LoanTerms(
        maturity_years=case.per_draw.maturity_years,
        payments_per_year=per_year,
        first_principal_payment=(case.per_draw.first_principal_year - 1) * per_year + 1,
        principal_payments=case.per_draw.principal_payments,
        day_count=day_count,
        rate=RateSpec(rate=case.per_draw.rate),
    )
    portfolio = Portfolio(
        as_of=case.valuation,
        instrument=Instrument(
            id="case",
            # A case prints its draws in fractions of a cent; each may be rounded up by half of one.
            envelope_cents=None
            if case.envelope_eur is None
            else round(case.envelope_eur * 100) + len(case.draws),
            availability_end=case.availability_end,
        ),
        draws=tuple(
            Draw(id=f"draw {number}", day=day, amount_cents=round(amount * 100), loan=loan)
            for number, (day, amount) in enumerate(case.draws, 1)
        ),
    )
    return checked(portfolio, source="The case")


def portfolio_answer(case: PortfolioCase) -> dict[str, Any]:
    """Return totals, present values and the grant element of a case."""
    portfolio = portfolio_of_case(case)
    ledger = schedule(portfolio)
    worth = value(ledger.flows, Curve.flat(case.discount_rate_annual), portfolio.valuation_day)
    per_cent = f"{100 * case.discount_rate_annual:g}".replace(".", "_")
    day: date = portfolio.valuation_day
    return {
        "n_flows": sum(
            (flow.interest_cents > 0) + (flow.principal_cents > 0) for flow in ledger.flows
        ),
        "total_debt_service_eur": ledger.service_cents / 100,
        f"pv_service_eur_at_{per_cent}pct_from_{day:%Y_%m_%d}": worth.pv_service,
        f"pv_draws_eur_at_{per_cent}pct": worth.pv_draws,
        "grant_element_pct": 100 * worth.grant_element,
        "irr_pct": None if (rate := internal_rate(ledger.flows)) is None else 100 * rate,
    }
