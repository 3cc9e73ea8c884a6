"""The question: an instrument with its sourced terms, the draws on it, and the loan that each draw becomes."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from punte.engines.finance.calendars import Calendar, Roll
from punte.engines.finance.curves import Curve, Index
from punte.engines.finance.day_counts import DayCount
from punte.engines.finance.scenarios import Correlation, RateModel, Scenario

Profile = Literal["equal", "annuity", "bullet", "custom"]
"""How principal comes back: equal parts, level payments, all at maturity, or by stated shares."""

PROFILES: Final[tuple[Profile, ...]] = ("equal", "annuity", "bullet", "custom")

InterestPaid = Literal["periodic", "at_maturity", "compounded"]
"""
When interest is paid: with each payment; at maturity without interest on interest; at maturity with it. The last two are the lump-sum
profiles "principal and interest" and "principal and compounded interest" of the concessionality calculators of IMF and World Bank.
"""

INTEREST_PAID: Final[tuple[InterestPaid, ...]] = ("periodic", "at_maturity", "compounded")

RateKind = Literal["fixed", "steps", "reset", "floating"]
"""One rate for good; rates by year since the draw; an index looked up every so many years; an index looked up each period."""

CostKind = Literal["on_balance", "on_draw", "on_payment", "on_reset"]
"""A cost line: yearly rate on the balance; share of the draw, once; amount with each payment; share of the balance at each re-set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """
    One thing that a source says about an instrument, with its dates. Two that disagree both stay.

    Parameters
    ----------
    field
        What it is about, such as ``maturity_years``.
    verified
        Whether a person read it in the operative text; a figure of the press stays ``False`` here or carries its doubt in ``note``.
    chosen
        Whether it is the one used, where several stand for one field; ``reason`` then says why.
    """

    field: str
    value: str | int | float | bool | None
    article: str = ""
    source: tuple[str, ...] = ()
    verified: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    chosen: bool = False
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """
    Where money comes from.

    Parameters
    ----------
    envelope_cents
        Most that can be drawn [cents], >= 0; ``None`` where unknown.
    availability_end
        Last day on which a draw can be paid; what is not drawn then lapses.
    prefinancing_share
        Part of the envelope paid ahead of milestones [fraction], 0..1.
    max_maturity_years, max_grace_years
        Limits that the terms of each draw must keep [years].
    """

    id: str
    name: str = ""
    lender: str = ""
    borrower: str = ""
    envelope_cents: int | None = None
    availability_end: date | None = None
    prefinancing_share: float | None = None
    max_maturity_years: int | None = None
    max_grace_years: int | None = None
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSpec:
    """
    How the rate of each period is found.

    Parameters
    ----------
    rate
        Yearly rate [fraction], for ``fixed``.
    steps
        ``(year since the draw from 0, yearly rate)`` in rising order, the first at year 0, for ``steps``.
    index
        Name of an index of the portfolio, for ``reset`` and ``floating``.
    every_years
        Years between two look-ups, >= 1, for ``reset``.
    spread
        Added to the index [fraction].
    lag_days
        Days before the period at which the index is read, >= 0.
    floor, cap
        Bounds of the rate after the spread [fraction].
    """

    kind: RateKind = "fixed"
    rate: float = 0.0
    steps: tuple[tuple[int, float], ...] = ()
    index: str = ""
    every_years: int = 1
    spread: float = 0.0
    lag_days: int = 0
    floor: float | None = None
    cap: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """
    A cost beside interest.

    Parameters
    ----------
    rate
        Yearly for ``on_balance`` [fraction of the balance]; a share for ``on_draw`` and ``on_reset`` [fraction].
    amount_cents
        For ``on_payment`` [cents].
    """

    name: str
    kind: CostKind
    rate: float = 0.0
    amount_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanTerms:
    """
    What a draw becomes. "Grace" is a word of a source: what counts is the number of the first principal payment.

    Parameters
    ----------
    maturity_years
        Years from the draw to the last payment, >= 1; or ``maturity``, the day itself. One of the two.
    payments_per_year
        1, 2, 4 or 12.
    first_payment
        Day of the first interest payment, when it is not one regular period after the draw (a short or long first coupon).
    first_principal_payment
        Number of the payment with the first principal, from 1.
    principal_payments
        How many payments carry principal, >= 1; never derived from the grace.
    grace_years
        What the source calls grace; only checked, never used to compute.
    shares
        Parts of the draw [fractions], as many as ``principal_payments``, for ``custom``.
    payment_lag_business_days
        Business days from the end of the accrual to the payment, >= 0.
    """

    maturity_years: int | None = None
    maturity: date | None = None
    payments_per_year: int = 1
    first_payment: date | None = None
    first_principal_payment: int = 1
    principal_payments: int = 1
    grace_years: float | None = None
    profile: Profile = "equal"
    interest: InterestPaid = "periodic"
    shares: tuple[float, ...] = ()
    day_count: DayCount = "30/360"
    calendar: Calendar = field(default_factory=Calendar)
    roll: Roll = "none"
    payment_lag_business_days: int = 0
    rate: RateSpec = field(default_factory=RateSpec)
    costs: tuple[CostLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """
    A disbursement: each is its own loan, as in SURE and in the Recovery and Resilience Facility.

    Parameters
    ----------
    day
        Planned day of payment.
    amount_cents
        [cents], > 0.
    milestone
        Id of the milestone that it waits for; ``None`` when it waits for nothing.
    project
        What it pays for; for people and for tables.
    """

    id: str
    day: date
    amount_cents: int
    loan: LoanTerms
    milestone: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """
    Another way to have the same money on the same days.

    Parameters
    ----------
    loan
        Terms under which each draw would be raised; a bond rolled over is a bullet loan whose coupon is set again.
    verified
        Whether a person read the terms in ``source``.
    """

    id: str
    name: str
    loan: LoanTerms
    source: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """
    When a condition will be met, as a distribution handed in.

    Parameters
    ----------
    dates
        Possible days; ``None`` stands for "not in the horizon".
    weights
        Probability of each [fraction], summing to 1.
    joint
        Whether entry ``i`` of each joint milestone belongs to the same simulated world, so that they can be read together.
    """

    id: str
    dates: tuple[date | None, ...]
    weights: tuple[float, ...]
    joint: bool = False
    name: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """
    The whole question. Built by :func:`punte.engines.finance.checked.checked`, which refuses nonsense; the engine relies on that.

    Parameters
    ----------
    as_of
        Day to which present values refer; the day of the first draw when ``None``.
    national
        Zero curve of the borrower's own bonds, for savings; ``None`` when there is none.
    request_lag_days
        Days from a milestone to the draw that waits for it, >= 0.
    """

    name: str = ""
    currency: str = "EUR"
    as_of: date | None = None
    instrument: Instrument
    draws: tuple[Draw, ...]
    indices: tuple[Index, ...] = ()
    national: Curve | None = None
    alternatives: tuple[Alternative, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    request_lag_days: int = 0
    scenarios: tuple[Scenario, ...] = ()
    models: tuple[RateModel, ...] = ()
    correlations: tuple[Correlation, ...] = ()

    @property
    def valuation_day(self) -> date:
        """Day to which present values refer."""
        return self.as_of or min(draw.day for draw in self.draws)
