"""The same question in floating point: the run that simulation uses, and that the ledger is reconciled with."""

from collections.abc import Mapping, Sequence

from punte.engines.finance.curves import Index
from punte.engines.finance.instance import CostLine, Draw, Portfolio
from punte.engines.finance.periods import (
    Period,
    payment_periods,
    principal_numbers,
    principal_parts,
)
from punte.engines.finance.rates import PeriodRate, period_rates
from punte.engines.finance.result import Ledger, Reconciliation
from punte.engines.finance.schedule import annuity_factor


def service_by_year(portfolio: Portfolio) -> tuple[dict[int, float], int]:
    """
    Return debt service by calendar year [major units], unrounded, and how many roundings the ledger makes instead.

    Each draw is computed from its terms again; nothing is taken from a ledger.
    """
    indices = {index.id: index for index in portfolio.indices}
    years: dict[int, float] = {}
    roundings = 0
    for draw in portfolio.draws:
        for day_year, amount in _draw_service(draw, indices):
            years[day_year] = years.get(day_year, 0.0) + amount
            roundings += 2 + len(draw.loan.costs)
    return years, roundings


def _draw_service(draw: Draw, indices: Mapping[str, Index]) -> list[tuple[int, float]]:
    loan = draw.loan
    periods = payment_periods(loan, draw.day)
    rates = period_rates(loan.rate, draw.day, periods, indices)
    balance = draw.amount_cents / 100
    upfront = sum(balance * cost.rate for cost in loan.costs if cost.kind == "on_draw")
    service = [(draw.day.year, upfront)]
    plan = _plan(draw, periods, rates)
    deferred = 0.0
    for idx, (period, rate) in enumerate(zip(periods, rates, strict=True)):
        interest = balance * rate.rate * period.years
        fee = sum(_fee(cost, balance, period, rate) for cost in loan.costs)
        is_last = idx == len(periods) - 1
        if loan.interest == "periodic":
            paid, principal = interest, plan[idx]
            balance -= principal
        elif loan.interest == "compounded":
            balance += interest
            paid, principal = 0.0, balance if is_last else 0.0
        else:
            deferred += interest
            paid, principal = (deferred, balance) if is_last else (0.0, 0.0)
        service.append((period.pay_day.year, paid + principal + fee))
    return service


def _fee(cost: CostLine, balance: float, period: Period, rate: PeriodRate) -> float:
    if cost.kind == "on_balance":
        return balance * cost.rate * period.years
    if cost.kind == "on_payment":
        return cost.amount_cents / 100
    if cost.kind == "on_reset" and rate.is_reset and period.number > 1:
        return balance * cost.rate
    return 0.0


def _plan(draw: Draw, periods: Sequence[Period], rates: Sequence[PeriodRate]) -> list[float]:
    """Return the principal of each payment [major units]."""
    parts = principal_parts(draw.loan, draw.amount_cents, len(periods))
    if draw.loan.profile != "annuity":
        return [part / 100 for part in parts]
    numbers = principal_numbers(draw.loan, len(periods))
    balance = draw.amount_cents / 100
    level = 0.0
    plan = [0.0] * len(periods)
    for number in numbers:
        idx = number - 1
        if number == numbers[0] or rates[idx].rate != rates[idx - 1].rate:
            level = balance / annuity_factor(
                rates[idx].rate, [later.years for later in periods[idx:]]
            )
        interest = balance * rates[idx].rate * periods[idx].years
        part = balance if number == numbers[-1] else min(max(level - interest, 0.0), balance)
        plan[idx] = part
        balance -= part
    return plan


def reconcile(portfolio: Portfolio, ledger: Ledger) -> Reconciliation:
    """
    Return the ledger's yearly and total service against the unrounded run.

    Half a cent is allowed for each rounding; an annuity's rounding travels with its balance, so it is allowed once more for each
    later period that it earns interest in.
    """
    years, roundings = service_by_year(portfolio)
    differences = [
        abs(line.service_cents / 100 - years.get(line.year, 0.0)) for line in ledger.years
    ]
    total = sum(years.values())
    differences.append(abs(ledger.service_cents / 100 - total))
    travel = any(
        draw.loan.profile == "annuity" or draw.loan.interest == "compounded"
        for draw in portfolio.draws
    )
    # Floating point adds about one unit in the last place for each sum of this size.
    noise = total * 1e-15 * roundings
    return Reconciliation(
        float_total=total,
        ledger_total=ledger.service_cents / 100,
        difference=max(differences),
        allowed=0.005 * roundings * (20 if travel else 1) + noise,
        roundings=roundings,
    )
