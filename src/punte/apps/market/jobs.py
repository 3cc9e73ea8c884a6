"""Background work of the market: vectors of published texts."""

from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone
from procrastinate.contrib.django import app

from punte.apps.access.permissions import acting_as_system
from punte.apps.market.actions import ENCODE_QUEUE, ENCODE_TASK
from punte.apps.market.bridge import encode_listing
from punte.apps.market.models import Listing, Tally
from punte.apps.market.review_news import REVIEW_TASK, tell_expiring, tell_reviewers
from punte.apps.market.searches import tell_searchers
from punte.apps.people.mail import MAIL_QUEUE

MOST_AT_ONCE: Final = 200
"""Texts that one round of the catch-up reads."""


@app.task(name=ENCODE_TASK, queue=ENCODE_QUEUE)
def encode_published(listing_id: str) -> None:
    """Read one listing; doing it twice finds everything already there."""
    # The text leaves nothing but vectors keyed by its hash, which are of use only to who holds the text.
    with acting_as_system("encode a published text"):
        listing = Listing.objects.filter(pk=UUID(listing_id)).first()
        if listing is not None and listing.state == Listing.State.PUBLISHED:
            encode_listing(listing)


@app.periodic(cron="*/5 * * * *")
@app.task(name="market.encode_waiting", queue=ENCODE_QUEUE, pass_context=False)
def encode_waiting(timestamp: int = 0) -> int:
    """Read published texts that nothing was read out of yet: brought in by a file, or after a change of the model."""
    del timestamp
    with acting_as_system("encode a published text"):
        read = Tally.objects.filter(about=OuterRef("pk"))
        waiting = Listing.objects.filter(~Exists(read), state=Listing.State.PUBLISHED)
        found = list(waiting[:MOST_AT_ONCE])
        for listing in found:
            encode_listing(listing)
    return len(found)


@app.periodic(cron="0 5 * * *")
@app.task(name="market.tell_searchers", queue=ENCODE_QUEUE, pass_context=False)
def tell_of_new_finds(timestamp: int = 0) -> None:
    """Tell each person what their saved searches newly find; runs each morning."""
    del timestamp
    tell_searchers()


@app.task(name=REVIEW_TASK, queue=MAIL_QUEUE)
def tell_who_reviews(edition_id: str) -> int:
    """Tell the reviewers of an edition what waits; doing it twice tells nothing twice."""
    return tell_reviewers(UUID(edition_id))


@app.periodic(cron="10 5 * * *")
@app.task(name="market.tell_expiring", queue=MAIL_QUEUE, pass_context=False)
def tell_of_last_days(timestamp: int = 0) -> int:
    """Tell owners of what ends soon; runs each morning, and tells each last day once."""
    del timestamp
    return tell_expiring(timezone.localdate())
