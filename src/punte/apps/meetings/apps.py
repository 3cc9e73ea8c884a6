"""Name the application of meetings."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Requests, timetable versions and meetings."""

    name = "punte.apps.meetings"
    label = "meetings"
