"""Rows of needs and offers."""

from punte.apps.market.models.contact import Interest, Relay
from punte.apps.market.models.languages import (
    MEASURED,
    Language,
    language_choices,
    language_name,
    own_names,
)
from punte.apps.market.models.listing import (
    Budget,
    Listing,
    Revision,
    Translation,
    WaitingTranslation,
)
from punte.apps.market.models.search import SavedSearch
from punte.apps.market.models.vector import Tally, Vector
from punte.apps.market.models.verdict import FitVerdict
from punte.apps.market.models.waiting import WaitingAmount, WaitingChange

__all__ = [
    "MEASURED",
    "Budget",
    "FitVerdict",
    "Interest",
    "Language",
    "Listing",
    "Relay",
    "Revision",
    "SavedSearch",
    "Tally",
    "Translation",
    "Vector",
    "WaitingAmount",
    "WaitingChange",
    "WaitingTranslation",
    "language_choices",
    "language_name",
    "own_names",
]
