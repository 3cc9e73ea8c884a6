"""Name the application, and hang its checks into the start."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Who may see what: the wall."""

    name = "punte.apps.access"
    label = "access"

    def ready(self) -> None:
        """Register the checks of the roles and the secret."""
        from punte.apps.access import start_up  # noqa: F401  (registers on import)
