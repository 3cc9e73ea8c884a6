"""The app of needs and offers."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """Needs and offers."""

    name = "punte.apps.market"
    label = "market"

    def ready(self) -> None:
        """Make the kinds of mail known."""
        from punte.apps.market import mails, review_mails  # noqa: F401  (registers them)
