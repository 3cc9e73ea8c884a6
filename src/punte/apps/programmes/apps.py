"""Name the application of programmes."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """Programmes, their milestones and plans."""

    name = "punte.apps.programmes"
    label = "programmes"
