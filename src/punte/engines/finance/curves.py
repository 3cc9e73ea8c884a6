"""Curves that discount and indices that set rates."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from punte.engines.finance.day_counts import DayCount, year_fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Where the rate of one ``term`` [years] of a curve was read, and of which day it is."""

    term: float
    day: date | None = None
    source: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """
    Zero rates, compounded once a year.

    Parameters
    ----------
    points
        ``(term in years, yearly rate [fraction])`` with rising terms; linear between them, flat outside. One point is a flat curve.
    quotes
        Where the rates of single terms were read; ``source`` is that of the others.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    day_count: DayCount = "act/365f"
    source: str = ""
    verified: bool = False
    quotes: tuple[Quote, ...] = ()

    @classmethod
    def flat(cls, rate: float, *, name: str = "") -> "Curve":
        """Return the curve with one ``rate`` [fraction a year] for all terms."""
        return cls(name=name or f"flat {rate:.4%}", points=((0.0, rate),))

    def rate(self, term: float) -> float:
        """Return the zero rate [fraction a year] of a ``term`` [years]."""
        terms = [point[0] for point in self.points]
        idx = bisect_right(terms, term)
        if idx == 0:
            return self.points[0][1]
        if idx == len(self.points):
            return self.points[-1][1]
        (low, first), (high, last) = self.points[idx - 1], self.points[idx]
        return first + (last - first) * (term - low) / (high - low)

    def discount(self, start: date, day: date) -> float:
        """Return the worth on ``start`` of 1 paid on ``day``; above 1 when it was paid before."""
        term = year_fraction(self.day_count, start, day)
        return float((1.0 + self.rate(term)) ** -term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """
    A published or assumed rate in time: each value holds until the next.

    Parameters
    ----------
    points
        ``(first day, yearly rate [fraction])`` with rising days.
    """

    id: str
    points: tuple[tuple[date, float], ...]
    source: str = ""
    verified: bool = False

    def value(self, day: date) -> tuple[date, float]:
        """Return the point that holds on ``day``; the first where ``day`` lies before all."""
        found = bisect_right([point[0] for point in self.points], day)
        return self.points[max(found - 1, 0)]

    def shifted(self, shift: float) -> "Index":
        """Return the index with every value moved by ``shift`` [fraction]."""
        return Index(
            id=self.id,
            points=tuple((day, rate + shift) for day, rate in self.points),
            source=f"{self.source} {shift:+.4%}".strip(),
            verified=False,
        )


def is_rising(values: list[float]) -> bool:
    """Whether each value is above the one before."""
    return all(low < high for low, high in pairwise(values))
