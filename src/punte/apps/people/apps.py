"""Name the application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who is who."""

    name = "punte.apps.people"
    label = "people"

    def ready(self) -> None:
        """Make the kinds of mail known."""
        from punte.apps.people import mails  # noqa: F401  (registers them)
