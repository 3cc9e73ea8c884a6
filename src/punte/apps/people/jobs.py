"""Background work of the register: mails."""

from uuid import UUID

from procrastinate.contrib.django import app

from punte.apps.people.mail import MAIL_QUEUE, MAIL_TASK
from punte.apps.people.mail_sending import send_mail, take_up_lost


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
