"""The answers: flows with their reasons, years, values, fans, lapses and plans."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """
    One line of the ledger of a draw.

    Parameters
    ----------
    number
        0 for the disbursement, then the payments from 1.
    accrual_start, accrual_end, pay_day
        Accrual end and payment are two things: an invoice may fall due weeks later.
    balance_cents
        Owed during the accrual [cents], >= 0.
    rate, rate_reason
        Yearly rate [fraction] and why it is that one.
    interest_cents
        Accrued in the period [cents].
    interest_paid_cents
        Paid with this payment [cents]; differs from the accrued where interest waits for maturity.
    capitalised_cents
        Interest added to the balance [cents].
    fee_cents
        Cost lines of this payment [cents].
    closing_cents
        Owed after the payment [cents], >= 0.
    """

    draw: str
    number: int
    accrual_start: date
    accrual_end: date
    pay_day: date
    balance_cents: int
    years: float
    rate: float
    rate_reason: str
    interest_cents: int = 0
    interest_paid_cents: int = 0
    capitalised_cents: int = 0
    fee_cents: int = 0
    principal_cents: int = 0
    draw_cents: int = 0
    closing_cents: int = 0

    @property
    def service_cents(self) -> int:
        """What leaves the treasury with this line [cents]: interest, fees and principal."""
        return self.interest_paid_cents + self.fee_cents + self.principal_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLine:
    """Debt service of a calendar year, by day of payment [cents]; ``owed_cents`` is the balance on 31 December."""

    year: int
    drawn_cents: int
    interest_cents: int
    fee_cents: int
    principal_cents: int
    owed_cents: int

    @property
    def service_cents(self) -> int:
        """Interest, fees and principal [cents]."""
        return self.interest_cents + self.fee_cents + self.principal_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawLine:
    """One draw at a glance: its dates and totals [cents]; ``average_life_years`` weighs principal by its day [years]."""

    draw: str
    day: date
    amount_cents: int
    first_principal: date
    last_payment: date
    interest_cents: int
    fee_cents: int
    average_life_years: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """
    All flows of a portfolio in integer cents, by draw and then by number.

    Parameters
    ----------
    years
        Every calendar year from the first flow to the last, also empty ones.
    """

    flows: tuple[Flow, ...]
    years: tuple[YearLine, ...]
    draws: tuple[DrawLine, ...]

    @property
    def drawn_cents(self) -> int:
        """Sum of all draws [cents]."""
        return sum(flow.draw_cents for flow in self.flows)

    @property
    def service_cents(self) -> int:
        """Sum of all payments [cents]."""
        return sum(flow.service_cents for flow in self.flows)

    @property
    def interest_cents(self) -> int:
        """Sum of all interest [cents]."""
        return sum(flow.interest_cents for flow in self.flows)

    @property
    def fee_cents(self) -> int:
        """Sum of all cost lines [cents]."""
        return sum(flow.fee_cents for flow in self.flows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """
    What a ledger is worth on one curve.

    Parameters
    ----------
    pv_draws, pv_service
        Present values [major units].
    grant_element
        ``(pv_draws - pv_service) / pv_draws`` [fraction]; below 0 for a loan dearer than the curve.
    """

    curve: str
    pv_draws: float
    pv_service: float
    grant_element: float

    @property
    def npv(self) -> float:
        """What the borrower gains against the curve [major units]."""
        return self.pv_draws - self.pv_service


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """
    How much of the envelope is used [cents]; ``None`` where the envelope is unknown.

    Parameters
    ----------
    over_prefinancing_cents
        How much the first draws marked as pre-financing exceed its share; 0 when they keep it.
    """

    envelope_cents: int | None
    drawn_cents: int
    left_cents: int | None
    days_to_end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """
    Ledger in cents against the same run in floating point.

    Parameters
    ----------
    difference, allowed
        Largest absolute difference of a yearly or total service, and half a cent for each rounding [major units].
    """

    float_total: float
    ledger_total: float
    difference: float
    allowed: float
    roundings: int

    @property
    def holds(self) -> bool:
        """Whether rounding alone explains the difference."""
        return self.difference <= self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """All single numbers of a ledger; ``irr`` is ``None`` where no rate solves it."""

    values: tuple[Value, ...]
    irr: float | None
    headroom: Headroom
    reconciliation: Reconciliation
