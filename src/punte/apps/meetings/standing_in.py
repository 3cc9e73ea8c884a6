"""Who may stand in for a colleague: whom the rules of the edition would have let ask, or be asked, in their place."""

from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.forum.models import Delegate
from punte.apps.meetings.may_ask import OPEN, quota_of, reason_by_category
from punte.apps.meetings.models import MeetingRequest, MeetingSeat, TimetableVersion
from punte.apps.meetings.permissions import NotAllowedError


def refuse_unfit(request: MeetingRequest, side: str, colleague: Delegate, other: Delegate) -> None:
    """
    Refuse a colleague who no longer comes, whose category bars it, or who has an open request with the other side.

    Whoever asks in a colleague's place needs room for one more in its own quota.

    Parameters
    ----------
    side
        ``sender`` or ``receiver``: whose place the colleague takes.

    Raises
    ------
    NotAllowedError
        Saying why.
    """
    if colleague.left_at is not None:
        raise NotAllowedError(_("This delegate no longer comes."))
    pair = (colleague, other) if side == "sender" else (other, colleague)
    if barred := reason_by_category(*pair):
        raise NotAllowedError(barred)
    if side == "sender" and not (quota := quota_of(colleague)).left:
        raise NotAllowedError(
            _("%(name)s has as many requests open as allowed: %(limit)d. Choose somebody else.")
            % {"name": colleague.badge_name, "limit": quota.limit}
        )
    twice = (
        MeetingRequest.objects.filter(
            sender__in=[colleague, other], receiver__in=[colleague, other], state__in=OPEN
        )
        .exclude(pk=request.pk)
        .first()
    )
    if twice is not None:
        raise NotAllowedError(
            _("%(name)s and the other side have a request already: %(code)s.")
            % {"name": colleague.badge_name, "code": twice.code}
        )


def require_room(
    version: TimetableVersion, colleague: Delegate, *, but: UUID | None = None
) -> None:
    """
    Let a colleague pass who has fewer meetings in the timetable than agreed, one left out.

    Raises
    ------
    NotAllowedError
        There are as many already.
    """
    most = colleague.max_meetings
    seats = MeetingSeat.objects.filter(version=version, delegate=colleague)
    held = seats.exclude(meeting=but).count()
    if most is not None and held >= most:
        raise NotAllowedError(
            _("%(name)s has as many meetings as agreed. Choose somebody else.")
            % {"name": colleague.badge_name}
        )
