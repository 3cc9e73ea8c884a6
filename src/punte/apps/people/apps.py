"""Name the application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who is who."""

    name = "punte.apps.people"
    label = "people"
