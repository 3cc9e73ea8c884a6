"""Finance against QuantLib: one deterministic run and 10,000 rate paths of a SAFE-like loan. Run: python bench/finance.py."""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import QuantLib as ql  # noqa: N813 - as its own documentation writes it

from punte.engines.finance.curves import Index
from punte.engines.finance.floating_run import service_by_year
from punte.engines.finance.instance import Draw, Instrument, LoanTerms, Portfolio, RateSpec
from punte.engines.finance.scenarios import RateModel
from punte.engines.finance.schedule import schedule
from punte.engines.finance.simulate import simulate
from punte.engines.finance.value import valuation

PATHS = 10_000
QUANTLIB_PATHS = 200
"""Paths that QuantLib is timed on; its time for all is that times 50, and marked so."""

DAYS = [date(2026 + half // 2, 5 + 6 * (half % 2), 15) for half in range(10)]
AMOUNTS = [2_502_000_000.00] + [1_575_333_333.33] * 9
FIXED = LoanTerms(
    maturity_years=45,
    first_principal_payment=11,
    principal_payments=35,
    rate=RateSpec(rate=0.032),
)


def portfolio(loan: LoanTerms) -> Portfolio:
    """Return ten draws, each its own loan."""
    draws = tuple(
        Draw(id=f"D{number}", day=day, amount_cents=round(amount * 100), loan=loan)
        for number, (day, amount) in enumerate(zip(DAYS, AMOUNTS, strict=True))
    )
    return Portfolio(
        instrument=Instrument(id="SAFE"),
        draws=draws,
        indices=(Index(id="eu", points=((date(2026, 1, 1), 0.032),)),),
        models=(RateModel(index="eu", start=0.032, mean=0.032, speed=0.15, volatility=0.008),),
    )


def quantlib_service(day: date, notionals: list[float], rates: list[float]) -> float:
    """Return all payments of one draw by QuantLib: an amortising bond with one coupon rate for each year."""
    start = ql.Date(day.day, day.month, day.year)
    periods = ql.Schedule(
        start,
        start + ql.Period(45, ql.Years),
        ql.Period(ql.Annual),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Forward,
        False,
    )
    bond = ql.AmortizingFixedRateBond(
        0, notionals, periods, rates, ql.Thirty360(ql.Thirty360.BondBasis)
    )
    return float(sum(flow.amount() for flow in bond.cashflows()))


def balances(asked: Portfolio) -> list[list[float]]:
    """Return for each draw what is owed in each year [major units], from the ledger."""
    flows = schedule(asked).flows
    return [
        [flow.balance_cents / 100 for flow in flows if flow.draw == draw.id and flow.number]
        for draw in asked.draws
    ]


def best_of(runs: int, work: Callable[[], object]) -> tuple[float, float]:
    """Return the least wall time and the least CPU time [s] of several runs."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def row(name: str, times: tuple[float, float], note: str) -> None:
    print(f"{name:<52} {times[0]:>10.4f} {times[1]:>10.4f}  {note}")


def measure_paths(owed: list[list[float]]) -> None:
    floating = portfolio(replace(FIXED, rate=RateSpec(kind="reset", index="eu", every_years=1)))
    ours = best_of(9, lambda: simulate(floating, paths=PATHS, seed=0))
    row(f"Punte, {PATHS:,} paths, yearly re-set, fan", ours, "service and cost fans, PV")
    rng = np.random.default_rng(0)
    paths = 0.032 + 0.008 * rng.standard_normal((QUANTLIB_PATHS, 10, 45))

    def quantlib_paths() -> None:
        for path in paths:
            for number, day in enumerate(DAYS):
                quantlib_service(day, owed[number], path[number].tolist())

    theirs = best_of(1, quantlib_paths)
    row(f"QuantLib, {QUANTLIB_PATHS} paths, no fan", theirs, "bonds rebuilt for each path")
    factor = PATHS / QUANTLIB_PATHS
    scaled = (theirs[0] * factor, theirs[1] * factor)
    row(
        f"QuantLib, {PATHS:,} paths (scaled by {factor:g})",
        scaled,
        f"{scaled[1] / ours[1]:.0f} times the CPU time",
    )


def main() -> None:
    fixed = portfolio(FIXED)
    owed = balances(fixed)
    print(f"load {os.getloadavg()[0]:.2f}, {os.cpu_count()} processors, best of several runs")
    print(f"{'':<52} {'wall s':>10} {'CPU s':>10}")

    def by_quantlib() -> float:
        return sum(quantlib_service(day, owed[number], [0.032]) for number, day in enumerate(DAYS))

    expected = by_quantlib()
    years, _ = service_by_year(fixed)
    ledger = schedule(fixed)
    row("QuantLib, deterministic, 10 bonds", best_of(5, by_quantlib), f"EUR {expected:,.4f}")
    difference = sum(years.values()) - expected
    row(
        "Punte, floating run",
        best_of(5, lambda: service_by_year(fixed)),
        f"differs by EUR {difference:+.6f}",
    )
    cents = ledger.service_cents / 100 - expected
    row(
        "Punte, ledger in cents with reasons",
        best_of(5, lambda: schedule(fixed)),
        f"differs by EUR {cents:+.2f}",
    )
    row(
        "Punte, ledger, values, IRR, reconciliation",
        best_of(5, lambda: valuation(fixed, ledger)),
        "",
    )
    measure_paths(owed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MiB, at {timedelta(seconds=round(time.process_time()))} of CPU")


if __name__ == "__main__":
    main()
