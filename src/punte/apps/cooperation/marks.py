"""What the marks of a meeting say together: the one rule for its page, the totals, the reports and the copies for the hall."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from punte.apps.cooperation.models import MeetingMark
from punte.apps.meetings.models import MeetingRequest

Side = MeetingMark.Side
DISPUTED: Final = "disputed"


def outcome_of(request: MeetingRequest) -> str:
    """Return what the marks of a meeting say together, as :func:`said_together` does."""
    return outcomes_of([request.pk]).get(request.pk, "")


def outcomes_of(request_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return what the marks of meetings say together, as :func:`said_together` does, in one query."""
    newest: dict[UUID, dict[str, str]] = {}
    for mark in MeetingMark.objects.filter(request__in=list(request_ids)).order_by("at", "pk"):
        newest.setdefault(mark.request_id, {})[mark.side] = mark.mark
    return {key: said_together(said) for key, said in newest.items()}


def said_together(newest: Mapping[str, str]) -> str:
    """
    Return what the newest marks by side say together: ``held``, ``not``, ``moved``, ``disputed``, or empty.

    The desk is stronger than one side: where only one spoke, or the two differ, its word counts. Where it contradicts two
    who agree, or is silent between two who differ, the meeting is disputed.

    >>> said_together({"sender": "held", "desk": "not"})
    'not'
    >>> said_together({"sender": "held", "receiver": "not"})
    'disputed'
    >>> said_together({"sender": "held", "receiver": "not", "desk": "held"})
    'held'
    >>> said_together({"sender": "held", "receiver": "held", "desk": "not"})
    'disputed'
    """
    spoken = [newest[side] for side in (Side.SENDER, Side.RECEIVER) if side in newest]
    words, desk = set(spoken), newest.get(Side.DESK, "")
    if desk and not (len(spoken) == 2 and len(words) == 1 and desk not in words):
        return desk
    if desk or len(words) > 1:
        return DISPUTED
    return words.pop() if words else ""
