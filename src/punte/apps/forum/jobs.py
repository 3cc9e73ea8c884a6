"""Background work of editions: files that are kept no longer."""

from django.utils import timezone
from procrastinate.contrib.django import app

from punte.apps.forum.registration_files import purge_files


@app.periodic(cron="40 3 * * *")
@app.task(name="forum.purge_application_files", pass_context=False)
def purge_files_each_night(timestamp: int = 0) -> None:
    """Delete files of applications whose time is over; runs each night."""
    del timestamp
    purge_files(today=timezone.localdate())
