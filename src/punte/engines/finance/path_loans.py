"""Loans whose balance hangs on the rates: annuities and compounded interest, path by path, all paths at once."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from punte.engines.finance.instance import Draw, LoanTerms
from punte.engines.finance.periods import Period, principal_numbers
from punte.engines.finance.rates import PeriodRate
from punte.engines.finance.scenarios import Floats


def path_flows(
    draw: Draw,
    periods: Sequence[Period],
    rates: Sequence[Floats],
    stated: Sequence[PeriodRate],
) -> Iterator[tuple[date, Floats]]:
    """
    Yield ``(day, paid)`` of each payment; ``paid`` has one entry for each path [major units].

    The level payment is recomputed when a rate was looked up anew, over the payments left, as in the ledger.

    Parameters
    ----------
    rates
        For each period its yearly rate in each path [fraction], shape ``(paths,)``.
    stated
        Tells which periods begin with a new look-up.
    """
    loan = draw.loan
    balance: Floats = np.full(rates[0].shape, draw.amount_cents / 100)
    level: Floats = np.zeros_like(balance)
    numbers = principal_numbers(loan, len(periods))
    for idx, period in enumerate(periods):
        interest = balance * rates[idx] * period.years
        fees = _fees(loan, balance, period, is_reset=stated[idx].is_reset and idx > 0)
        if loan.interest == "compounded":
            balance = balance + interest
            is_last = period.number == len(periods)
            yield period.pay_day, (balance + fees if is_last else fees)
            continue
        principal: Floats = np.zeros_like(balance)
        if period.number in numbers:
            if period.number == numbers[0] or rates[idx] is not rates[idx - 1]:
                level = balance / _annuity_factors(rates[idx], [p.years for p in periods[idx:]])
            principal = (
                balance if period.number == numbers[-1] else np.clip(level - interest, 0.0, balance)
            )
        yield period.pay_day, interest + principal + fees
        balance = balance - principal


def _annuity_factors(rates: Floats, years: Sequence[float]) -> Floats:
    worth: Floats = np.ones_like(rates)
    total: Floats = np.zeros_like(rates)
    for length in years:
        worth = worth / (1.0 + rates * length)
        total = total + worth
    return total


def _fees(loan: LoanTerms, balance: Floats, period: Period, *, is_reset: bool) -> Floats:
    fees: Floats = np.zeros_like(balance)
    for cost in loan.costs:
        if cost.kind == "on_balance":
            fees = fees + balance * cost.rate * period.years
        elif cost.kind == "on_payment":
            fees = fees + cost.amount_cents / 100
        elif cost.kind == "on_reset" and is_reset:
            fees = fees + balance * cost.rate
    return fees
