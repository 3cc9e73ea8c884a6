"""Name the application of funding."""

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """Verdicts, loan plans, allocations."""

    name = "punte.apps.funding"
    label = "funding"
