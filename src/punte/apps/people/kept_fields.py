"""
The list of what is kept about people: every field of the site that says something about a person, and how long.

Fields are named as text, so that one list holds those of every app.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy

from punte.apps.people.kept_by_clock import CLOCKED
from punte.apps.people.retention import (
    AGREED,
    MEETING,
    PROOF,
    RECORD,
    SIGN_IN,
    SIGNED,
    STANDS,
    TAKEN_AWAY,
    TOLD,
    UNTIL_ERASED,
    VETTING,
    WHO,
    Kept,
    Lazy,
)


def _stands(purpose: Lazy, until: Lazy, tables: Mapping[str, str]) -> tuple[Kept, ...]:
    """Return entries that no clock ends, for one purpose."""
    return tuple(
        Kept(table=table, fields=fields, purpose=purpose, since=until)
        for table, fields in tables.items()
    )


STANDING: Final = (
    *_stands(
        gettext_lazy("to let programs read in your name"),
        TAKEN_AWAY,
        {
            "people.ApiToken": "person name scope secret_sha256 membership_id second_step_at"
            " made_at expires_at revoked_at last_used_at",
        },
    ),
    *_stands(
        SIGN_IN,
        STANDS,
        {
            "access.Account": "email password last_login is_active created_at language time_zone",
            "account.EmailAddress": "user email verified primary",
            "account.EmailConfirmation": "email_address created sent key",
            "cooperation.HallCode": "person digest made_at until used_at revoked_at by_id by_name",
            "mfa.Authenticator": "user type data created_at last_used_at",
            "socialaccount.SocialAccount": "user provider uid last_login date_joined extra_data",
            "socialaccount.SocialToken": "app account token token_secret expires_at",
        },
    ),
    *_stands(
        WHO,
        UNTIL_ERASED,
        {
            "people.Person": "name account listed_since erased_at merged_into",
        },
    ),
    *_stands(
        WHO,
        RECORD,
        {
            "people.Membership": "person organisation function since until confirmed_at confirmed_by_id is_focal_point",
            "people.Delegation": "head",
            "forum.Application": "account organisation_kind category country agrees_to_listing state made_at decided_at",
            "forum.Delegate": "person code badge_name function left_at",
        },
    ),
    *_stands(
        VETTING,
        RECORD,
        {
            "people.Nomination": "person state reason category cleared_at valid_until",
            "people.Clearance": "by_id decision reason at",
        },
    ),
    *_stands(
        gettext_lazy("to shut somebody out, and to say later what they could see"),
        RECORD,
        {
            "access.Denial": "name reason since until",
        },
    ),
    *_stands(
        gettext_lazy("to show what you may do, and who allowed it"),
        RECORD,
        {
            "people.Grant": "person right since until granted_by_id revoked_at",
        },
    ),
    *_stands(
        SIGNED,
        RECORD,
        {
            "people.Organisation": "verified_by_id",
            "market.Revision": "changed_by",
            "market.WaitingChange": "changed_by",
            "meetings.ImportRun": "asked_by_id",
            "meetings.SolveRun": "asked_by_id",
            "meetings.RulesTrial": "asked_by_id",
            "meetings.TimetableVersion": "created_by_id",
        },
    ),
    *_stands(
        gettext_lazy("to list you only where you agreed"),
        RECORD,
        {
            "people.Consent": "person given_at withdrawn_at",
        },
    ),
    *_stands(
        gettext_lazy("to part again two records that were joined by mistake"),
        RECORD,
        {
            "people.Merge": "kept_id gone_id moved by_id at undone_at",
        },
    ),
    *_stands(
        TOLD,
        UNTIL_ERASED,
        {
            "people.MailOptOut": "person kind since",
        },
    ),
    *_stands(
        gettext_lazy("to work together in a group between forums"),
        UNTIL_ERASED,
        {
            "people.GroupMember": "person name organisation_name country role state reason at",
        },
    ),
    *_stands(
        PROOF,
        gettext_lazy(
            "as long as the log; it names you by a number, and the erasure takes the name behind it away"
        ),
        {
            "access.AuditEntry": "person_id behalf_of_id about_id detail at",
        },
    ),
    *_stands(
        gettext_lazy("to show what officials were given, and to whom they gave"),
        UNTIL_ERASED,
        {
            "cooperation.Gift": "by_id by_name",
            "cooperation.GiftStep": "by_id by_name",
        },
    ),
    *_stands(
        gettext_lazy("to be reached by the press"),
        TAKEN_AWAY,
        {
            "forum.Edition": "press_contact press_email press_phone",
        },
    ),
    *_stands(
        gettext_lazy("to say who speaks"),
        TAKEN_AWAY,
        {
            "forum.Session": "speakers",
            "forum.SessionDraft": "speakers",
        },
    ),
    *_stands(
        MEETING,
        RECORD,
        {
            "forum.SessionPart": "delegate part",
            "forum.SessionWait": "delegate since",
            "market.Interest": "by name reason said_at",
            "market.Relay": "author text sent_at",
            "meetings.MeetingRequest": "sender receiver reason answer colleagues earlier_reasons",
            "meetings.MeetingRemark": "delegate text written_at",
            "meetings.Availability": "delegate away",
            "meetings.MeetingSeat": "delegate",
        },
    ),
    *_stands(
        SIGNED,
        TAKEN_AWAY,
        {
            "programmes.Milestone": "owner_name done_by",
        },
    ),
    *_stands(
        SIGNED,
        UNTIL_ERASED,
        {
            "programmes.PromiseChange": "by_id by_name",
            "programmes.Remark": "text by_id by_name",
            "programmes.PlanVersion": "by_id by_name",
            "funding.Decision": "by_id by_name",
            "funding.EligibilityCase": "by_name",
            "funding.Allocation": "links",
            "funding.AllocationRevision": "by_name links",
            "funding.LoanPlanRevision": "by_name",
            "cooperation.CommitmentEvent": "by_id by_name",
            "cooperation.StageChange": "by_id by_name",
            "cooperation.CooperationFile": "by_id by_name",
            "cooperation.Topic": "by_id by_name",
            "cooperation.Post": "text by_id by_name by_organisation",
            "cooperation.TopicFile": "by_id by_name",
            "cooperation.DatePoll": "by_id by_name",
            "cooperation.MeetingMark": "by_id by_name",
            "cooperation.OutcomeTotals": "by_id by_name",
        },
    ),
    *_stands(
        gettext_lazy("to be asked about a need or an offer"),
        TAKEN_AWAY,
        {
            "market.Listing": "contact",
        },
    ),
    *_stands(
        TOLD,
        TAKEN_AWAY,
        {
            "market.SavedSearch": "person words language kept_at told_at",
        },
    ),
    *_stands(
        gettext_lazy("to measure how well needs and offers are matched"),
        RECORD,
        {
            "market.FitVerdict": "person fits why said_at",
        },
    ),
    *_stands(
        gettext_lazy("to call other systems in the name of who entered them"),
        TAKEN_AWAY,
        {
            "forum.Webhook": "entered_by_id name url made_at",
        },
    ),
    *_stands(
        gettext_lazy("to keep two from one table"),
        TAKEN_AWAY,
        {
            "meetings.Apart": "one other reason entered_by_id",
        },
    ),
    *_stands(
        MEETING,
        TAKEN_AWAY,
        {
            "meetings.CalendarFeed": "delegate secret_sha256 created_at revoked_at last_read_at",
            "cooperation.OpenFeed": "person secret_sha256 created_at revoked_at last_read_at",
        },
    ),
    *_stands(
        gettext_lazy("to know who is in the hall, and how many came"),
        RECORD,
        {
            "cooperation.Scan": "delegate kind desk by_id by_name at",
            "cooperation.HallCopy": "by_id by_name revoked_by",
        },
    ),
    *_stands(
        gettext_lazy("to hold a public promise to its words"),
        TAKEN_AWAY,
        {
            "cooperation.Commitment": "who speaker_id quotation",
        },
    ),
    *_stands(
        AGREED,
        TAKEN_AWAY,
        {
            "cooperation.Partner": "speaker speaker_id",
            "cooperation.Task": "who",
            "cooperation.MeetingTask": "who by_id",
        },
    ),
    *_stands(
        gettext_lazy("to be reached by those to whom you release it"),
        TAKEN_AWAY,
        {
            "meetings.ContactLine": "delegate name function organisation email phone to_all released_in changed_at",
        },
    ),
    *_stands(
        gettext_lazy("to find a date for a group"),
        UNTIL_ERASED,
        {
            "cooperation.PollAnswer": "person_id name answer",
        },
    ),
    *_stands(
        AGREED,
        UNTIL_ERASED,
        {
            "cooperation.MeetingNote": "text by_id by_name",
            "cooperation.NextMeeting": "by_id by_name",
            "cooperation.AssistanceChange": "by_id by_name",
            "cooperation.SeatEvent": "by_id by_name",
            "cooperation.AnswerStep": "by_id by_name",
            "cooperation.Feedback": "text by_id by_name",
        },
    ),
)
"""What no clock ends."""

KEPT: Final = CLOCKED + STANDING


def declared_fields() -> frozenset[str]:
    """Return the declared fields, each as ``app.Model.field``."""
    return frozenset(name for one in KEPT for name in one.names)
