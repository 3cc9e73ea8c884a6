"""
Asking for a meeting and answering, before there is a time for it.

Who may meet whom is a rule of the edition, apart from who may see whom, which is the wall's business. A pending
request holds no slot; one that is declined or withdrawn no longer counts against the quota.
"""

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.access.texts import one_line
from punte.apps.forum.models import Delegate
from punte.apps.forum.revisions import claim_revision, revision_of
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.apart import reason_apart
from punte.apps.meetings.coming_along import (
    checked_colleagues,
    colleagues_wanted,
    seat_colleagues,
)
from punte.apps.meetings.in_sight import show_to
from punte.apps.meetings.may_ask import (
    OPEN,
    State,
    first_of_all,
    listings_between,
    reason_against,
)
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.one_by_one import hold_sender, hold_sender_of
from punte.apps.meetings.permissions import NotAllowedError, may_organise, stewards_of
from punte.apps.meetings.telling import tell_side
from punte.apps.meetings.unless_declined import decline_until, may_decline_now
from punte.apps.meetings.witness_reading import let_witnesses_read
from punte.kernel.errors import ChangedMeanwhileError, PunteError

NUDGE_AFTER: Final = dt.timedelta(days=7)
EDITED: Final = (
    "reason",
    "rank",
    "colleagues",
    "revision",
    "earlier_reasons",
    "accepted_unless_by",
)
MOST_EARLIER: Final = 5
"""Earlier reasons that a request keeps for its two sides to compare."""


def ask(
    *,
    by: Subject,
    sender: Delegate,
    receiver: Delegate,
    reason: str,
    rank: int = 3,
    colleagues: Iterable[UUID] = (),
    about_listing_id: UUID | None = None,
) -> MeetingRequest:
    """
    Ask a delegate for a meeting, in one's own name or that of a colleague.

    Parameters
    ----------
    rank
        1 to 5; 1 is the first of all, and only one open request of the sender has it.
    colleagues
        Delegates of the sender's organisation who come too; at most three. The meeting needs a time at which they are free.
    about_listing_id
        The need or offer it is about.

    Raises
    ------
    NotAllowedError
        The sender is somebody else's, or the two may not meet; the text says by which rule.
    PunteError
        The reason is missing or carries a marking, the rank is none or another request has the first, a colleague is from elsewhere, or the
        listing is none of the two sides' that the subject sees.
    """
    _require_side(by, sender, wish=_("Asking for a meeting"))
    held = hold_sender(sender)
    against = reason_against(sender, receiver)
    if against:
        raise NotAllowedError(against)
    reason = _checked_reason(reason)
    if about_listing_id is not None and not any(
        one.pk == about_listing_id for one in listings_between(sender, receiver)
    ):
        raise PunteError(
            _("There is no such need or offer of the two of you. Choose one from the list.")
        )
    request = MeetingRequest.objects.create(
        edition_id=sender.edition_id,
        code=f"R{secrets.token_hex(4).upper()}",
        sender=sender,
        receiver=receiver,
        rank=_checked_rank(rank, sender),
        reason=reason,
        colleagues=checked_colleagues(sender, receiver, colleagues),
        about_listing_id=about_listing_id,
        accepted_unless_by=decline_until(receiver),
        owner_org_id=sender.organisation_id,
        label_releasable_to=right_groups("audit", edition_id=sender.edition_id),
        label_stewards=[f"org:{receiver.organisation_id}", *stewards_of(sender.edition_id)],
    )
    with acting_as_system("keep two who meet in sight"):
        show_to(held, [receiver.organisation_id])
    record("request.sent", request, edition_id=request.edition_id)
    tell_side(receiver.pk, "request.received", request)
    return request


def edit_request(
    *,
    by: Subject,
    request_id: UUID,
    reason: str,
    rank: int,
    read_revision: int,
    colleagues: Iterable[UUID] = (),
) -> MeetingRequest:
    """
    Change reason, rank and colleagues of one's own request while it waits, or the rank later.

    Raises
    ------
    ChangedMeanwhileError
        It is not the revision that was read.
    NotThereError, NotAllowedError, PunteError
        As :func:`ask`; an answered request keeps the words that were answered.
    TakenError
        It has a time, and a colleague who came in is not free then.
    """
    # Whoever leaves is held by their place first, then by their requests: here as there.
    held = hold_sender_of(request_id)
    request = open_request(by, request_id)
    _require_side(by, request.sender, wish=_("Changing a request"))
    if request.state not in OPEN or held is None:
        raise WrongStateError(_("The request is closed. Send a new one."))
    reason = _checked_reason(reason)
    if request.state == State.ACCEPTED and reason != request.reason:
        raise WrongStateError(
            _("The request was accepted with the words it has. You can still change its rank.")
        )
    require_read(request, read_revision)
    if reason != request.reason:
        request.earlier_reasons = [*request.earlier_reasons, request.reason][-MOST_EARLIER:]
        if request.accepted_unless_by is not None:
            # Other words to decide by: the time to decline begins anew.
            request.accepted_unless_by = decline_until(request.receiver)
    request.reason, request.rank = reason, _checked_rank(rank, held, stands=request.rank)
    before = request.colleagues
    request.colleagues = colleagues_wanted(request, colleagues)
    request.revision += 1
    with transaction.atomic():
        request.save(update_fields=EDITED)
        seat_colleagues(request, before)
    record("request.changed", request, edition_id=request.edition_id)
    return request


def answer_request(
    *, by: Subject, request_id: UUID, accepts: bool, read_revision: int, answer: str = ""
) -> MeetingRequest:
    """
    Accept a request, or decline it with a reason: the very words that were read.

    Parameters
    ----------
    read_revision
        The revision that whoever answers read.

    Raises
    ------
    ChangedMeanwhileError
        The sender changed it since.
    NotThereError, NotAllowedError
        There is none for the subject, it is for somebody else's answer, or the organisers keep the two apart.
    WrongStateError
        It was answered already.
    PunteError
        It is declined without a reason.
    """
    request = open_request(by, request_id)
    _require_side(by, request.receiver, wish=_("Answering a request"))
    is_late_no = not accepts and may_decline_now(request)
    if request.state != State.PENDING and not is_late_no:
        raise WrongStateError(
            _("The request is “%(state)s” already.") % {"state": request.get_state_display()}
        )
    require_read(request, read_revision)
    answer = one_line(answer, 300)
    if not accepts and not answer:
        raise PunteError(_("Say in a few words why you decline; it helps them to ask better."))
    refuse_classified(_("Answer"), [(_("answer"), answer)])
    apart = reason_apart(request.sender, request.receiver) if accepts else ""
    if apart:
        raise NotAllowedError(apart)
    request.state = State.ACCEPTED if accepts else State.DECLINED
    request.answer, request.answered_at = answer, timezone.now()
    request.accepted_unless_by = None
    request.revision += 1
    request.save(update_fields=["state", "answer", "answered_at", "revision", "accepted_unless_by"])
    if not accepts:
        let_witnesses_read([request], are_held=False)
    record(f"request.{request.state}", request, edition_id=request.edition_id)
    tell_side(request.sender_id, "request.answered", request)
    return request


def nudge(*, by: Subject, request_id: UUID) -> MeetingRequest:
    """
    Remind the receiver of a pending request, once a week at most.

    Raises
    ------
    NotThereError, NotAllowedError
        As their names say.
    WrongStateError
        It is answered, or was sent or nudged less than a week ago.
    """
    request = open_request(by, request_id)
    _require_side(by, request.sender, wish=_("Reminding of a request"))
    if request.state != State.PENDING:
        raise WrongStateError(_("It is answered already."))
    free_from = (request.nudged_at or request.sent_at) + NUDGE_AFTER
    if timezone.now() < free_from:
        raise WrongStateError(
            _("You can remind them from %(day)s on: once a week is enough.")
            % {"day": free_from.date().isoformat()}
        )
    request.nudged_at = timezone.now()
    request.save(update_fields=["nudged_at"])
    record("request.nudged", request, edition_id=request.edition_id)
    tell_side(request.receiver_id, "request.received", request, again=request.nudged_at)
    return request


def set_priority(
    *, by: Subject, request_id: UUID, priority: int, must: bool, read_revision: int | None = None
) -> MeetingRequest:
    """
    Say what a request is worth to the organisers, and whether it has to be met.

    Parameters
    ----------
    priority
        0 to 100; multiplies the weight of its rank.
    read_revision
        Of :func:`priority_revision`, as the organiser read it; None where none was shown.

    Raises
    ------
    ChangedMeanwhileError
        Another organiser set it since.
    NotThereError, NotAllowedError
        As their names say.
    PunteError
        The priority is out of range.
    """
    request = open_request(by, request_id)
    if not may_organise(by, request.edition_id):
        raise NotAllowedError(_("Only the organisers of the edition set priorities."))
    if not 0 <= priority <= 100:
        raise PunteError(_("A priority lies between 0 and 100."))
    claim_revision(request.edition, _about_priority(request.pk), read=read_revision)
    request.priority, request.must = priority, must
    request.save(update_fields=["priority", "must"])
    record(
        "request.priority",
        request,
        edition_id=request.edition_id,
        priority=priority,
        must=must,
    )
    return request


def priority_revision(request: MeetingRequest) -> int:
    """Return which setting of the organisers' priority stands; what the two sides read counts apart from it."""
    return revision_of(request.edition, _about_priority(request.pk))


def _about_priority(request_id: UUID) -> str:
    return f"priority {request_id}"


def open_request(by: Subject, request_id: UUID) -> MeetingRequest:
    """
    Return a request for a change, kept from others who change it at the same time.

    Raises
    ------
    NotThereError
        There is none for the subject.
    """
    del by  # the wall reads in its name
    request = (
        MeetingRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("edition", "sender__category", "receiver__category")
        .filter(pk=request_id)
        .first()
    )
    if request is None:
        raise NotThereError(_("There is no such request. Look at the list of your requests."))
    return request


def require_read(request: MeetingRequest, read_revision: int | None) -> None:
    """
    Let pass whoever read a request as it stands, or was shown no revision of it.

    Raises
    ------
    ChangedMeanwhileError
        It was changed since; the text quotes it as it reads now.
    """
    if read_revision is not None and request.revision != read_revision:
        raise ChangedMeanwhileError(
            _(
                "It was changed since you read it, so nothing was done. It is “%(state)s” with rank %(rank)d, and reads "
                "now: “%(reason)s” Decide anew."
            )
            % {
                "state": request.get_state_display(),
                "rank": request.rank,
                "reason": request.reason,
            }
        )


def _require_side(by: Subject, delegate: Delegate, *, wish: str) -> None:
    """Let pass whoever is the delegate, comes for the same organisation, or organises the edition."""
    own = by.may_write and not by.is_denied and by.org_id == delegate.organisation_id
    if not (own or may_organise(by, delegate.edition_id)):
        raise NotAllowedError(
            _("%(wish)s was refused: it is for %(name)s or a colleague to do.")
            % {"wish": wish, "name": delegate.badge_name}
        )


def _checked_reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise PunteError(_("Say why you want to meet; the other side decides by it."))
    if len(reason) > 600:
        raise PunteError(
            _("The reason has %(count)d characters; 600 are the most.") % {"count": len(reason)}
        )
    refuse_classified(_("Request"), [(_("reason"), reason)])
    return reason


def _checked_rank(rank: int, sender: Delegate, *, stands: int = 0) -> int:
    """Return a rank that a request of the sender may have; ``stands`` is the one it has, which may stay."""
    if rank not in range(1, 6):
        raise PunteError(_("A rank lies between 1, the first, and 5."))
    first = first_of_all(sender) if rank == 1 and stands != 1 else None
    if first is not None:
        raise PunteError(
            _(
                "One request is the first of all, and that is %(code)s already. Give it another rank first, or choose 2 to 5."
            )
            % {"code": first.code}
        )
    return rank
