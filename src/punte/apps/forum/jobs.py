"""Background work of editions: mails to applicants."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from punte.apps.forum.applicant_news import QUEUE, TASK, send_news


@app.task(name=TASK, queue=QUEUE, retry=RetryStrategy(max_attempts=6, exponential_wait=10))
def tell_applicant_now(application_id: str, state: str) -> None:
    """Tell an applicant where the application stands; tried again when no server of mails answers."""
    send_news(UUID(application_id), state)
