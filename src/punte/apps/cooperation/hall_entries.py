"""What the kinds of entries in a file of the hall have in common: what each brought, and why one does not belong."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.classified import refuse_classified
from punte.apps.cooperation.scan_times import CLOCK_SLACK
from punte.apps.meetings.models import MeetingRequest
from punte.formats.hall_copy import HallFeedback, HallMark, HallNote, HallRecord
from punte.kernel.errors import InvalidInputError


@dataclass(slots=True, kw_only=True)
class Brought:
    """
    What a file brought of one kind [count].

    Parameters
    ----------
    conflicts
        Codes of the meetings of entries that share an identifier with a different one; both are kept.
    refused
        What was not taken, each with the reason.
    """

    new: int = 0
    known: int = 0
    conflicts: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def why_older(one: HallMark | HallNote | HallFeedback, found: HallRecord) -> str:
    """Return why an entry is none of the copy's: it is from before there was one."""
    made_there = one.at >= found.copied_at - CLOCK_SLACK
    return "" if made_there else _("it is older than the copy in the hall")


def sides_of(request: MeetingRequest) -> set[UUID]:
    """Return the two organisations of a meeting."""
    return {request.sender.organisation_id, request.receiver.organisation_id}


def why_marked(source: str, text: str) -> str:
    """Return why a text is not taken: it carries a marking, or characters that nobody sees."""
    try:
        refuse_classified(source, [(_("text"), text)])
    except InvalidInputError as error:
        return str(error)
    return ""
