"""Name the application of editions."""

from django.apps import AppConfig


class ForumConfig(AppConfig):
    """Editions, their venue, days, sessions and delegates."""

    name = "punte.apps.forum"
    label = "forum"

    def ready(self) -> None:
        """Make the kinds of mail known, and hear of who leaves."""
        from punte.apps.forum import (  # noqa: F401  (they register themselves)
            application_mails,
            invitation_mails,
            leaving,
            mails,
            seat_mails,
            stage_mails,
            unlisted_mails,
        )
