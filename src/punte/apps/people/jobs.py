"""Background work of the register: mails, and what is kept no longer."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from punte.apps.people.mail import MAIL_QUEUE, MAIL_TASK
from punte.apps.people.mail_sending import send_mail, take_up_lost
from punte.apps.people.purging import purge_expired


@app.task(name=MAIL_TASK, queue=MAIL_QUEUE)
def send_queued(mail_id: str) -> None:
    """Send one mail, unless another worker did."""
    send_mail(UUID(mail_id))


@app.periodic(cron="* * * * *")
@app.task(name="people.take_up_lost_mails", queue=MAIL_QUEUE, pass_context=False)
def take_up_lost_mails(timestamp: int = 0) -> None:
    """Queue again what failed or was lost; runs each minute."""
    del timestamp
    take_up_lost()


@app.periodic(cron="20 3 * * *")
@app.task(name="people.purge_expired", queue=MAIL_QUEUE, pass_context=False)
def purge_each_night(timestamp: int = 0) -> None:
    """Empty or delete what is kept no longer; runs each night."""
    del timestamp
    purge_expired(today=timezone.localdate())
