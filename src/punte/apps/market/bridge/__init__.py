"""
Needs and offers to the matching engine, and its answers back in words.

Everything is made of rows that the active subject sees: also the statistics of the collection (how rare a word is), so a hidden
listing changes neither the order nor a score.
"""

from punte.apps.market.bridge.fits import NAMED, Fit, Fits, Reading, fits_of
from punte.apps.market.bridge.overview import Covered, Overview, Pairing, coverage_of, pairs_of
from punte.apps.market.bridge.readings import forget, read_item
from punte.apps.market.bridge.search import (
    Document,
    Hint,
    Hit,
    hints_of,
    search_in,
    source_of,
)
from punte.apps.market.bridge.shelves import ListingSource, Source, item_of
from punte.apps.market.models import Listing


def encode_listing(listing: Listing) -> None:
    """Read a listing's text and its sentences once, and keep what was read."""
    read_item(item_of(listing))


__all__ = [
    "NAMED",
    "Covered",
    "Document",
    "Fit",
    "Fits",
    "Hint",
    "Hit",
    "ListingSource",
    "Overview",
    "Pairing",
    "Reading",
    "Source",
    "coverage_of",
    "encode_listing",
    "fits_of",
    "forget",
    "hints_of",
    "item_of",
    "pairs_of",
    "search_in",
    "source_of",
]
