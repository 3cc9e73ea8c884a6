"""Random cases: the verdict agrees with every completion, and with what is irrelevant left out."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from engines.eligibility.cases import COUNTRIES, DAY, EDIP, SAFE
from punte.engines.eligibility.check import check, holds
from punte.engines.eligibility.instance import Buyer, Case, Component, Entity, leaves_and_branches
from punte.engines.eligibility.shares import outside_share_limits
from punte.engines.eligibility.solve import solve
from punte.kernel.money import Money

places = st.sampled_from(["RO", "FR", "NO", "UA", "MD", "US", "CN"])
perhaps = st.none() | places


@st.composite
def entity(draw: st.DrawFn, idx: int) -> Entity:
    return Entity(
        id=f"E{idx}",
        role=draw(st.sampled_from(["contractor", "subcontractor"])),
        country=draw(perhaps),
        management_country=draw(perhaps),
        controlled_by=draw(perhaps),
        mitigations=draw(st.sampled_from([(), ("fdi_screening",)])),
        facilities=draw(st.none() | st.tuples(places)),
        share=draw(st.sampled_from([None, Fraction(1, 10), Fraction(1, 5), Fraction(2, 5)])),
        relationship_since=draw(st.sampled_from([None, date(2020, 1, 1), date(2025, 9, 1)])),
        studies_replacement=draw(st.sampled_from([None, True, False])),
    )


@st.composite
def component(draw: st.DrawFn, name: str, depth: int = 1) -> Component:
    count = draw(st.integers(0, 2)) if depth else 0
    parts = tuple(draw(component(f"{name}.{idx}", depth - 1)) for idx in range(count))
    least = sum(part.cost.cents for part in parts if part.cost)
    cost = None if draw(st.booleans()) else Money(least + draw(st.integers(0, 100)))
    if any(part.cost is None for part in parts):
        cost = None
    return Component(id=name, origin=draw(perhaps), cost=cost, parts=parts)


@st.composite
def case(draw: st.DrawFn) -> Case:
    countries = draw(st.lists(places, unique=True, max_size=3))
    return Case(
        categories=draw(st.sampled_from([("1d",), ("2f",), ("1f", "2f")])),
        buyers=tuple(
            Buyer(country=code, role=draw(st.sampled_from(["borrower", "partner"])))
            for code in countries
        ),
        entities=tuple(draw(entity(idx)) for idx in range(draw(st.integers(0, 2)))),
        components=tuple(draw(component(f"c{idx}")) for idx in range(draw(st.integers(0, 3)))),
        flags=tuple(
            (name, draw(st.sampled_from([None, True, False])))
            for name in ("harmful_components", "design_authority")
        ),
    )


@settings(max_examples=300, deadline=None)
@given(case())
def test_verdict_agrees_with_every_completion(found: Case) -> None:
    verdict = solve(found, SAFE, COUNTRIES, on=DAY, with_fix=False)
    assert check(verdict, found, SAFE, COUNTRIES, most_worlds=64).violations == ()


@settings(max_examples=100, deadline=None)
@given(case(), st.randoms(use_true_random=False))
def test_verdict_does_not_change_when_nothing_relevant_does(found: Case, shuffle: object) -> None:
    entities, parts = list(found.entities), list(found.components)
    shuffle.shuffle(entities)  # type: ignore[attr-defined]
    shuffle.shuffle(parts)  # type: ignore[attr-defined]
    renamed = replace(
        found,
        name="another name",
        buyers=tuple(reversed(found.buyers)),
        entities=tuple(replace(e, id=f"x{e.id}", small=True) for e in entities),
        components=tuple(parts),
        flags=(*found.flags, ("a_question_nobody_asks", True)),
    )
    before = solve(found, SAFE, COUNTRIES, on=DAY, with_fix=False)
    after = solve(renamed, SAFE, COUNTRIES, on=DAY, with_fix=False)
    assert [r.state for r in before.readings] == [r.state for r in after.readings]


@settings(max_examples=200, deadline=None)
@given(case())
def test_case_without_open_places_is_never_unknown(found: Case) -> None:
    whole = replace(
        found,
        categories=found.categories[:1],
        flags=(*((k, bool(v)) for k, v in found.flags), ("third_country_counts", False)),
        entities=tuple(
            replace(
                e,
                country=e.country or "RO",
                management_country=e.management_country or "RO",
                controlled_by=e.controlled_by or "RO",
                facilities=e.facilities or ("RO",),
                share=e.share or Fraction(1, 10),
                relationship_since=e.relationship_since or DAY,
                studies_replacement=bool(e.studies_replacement),
            )
            for e in found.entities or (Entity(id="E"),)
        ),
        components=(
            Component(id="all", origin="US", cost=Money(35)),
            Component(id="r", origin="RO", cost=Money(65)),
        ),
    )
    for rules in (SAFE, EDIP):
        verdict = solve(whole, rules, COUNTRIES, on=DAY, with_fix=False)
        truth = holds(whole, whole.categories[0], rules, COUNTRIES, DAY)
        assert verdict.state == ("eligible" if truth else "not")


@settings(max_examples=200, deadline=None)
@given(st.lists(component("c"), min_size=1, max_size=3))
def test_share_limits_hold_for_every_sampled_completion(parts: list[Component]) -> None:
    tree = tuple(replace(part, id=f"c{idx}") for idx, part in enumerate(parts))
    limits = outside_share_limits(tree, lambda code: code in {"RO", "FR", "NO", "UA"})
    inside_all = _resolved(tree, "RO")
    outside_all = _resolved(tree, "US")
    for world in (inside_all, outside_all):
        exact = outside_share_limits(world, lambda code: code in {"RO", "FR", "NO", "UA"})
        if exact is None:
            continue
        assert limits is not None
        assert exact[0] == exact[1]
        assert limits[0] <= exact[0] <= limits[1]
    assert len(list(leaves_and_branches(tree))) >= 1


def _resolved(components: tuple[Component, ...], origin: str) -> tuple[Component, ...]:
    found = []
    for item in components:
        parts = _resolved(item.parts, origin)
        least = sum(part.cost.cents for part in parts if part.cost)
        cost = item.cost or Money(least + 50)
        found.append(replace(item, origin=item.origin or origin, cost=cost, parts=parts))
    return tuple(found)
