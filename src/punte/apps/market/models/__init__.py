"""Rows of needs and offers."""

from punte.apps.market.models.contact import Interest, Relay
from punte.apps.market.models.listing import Budget, Listing, Revision, Translation

__all__ = ["Budget", "Interest", "Listing", "Relay", "Revision", "Translation"]
