"""Rows to a question of the timetable engine, and its answer back to rows."""

from punte.apps.meetings.bridge.answers import (
    PROMISES,
    TimetableConflictError,
    held_meetings,
    measure_again,
    proof_files,
    rules_broken_by,
    store_meetings,
    store_result,
    store_unmet,
)
from punte.apps.meetings.bridge.broken import told_slot
from punte.apps.meetings.bridge.prices import Figures, Pricing, questions_of, short_of
from punte.apps.meetings.bridge.question import (
    SMALL,
    Question,
    ask_question,
    digest,
    guarantee_of,
    question_file,
)
from punte.apps.meetings.bridge.repair import Held, after_noting, repair_meetings

__all__ = [
    "PROMISES",
    "SMALL",
    "Figures",
    "Held",
    "Pricing",
    "Question",
    "TimetableConflictError",
    "after_noting",
    "ask_question",
    "digest",
    "guarantee_of",
    "held_meetings",
    "measure_again",
    "proof_files",
    "question_file",
    "questions_of",
    "repair_meetings",
    "rules_broken_by",
    "short_of",
    "store_meetings",
    "store_result",
    "store_unmet",
    "told_slot",
]
