"""One case that meets all of SAFE, and the ways to spoil it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from punte.engines.eligibility.instance import Buyer, Case, Component, Entity
from punte.formats.eligibility_rules import rule_set, shipped_countries
from punte.kernel.money import Money

COUNTRIES = shipped_countries()
SAFE = rule_set("SAFE")
EDIP = rule_set("EDIP")
NATIONAL = rule_set("NATIONAL-RO")
DAY = date(2026, 3, 1)


def firm(name: str = "C", **changes: Any) -> Entity:
    known = Entity(
        id=name,
        role="contractor",
        country="RO",
        management_country="RO",
        controlled_by="RO",
        facilities=("RO",),
        share=Fraction(1, 2),
    )
    return replace(known, **changes)


def part(name: str, origin: str | None, cost: int | None, *parts: Component) -> Component:
    return Component(
        id=name, origin=origin, cost=None if cost is None else Money(cost), parts=parts
    )


def good(**changes: Any) -> Case:
    case = Case(
        name="good",
        categories=("1d",),
        buyers=(Buyer(country="RO", role="borrower"), Buyer(country="FR")),
        entities=(firm(),),
        components=(part("body", "RO", 7000), part("chip", "US", 3000)),
        flags=(
            ("harmful_components", False),
            ("design_authority", True),
            ("parliament_approval", True),
        ),
    )
    return replace(case, **changes)
