"""Name the application of editions."""

from django.apps import AppConfig


class ForumConfig(AppConfig):
    """Editions, their venue, days, sessions and delegates."""

    name = "punte.apps.forum"
    label = "forum"
