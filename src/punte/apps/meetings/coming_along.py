"""Who comes along to a meeting beside its two sides: colleagues of either, and a witness whom the host names."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.actions import WrongStateError
from punte.apps.meetings.apart import reason_apart, strangers
from punte.apps.meetings.begun import past_booking
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.meetings.seat_changes import change_seats
from punte.kernel.errors import PunteError

MOST_COLLEAGUES: Final = 3


def colleagues_wanted(request: MeetingRequest, wanted: Iterable[UUID]) -> list[UUID]:
    """
    Return who comes along when the sender's side wants these of its own: whoever else comes along stays.

    Raises
    ------
    NotAllowedError, PunteError
        As :func:`checked_colleagues`.
    """
    rest = {one.pk for one in along(request) if not _is_of(one, request.sender)}
    own = [key for key in wanted if key not in rest]
    checked = checked_colleagues(request.sender, request.receiver, own)
    return [*checked, *(key for key in request.colleagues if key in rest)]


def checked_colleagues(sender: Delegate, receiver: Delegate, wanted: Iterable[UUID]) -> list[UUID]:
    """
    Return who of the sender's organisation comes along.

    Raises
    ------
    NotAllowedError
        One of them and the receiver are kept apart.
    PunteError
        One is from elsewhere, or they are more than three.
    """
    ids = list(dict.fromkeys(wanted))
    known = Delegate.objects.filter(
        pk__in=ids, edition_id=sender.edition_id, organisation_id=sender.organisation_id
    ).exclude(pk=sender.pk)
    if len(ids) > MOST_COLLEAGUES or len(known) < len(ids):
        raise PunteError(
            _("Propose at most %(most)d colleagues, each a delegate of your own organisation.")
            % {"most": MOST_COLLEAGUES}
        )
    apart = next(filter(None, (reason_apart(one, receiver) for one in known)), "")
    if apart:
        raise NotAllowedError(apart)
    return ids


def along(request: MeetingRequest) -> list[Delegate]:
    """Return who comes along, whether or not the subject sees them."""
    if not request.colleagues:
        return []
    with acting_as_system("look for a time that suits two delegates"):
        return list(Delegate.objects.filter(pk__in=request.colleagues))


def reason_apart_in(request: MeetingRequest) -> str:
    """Return in words that two of those who take part are kept apart; empty where none are."""
    pairs = strangers(request.sender, request.receiver, along(request))
    told = (reason_apart(*pair) for pair in pairs)
    return next(filter(None, told), "")


def seat_colleagues(request: MeetingRequest, before: list[UUID]) -> None:
    """
    Seat who comes along now, in drafts and in the published timetable, and tell who is concerned.

    Parameters
    ----------
    before
        Who came along before the request was changed.

    Raises
    ------
    NotAllowedError, TakenError
        As :func:`punte.apps.meetings.seat_changes.change_seats`.
    WrongStateError
        The meeting has begun: the record of who was to be there stays.
    """
    came = [key for key in request.colleagues if key not in before]
    went = [key for key in before if key not in request.colleagues]
    if came or went:
        with acting_as_system("book a free slot"):
            _refuse_begun(request)
            found = Delegate.objects.filter(pk__in=came)
            change_seats(request, came=list(found), went=went, because="is_dropped")


def _refuse_begun(request: MeetingRequest) -> None:
    meeting = (
        Meeting.objects.filter(request=request, version__state=TimetableVersion.State.PUBLISHED)
        .select_related("slot", "version__edition")
        .first()
    )
    if meeting is not None and past_booking(meeting.version.edition, [meeting.slot]):
        raise WrongStateError(
            _("The meeting has begun or is over. The record of who was to be there stays.")
        )


def _is_of(one: Delegate, side: Delegate) -> bool:
    return one.organisation_id == side.organisation_id
