"""Rows of who is who: organisations, persons, delegations, rights."""

from punte.apps.people.models.delegation import Delegation, NationQuota, Nomination
from punte.apps.people.models.grant import Grant, Right
from punte.apps.people.models.mail import Mail, MailOptOut, MailRule, MailWording
from punte.apps.people.models.organisation import Organisation
from punte.apps.people.models.person import Membership, Person
from punte.apps.people.models.privacy import Consent, Merge
from punte.apps.people.models.sent_form import SentForm
from punte.apps.people.models.token import ApiReply, ApiToken
from punte.apps.people.models.vetting import (
    Clearance,
    ClearanceStage,
    Invitation,
    StageWording,
    WatchEntry,
)
from punte.apps.people.models.working_group import GroupMember, WorkingGroup

__all__ = [
    "ApiReply",
    "ApiToken",
    "Clearance",
    "ClearanceStage",
    "Consent",
    "Delegation",
    "Grant",
    "GroupMember",
    "Invitation",
    "Mail",
    "MailOptOut",
    "MailRule",
    "MailWording",
    "Membership",
    "Merge",
    "NationQuota",
    "Nomination",
    "Organisation",
    "Person",
    "Right",
    "SentForm",
    "StageWording",
    "WatchEntry",
    "WorkingGroup",
]
