"""Other rates: stated shifts of an index, and models of its random course."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from punte.engines.finance.curves import Index
from punte.engines.finance.day_counts import add_months, year_fraction
from punte.kernel.errors import PunteError

Floats = NDArray[np.float64]
"""An array of floating-point numbers; each use says its shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """
    Indices moved by a stated amount.

    Parameters
    ----------
    shift
        Added to the index in the end [fraction].
    start
        Day from which it moves.
    ramp_years
        Years over which the shift builds up evenly, >= 0; 0 for a shock.
    back_years
        Years after which a shock is over again; ``None`` when it stays.
    indices
        Ids that move; all when empty.
    """

    id: str
    name: str = ""
    shift: float
    start: date
    ramp_years: int = 0
    back_years: int | None = None
    indices: tuple[str, ...] = ()
    source: str = ""
    verified: bool = False

    def apply(self, index: Index) -> Index:
        """Return ``index`` under this scenario; the same one when it does not move."""
        if self.indices and index.id not in self.indices:
            return index
        days = {day for day, _ in index.points} | {self.start}
        days |= {add_months(self.start, 12 * year) for year in range(self.ramp_years + 1)}
        if self.back_years is not None:
            days.add(add_months(self.start, 12 * self.back_years))
        points = tuple((day, index.value(day)[1] + self._shift_on(day)) for day in sorted(days))
        return Index(id=index.id, points=points, source=f"{index.source} ({self.id})".strip())

    def _shift_on(self, day: date) -> float:
        if day < self.start:
            return 0.0
        if self.back_years is not None and day >= add_months(self.start, 12 * self.back_years):
            return 0.0
        if self.ramp_years == 0:
            return self.shift
        passed = (day.year - self.start.year) + (day.month - self.start.month) / 12
        return self.shift * min(passed / self.ramp_years, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateModel:
    """
    A random index that is drawn back to its mean.

    Parameters
    ----------
    index
        Id of the index that it moves.
    start, mean
        Today's rate and where it tends [fraction a year].
    speed
        How fast it tends there [1/year], > 0.
    volatility
        Standard deviation of a year's move without pull [fraction / sqrt(year)], >= 0.

    References
    ----------
    Vasicek, *An equilibrium characterization of the term structure*, Journal of Financial Economics 5 (1977), equation 24. Steps are
    exact, not Euler's: the law on a day does not hang on the grid.
    """

    index: str
    start: float
    mean: float
    speed: float
    volatility: float
    source: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """How the shocks of two indices go together, -1..1."""

    first: str
    second: str
    value: float


def is_possible(models: tuple[RateModel, ...], correlations: tuple[Correlation, ...]) -> bool:
    """Whether the shocks of the models can go together as the correlations say."""
    try:
        np.linalg.cholesky(_matrix(models, correlations))
    except np.linalg.LinAlgError:
        return False
    return True


def _matrix(models: tuple[RateModel, ...], correlations: tuple[Correlation, ...]) -> Floats:
    place = {model.index: number for number, model in enumerate(models)}
    matrix = np.eye(len(models))
    for pair in correlations:
        first, second = place[pair.first], place[pair.second]
        matrix[first, second] = matrix[second, first] = pair.value
    return matrix


def rate_paths(
    models: tuple[RateModel, ...],
    correlations: tuple[Correlation, ...],
    days: tuple[date, ...],
    start: date,
    paths: int,
    seed: int,
) -> dict[str, Floats]:
    """
    Return for each index its rate on ``days`` in each path, shape ``(days, paths)``.

    Shocks of one step are correlated between indices; the same ``seed`` gives the same shocks whatever is asked of them (common
    random numbers). A day before ``start`` has the start rate in all paths.

    Parameters
    ----------
    days
        Rising.
    paths
        >= 1.

    Raises
    ------
    PunteError
        If the correlations contradict each other.
    """
    # SFC64 fills this array a third faster than PCG64 and passes the same batteries.
    generator = np.random.Generator(np.random.SFC64(seed))
    shocks = generator.standard_normal((len(models), len(days), paths))
    mixed = _mix(shocks, models, correlations)
    return {
        model.index: _vasicek(model, mixed[number], days, start)
        for number, model in enumerate(models)
    }


def _mix(
    shocks: Floats, models: tuple[RateModel, ...], correlations: tuple[Correlation, ...]
) -> Floats:
    if not correlations:
        return shocks
    try:
        lower = np.linalg.cholesky(_matrix(models, correlations))
    except np.linalg.LinAlgError as error:
        raise PunteError(
            "The correlations contradict each other: no set of rates can move so. Lower one of them."
        ) from error
    mixed: Floats = np.einsum("ij,jdp->idp", lower, shocks)
    return mixed


def _vasicek(model: RateModel, shocks: Floats, days: tuple[date, ...], start: date) -> Floats:
    rates = np.empty_like(shocks)
    current: Floats = np.full(shocks.shape[1], model.start)
    before = start
    for number, day in enumerate(days):
        length = max(year_fraction("act/365f", before, day), 0.0)
        kept = np.exp(-model.speed * length)
        spread = model.volatility * np.sqrt((1 - kept**2) / (2 * model.speed))
        rates[number] = model.mean + (current - model.mean) * kept + spread * shocks[number]
        current = rates[number]
        before = max(before, day)
    return rates
