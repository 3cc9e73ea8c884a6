"""A request for assistance is answered with an offer; whoever asks accepts or declines it, and both sides are told."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import AnswerStep, Assistance, AssistanceAnswer
from punte.apps.cooperation.partner_news import who_hears
from punte.apps.cooperation.permissions import require_change
from punte.apps.cooperation.telling import persons_who_see
from punte.apps.people.mail import queue_mails
from punte.kernel.errors import ChangedMeanwhileError, PunteError

ANSWERED_KIND: Final = "assistance.answer"
State = AssistanceAnswer.State
OPEN: Final = (State.PROPOSED, State.ACCEPTED)


@transaction.atomic
def answer_request(
    *, by: Subject, request: Assistance, offer: Assistance, words: str = ""
) -> AssistanceAnswer:
    """
    Answer a request with an offer of one's own; whoever asks is told by mail, and may read the offer from now on.

    Raises
    ------
    NotPartOfItError
        The subject keeps the offer not.
    PunteError
        It is no request, or no offer, or one of the two is over; both are of one organisation; it is answered with this offer already; or
        the words carry a marking.
    """
    require_change(by, offer)
    if request.side != Assistance.Side.REQUEST or offer.side != Assistance.Side.OFFER:
        raise PunteError(_("A request is answered with an offer. Choose one of each."))
    if request.owner_org_id == offer.owner_org_id:
        raise PunteError(_("Both are of one organisation; there is nobody to tell."))
    refuse_classified(_("Answer"), [(_("words"), words)])
    with acting_as_system("answer a request for assistance"):
        # Two at once: the second waits here, and finds the first one's answer.
        # Both as they stand now: neither was called off since, and a label changed meanwhile stays as it was changed.
        both = Assistance.objects.select_for_update().filter(pk__in=[request.pk, offer.pk])
        held = {one.pk: one for one in both.order_by("pk")}
        request, offer = held[request.pk], held[offer.pk]
        if request.state in Assistance.OVER or offer.state in Assistance.OVER:
            raise PunteError(_("One of the two is over. Choose what is planned or running."))
        answer = AssistanceAnswer.objects.filter(request=request, offer=offer).first()
        if answer is not None and answer.state in OPEN:
            raise PunteError(_("It is answered with this offer already. Look at how far that is."))
        if answer is None:
            answer = AssistanceAnswer(request=request, offer=offer, owner_org_id=offer.owner_org_id)
        asker = f"org:{request.owner_org_id}"
        answer.state = State.PROPOSED
        answer.label_stewards = sorted({asker, *request.label_stewards, *offer.label_stewards})
        # An answer that was declined and is given anew opened the offer the first time.
        answer.opened_offer = _let_read(offer, asker) or answer.opened_offer
        answer.save()
        step = _note(by, answer, words)
    record("assistance.answered", offer, request=str(request.pk))
    _tell(by, answer, step)
    return answer


@transaction.atomic
def decide_answer(
    *, by: Subject, answer: AssistanceAnswer, is_accepted: bool, words: str = ""
) -> None:
    """
    Accept or decline an answer for the side that asks; the side that offers is told.

    Raises
    ------
    NotPartOfItError
        The subject keeps the request not.
    ChangedMeanwhileError
        It was decided or taken back meanwhile.
    PunteError
        It is declined without a reason, or the words carry a marking.
    """
    require_change(by, _request_of(answer))
    if not is_accepted and not words.strip():
        raise PunteError(_("Say why; whoever offers it is told."))
    state = State.ACCEPTED if is_accepted else State.DECLINED
    _move(by, answer, state, words, of=(State.PROPOSED,))


@transaction.atomic
def take_back_answer(*, by: Subject, answer: AssistanceAnswer, words: str) -> None:
    """
    Take an answer back for the side that offers, with a reason; the side that asks is told, and reads the offer by it no more.

    Raises
    ------
    NotPartOfItError
        The subject keeps the offer not.
    ChangedMeanwhileError
        It was declined or taken back meanwhile.
    PunteError
        The reason is missing, or carries a marking.
    """
    with acting_as_system("answer a request for assistance"):
        offer = Assistance.objects.get(pk=answer.offer_id)
    require_change(by, offer)
    if not words.strip():
        raise PunteError(_("Say why; whoever asks is told."))
    _move(by, answer, State.WITHDRAWN, words, of=OPEN)
    with acting_as_system("answer a request for assistance"):
        _end_reading(offer.pk, _request_of(answer).owner_org_id)


def _request_of(answer: AssistanceAnswer) -> Assistance:
    with acting_as_system("answer a request for assistance"):
        return Assistance.objects.get(pk=answer.request_id)


def _move(
    by: Subject, answer: AssistanceAnswer, state: str, words: str, *, of: tuple[str, ...]
) -> None:
    refuse_classified(_("Answer"), [(_("reason"), words)])
    with acting_as_system("answer a request for assistance"):
        now = AssistanceAnswer.objects.select_for_update().get(pk=answer.pk)
        if now.state not in of:
            raise ChangedMeanwhileError(
                _("It was changed since you read it: %(state)s. Nothing was kept; look again.")
                % {"state": now.get_state_display()}
            )
        now.state = state
        now.save(update_fields=["state"])
        step = _note(by, now, words)
    record("assistance.answer_moved", now, state=state)
    _tell(by, now, step)


def _let_read(offer: Assistance, asker: str) -> bool:
    """Open an offer to whoever asks; say whether it was closed to them by name before."""
    if asker in offer.label_releasable_to:
        return False
    offer.label_releasable_to = sorted({*offer.label_releasable_to, asker})
    offer.save(update_fields=["label_releasable_to"])
    return True


def _end_reading(offer_id: UUID, asker_id: UUID) -> None:
    """Close an offer to whoever asked, if an answer opened it, unless another answer with it to a request of theirs stands."""
    offer = Assistance.objects.select_for_update().get(pk=offer_id)
    answers = AssistanceAnswer.objects.filter(offer=offer, request__owner_org_id=asker_id)
    if answers.exclude(state=State.WITHDRAWN).exists():
        return
    # Also where the one that opened it was taken back before this one.
    if not answers.filter(opened_offer=True).update(opened_offer=False):
        return
    offer.label_releasable_to = [
        one for one in offer.label_releasable_to if one != f"org:{asker_id}"
    ]
    offer.save(update_fields=["label_releasable_to"])


def _note(by: Subject, answer: AssistanceAnswer, words: str) -> AnswerStep:
    return AnswerStep.objects.create(
        answer=answer,
        state=answer.state,
        words=whole_text(words, 400),
        by_id=by.person_id,
        by_name=name_of(by),
    )


def _tell(by: Subject, answer: AssistanceAnswer, step: AnswerStep) -> None:
    """Tell the other side: whoever asks of what is proposed or taken back, whoever offers of what was decided."""
    with acting_as_system("answer a request for assistance"):
        if answer.state in {State.PROPOSED, State.WITHDRAWN}:
            org_id, person_id = _request_of(answer).owner_org_id, None
        else:
            first = answer.steps.filter(state=State.PROPOSED).first()
            org_id, person_id = answer.owner_org_id, first.by_id if first else None
        told: set[UUID] = set(who_hears(org_id, person_id, timezone.localdate()))
    told -= {by.person_id} if by.person_id else set()
    queue_mails(
        kind=ANSWERED_KIND,
        to=[(one, {}) for one in persons_who_see(told, AssistanceAnswer, answer.pk)],
        key=str(step.pk),
        about_id=answer.pk,
    )
