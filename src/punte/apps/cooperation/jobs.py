"""Background work between forums: reminders each morning, the second question after six months, the week's digest."""

from typing import Final

from django.utils import timezone
from procrastinate.contrib.django import app

from punte.apps.cooperation.digest import send_digests
from punte.apps.cooperation.feedback import ask_again
from punte.apps.cooperation.reminders import remind
from punte.apps.people.mail import MAIL_QUEUE

DAILY: Final = "0 4 * * *"
WEEKLY: Final = "30 4 * * 1"


@app.periodic(cron=DAILY)
@app.task(name="cooperation.remind", queue=MAIL_QUEUE, pass_context=False)
def remind_each_morning(timestamp: int = 0) -> None:
    """Remind of agreed actions that are due."""
    del timestamp
    remind(today=timezone.localdate())


@app.periodic(cron=DAILY)
@app.task(name="cooperation.ask_again", queue=MAIL_QUEUE, pass_context=False)
def ask_after_six_months(timestamp: int = 0) -> None:
    """Ask once more what came of the meetings."""
    del timestamp
    ask_again(today=timezone.localdate())


@app.periodic(cron=WEEKLY)
@app.task(name="cooperation.digest", queue=MAIL_QUEUE, pass_context=False)
def send_weekly_digests(timestamp: int = 0) -> None:
    """Send the week's digest, on Monday morning."""
    del timestamp
    send_digests(now=timezone.now())
