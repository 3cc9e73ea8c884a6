"""Rows of needs and offers."""

from punte.apps.market.models.contact import Interest, Relay
from punte.apps.market.models.listing import Budget, Language, Listing, Revision, Translation

__all__ = ["Budget", "Interest", "Language", "Listing", "Relay", "Revision", "Translation"]
