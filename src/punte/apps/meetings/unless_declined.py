"""
Requests that count as accepted unless they are declined: what was promised when they were sent, and what comes of it.

The moment stands on the request, told to both sides, so a rule that changes later changes no promise that was made. Nobody is held to it
who may not be met by the rules, or could not have declined: such a request waits for its answer like any other.
"""

import datetime as dt
import logging
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from punte.apps.access.actions import record
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import AttendeeCategory, Delegate, Edition, Phase
from punte.apps.meetings.apart import reason_apart
from punte.apps.meetings.may_ask import State, reason_by_category
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.telling import tell_side
from punte.apps.people.queries import subject_of_person

log = logging.getLogger(__name__)


def decline_until(receiver: Delegate, *, now: dt.datetime | None = None) -> dt.datetime | None:
    """Return until when a request sent now can be declined before it counts as accepted; ``None`` where it waits for a yes."""
    now = now or timezone.now()
    category = receiver.category
    if not category.accepts_unless_declined:
        return None
    ends = [] if category.days_to_decline is None else [now + _days(category)]
    phase = Phase.objects.filter(
        edition=receiver.edition_id, kind=Phase.Kind.REQUEST, ends_at__gt=now
    ).first()
    if phase is not None:
        ends.append(phase.ends_at)
    return min(ends, default=None)


def _days(category: AttendeeCategory) -> dt.timedelta:
    return dt.timedelta(days=category.days_to_decline or 0)


def is_accepted_by_rule(request: MeetingRequest) -> bool:
    """Whether a request is accepted because nobody declined it, and by nobody's word."""
    return request.state == State.ACCEPTED and request.accepted_unless_by is not None


def may_still_decline(request: MeetingRequest) -> bool:
    """Whether a request that counts as accepted can be declined on: it has no time in a published timetable yet."""
    if not is_accepted_by_rule(request):
        return False
    with acting_as_system("accept what nobody declined"):
        return not Meeting.objects.filter(
            request=request, version__state=TimetableVersion.State.PUBLISHED
        ).exists()


def may_decline_now(request: MeetingRequest) -> bool:
    """Return the same for a request that is about to be declined, kept from who publishes a timetable meanwhile."""
    if not is_accepted_by_rule(request):
        return False
    with acting_as_system("accept what nobody declined"):
        # Who publishes, solves or books holds the edition too: a meeting shown a moment ago is seen here.
        Edition.objects.select_for_update(no_key=True).get(pk=request.edition_id)
    return may_still_decline(request)


def accept_undeclined() -> int:
    """Accept the requests whose moment has passed and that nobody declined; return how many [count]. Run twice it does so once."""
    with acting_as_system("accept what nobody declined"):
        due = list(
            MeetingRequest.objects.filter(
                state=State.PENDING, accepted_unless_by__lte=timezone.now()
            )
            .order_by("accepted_unless_by", "pk")
            .values_list("pk", flat=True)
        )
    count = 0
    for request_id in due:
        try:
            count += _accept(request_id)
        except Exception:  # one that fails is told in the log, and holds up no other
            log.exception("request %s could not be accepted by its rule", request_id)
    return count


def _accept(request_id: UUID) -> bool:
    with transaction.atomic(), acting_as_system("accept what nobody declined"):
        request = (
            MeetingRequest.objects.select_for_update(of=("self",), no_key=True)
            .select_related("edition", "sender__category", "receiver__category")
            .select_related("sender__person", "receiver__person")
            .get(pk=request_id)
        )
        until = request.accepted_unless_by
        if request.state != State.PENDING or until is None or until > timezone.now():
            return False
        if not _may_count(request):
            request.accepted_unless_by = None
            request.save(update_fields=["accepted_unless_by"])
            record("request.waits_on", request, edition_id=request.edition_id)
            return False
        request.state, request.answered_at = State.ACCEPTED, timezone.now()
        request.revision += 1
        request.save(update_fields=["state", "answered_at", "revision"])
        record("request.accepted_by_rule", request, edition_id=request.edition_id)
        for side in (request.sender_id, request.receiver_id):
            tell_side(side, "request.counted", request)
    return True


def _may_count(request: MeetingRequest) -> bool:
    """Whether the two may meet by every rule, now, and the receiver could have declined: it has an account, and sees the sender."""
    sender, receiver, edition = request.sender, request.receiver, request.edition
    if not receiver.category.accepts_unless_declined or _is_over(edition):
        return False
    if sender.left_at is not None or receiver.left_at is not None:
        return False
    if reason_by_category(sender, receiver) or reason_apart(sender, receiver):
        return False
    if receiver.person.account_id is None:
        return False
    reader = subject_of_person(receiver.person_id)
    if not reader.may_write or reader.is_denied:
        return False
    with acting(reader):
        return (
            MeetingRequest.objects.filter(pk=request.pk).exists()
            and Delegate.objects.filter(pk=sender.pk).exists()
        )


def _is_over(edition: Edition) -> bool:
    return not edition.is_synthetic and edition.ends_on < timezone.localdate(timezone=edition.zone)
