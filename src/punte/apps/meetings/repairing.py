"""Repair a published timetable in mid-day: who did not come, what was closed, with the fewest meetings moved."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.forum.models import Closure, Delegate, Edition, Place, Slot
from punte.apps.meetings.actions import WrongStateError, new_version
from punte.apps.meetings.availability import away_slots, set_away
from punte.apps.meetings.bridge import (
    PROMISES,
    Question,
    TimetableConflictError,
    ask_question,
    measure_again,
    repair_meetings,
    rules_broken_by,
    store_meetings,
)
from punte.apps.meetings.models import Meeting, TimetableVersion
from punte.apps.meetings.permissions import require_organiser


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """
    A draft that repairs the published version, and what it does [count].

    Parameters
    ----------
    touched
        People with a meeting that moved.
    """

    draft: TimetableVersion
    kept: int
    moved: int
    added: int
    lost: int
    touched: int


def next_slot(edition: Edition, now: dt.datetime) -> Slot | None:
    """Return the first slot that has not begun; the first of all where every one is over."""
    slots = list(Slot.objects.filter(edition=edition))
    return next((slot for slot in slots if slot.starts_at > now), slots[0] if slots else None)


def expected_after(edition: Edition, since: Slot) -> dict[UUID, int]:
    """
    Return how many meetings each delegate has from a slot on in the published timetable [count].

    Whoever is awaited first comes first.
    """
    counts: dict[UUID, int] = {}
    meetings = Meeting.objects.filter(
        version__edition=edition,
        version__state=TimetableVersion.State.PUBLISHED,
        slot__starts_at__gte=since.starts_at,
    )
    for pair in meetings.order_by("slot__starts_at", "pk").values_list(
        "request__sender_id", "request__receiver_id"
    ):
        for delegate_id in pair:
            counts[delegate_id] = counts.get(delegate_id, 0) + 1
    return counts


def repair_timetable(
    *,
    by: Subject,
    edition: Edition,
    since: Slot,
    absent: Collection[Delegate],
    closed: Collection[Place],
) -> Repaired:
    """
    Note who is away and what is closed from a slot on, and make a draft that repairs the published version.

    Requests that were accepted meanwhile come in where they fit. Nobody is told before the draft is published.

    Raises
    ------
    NotAllowedError
        The subject is no organiser.
    WrongStateError
        No timetable is published.
    TimetableConflictError
        The published version breaks a rule for another reason; solve again. Nothing is changed.
    """
    require_organiser(by, edition.pk, wish="repair a timetable")
    published = TimetableVersion.objects.filter(
        edition=edition, state=TimetableVersion.State.PUBLISHED
    ).first()
    if published is None:
        raise WrongStateError(_("No timetable is published, so there is nothing to repair."))
    with transaction.atomic():
        found = repair_meetings(
            ask_question(edition),
            published,
            since=since.code,
            absent=[delegate.code for delegate in absent],
            closed=[place.code for place in closed],
        )
        _note(by, edition, since, absent, closed)
        question = ask_question(edition)
        broken = rules_broken_by(question, found.meetings, but=PROMISES)
        if broken:
            raise TimetableConflictError(
                _("The repair would break a rule: %(rule)s. Solve again instead.")
                % {"rule": broken[0]}
            )
        draft = _draft(by, published, question, found.meetings, _told(absent, closed, since))
        record(
            "timetable.repaired",
            draft,
            edition_id=edition.pk,
            absent=len(absent),
            closed=len(closed),
            moved=len(found.moved),
            lost=len(found.lost),
        )
    return Repaired(
        draft=draft,
        kept=found.kept,
        moved=len(found.moved),
        added=len(found.added),
        lost=len(found.lost),
        touched=len(found.touched),
    )


def _told(absent: Collection[Delegate], closed: Collection[Place], since: Slot) -> str:
    return _("%(absent)d away, %(closed)d places closed, from %(slot)s on") % {
        "absent": len(absent),
        "closed": len(closed),
        "slot": since.code,
    }


def _draft(
    by: Subject,
    published: TimetableVersion,
    question: Question,
    meetings: Iterable[Any],
    comment: str,
) -> TimetableVersion:
    """Store the repaired meetings as a draft, with their figures."""
    draft = new_version(
        edition=published.edition,
        by=by,
        origin=TimetableVersion.Origin.REPAIRED,
        base=published,
        comment=comment,
    )
    draft.state = TimetableVersion.State.DRAFT
    draft.engine = "repair"
    draft.request_count = question.asked
    draft.request_weight = sum(request.weight for request in question.instance.requests)
    store_meetings(draft, question, meetings, ())
    measure_again(draft, question)
    draft.save()
    return draft


def _note(
    by: Subject,
    edition: Edition,
    since: Slot,
    absent: Collection[Delegate],
    closed: Collection[Place],
) -> None:
    """Keep who is away and what is closed, so that every later timetable knows it."""
    ahead = list(Slot.objects.filter(edition=edition, starts_at__gte=since.starts_at))
    for delegate in absent:
        set_away(
            by=by,
            delegate=delegate,
            slot_ids={*away_slots(delegate.pk), *(slot.pk for slot in ahead)},
        )
    Closure.objects.bulk_create(
        [Closure(place=place, slot=slot) for place in closed for slot in ahead],
        ignore_conflicts=True,
    )
