"""A delegate's steps with the seats of a session: sign up, give the seat back, wait for one, wait no more."""

from django.db.models import Max
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.forum.agenda_actions import AgendaError
from punte.apps.forum.models import Delegate, Session, SessionPart, SessionWait
from punte.apps.forum.seat_queue import (
    ReadBooked,
    fill_queues,
    fill_seats,
    hold_edition,
    in_no_meeting,
    is_past,
    meets,
    seats_free,
    sits_elsewhere,
)

LISTENER = SessionPart.Part.LISTENER


def sign_up(
    *, by: Subject, session: Session, delegate: Delegate, booked: ReadBooked = in_no_meeting
) -> None:
    """
    Sign a delegate up for a session; it is not free for meetings meanwhile. Who waits for a seat comes first.

    Raises
    ------
    AgendaError
        It is not the subject's own place, the session takes nobody, is over or full, or the delegate is not free then.
    """
    _require_own(by, delegate)
    row = _hold(session, delegate)
    with acting_as_system("sign up for a session"):
        _refuse_elsewhere(row, delegate, booked)
    # Kept also where no seat is left for this one: a seat that stayed free was theirs who wait.
    fill_seats(row, booked)
    with acting_as_system("sign up for a session"):
        if not SessionPart.objects.filter(session=row, delegate=delegate).exists():
            if seats_free(row) == 0:
                raise AgendaError(_("Every seat is taken. You can wait for one."))
            SessionPart.objects.create(session=row, delegate=delegate, part=LISTENER)
        SessionWait.objects.filter(session=row, delegate=delegate).delete()
    record("agenda.signed_up", session, edition_id=session.edition_id)


def leave(
    *, by: Subject, session: Session, delegate: Delegate, booked: ReadBooked = in_no_meeting
) -> bool:
    """
    Give a seat back, to the first who waits for it; return whether there was one.

    Raises
    ------
    AgendaError
        It is not the subject's own, or the session is over.
    """
    if delegate.person_id != by.person_id or not by.may_write:
        raise AgendaError(_("You can give back your own seat only."))
    with acting_as_system("leave a session"):
        hold_edition(session.edition_id)
        row = Session.objects.select_related("edition").get(pk=session.pk)
        if is_past(row):
            raise AgendaError(_("This session is over: its seats stay as they were."))
        given, _each = SessionPart.objects.filter(
            session=session, delegate=delegate, part=LISTENER
        ).delete()
    if given:
        record("agenda.left", session, edition_id=session.edition_id)
        fill_seats(row, booked)
        # Who is free again may be next for a seat of another session at that time.
        fill_queues(session.edition_id, booked, people=[delegate.pk])
    return bool(given)


def wait_for_seat(
    *, by: Subject, session: Session, delegate: Delegate, booked: ReadBooked = in_no_meeting
) -> int:
    """
    Wait for a seat in a session that is full; return the place in the queue, 1 is next.

    Who waits stays free for meetings.

    Raises
    ------
    AgendaError
        It is not the subject's own place, the session takes nobody, is over or has a seat, or the delegate has one.
    """
    _require_own(by, delegate)
    row = _hold(session, delegate)
    fill_seats(row, booked)
    with acting_as_system("wait for a seat"):
        if SessionPart.objects.filter(session=row, delegate=delegate).exists():
            raise AgendaError(_("You take part in this session. There is no seat to wait for."))
        if seats_free(row) != 0:
            raise AgendaError(_("A seat is free. Sign up for it."))
        queue = SessionWait.objects.filter(session=row)
        last = queue.aggregate(n=Max("number"))["n"] or 0
        own, is_new = queue.get_or_create(
            session=row, delegate=delegate, defaults={"number": last + 1}
        )
        place = queue.filter(number__lte=own.number).count()
    if is_new:
        record("agenda.waits", session, edition_id=session.edition_id)
    return place


def wait_no_more(*, by: Subject, session: Session, delegate: Delegate) -> bool:
    """
    Leave the queue for a session's seats; return whether the delegate was in it.

    Raises
    ------
    AgendaError
        It is not the subject's own.
    """
    _require_own(by, delegate)
    with acting_as_system("wait for a seat"):
        # Whoever gives a seat back at this moment comes before or after: the seat is the person's, or it is not.
        hold_edition(session.edition_id)
        given, _each = SessionWait.objects.filter(session=session, delegate=delegate).delete()
    if given:
        record("agenda.waits_no_more", session, edition_id=session.edition_id)
    return bool(given)


def give_back_seats(delegate: Delegate, booked: ReadBooked) -> None:
    """Take one who no longer comes out of the sessions to come and out of the queues; their seats go to who waits."""
    with acting_as_system("leave a session"):
        hold_edition(delegate.edition_id)
        SessionWait.objects.filter(delegate=delegate).delete()
        parts = SessionPart.objects.filter(delegate=delegate, part=LISTENER)
        held = [
            one
            for one in parts.select_related("session__edition").order_by("session__starts_at", "pk")
            if not is_past(one.session)
        ]
        parts.filter(pk__in=[one.pk for one in held]).delete()
    for one in held:
        record("agenda.left", one.session, edition_id=delegate.edition_id)
        fill_seats(one.session, booked)
    # Whoever was to meet this one is free again as well.
    fill_queues(delegate.edition_id, booked)


def _require_own(by: Subject, delegate: Delegate) -> None:
    if delegate.person_id != by.person_id or not by.may_write or by.is_denied:
        raise AgendaError(_("You can sign up yourself only. Ask your colleague to do it."))


def _hold(session: Session, delegate: Delegate) -> Session:
    """
    Hold the seats of the edition, and return the session as it is now.

    One after the other, and after whoever books or publishes: nobody sits in two places, the last seat goes once.
    """
    with acting_as_system("sign up for a session"):
        hold_edition(session.edition_id)
        row = Session.objects.select_related("edition").get(pk=session.pk)
        if not row.is_released or row.is_cancelled:
            raise AgendaError(_("This session takes nobody. Choose another one."))
        if is_past(row):
            raise AgendaError(_("This session is over. Choose one that is still to come."))
        if Delegate.objects.filter(pk=delegate.pk, left_at__isnull=False).exists():
            raise AgendaError(_("You no longer come to this edition: there is no seat for you."))
        return row


def _refuse_elsewhere(row: Session, delegate: Delegate, booked: ReadBooked) -> None:
    if meets(row, booked([delegate.pk]).get(delegate.pk, ())):
        raise AgendaError(_("You have a meeting at this time. Move it first."))
    if sits_elsewhere(row, delegate.pk):
        raise AgendaError(_("You are in another session at this time. Leave it first."))
