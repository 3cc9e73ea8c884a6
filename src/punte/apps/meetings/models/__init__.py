"""Rows of meetings: requests and availability, timetable versions, runs of the solver, calendars."""

from punte.apps.meetings.models.apart import Apart
from punte.apps.meetings.models.calendar import CalendarEntry, CalendarFeed
from punte.apps.meetings.models.contact import ContactLine
from punte.apps.meetings.models.disclosure import Disclosure
from punte.apps.meetings.models.importing import ImportDraft, ImportRun
from punte.apps.meetings.models.remark import MeetingRemark
from punte.apps.meetings.models.request import Availability, Lock, MeetingRequest
from punte.apps.meetings.models.run import SolveProgress, SolveRun
from punte.apps.meetings.models.timetable import (
    Aims,
    Meeting,
    MeetingSeat,
    TimetableRules,
    TimetableVersion,
    Unmet,
)
from punte.apps.meetings.models.trial import RulesTrial

__all__ = [
    "Aims",
    "Apart",
    "Availability",
    "CalendarEntry",
    "CalendarFeed",
    "ContactLine",
    "Disclosure",
    "ImportDraft",
    "ImportRun",
    "Lock",
    "Meeting",
    "MeetingRemark",
    "MeetingRequest",
    "MeetingSeat",
    "RulesTrial",
    "SolveProgress",
    "SolveRun",
    "TimetableRules",
    "TimetableVersion",
    "Unmet",
]
