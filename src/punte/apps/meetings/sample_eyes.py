"""Four eyes in the sample edition: it asks for them, and at a few meetings a colleague comes along, so that both are seen."""

from typing import Final

from django.db import transaction

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.disclosing import authority_side
from punte.apps.meetings.models import MeetingRequest, TimetableRules

WITH_TWO: Final = 3
"""So many requests have a second person; the others of an authority and a firm show that one is missing."""


def load_four_eyes(edition: Edition) -> int:
    """Let the sample ask for four eyes before it is solved; return at how many requests a colleague comes along [count]."""
    with transaction.atomic(), acting_as_system("load the sample edition"):
        rules = TimetableRules.objects.filter(edition=edition, asks_four_eyes=False)
        if not rules.update(asks_four_eyes=True):
            return 0
        named = 0
        accepted = MeetingRequest.objects.filter(
            edition=edition, state=MeetingRequest.State.ACCEPTED
        ).select_related("sender__organisation", "receiver__organisation")
        for request in accepted.order_by("code"):
            side = authority_side(request)
            if side is None or named == WITH_TWO:
                continue
            mates = Delegate.objects.filter(
                edition=edition, organisation=side.organisation_id, left_at__isnull=True
            ).exclude(pk=side.pk)
            mate = mates.order_by("code").first()
            if mate is not None:
                request.colleagues = [mate.pk]
                request.save(update_fields=["colleagues"])
                named += 1
        return named
