"""Whoever holds seats is told when what they are for is moved or called off."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.cooperation.assistance_history import keep_history
from punte.apps.cooperation.models import Activity, Assistance, Seat, SeatEvent
from punte.apps.cooperation.reminders import who_speaks_for
from punte.apps.cooperation.telling import persons_who_see
from punte.apps.people.mail import queue_mails
from punte.apps.people.mail_said import NEWS

MOVED_KIND: Final = "assistance.moved"
OFF: Final = Assistance.State.CANCELLED


def moves(row: Assistance | Activity, wanted: Mapping[str, Any]) -> bool:
    """Whether a change is one that whoever holds seats must know: another day or place, called off, or on again."""
    is_moved = any(wanted[name] != getattr(row, name) for name in ("starts_on", "ends_on", "place"))
    return is_moved or (wanted["state"] == OFF) != (row.state == OFF)


def tell_moved(*, by: Subject, row: Assistance | Activity) -> int:
    """Tell who holds seats what stands now; return how many mails wait [count]."""
    ids = _who_holds(row) - ({by.person_id} if by.person_id else set())
    return queue_mails(
        kind=MOVED_KIND,
        to=[(person, {NEWS: [str(row.pk)]}) for person in persons_who_see(ids, type(row), row.pk)],
        key=f"{row.pk}/{row.sequence}",
        about_id=row.pk,
    )


def _who_holds(row: Assistance | Activity) -> set[UUID]:
    """Return the persons who took seats, or who speaks for their organisation now."""
    of: dict[str, Any] = (
        {"activity": row}
        if isinstance(row, Activity)
        else {"assistance": row, "activity__isnull": True}
    )
    today, found = timezone.localdate(), set[UUID]()
    with acting_as_system("find who is told"):
        for seat in Seat.objects.filter(**of):
            taker = SeatEvent.objects.filter(
                **of, owner_org_id=seat.organisation_id, step=SeatEvent.Step.TAKEN
            ).first()
            found |= set(
                who_speaks_for(seat.organisation_id, taker.by_id if taker else None, today)
            )
    return found


def call_off_activities(*, by: Subject, assistance: Assistance) -> None:
    """Call off what an assistance that was called off still planned; whoever holds seats is told."""
    open_states = [Assistance.State.PLANNED, Assistance.State.RUNNING]
    for row in Activity.objects.filter(assistance=assistance, state__in=open_states):
        keep_history(by, row, {"state": OFF})
        row.state, row.sequence = OFF, row.sequence + 1
        row.save(update_fields=["state", "sequence"])
        record("activity.called_off", assistance, activity=str(row.pk))
        tell_moved(by=by, row=row)
