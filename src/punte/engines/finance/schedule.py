"""Question to ledger: every flow of every draw, in integer cents, with a reason for each rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from punte.engines.finance.curves import Index
from punte.engines.finance.day_counts import exact_years
from punte.engines.finance.instance import CostLine, Draw, LoanTerms, Portfolio
from punte.engines.finance.periods import (
    Period,
    payment_periods,
    principal_numbers,
    principal_parts,
)
from punte.engines.finance.rates import PeriodRate, period_rates
from punte.engines.finance.result import DrawLine, Flow, Ledger, YearLine
from punte.kernel.errors import PunteError
from punte.kernel.phrases import say


def schedule(portfolio: Portfolio) -> Ledger:
    """
    Return the ledger of a portfolio; nothing in it is random or estimated.

    Interest is accrued on the opening balance and rounded half-even to the cent, payment by payment; principal parts sum to the draw
    exactly; the horizon is that of the data (a draw of 2030 over 45 years ends in 2075).
    """
    indices = {index.id: index for index in portfolio.indices}
    flows = [flow for draw in portfolio.draws for flow in draw_flows(draw, indices)]
    return Ledger(
        flows=tuple(flows),
        years=years_of(flows),
        draws=tuple(_draw_line(draw, flows) for draw in portfolio.draws),
    )


def draw_flows(draw: Draw, indices: Mapping[str, Index]) -> list[Flow]:
    """Return the disbursement and the payments of one draw."""
    periods = payment_periods(draw.loan, draw.day)
    rates = period_rates(draw.loan.rate, draw.day, periods, indices)
    upfront = sum(
        round_cents(draw.amount_cents, cost.rate)
        for cost in draw.loan.costs
        if cost.kind == "on_draw"
    )
    first = Flow(
        draw=draw.id,
        number=0,
        accrual_start=draw.day,
        accrual_end=draw.day,
        pay_day=draw.day,
        balance_cents=0,
        years=0.0,
        rate=rates[0].rate,
        rate_reason=say("disbursement"),
        fee_cents=upfront,
        draw_cents=draw.amount_cents,
        closing_cents=draw.amount_cents,
    )
    return [first, *_payments(draw, periods, rates)]


@dataclass(slots=True)
class _Running:
    """What changes from payment to payment of one draw [cents]."""

    balance: int
    deferred: int = 0
    level: int = 0


def _payments(draw: Draw, periods: Sequence[Period], rates: Sequence[PeriodRate]) -> list[Flow]:
    loan = draw.loan
    plan = principal_parts(loan, draw.amount_cents, len(periods))
    running = _Running(draw.amount_cents)
    flows = []
    for period, rate in zip(periods, rates, strict=True):
        opening = running.balance
        interest = round_cents(opening, rate.rate, period.years)
        principal = _principal(loan, periods, rates, period, running, plan, interest)
        paid, capitalised, principal = _settle(
            loan, running, interest, principal, is_last=period is periods[-1]
        )
        running.balance = opening + capitalised - principal
        flows.append(
            Flow(
                draw=draw.id,
                number=period.number,
                accrual_start=period.start,
                accrual_end=period.end,
                pay_day=period.pay_day,
                balance_cents=opening,
                years=period.years,
                rate=rate.rate,
                rate_reason=rate.why,
                interest_cents=interest,
                interest_paid_cents=paid,
                capitalised_cents=capitalised,
                fee_cents=sum(fee_cents(cost, opening, period, rate) for cost in loan.costs),
                principal_cents=principal,
                closing_cents=running.balance,
            )
        )
    return flows


def _settle(
    loan: LoanTerms, running: _Running, interest: int, principal: int, *, is_last: bool
) -> tuple[int, int, int]:
    """Return interest paid, interest capitalised and principal of a payment [cents]."""
    if loan.interest == "periodic":
        return interest, 0, principal
    if loan.interest == "compounded":
        return 0, interest, running.balance + interest if is_last else 0
    running.deferred += interest
    return (running.deferred if is_last else 0), 0, principal


def _principal(
    loan: LoanTerms,
    periods: Sequence[Period],
    rates: Sequence[PeriodRate],
    period: Period,
    running: _Running,
    plan: tuple[int, ...],
    interest: int,
) -> int:
    if loan.profile != "annuity":
        return plan[period.number - 1]
    numbers = principal_numbers(loan, len(periods))
    if period.number not in numbers:
        return 0
    if period.number == numbers[-1]:
        return running.balance
    idx = period.number - 1
    if period.number == numbers[0] or rates[idx].rate != rates[idx - 1].rate:
        factor = annuity_factor(rates[idx].rate, [later.years for later in periods[idx:]])
        running.level = int(Decimal(running.balance / factor).to_integral_value(ROUND_HALF_EVEN))
    return min(max(running.level - interest, 0), running.balance)


def annuity_factor(rate: float, years: Sequence[float]) -> float:
    """
    Return the worth of 1 paid at the end of each period, at simple interest within a period.

    Parameters
    ----------
    rate
        Yearly [fraction].
    years
        Length of each period [years].

    Raises
    ------
    PunteError
        If the rate takes all of a period's worth away.
    """
    if any(1.0 + rate * length <= 0 for length in years):
        raise PunteError(
            f"At {rate:.2%} a year nothing is left to discount: check the rates and their spread."
        )
    worth = total = 1.0
    total = 0.0
    for length in years:
        worth /= 1.0 + rate * length
        total += worth
    return total


def round_cents(amount_cents: int, rate: float, years: float | None = None) -> int:
    """Return ``amount_cents`` times a rate or share, for a part of a year where one is given, rounded half-even to the cent."""
    product = amount_cents * Fraction(repr(rate))
    return round(product if years is None else product * exact_years(years))


def fee_cents(cost: CostLine, balance_cents: int, period: Period, rate: PeriodRate) -> int:
    """Return what one cost line takes with a payment [cents]."""
    if cost.kind == "on_balance":
        return round_cents(balance_cents, cost.rate, period.years)
    if cost.kind == "on_payment":
        return cost.amount_cents
    if cost.kind == "on_reset" and rate.is_reset and period.number > 1:
        return round_cents(balance_cents, cost.rate)
    return 0


def years_of(flows: Sequence[Flow]) -> tuple[YearLine, ...]:
    """Return every calendar year from the first flow to the last, by day of payment."""
    first = min(flow.pay_day.year for flow in flows)
    last = max(flow.pay_day.year for flow in flows)
    drawn, interest, fee, principal, capitalised = ([0] * (last - first + 1) for _ in range(5))
    for flow in flows:
        idx = flow.pay_day.year - first
        drawn[idx] += flow.draw_cents
        interest[idx] += flow.interest_paid_cents
        fee[idx] += flow.fee_cents
        principal[idx] += flow.principal_cents
        capitalised[idx] += flow.capitalised_cents
    owed = 0
    lines = []
    for idx in range(last - first + 1):
        owed += drawn[idx] + capitalised[idx] - principal[idx]
        lines.append(
            YearLine(
                year=first + idx,
                drawn_cents=drawn[idx],
                interest_cents=interest[idx],
                fee_cents=fee[idx],
                principal_cents=principal[idx],
                owed_cents=owed,
            )
        )
    return tuple(lines)


def _draw_line(draw: Draw, flows: Sequence[Flow]) -> DrawLine:
    own = [flow for flow in flows if flow.draw == draw.id]
    paying = [flow for flow in own if flow.principal_cents > 0]
    repaid = sum(flow.principal_cents for flow in paying)
    weighed = sum(flow.principal_cents * _life(draw.day, flow.accrual_end) for flow in paying)
    return DrawLine(
        draw=draw.id,
        day=draw.day,
        amount_cents=draw.amount_cents,
        first_principal=paying[0].pay_day,
        last_payment=own[-1].pay_day,
        interest_cents=sum(flow.interest_cents for flow in own),
        fee_cents=sum(flow.fee_cents for flow in own),
        average_life_years=weighed / repaid,
    )


def _life(start: date, end: date) -> float:
    """Return whole years and the rest over 365 days [years], so that an anniversary counts as a whole number."""
    years = end.year - start.year - ((end.month, end.day) < (start.month, start.day))
    anniversary = date(
        start.year + years,
        start.month,
        min(start.day, 28) if (start.month, start.day) == (2, 29) else start.day,
    )
    return years + max((end - anniversary) / timedelta(days=365), 0.0)
