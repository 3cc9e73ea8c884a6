"""Background work between forums: reminders each morning, the second question after six months, the week's digest."""

from typing import Final
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.digest import send_digests
from punte.apps.cooperation.feedback import ask_again
from punte.apps.cooperation.promises import remind_of_promises
from punte.apps.cooperation.reminders import remind
from punte.apps.cooperation.searchable import things
from punte.apps.market.actions import ENCODE_QUEUE
from punte.apps.market.bridge import forget_all_but, read_documents
from punte.apps.market.models import Listing, Translation
from punte.apps.market.searches import document_of
from punte.apps.people.mail import MAIL_QUEUE

DAILY: Final = "0 4 * * *"
WEEKLY: Final = "30 4 * * 1"
MINUTELY: Final = "* * * * *"
READ: Final = "cooperation.read_for_search"
MOST_AT_ONCE: Final = 100
"""Texts that one round reads."""


@app.periodic(cron=DAILY)
@app.task(name="cooperation.remind", queue=MAIL_QUEUE, pass_context=False)
def remind_each_morning(timestamp: int = 0) -> None:
    """Remind of agreed actions and of commitments that are due."""
    del timestamp
    today = timezone.localdate()
    remind(today=today)
    remind_of_promises(today=today)


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


@app.periodic(cron=MINUTELY)
@app.task(name=READ, queue=ENCODE_QUEUE, lock=READ, queueing_lock=READ, pass_context=False)
def read_for_search(timestamp: int = 0) -> int:
    """Read what can be searched and was not read as it stands now, so that no searcher waits for it; forget what is gone."""
    del timestamp
    # What is read out leaves nothing but vectors and counts keyed by a hash of the text, of use only to who holds the text.
    with acting_as_system("encode a published text"):
        published = Translation.objects.filter(listing__state=Listing.State.PUBLISHED)
        texts = [document_of(one) for one in published]
        texts += [thing.document for thing in things(most=None)]
        living = {UUID(one.key) for one in texts}
        living |= set(Listing.objects.order_by().values_list("pk", flat=True))
        count = read_documents(texts, most=MOST_AT_ONCE)
        forget_all_but(living)
    return count
