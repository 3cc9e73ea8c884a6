"""Rows of what comes after a meeting."""

from punte.apps.cooperation.models.assistance import Assistance, Seat
from punte.apps.cooperation.models.check_in import Scan
from punte.apps.cooperation.models.commitment import Commitment, CommitmentEvent
from punte.apps.cooperation.models.cooperation import Cooperation, Partner, StageChange, Task
from punte.apps.cooperation.models.discussion import Post, Topic
from punte.apps.cooperation.models.follow_up import MeetingMark, MeetingNote

__all__ = [
    "Assistance",
    "Commitment",
    "CommitmentEvent",
    "Cooperation",
    "MeetingMark",
    "MeetingNote",
    "Partner",
    "Post",
    "Scan",
    "Seat",
    "StageChange",
    "Task",
    "Topic",
]
