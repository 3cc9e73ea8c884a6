"""Rows of editions: host, phases, venue, slots, agenda, delegates."""

from punte.apps.forum.models.agenda import (
    AgendaChange,
    AgendaRelease,
    Session,
    SessionDraft,
    SessionFacts,
    SessionPart,
    SessionWait,
)
from punte.apps.forum.models.delegate import AttendeeCategory, Delegate, MeetingRule
from punte.apps.forum.models.edition import Edition, Fact, HostRole, Phase
from punte.apps.forum.models.form_revision import FormRevision
from punte.apps.forum.models.press import Release, ReleaseFile
from punte.apps.forum.models.registration import Application, ApplicationFile, Question
from punte.apps.forum.models.venue import Closure, FloorPlan, Place, Slot
from punte.apps.forum.models.webhook import Webhook, WebhookCall
from punte.apps.forum.models.wording import (
    AgendaNoteWording,
    CategoryWording,
    EditionWording,
    FloorWording,
    HostWording,
    PlaceWording,
    QuestionWording,
    ReleaseWording,
    RuleWording,
    SessionDraftWording,
    SessionWording,
)

__all__ = [
    "AgendaChange",
    "AgendaNoteWording",
    "AgendaRelease",
    "Application",
    "ApplicationFile",
    "AttendeeCategory",
    "CategoryWording",
    "Closure",
    "Delegate",
    "Edition",
    "EditionWording",
    "Fact",
    "FloorPlan",
    "FloorWording",
    "FormRevision",
    "HostRole",
    "HostWording",
    "MeetingRule",
    "Phase",
    "Place",
    "PlaceWording",
    "Question",
    "QuestionWording",
    "Release",
    "ReleaseFile",
    "ReleaseWording",
    "RuleWording",
    "Session",
    "SessionDraft",
    "SessionDraftWording",
    "SessionFacts",
    "SessionPart",
    "SessionWait",
    "SessionWording",
    "Slot",
    "Webhook",
    "WebhookCall",
]
