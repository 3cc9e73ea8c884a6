"""The pages of needs and offers, as a Django app so that their templates are found."""

from django.apps import AppConfig


class ListingPagesConfig(AppConfig):
    """Pages of needs and offers."""

    name = "punte.web.listings"
    label = "listing_pages"
