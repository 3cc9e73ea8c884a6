"""The app of needs and offers."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """Needs and offers."""

    name = "punte.apps.market"
    label = "market"
