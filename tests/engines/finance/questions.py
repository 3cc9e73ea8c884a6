"""Questions that several finance tests ask: a SAFE-like portfolio, and any loan that makes sense."""

from datetime import date, timedelta

from hypothesis import strategies as st

from punte.engines.finance.calendars import Calendar
from punte.engines.finance.curves import Index
from punte.engines.finance.day_counts import DAY_COUNTS
from punte.engines.finance.instance import (
    CostLine,
    Draw,
    Instrument,
    LoanTerms,
    Portfolio,
    RateSpec,
)

SAFE_DAYS = tuple(date(2026 + half // 2, 5 + 6 * (half % 2), 15) for half in range(10))
SAFE_LIKE = LoanTerms(
    maturity_years=45,
    first_principal_payment=11,
    principal_payments=35,
    grace_years=10,
    rate=RateSpec(rate=0.032),
)
"""A model of the terms, not the loan agreement: 35 equal parts in years 11 to 45."""


def safe_like(loan: LoanTerms = SAFE_LIKE, **changes: object) -> Portfolio:
    """Return ten draws on 16.68 bn, 15 % of it first; amounts in whole cents."""
    amounts = [250_200_000_000, *[157_533_333_333] * 9]
    draws = tuple(
        Draw(id=f"D{number}", day=day, amount_cents=cents, loan=loan)
        for number, (day, cents) in enumerate(zip(SAFE_DAYS, amounts, strict=True))
    )
    instrument = Instrument(
        id="SAFE", envelope_cents=1_668_000_000_000, availability_end=date(2030, 12, 31)
    )
    fields: dict[str, object] = {"instrument": instrument, "draws": draws, **changes}
    return Portfolio(**fields)  # type: ignore[arg-type] # a test hands in what it changes


INDEX = Index(
    id="eu",
    points=tuple((date(2025 + year, 1, 1), 0.02 + 0.003 * (year % 7)) for year in range(60)),
)


RATES = (
    RateSpec(rate=0.0),
    RateSpec(rate=0.0317),
    RateSpec(kind="steps", steps=((0, 0.01), (5, 0.04))),
    RateSpec(kind="reset", index="eu", every_years=5, spread=0.001),
    RateSpec(kind="floating", index="eu", spread=-0.001, lag_days=2, cap=0.03),
)
COSTS: tuple[tuple[CostLine, ...], ...] = (
    (),
    (
        CostLine(name="liquidity", kind="on_balance", rate=0.0004),
        CostLine(name="set-up", kind="on_draw", rate=0.0002),
        CostLine(name="invoice", kind="on_payment", amount_cents=12_345),
        CostLine(name="issue", kind="on_reset", rate=0.001),
    ),
)


@st.composite
def loans(draw: st.DrawFn) -> LoanTerms:
    """Return terms of any profile, day count and rate that the checker of questions lets through."""
    per_year = draw(st.sampled_from([1, 2, 4]))
    years = draw(st.integers(1, 30))
    profile = draw(st.sampled_from(["equal", "annuity", "bullet", "custom"]))
    first = draw(st.integers(1, years * per_year))
    count = years * per_year - first + 1
    weights = draw(st.lists(st.integers(0, 100), min_size=count, max_size=count))
    weights[-1] += 1
    interest = st.sampled_from(["periodic", "at_maturity", "compounded"])
    return LoanTerms(
        maturity_years=years,
        payments_per_year=per_year,
        first_principal_payment=first,
        principal_payments=count,
        profile=profile,
        interest=draw(interest) if profile == "bullet" else "periodic",
        shares=tuple(weight / sum(weights) for weight in weights) if profile == "custom" else (),
        day_count=draw(st.sampled_from(DAY_COUNTS)),
        calendar=Calendar(name=draw(st.sampled_from(["none", "weekends", "target"]))),
        roll=draw(st.sampled_from(["none", "following", "modified following"])),
        payment_lag_business_days=draw(st.sampled_from([0, 0, 25])),
        rate=draw(st.sampled_from(RATES)),
        costs=draw(st.sampled_from(COSTS)),
    )


@st.composite
def portfolios(draw: st.DrawFn) -> Portfolio:
    """Return up to three draws, each with its own terms."""
    draws = tuple(
        Draw(
            id=f"D{number}",
            day=date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 1500))),
            amount_cents=draw(st.integers(1, 10**12)),
            loan=draw(loans()),
        )
        for number in range(draw(st.integers(1, 3)))
    )
    return Portfolio(instrument=Instrument(id="any"), draws=draws, indices=(INDEX,))
