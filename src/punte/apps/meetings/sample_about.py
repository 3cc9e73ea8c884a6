"""What the invented requests of the sample edition are about: a need or an offer that suits the two sides."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from uuid import UUID

from django.db import transaction

from punte.apps.access.permissions import acting_as_system
from punte.apps.market.models import Listing
from punte.apps.meetings.models import MeetingRequest

SEEN_BY_BOTH = (Listing.Audience.EDITION, Listing.Audience.PUBLIC)


def name_subjects(edition_id: UUID) -> int:
    """
    Let each invented request of an edition name a need or an offer of one of its sides; return how many do [count].

    First one of the receiver's that answers something of the sender's, then any of the receiver's, then one of the
    sender's. The same rows give the same choice; a request of two organisations without either stays about nothing.
    """
    with transaction.atomic(), acting_as_system("load the sample edition"):
        owned: defaultdict[UUID, list[Listing]] = defaultdict(list)
        published = Listing.objects.filter(
            edition_id=edition_id, is_synthetic=True, state="published", audience__in=SEEN_BY_BOTH
        )
        for row in published.order_by("side", "pk"):
            owned[row.owner_org_id].append(row)
        about: defaultdict[UUID, list[UUID]] = defaultdict(list)
        requests = MeetingRequest.objects.filter(
            edition_id=edition_id, about_listing_id__isnull=True
        ).values_list("pk", "sender__organisation_id", "receiver__organisation_id")
        for key, sender, receiver in requests:
            chosen = _fitting(owned[sender], owned[receiver])
            if chosen is not None:
                about[chosen.pk].append(key)
        for listing_id, keys in about.items():
            MeetingRequest.objects.filter(pk__in=keys).update(about_listing_id=listing_id)
        return sum(map(len, about.values()))


def _fitting(of_sender: Sequence[Listing], of_receiver: Sequence[Listing]) -> Listing | None:
    answers = (
        theirs
        for theirs in of_receiver
        for own in of_sender
        if theirs.side != own.side and set(theirs.capability) & set(own.capability)
    )
    return next(chain(answers, of_receiver, of_sender), None)
