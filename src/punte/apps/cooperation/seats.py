"""Seats at an activity: taken, given back, confirmed, taken back with a reason; each step is kept and told."""

import datetime as dt
from typing import Final

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of, org_of, require_writer
from punte.apps.cooperation.joining import joining_of
from punte.apps.cooperation.models import Activity, Assistance, Seat, SeatEvent
from punte.apps.cooperation.permissions import NotPartOfItError, require_change
from punte.apps.cooperation.reminders import who_speaks_for
from punte.apps.cooperation.telling import persons_who_see
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Organisation
from punte.kernel.errors import ChangedMeanwhileError, PunteError

SEATS_KIND: Final = "assistance.seats"
Step = SeatEvent.Step


def seats_taken(assistance: Assistance, activity: Activity | None = None) -> int:
    """Return how many seats are taken by anybody in it, or in one activity of it [count]: who took them is not told by it."""
    with acting_as_system("take seats at an activity"):
        held = Seat.objects.filter(assistance=assistance, activity=activity)
        return int(held.aggregate(n=Sum("count"))["n"] or 0)


def takes_seats(assistance: Assistance, today: dt.date, activity: Activity | None = None) -> bool:
    """Whether seats can be taken: it is offered, not over and not cancelled, and neither is the activity."""
    over = {Assistance.State.DONE, Assistance.State.CANCELLED}
    row = activity or assistance
    last = row.ends_on or row.starts_on
    return (
        assistance.side == Assistance.Side.OFFER
        and assistance.state not in over
        and row.state not in over
        and (last is None or last >= today)
    )


def take_seats(
    *,
    by: Subject,
    assistance: Assistance,
    count: int,
    read: int | None = None,
    activity: Activity | None = None,
) -> Seat | None:
    """
    Take seats for one's organisation, in the place of those taken before; 0 gives them back. The side that helps is told.

    Parameters
    ----------
    read
        How many the organisation had when the form was read [count]; None reads none.
    activity
        One activity of the assistance; None takes seats in the whole of it.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an organisation, or its organisation is not of those who may join.
    ChangedMeanwhileError
        A colleague took or gave back seats since it was read.
    PunteError
        It is asked for, over or cancelled, or fewer seats are left.
    """
    require_writer(by)
    if assistance.side != Assistance.Side.OFFER:
        raise PunteError(_("It is asked for, not offered: there are no seats to take."))
    if not 0 <= count <= 1000:
        raise PunteError(_("Take between 0 and 1,000 seats."))
    org_id = org_of(by)
    with acting_as_system("take seats at an activity"):
        # One after the other, so that the last seat goes once, and by the rule that stands now.
        assistance = Assistance.objects.select_for_update().get(pk=assistance.pk)
        if activity is not None:
            activity = Activity.objects.get(pk=activity.pk, assistance=assistance)
        held = Seat.objects.filter(assistance=assistance, activity=activity)
        mine = held.filter(organisation_id=org_id).first()
        before = mine.count if mine else 0
        _require_same_seats(before, read)
        _require_room(by, assistance, activity, count=count, before=before)
        new = Seat(assistance=assistance, activity=activity, organisation_id=org_id)
        seat = _keep(mine, new, count)
        event = None
        if count != before:
            step = Step.TAKEN if count else Step.GIVEN_BACK
            of = seat or mine
            assert of is not None
            event = _note(by, of, step, count=count or before)
    record("assistance.seats", assistance, count=count)
    if event is not None:
        _tell(event, to_helper=True)
    return seat


def _require_room(
    by: Subject, assistance: Assistance, activity: Activity | None, *, count: int, before: int
) -> None:
    """Let only pass who gives seats back, or may join while it takes anybody and so many are left."""
    if count <= before:
        return
    if not takes_seats(assistance, timezone.localdate(), activity):
        raise PunteError(_("It takes nobody any more."))
    joining = joining_of(by, assistance, activity)
    if not joining.may:
        raise NotPartOfItError(joining.sentence)
    there_are = (activity or assistance).seats
    taken = seats_taken(assistance, activity)
    if there_are is not None and taken - before + count > there_are:
        left = max(0, there_are - taken + before)
        raise PunteError(
            ngettext(
                "%(left)d seat is left. Take fewer, or ask who organises it.",
                "%(left)d seats are left. Take fewer, or ask who organises it.",
                left,
            )
            % {"left": left}
        )


def _require_same_seats(now: int, read: int | None) -> None:
    if read not in {None, now}:
        raise ChangedMeanwhileError(
            ngettext(
                "A colleague changed it since you read it: your organisation has %(now)d seat now. Nothing of yours was "
                "kept; say again how many you take together.",
                "A colleague changed it since you read it: your organisation has %(now)d seats now. Nothing of yours was "
                "kept; say again how many you take together.",
                now,
            )
            % {"now": now}
        )


def _keep(mine: Seat | None, new: Seat, count: int) -> Seat | None:
    """Keep an organisation's seats; more than were confirmed are to be confirmed anew."""
    if not count:
        if mine is not None:
            Seat.objects.filter(pk=mine.pk).delete()
        return None
    if mine is None:
        new.organisation_name = Organisation.objects.get(pk=new.organisation_id).name
        new.count = count
        new.save(force_insert=True)
        return new
    if count > mine.count:
        mine.confirmed_at = None
    mine.count = count
    mine.save(update_fields=["count", "confirmed_at"])
    return mine


def confirm_seats(*, by: Subject, seat: Seat, count: int) -> None:
    """
    Say for the side that helps that an organisation's seats stand; the organisation is told.

    Parameters
    ----------
    count
        How many were read [count].

    Raises
    ------
    NotPartOfItError
        The subject does not keep the activity.
    ChangedMeanwhileError
        The organisation took or gave back seats since they were read.
    """
    require_change(by, seat.assistance)
    with acting_as_system("take seats at an activity"):
        now = _locked(seat, count)
        now.confirmed_at = timezone.now()
        now.save(update_fields=["confirmed_at"])
        event = _note(by, now, Step.CONFIRMED, count=now.count)
    record("assistance.seats_confirmed", seat.assistance, count=now.count)
    _tell(event, to_helper=False)


def take_back_seats(*, by: Subject, seat: Seat, count: int, reason: str) -> None:
    """
    Take an organisation's seats back for the side that helps, with a reason that the organisation is told.

    Raises
    ------
    NotPartOfItError
        The subject does not keep the activity.
    ChangedMeanwhileError
        The organisation took or gave back seats since they were read.
    PunteError
        The reason is missing or carries a marking.
    """
    require_change(by, seat.assistance)
    if not reason.strip():
        raise PunteError(_("Say why; whoever took the seats is told."))
    refuse_classified(_("Assistance"), [(_("reason"), reason)])
    with acting_as_system("take seats at an activity"):
        now = _locked(seat, count)
        event = _note(by, now, Step.TAKEN_BACK, count=now.count, reason=whole_text(reason, 400))
        now.delete()
    record("assistance.seats_taken_back", seat.assistance, count=count)
    _tell(event, to_helper=False)


def _locked(seat: Seat, count: int) -> Seat:
    Assistance.objects.select_for_update().get(pk=seat.assistance_id)
    now = Seat.objects.filter(pk=seat.pk).select_related("assistance").first()
    if now is None or now.count != count:
        raise ChangedMeanwhileError(
            _(
                "The organisation changed its seats since you read them. Nothing was kept; look again."
            )
        )
    return now


def _note(by: Subject, seat: Seat, step: str, *, count: int, reason: str = "") -> SeatEvent:
    """Keep a step: the organisation's own, and read besides only by the side that helps."""
    helper = seat.assistance
    return SeatEvent.objects.create(
        assistance=helper,
        activity_id=seat.activity_id,
        organisation_name=seat.organisation_name,
        step=step,
        count=count,
        reason=reason,
        by_id=by.person_id,
        by_name=name_of(by),
        owner_org_id=seat.organisation_id,
        label_stewards=sorted({f"org:{helper.owner_org_id}", *helper.label_stewards}),
    )


def _tell(event: SeatEvent, *, to_helper: bool) -> None:
    """Tell the side that helps, or whoever took the seats, as far as they see the step."""
    today = timezone.localdate()
    with acting_as_system("take seats at an activity"):
        if to_helper:
            told = who_speaks_for(event.assistance.owner_org_id, None, today)
        else:
            taker = SeatEvent.objects.filter(
                assistance_id=event.assistance_id,
                activity=event.activity,
                owner_org_id=event.owner_org_id,
                step=Step.TAKEN,
            ).first()
            told = who_speaks_for(event.owner_org_id, taker.by_id if taker else None, today)
    people = persons_who_see([one for one in told if one != event.by_id], SeatEvent, event.pk)
    queue_mails(
        kind=SEATS_KIND,
        to=[(person, {}) for person in people],
        key=str(event.pk),
        about_id=event.pk,
    )
