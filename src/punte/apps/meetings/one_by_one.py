"""
One after the other: who sends requests, or changes those of one sender, holds the sender's place first.

Whoever leaves is held in the same order: the place, its requests, then the edition; so nobody waits in a circle.
"""

from uuid import UUID

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest


def hold_sender(sender: Delegate) -> Delegate:
    """Hold a sender: its requests are counted one after the other, so that two tabs pass neither quota nor rank."""
    with acting_as_system("count requests one after the other"):
        return Delegate.objects.select_for_update(no_key=True).get(pk=sender.pk)


def hold_sender_of(request_id: UUID) -> Delegate | None:
    """
    Hold the sender of a request that the subject sees; ``None`` where there is none.

    One who stands in for the sender meanwhile makes another revision of the request, so whoever read the old one is told.
    """
    request = MeetingRequest.objects.filter(pk=request_id).select_related("sender").first()
    return hold_sender(request.sender) if request else None
