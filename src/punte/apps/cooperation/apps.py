"""Name the application of cooperation."""

from django.apps import AppConfig


class CooperationConfig(AppConfig):
    """Commitments, follow-up, cooperations, assistance, discussions, check-in."""

    name = "punte.apps.cooperation"
    label = "cooperation"
