"""Name the application, and hang its checks into the start."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class AccessConfig(AppConfig):
    """Who may see what: the wall."""

    name = "punte.apps.access"
    label = "access"

    def ready(self) -> None:
        """Register the checks of the roles and the secret, how a connection plans, and what every migration brings along."""
        from punte.apps.access import start_up  # noqa: F401  (registers on import)
        from punte.apps.access.kept_plans import plan_once
        from punte.apps.access.reference import load_reference
        from punte.apps.access.wall_functions import follow_code

        connection_created.connect(plan_once, dispatch_uid="punte.plan_once")
        pre_migrate.connect(follow_code, sender=self, dispatch_uid="punte.wall_functions")
        post_migrate.connect(load_reference, sender=self, dispatch_uid="punte.reference")
