"""The firms of the cases by which a country is tried."""

from dataclasses import replace
from fractions import Fraction

from punte.engines.eligibility.instance import Entity


def firm(name: str, country: str) -> Entity:
    """Return a firm that is of one country in every respect, and does the whole contract."""
    return Entity(
        id=name,
        country=country,
        management_country=country,
        controlled_by=country,
        facilities=(country,),
        share=Fraction(1),
    )


def with_subcontractor(home: str, other: str, percent: int) -> tuple[Entity, ...]:
    """Return a firm of a country below one of another, whose replacement is studied, for a part of the contract."""
    lead, below = firm("lead", home), firm("below", other)
    part = Fraction(percent, 100)
    return (
        replace(lead, share=1 - part),
        replace(below, role="subcontractor", share=part, studies_replacement=True),
    )
