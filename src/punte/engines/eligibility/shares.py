"""How much of a product comes from outside: exact limits when some origins or costs are not known."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from punte.engines.eligibility.instance import Component, cost_limits

Inside = Callable[[str], bool]
"""Whether a country counts as inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lean:
    """
    The cost of a component leaning to one side, all in cents.

    ``wanted`` and ``other`` are what it costs at the least when everything undecided leans to the wanted side; ``extra`` is how much
    more of the wanted side may come on top, possibly infinite.
    """

    wanted: float = 0
    other: float = 0
    extra: float = 0

    def __add__(self, further: "_Lean") -> "_Lean":
        return _Lean(
            wanted=self.wanted + further.wanted,
            other=self.other + further.other,
            extra=self.extra + further.extra,
        )


def _lean(component: Component, is_inside: Inside, *, outside: bool) -> _Lean:
    """Lean one component to the outside, or to the inside."""
    parts = _Lean()
    for part in component.parts:
        parts += _lean(part, is_inside, outside=outside)
    low, high = cost_limits(component)
    origin = component.origin
    own_leans = origin is None or is_inside(origin) != outside
    gap = low - parts.wanted - parts.other
    to_wanted = gap if own_leans else min(gap, parts.extra)
    room = high - low
    return _Lean(
        wanted=parts.wanted + to_wanted,
        other=parts.other + gap - to_wanted,
        extra=room if own_leans else min(room, parts.extra - to_wanted),
    )


def _extreme(
    components: tuple[Component, ...], is_inside: Inside, *, outside: bool
) -> Fraction | None:
    """Return the greatest share of the wanted side; ``None`` when nothing costs anything."""
    total = _Lean()
    for component in components:
        total += _lean(component, is_inside, outside=outside)
    if total.extra == math.inf:
        return Fraction(1)
    wanted, other = int(total.wanted + total.extra), int(total.other)
    return Fraction(wanted, wanted + other) if wanted + other else None


def worst_split(components: tuple[Component, ...], is_inside: Inside) -> tuple[int, int] | None:
    """
    Return the cost from outside and from inside [cents] when everything open leans to the outside.

    Returns
    -------
    tuple[int, int] | None
        ``None`` when nothing bounds the cost from outside.
    """
    total = _Lean()
    for component in components:
        total += _lean(component, is_inside, outside=True)
    if total.extra == math.inf:
        return None
    return int(total.wanted + total.extra), int(total.other)


def outside_share_limits(
    components: tuple[Component, ...], is_inside: Inside
) -> tuple[Fraction, Fraction] | None:
    """
    Return the least and greatest possible share from outside [fraction, 0..1].

    What the parts of a component leave over takes the component's own origin. Both limits are reached by some origins and costs that
    agree with all that is known (the greatest possibly only in the limit of an unbounded cost).

    Returns
    -------
    tuple[Fraction, Fraction] | None
        ``None`` when there is no component, or none that costs anything.

    References
    ----------
    Regulation (EU) 2025/1106, Article 16(10): the base is the estimated cost of the components of the end product.
    """
    most = _extreme(components, is_inside, outside=True)
    most_inside = _extreme(components, is_inside, outside=False)
    if most is None and most_inside is None:
        return None
    # Where all may cost nothing, a side that cannot cost anything has no part of whatever does.
    return 1 - (most_inside or Fraction(0)), most or Fraction(0)
