"""Name the pages as a Django application, for their templates, tags and checks."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages by audience, and the design system."""

    name = "punte.web"

    def ready(self) -> None:
        """Let sessions end with what they hang on."""
        from punte.web import signed_in

        signed_in.listen()
