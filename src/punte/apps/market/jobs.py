"""Background work of the market: vectors of published texts."""

from uuid import UUID

from procrastinate.contrib.django import app

from punte.apps.access.permissions import acting_as_system
from punte.apps.market.actions import ENCODE_QUEUE, ENCODE_TASK
from punte.apps.market.bridge import encode_listing
from punte.apps.market.models import Listing
from punte.apps.market.searches import tell_searchers


@app.task(name=ENCODE_TASK, queue=ENCODE_QUEUE)
def encode_published(listing_id: str) -> None:
    """Encode one listing; doing it twice finds everything already there."""
    # The text leaves nothing but vectors keyed by its hash, which are of use only to who holds the text.
    with acting_as_system("encode a published text"):
        listing = Listing.objects.filter(pk=UUID(listing_id)).first()
        if listing is not None:
            encode_listing(listing)


@app.periodic(cron="0 5 * * *")
@app.task(name="market.tell_searchers", queue=ENCODE_QUEUE, pass_context=False)
def tell_of_new_finds(timestamp: int = 0) -> None:
    """Tell each person what their saved searches newly find; runs each morning."""
    del timestamp
    tell_searchers()
