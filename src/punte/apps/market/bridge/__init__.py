"""
Needs and offers to the matching engine, and its answers back in words.

Everything is made of rows that the active subject sees: also the statistics of the collection (how rare a word is), so a hidden
listing changes neither the order nor a score.
"""

from collections.abc import Sequence

from punte.apps.market.bridge.fits import NAMED, Fit, Fits, Reading, fits_of, reasons_between
from punte.apps.market.bridge.named import Named, named_in
from punte.apps.market.bridge.overview import Covered, Overview, Pairing, coverage_of, pairs_of
from punte.apps.market.bridge.search import (
    Document,
    Hint,
    Hit,
    hints_of,
    item_of_document,
    search_in,
    source_of,
)
from punte.apps.market.bridge.shelves import ListingSource, Source, item_of
from punte.apps.market.bridge.vocabulary import unknown_areas, unknown_cpv
from punte.apps.market.bridge.working import forget, forget_all_but, read_item, read_waiting
from punte.apps.market.models import Listing


def encode_listing(listing: Listing) -> None:
    """Read a listing's text and its sentences once, and keep what was read."""
    read_item(item_of(listing))


def read_documents(documents: Sequence[Document], *, most: int) -> int:
    """Read at most so many of the documents that were not read yet as they stand now; return how many [count]."""
    return read_waiting([item_of_document(one) for one in documents], most=most)


__all__ = [
    "NAMED",
    "Covered",
    "Document",
    "Fit",
    "Fits",
    "Hint",
    "Hit",
    "ListingSource",
    "Named",
    "Overview",
    "Pairing",
    "Reading",
    "Source",
    "coverage_of",
    "encode_listing",
    "fits_of",
    "forget",
    "forget_all_but",
    "hints_of",
    "item_of",
    "named_in",
    "pairs_of",
    "read_documents",
    "reasons_between",
    "search_in",
    "source_of",
    "unknown_areas",
    "unknown_cpv",
]
