"""The design system as a Django app; at start it compiles the message catalogues that changed."""

from django.apps import AppConfig

from punte.web.ui.catalogues import compile_stale_catalogues


class UiConfig(AppConfig):
    """Templates, static files and catalogues under one label."""

    name = "punte.web.ui"
    label = "ui"

    def ready(self) -> None:
        """Bring the compiled catalogues up to date with their sources."""
        compile_stale_catalogues()
