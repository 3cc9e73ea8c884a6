"""What was agreed at a meeting or in a cooperation: actions with owner and day, the next meeting, commitments."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import enter_commitment, name_of, org_of
from punte.apps.cooperation.follow_up import Side, side_of
from punte.apps.cooperation.models import Commitment, Cooperation, MeetingTask, NextMeeting
from punte.apps.cooperation.partner_news import tell_agreed_at, tell_next_of
from punte.apps.cooperation.permissions import (
    NotPartOfItError,
    may_write,
    require_change,
    require_part,
)
from punte.apps.cooperation.promises import promiser_from, remind_from_now_on
from punte.apps.meetings.models import MeetingRequest
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a form says of a commitment, as :func:`enter_commitment` takes it."""

    who: str
    what: str
    occasion: str = ""
    quotation: str = ""
    promised_on: dt.date | None = None
    due_on: dt.date | None = None
    sources: tuple[str, ...] = ()
    milestone_id: UUID | None = None
    is_public: bool = False
    reminded: str = ""


def agree_at(
    *,
    by: Subject,
    request: MeetingRequest,
    text: str,
    side: str,
    who: str = "",
    due_on: dt.date | None = None,
) -> MeetingTask:
    """
    Keep an action that the two of a meeting agreed on: who does what by when.

    Parameters
    ----------
    side
        Whose it is, as :class:`MeetingTask.Side` names it: whose delegate is reminded, or both.
    who
        The person or office in words; the organisation's name where empty.

    Raises
    ------
    NotPartOfItError
        The subject is on neither side.
    PunteError
        What or whose is missing, or a text carries a marking.
    """
    _require_side(by, request)
    if side not in MeetingTask.Side.values:
        raise PunteError(_("Choose whose the action is."))
    who = who.strip() or _name_of_side(request, side)
    if not text.strip():
        raise PunteError(_("Say what is done, and who does it."))
    _refuse_before_the_forum(request, due_on)
    refuse_classified(_("Agreed action"), [(_("what"), text), (_("who"), who)])
    task = MeetingTask.objects.create(
        request_id=request.pk,
        text=whole_text(text, 300),
        side=side,
        who=whole_text(who, 160),
        due_on=due_on,
        by_id=by.person_id,
        **_kept_by_both(by, request),
    )
    record("meeting.agreed", request, task=str(task.pk))
    tell_agreed_at(by=by, request=request, task=task)
    return task


def finish_agreed(*, by: Subject, task: MeetingTask) -> None:
    """
    Say that an agreed action of a meeting is done, or not after all.

    Raises
    ------
    NotPartOfItError
        The subject is on neither side.
    """
    require_change(by, task)
    task.done_at = None if task.done_at else timezone.now()
    task.save(update_fields=["done_at"])
    record("meeting.agreed_done", task, done=task.done_at is not None)


@transaction.atomic
def meet_again(*, by: Subject, request: MeetingRequest, day: dt.date | None, place: str) -> None:
    """
    Say when and where the two meet next; no day takes it back.

    Raises
    ------
    NotPartOfItError
        The subject is on neither side.
    PunteError
        The place carries a marking, or has no day.
    """
    _require_side(by, request)
    refuse_classified(_("Next meeting"), [(_("place"), place)])
    if place.strip() and day is None:
        raise PunteError(_("Give the day of the next meeting as well, or leave both empty."))
    _refuse_before_the_forum(request, day)
    if day is None:
        NextMeeting.objects.filter(request_id=request.pk).delete()
    else:
        said = {
            "on": day,
            "place": whole_text(place, 160),
            "by_id": by.person_id,
            "by_name": name_of(by),
            "at": timezone.now(),
        }
        row, _is_new = NextMeeting.objects.update_or_create(
            request_id=request.pk,
            defaults=said,
            create_defaults=said | _kept_by_both(by, request),
        )
        tell_next_of(by=by, request=request, said=row)
    record("meeting.next", request, day=day.isoformat() if day else "")


def promise_at(
    *, by: Subject, request: MeetingRequest, is_shared: bool, promise: Promise
) -> Commitment:
    """
    Enter what was promised at a meeting.

    Parameters
    ----------
    is_shared
        Whether the other side may read it.

    Raises
    ------
    NotPartOfItError
        The subject is on neither side.
    PunteError
        As :func:`enter_commitment` says.
    """
    _require_side(by, request)
    return enter(
        by=by,
        promise=promise,
        request_id=request.pk,
        shown_to=[_other(by, request)] if is_shared else [],
    )


def promise_in(
    *, by: Subject, cooperation: Cooperation, is_shared: bool, promise: Promise
) -> Commitment:
    """
    Enter what was promised in a cooperation.

    Parameters
    ----------
    is_shared
        Whether those who are partners now may read it.

    Raises
    ------
    NotPartOfItError
        The subject is no partner.
    PunteError
        As :func:`enter_commitment` says.
    """
    require_part(by, cooperation)
    partners = cooperation.partners.filter(left_at__isnull=True)
    others = partners.exclude(organisation_id=org_of(by))
    return enter(
        by=by,
        promise=promise,
        cooperation_id=cooperation.pk,
        shown_to=others.values_list("organisation_id", flat=True) if is_shared else [],
    )


@transaction.atomic
def enter(
    *,
    by: Subject,
    promise: Promise,
    request_id: UUID | None = None,
    cooperation_id: UUID | None = None,
    shown_to: Iterable[UUID] = (),
) -> Commitment:
    """
    Enter what a form says of a commitment.

    Raises
    ------
    PunteError
        As :func:`enter_commitment` says.
    """
    chosen = promiser_from(
        promise.reminded, by=by, request_id=request_id, cooperation_id=cooperation_id
    )
    row = enter_commitment(
        by=by,
        request_id=request_id,
        cooperation_id=cooperation_id,
        shown_to=shown_to,
        who=promise.who,
        what=promise.what,
        occasion=promise.occasion,
        quotation=promise.quotation,
        promised_on=promise.promised_on,
        due_on=promise.due_on,
        sources=promise.sources,
        milestone_id=promise.milestone_id,
        is_public=promise.is_public,
    )
    return remind_from_now_on(row, chosen)


def tasks_of(request_ids: Iterable[UUID]) -> list[MeetingTask]:
    """Return what was agreed at meetings, as far as the subject sees it: what is open first."""
    return list(MeetingTask.objects.filter(request_id__in=list(request_ids)))


def _refuse_before_the_forum(request: MeetingRequest, day: dt.date | None) -> None:
    first = request.edition.starts_on
    if day is not None and not (first <= day and day.year <= first.year + 50):
        raise PunteError(
            _("%(day)s cannot be: the forum at which the two met began on %(first)s.")
            % {"day": day.isoformat(), "first": first.isoformat()}
        )


def _require_side(by: Subject, request: MeetingRequest) -> None:
    if side_of(by, request) not in {Side.SENDER, Side.RECEIVER} or not may_write(by):
        raise NotPartOfItError(_("Only the two who meet agree on something here."))


def _other(by: Subject, request: MeetingRequest) -> UUID:
    sides = (request.sender.organisation_id, request.receiver.organisation_id)
    return sides[0] if by.org_id == sides[1] else sides[1]


def _kept_by_both(by: Subject, request: MeetingRequest) -> dict[str, Any]:
    return {"owner_org_id": org_of(by), "label_stewards": [f"org:{_other(by, request)}"]}


def _name_of_side(request: MeetingRequest, side: str) -> str:
    sender, receiver = request.sender.organisation.name, request.receiver.organisation.name
    if side == MeetingTask.Side.BOTH:
        return _("both")
    return sender if side == MeetingTask.Side.SENDER else receiver
