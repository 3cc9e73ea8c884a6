"""Ten thousand courses of the rates, and the debt service under each: balances are known, so interest is one product."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from punte.engines.finance.compare import with_loan_of
from punte.engines.finance.curves import Curve
from punte.engines.finance.instance import Draw, LoanTerms, Portfolio, RateSpec
from punte.engines.finance.path_loans import path_flows
from punte.engines.finance.periods import Period, payment_periods, principal_parts
from punte.engines.finance.rates import look_up_days, period_rates
from punte.engines.finance.scenarios import Floats, rate_paths
from punte.engines.finance.value import UNIFIED_DISCOUNT_RATE
from punte.kernel.errors import PunteError

LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of a fan."""

_Key = tuple[str, float, float | None, float | None]
"""Index, spread, floor and cap: periods that share them share one matrix of rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """
    Quantiles of one way over all paths.

    Parameters
    ----------
    years
        Calendar years, all that have a payment in the instrument or an alternative.
    service
        Quantiles of debt service, shape ``(levels, years)`` [major units].
    cost_mean, cost_deviation
        Interest and fees in all, mean and standard deviation [major units].
    cost_quantiles, pv_quantiles
        Of interest and fees, and of the present value of the service, one for each level [major units].
    risk
        The 95 % quantile of interest and fees less their mean [major units].
    peak_quantiles
        Of the dearest year of a path [major units].
    saving_quantiles, p_saving
        Of present value saved against this way, path by path, and how often it is above 0; ``None`` for the instrument.
    """

    id: str
    name: str
    years: tuple[int, ...]
    service: Floats
    cost_mean: float
    cost_deviation: float
    cost_quantiles: tuple[float, ...]
    pv_quantiles: tuple[float, ...]
    peak_quantiles: tuple[float, ...]
    risk: float
    saving_quantiles: tuple[float, ...] | None
    p_saving: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """All ways under the same random numbers."""

    paths: int
    seed: int
    curve: str
    steps: int
    fans: tuple[Fan, ...]


def simulate(portfolio: Portfolio, *, paths: int, seed: int) -> Simulation:
    """
    Return fans of debt service under random rates.

    Indices without a model keep their stated course, and so does every index before the valuation day: those fixings are known. All ways
    see the same shocks, so that differences between them are not noise.

    Parameters
    ----------
    paths
        1..200,000.

    Raises
    ------
    PunteError
        If ``paths`` is out of range.
    """
    if not 1 <= paths <= 200_000:
        raise PunteError(f"{paths:,} paths were asked for: choose between 1 and 200,000.")
    asked = [portfolio, *(with_loan_of(portfolio, other.id) for other in portfolio.alternatives)]
    days = tuple(sorted({day for each in asked for day in _look_ups(each)}))
    day = portfolio.valuation_day
    rates = rate_paths(portfolio.models, portfolio.correlations, days, day, paths, seed)
    known = sum(when < day for when in days)
    for index in portfolio.indices:
        stated = np.array([index.value(when)[1] for when in days])
        if index.id in rates:
            # What was fixed before the valuation is known; only what comes is drawn.
            rates[index.id][:known] = stated[:known, None]
        else:
            rates[index.id] = np.broadcast_to(stated[:, None], (len(days), paths))
    curve = portfolio.national or Curve.flat(UNIFIED_DISCOUNT_RATE, name="unified 5 %")
    horizon = _horizon(asked)
    runs = [_Run(each, curve, horizon, days, paths).service(rates) for each in asked]
    names = [(portfolio.instrument.id, portfolio.instrument.name)]
    names += [(other.id, other.name) for other in portfolio.alternatives]
    drawn = sum(draw.amount_cents for draw in portfolio.draws) / 100
    own_worth = runs[0][1]
    fans = tuple(
        _fan(*name, horizon, service, worth, drawn, None if number == 0 else worth - own_worth)
        for number, (name, (service, worth)) in enumerate(zip(names, runs, strict=True))
    )
    return Simulation(paths=paths, seed=seed, curve=curve.name, steps=len(days), fans=fans)


def _look_ups(portfolio: Portfolio) -> set[date]:
    found: set[date] = set()
    for draw in portfolio.draws:
        periods = payment_periods(draw.loan, draw.day)
        found |= {day for day in look_up_days(draw.loan.rate, draw.day, periods) if day is not None}
    return found


def _horizon(portfolios: list[Portfolio]) -> range:
    ends = [
        payment_periods(draw.loan, draw.day)[-1].pay_day.year
        for portfolio in portfolios
        for draw in portfolio.draws
    ]
    first = min(draw.day.year for portfolio in portfolios for draw in portfolio.draws)
    return range(first, max(ends) + 1)


class _Run:
    """
    Debt service of one portfolio as a linear map of the rates, plus what is not linear in them.

    Service of a year is a constant (principal, fees, fixed interest) plus, for each distinct spread, floor and cap, balances times
    year fractions times the rates read on each day: one matrix product for all paths.
    """

    def __init__(
        self, portfolio: Portfolio, curve: Curve, horizon: range, days: tuple[date, ...], paths: int
    ) -> None:
        self.curve = curve
        self.day = portfolio.valuation_day
        self.horizon = horizon
        self.steps = {day: number for number, day in enumerate(days)}
        self.indices = {index.id: index for index in portfolio.indices}
        self.constant = np.zeros(len(horizon))
        self.constant_worth = 0.0
        self.weights: dict[_Key, Floats] = {}
        self.worths: dict[_Key, Floats] = {}
        self.nonlinear = [draw for draw in portfolio.draws if not _is_linear(draw.loan)]
        self.paths = paths
        for draw in portfolio.draws:
            if _is_linear(draw.loan):
                self._add_linear(draw)

    def _add_constant(self, pay_day: date, amount: float) -> None:
        self.constant[pay_day.year - self.horizon.start] += amount
        self.constant_worth += amount * self.curve.discount(self.day, pay_day)

    def _add_linear(self, draw: Draw) -> None:
        loan = draw.loan
        periods = payment_periods(loan, draw.day)
        looked_up = look_up_days(loan.rate, draw.day, periods)
        rates = period_rates(loan.rate, draw.day, periods, self.indices)
        balance = draw.amount_cents
        upfront = sum(cost.rate for cost in loan.costs if cost.kind == "on_draw")
        self._add_constant(draw.day, balance / 100 * upfront)
        parts = principal_parts(loan, draw.amount_cents, len(periods))
        for period, day, rate, part in zip(periods, looked_up, rates, parts, strict=True):
            owed = balance / 100
            pay_day = periods[-1].pay_day if loan.interest == "at_maturity" else period.pay_day
            fees = _fees(loan, owed, period, is_reset=rate.is_reset and period.number > 1)
            self._add_constant(period.pay_day, part / 100 + fees)
            if day is None:
                self._add_constant(pay_day, owed * rate.rate * period.years)
            else:
                self._add_weight(loan.rate, day, pay_day, owed * period.years)
            balance -= part

    def _add_weight(self, spec: RateSpec, day: date, pay_day: date, weight: float) -> None:
        key = (spec.index, spec.spread, spec.floor, spec.cap)
        if key not in self.weights:
            self.weights[key] = np.zeros((len(self.horizon), len(self.steps)))
            self.worths[key] = np.zeros(len(self.steps))
        self.weights[key][pay_day.year - self.horizon.start, self.steps[day]] += weight
        self.worths[key][self.steps[day]] += weight * self.curve.discount(self.day, pay_day)

    def service(self, rates: dict[str, Floats]) -> tuple[Floats, Floats]:
        """Return service by year and path, shape ``(years, paths)``, and its present value by path [major units]."""
        service = np.repeat(self.constant[:, None], self.paths, axis=1)
        worth = np.full(self.paths, self.constant_worth)
        for key, weights in self.weights.items():
            moved = bounded(rates[key[0]], key[1], key[2], key[3])
            used = np.flatnonzero(weights.any(axis=0))
            service += weights[:, used] @ moved[used]
            worth += self.worths[key][used] @ moved[used]
        for draw in self.nonlinear:
            self._add_paths(draw, rates, service, worth)
        return service, worth

    def _add_paths(
        self, draw: Draw, rates: dict[str, Floats], service: Floats, worth: Floats
    ) -> None:
        spec = draw.loan.rate
        periods = payment_periods(draw.loan, draw.day)
        looked_up = look_up_days(spec, draw.day, periods)
        stated = period_rates(spec, draw.day, periods, self.indices)
        by_period = [
            np.full(self.paths, rate.rate)
            if day is None
            else bounded(rates[spec.index][self.steps[day]], spec.spread, spec.floor, spec.cap)
            for day, rate in zip(looked_up, stated, strict=True)
        ]
        upfront = sum(cost.rate for cost in draw.loan.costs if cost.kind == "on_draw")
        amount = draw.amount_cents / 100 * upfront
        service[draw.day.year - self.horizon.start] += amount
        worth += amount * self.curve.discount(self.day, draw.day)
        for pay_day, paid in path_flows(draw, periods, by_period, stated):
            service[pay_day.year - self.horizon.start] += paid
            worth += paid * self.curve.discount(self.day, pay_day)


def bounded(rates: Floats, spread: float, floor: float | None, cap: float | None) -> Floats:
    """Return ``rates`` plus ``spread`` inside floor and cap [fraction]; the same shape."""
    moved: Floats = rates + spread
    if floor is not None or cap is not None:
        moved = np.clip(moved, floor, cap)
    return moved


def _is_linear(loan: LoanTerms) -> bool:
    return loan.profile != "annuity" and loan.interest != "compounded"


def _fees(loan: LoanTerms, owed: float, period: Period, *, is_reset: bool) -> float:
    total = 0.0
    for cost in loan.costs:
        if cost.kind == "on_balance":
            total += owed * cost.rate * period.years
        elif cost.kind == "on_payment":
            total += cost.amount_cents / 100
        elif cost.kind == "on_reset" and is_reset:
            total += owed * cost.rate
    return total


def _fan(
    identifier: str,
    name: str,
    horizon: range,
    service: Floats,
    worth: Floats,
    drawn: float,
    saving: Floats | None,
) -> Fan:
    cost = service.sum(axis=0) - drawn
    quantiles = _quantiles(cost)
    mean = float(cost.mean())
    return Fan(
        id=identifier,
        name=name,
        years=tuple(horizon),
        service=quantiles_by_row(service),
        cost_mean=mean,
        cost_deviation=float(cost.std()),
        cost_quantiles=quantiles,
        pv_quantiles=_quantiles(worth),
        peak_quantiles=_quantiles(service.max(axis=0)),
        risk=quantiles[-1] - mean,
        saving_quantiles=None if saving is None else _quantiles(saving),
        p_saving=None if saving is None else float(np.mean(saving > 0)),
    )


def _quantiles(values: Floats) -> tuple[float, ...]:
    return tuple(float(found) for found in np.quantile(values, LEVELS))


def quantiles_by_row(rows: Floats) -> Floats:
    """Return the ``LEVELS`` of each row, shape ``(levels, rows)``; linear between the two nearest paths, as numpy's default."""
    last = rows.shape[1] - 1
    places = [level * last for level in LEVELS]
    low = [int(place) for place in places]
    wanted = sorted({*low, *(min(number + 1, last) for number in low)})
    # One partition for all levels costs a fraction of a sort; rows without spread need none.
    parted = np.partition(rows, wanted, axis=1)
    found = [
        parted[:, number]
        + (parted[:, min(number + 1, last)] - parted[:, number]) * (place - number)
        for number, place in zip(low, places, strict=True)
    ]
    stacked: Floats = np.stack(found)
    return stacked
