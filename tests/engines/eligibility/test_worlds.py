"""Costs of nested components that are known in part: limits of the share against every whole-euro world, and the checker's worlds."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from engines.eligibility.cases import COUNTRIES, DAY, SAFE, good
from punte.engines.eligibility.check import check
from punte.engines.eligibility.instance import Component, checked, cost_limits
from punte.engines.eligibility.shares import outside_share_limits
from punte.engines.eligibility.solve import solve
from punte.kernel.money import Money

INSIDE = {"RO", "FR", "NO", "UA"}
places = st.none() | st.sampled_from(["RO", "NO", "US", "TR", "MD"])


@st.composite
def nested(draw: st.DrawFn, name: str, depth: int = 2) -> Component:
    """Return a component of a few whole euros: its cost known, in a range, or open within its whole."""
    count = draw(st.integers(0, 2)) if depth else 0
    parts = tuple(draw(nested(f"{name}.{idx}", depth - 1)) for idx in range(count))
    least = sum(cost_limits(part)[0] for part in parts) // 100
    extra = draw(st.integers(0, 3))
    low = draw(st.integers(0, 3))
    known = draw(st.booleans())
    return Component(
        id=name,
        origin=draw(places),
        cost=Money((least + extra) * 100) if known else None,
        cost_range=None if known else (Money(low * 100), Money((max(low, least) + extra) * 100)),
        parts=parts,
    )


def worlds(component: Component) -> set[tuple[int, int]]:
    """Return every cost and cost from outside that a component can have in whole euros [cents]."""
    low, high = cost_limits(component)
    found = set()
    for chosen in product(*(worlds(part) for part in component.parts)):
        parts, out = sum(cost for cost, _ in chosen), sum(outside for _, outside in chosen)
        for cost in range(max(int(low), parts), int(high) + 1, 100):
            for is_outside in _sides(component):
                found.add((cost, out + (cost - parts if is_outside else 0)))
    return found


def _sides(component: Component) -> Iterator[bool]:
    if component.origin is None:
        yield from (True, False)
    else:
        yield component.origin not in INSIDE


trees = st.integers(1, 2).flatmap(lambda n: st.tuples(*(nested(f"c{idx}") for idx in range(n))))


@settings(max_examples=250, deadline=None)
@given(trees)
def test_share_limits_equal_every_world(parts: tuple[Component, ...]) -> None:
    totals = {
        (sum(cost for cost, _ in chosen), sum(outside for _, outside in chosen))
        for chosen in product(*(worlds(part) for part in parts))
    }
    shares = [Fraction(outside, cost) for cost, outside in totals if cost]
    limits = outside_share_limits(parts, lambda code: code in INSIDE)
    assert limits == ((min(shares), max(shares)) if shares else None)


@settings(max_examples=250, deadline=None)
@given(trees)
def test_the_checker_looks_at_possible_worlds_only(parts: tuple[Component, ...]) -> None:
    case = checked(good(components=parts), COUNTRIES)
    verdict = solve(case, SAFE, COUNTRIES, on=DAY, with_fix=False)
    assert check(verdict, case, SAFE, COUNTRIES, most_worlds=128).violations == ()


def test_a_part_never_costs_more_than_its_whole() -> None:
    part = Component(id="b", origin="US", cost_range=(Money(500), Money(900)))
    whole = Component(id="a", origin="RO", cost=Money(600), parts=(part,))
    case = good(components=(whole,))
    verdict = solve(case, SAFE, COUNTRIES, on=DAY, with_fix=False)
    assert verdict.state == "not"
    assert check(verdict, case, SAFE, COUNTRIES).violations == ()


def test_what_may_cost_nothing_is_all_from_outside_once_it_costs_anything() -> None:
    part = Component(id="b", origin="US", cost_range=(Money(0), Money(300)))
    case = good(components=(part,))
    verdict = solve(case, SAFE, COUNTRIES, on=DAY, with_fix=False)
    assert verdict.state == "not"
    assert check(verdict, case, SAFE, COUNTRIES).violations == ()
