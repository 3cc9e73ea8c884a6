"""Needs and offers: the two sides of the market."""

from typing import Final

from ninja import Router

from punte.api.resources.listing_waiting import add_waiting, add_waiting_review
from punte.api.resources.listing_writes import add_review, add_steps, add_translation, add_writes
from punte.api.resources.listings import Side, add_list, add_one


def _router(side: Side, tag: str) -> Router:
    made = Router(tags=[tag])
    for add in (
        add_list,
        add_one,
        add_writes,
        add_translation,
        add_steps,
        add_review,
        add_waiting,
        add_waiting_review,
    ):
        add(made, side)
    return made


needs: Final = _router("need", "Needs")
offers: Final = _router("offer", "Offers")
