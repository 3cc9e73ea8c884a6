"""Activities under an assistance: a course, an exercise, a visit; entered, changed, moved and called off."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.assistance import require_order
from punte.apps.cooperation.assistance_history import keep_history, require_read
from punte.apps.cooperation.models import Activity, Assistance
from punte.apps.cooperation.moved import moves, tell_moved
from punte.apps.cooperation.permissions import require_change
from punte.apps.cooperation.seats import seats_taken
from punte.kernel.errors import PunteError


def enter_activity(
    *,
    by: Subject,
    assistance: Assistance,
    title: str,
    starts_on: dt.date | None,
    ends_on: dt.date | None = None,
    place: str = "",
    seats: int | None = None,
    only_for: Iterable[str] = (),
) -> Activity:
    """
    Enter an activity of an assistance that is offered.

    Parameters
    ----------
    ends_on
        The day it begins, where none is given.
    only_for
        Groups to which it is narrowed: of those who may join the assistance, organisations in one of them. Empty: all of those.

    Raises
    ------
    NotPartOfItError
        The subject keeps the assistance not.
    PunteError
        It is asked for, or over; the title or the day is missing, it ends before it begins, or a text carries a marking.
    """
    require_change(by, assistance)
    if assistance.side != Assistance.Side.OFFER:
        raise PunteError(_("Activities stand under what is offered, not under what is asked for."))
    # Whoever calls the assistance off holds this lock: nothing is entered under it a moment later.
    if Assistance.objects.select_for_update().get(pk=assistance.pk).state in Assistance.OVER:
        raise PunteError(_("It is over. Enter activities while it is planned or running."))
    row = Activity(
        assistance=assistance,
        seats=seats,
        only_for=list(only_for),
        is_synthetic=assistance.is_synthetic,
        **_described(title, place, starts_on, ends_on),
    )
    row.save(force_insert=True)
    record("activity.entered", assistance, activity=str(row.pk))
    return row


def change_activity(
    *,
    by: Subject,
    activity: Activity,
    state: str,
    title: str,
    starts_on: dt.date | None,
    ends_on: dt.date | None = None,
    place: str = "",
    seats: int | None = None,
    only_for: Iterable[str] = (),
    outcome: str = "",
    read: str | None = None,
) -> None:
    """
    Change an activity; whoever holds seats is told where it is moved or called off, and the history says what stood before.

    Parameters
    ----------
    read
        What :func:`~punte.apps.cooperation.assistance_history.revision_of` said when the form was read; None reads none.

    Raises
    ------
    NotPartOfItError
        The subject keeps the assistance not.
    ChangedMeanwhileError
        Somebody changed it since it was read.
    PunteError
        There is no such state, its assistance is cancelled and it would not be, the title or the day is missing, it ends before it begins,
        more seats are taken than there would be, it is done without a word of what came of it, or a text carries a marking.
    """
    require_change(by, activity.assistance)
    # Seats are taken under this lock: none is taken between the count below and what is kept.
    held = Assistance.objects.select_for_update().get(pk=activity.assistance_id)
    require_read(activity, read)
    if state not in Assistance.State.values:
        raise PunteError(_("Choose how far it is."))
    if held.state == Assistance.State.CANCELLED and state not in Assistance.OVER:
        raise PunteError(
            _("What it stands under is cancelled. Take that up again first, then this activity.")
        )
    if state == Assistance.State.DONE and not outcome.strip():
        raise PunteError(_("Say what came of it; that is what the register is for."))
    refuse_classified(_("Activity"), [(_("what came of it"), outcome)])
    _require_enough(activity, seats)
    wanted: dict[str, Any] = {
        "state": state,
        "seats": seats,
        "only_for": list(only_for),
        "outcome": whole_text(outcome, 400),
        **_described(title, place, starts_on, ends_on),
    }
    keep_history(by, activity, wanted)
    is_moved = moves(activity, wanted)
    for name, value in wanted.items():
        setattr(activity, name, value)
    activity.sequence += is_moved
    activity.save(update_fields=[*wanted, "sequence"])
    record("activity.changed", activity.assistance, activity=str(activity.pk), state=state)
    if is_moved:
        tell_moved(by=by, row=activity)


def _described(
    title: str, place: str, starts_on: dt.date | None, ends_on: dt.date | None
) -> dict[str, Any]:
    """Return what it is, where and when."""
    if not title.strip():
        raise PunteError(_("Give it a title."))
    if starts_on is None:
        raise PunteError(_("Say on which day it begins."))
    require_order(starts_on, ends_on)
    refuse_classified(_("Activity"), [(_("title"), title), (_("place"), place)])
    return {
        "title": whole_text(title, 200),
        "place": whole_text(place, 160),
        "starts_on": starts_on,
        "ends_on": ends_on or starts_on,
    }


def _require_enough(activity: Activity, seats: int | None) -> None:
    taken = seats_taken(activity.assistance, activity)
    if seats is not None and seats < taken:
        raise PunteError(
            ngettext(
                "%(taken)d seat is taken already. Give no fewer, or ask who took it.",
                "%(taken)d seats are taken already. Give no fewer, or ask who took them.",
                taken,
            )
            % {"taken": taken}
        )
