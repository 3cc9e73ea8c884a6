"""The curve of a run: the best value so far and the proved bound, closing in on each other."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A report of the solver: seconds since the start [s], value and bound where there are any."""

    elapsed_s: float
    value: float | None
    bound: float | None


def points_as_data(points: Sequence[Point], *, at_most: int = 240) -> list[list[float | None]]:
    """
    Return the points as the page's script reads them, thinned to ``at_most`` [count, >= 2].

    The first and the last point always stay.

    Examples
    --------
    >>> points_as_data([Point(elapsed_s=n, value=n, bound=9) for n in range(5)], at_most=3)
    [[0, 0, 9], [2, 2, 9], [4, 4, 9]]
    """
    count = len(points)
    if count > at_most:
        picks = sorted({round(step * (count - 1) / (at_most - 1)) for step in range(at_most)})
        points = [points[pick] for pick in picks]
    return [[round(p.elapsed_s, 2), p.value, p.bound] for p in points]
