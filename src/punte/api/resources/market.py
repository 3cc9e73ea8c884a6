"""Needs and offers: the two sides of the market."""

from typing import Final

from ninja import Router

from punte.api.resources.listing_writes import add_steps, add_writes
from punte.api.resources.listings import Side, add_reads


def _router(side: Side, tag: str) -> Router:
    made = Router(tags=[tag])
    add_reads(made, side)
    add_writes(made, side)
    add_steps(made, side)
    return made


needs: Final = _router("need", "Needs")
offers: Final = _router("offer", "Offers")
