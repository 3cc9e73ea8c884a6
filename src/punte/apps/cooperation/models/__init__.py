"""Rows of what comes after a meeting."""

from punte.apps.cooperation.models.activity import Activity
from punte.apps.cooperation.models.agreed import MeetingTask, NextMeeting
from punte.apps.cooperation.models.answer import AnswerStep, AssistanceAnswer
from punte.apps.cooperation.models.assistance import (
    Assistance,
    AssistanceChange,
    Seat,
    SeatEvent,
)
from punte.apps.cooperation.models.check_in import Scan
from punte.apps.cooperation.models.commitment import Commitment, CommitmentEvent
from punte.apps.cooperation.models.cooperation import (
    Cooperation,
    CooperationFile,
    Partner,
    StageChange,
    Task,
)
from punte.apps.cooperation.models.discussion import (
    DatePoll,
    Decision,
    PollAnswer,
    PollDate,
    Post,
    Topic,
    TopicFile,
)
from punte.apps.cooperation.models.follow_up import Feedback, MeetingMark, MeetingNote
from punte.apps.cooperation.models.gift import CURRENCIES, Gift, GiftStep
from punte.apps.cooperation.models.hall_code import HallCode
from punte.apps.cooperation.models.hall_copy import HallCopy
from punte.apps.cooperation.models.open_feed import OpenFeed
from punte.apps.cooperation.models.outcome import OutcomeTotals

__all__ = [
    "CURRENCIES",
    "Activity",
    "AnswerStep",
    "Assistance",
    "AssistanceAnswer",
    "AssistanceChange",
    "Commitment",
    "CommitmentEvent",
    "Cooperation",
    "CooperationFile",
    "DatePoll",
    "Decision",
    "Feedback",
    "Gift",
    "GiftStep",
    "HallCode",
    "HallCopy",
    "MeetingMark",
    "MeetingNote",
    "MeetingTask",
    "NextMeeting",
    "OpenFeed",
    "OutcomeTotals",
    "Partner",
    "PollAnswer",
    "PollDate",
    "Post",
    "Scan",
    "Seat",
    "SeatEvent",
    "StageChange",
    "Task",
    "Topic",
    "TopicFile",
]
