"""Name the application of cooperation."""

from django.apps import AppConfig


class CooperationConfig(AppConfig):
    """Commitments, follow-up, cooperations, assistance, discussions, check-in."""

    name = "punte.apps.cooperation"
    label = "cooperation"

    def ready(self) -> None:
        """Make the kinds of mail known."""
        from punte.apps.cooperation import (  # noqa: F401  (registers them)
            answering_mails,
            mails,
            moved_mails,
            partner_mails,
            promise_mails,
        )
