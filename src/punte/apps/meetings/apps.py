"""Name the application of meetings."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """Requests, timetable versions and meetings."""

    name = "punte.apps.meetings"
    label = "meetings"

    def ready(self) -> None:
        """Make the kinds of mail known, and hear of who is listed and who leaves."""
        from punte.apps.meetings import (  # noqa: F401  (they register themselves)
            contact,
            four_eyes_mails,
            in_sight,
            leaving,
            mails,
            preliminary_mails,
        )
