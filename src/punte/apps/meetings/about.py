"""The need or offer that a request is about, as far as the reader sees it."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from punte.apps.access.kept_questions import KEYS, Asked, IsAmong, Kept
from punte.apps.market.models import Listing
from punte.apps.meetings.models import MeetingRequest

_ABOUT = Kept(lambda: Listing.objects.filter(IsAmong(F("pk"), Asked("among", KEYS))).order_by())


def listings_about(requests: Iterable[MeetingRequest]) -> dict[UUID, Listing]:
    """
    Return what requests are about, by their keys, in one question; none where none is about anything.

    A request about what the reader may not see stands there as one about nothing.
    """
    wanted = {one.pk: one.about_listing_id for one in requests if one.about_listing_id}
    if not wanted:
        return {}
    seen = {one.pk: one for one in _ABOUT.ask(among=list(set(wanted.values())))}
    return {key: seen[listing] for key, listing in wanted.items() if listing in seen}
