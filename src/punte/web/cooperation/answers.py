"""Requests and offers of assistance that fit, the answers between them, and the steps of both sides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from punte.apps.access.permissions import active_subject
from punte.apps.cooperation import answering
from punte.apps.cooperation.assistance import answers_to, requests_for
from punte.apps.cooperation.models import AnswerStep, Assistance, AssistanceAnswer
from punte.apps.cooperation.permissions import may_change
from punte.kernel.errors import PunteError
from punte.web.cooperation.assistance_form import party
from punte.web.cooperation.frame import NOBODY, id_from

STEPS = frozenset({"answer", "accept", "decline", "withdraw"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """An answer as a page shows it: the other of the two, how it came here, and what the reader may do."""

    answer: AssistanceAnswer
    other: Assistance | None
    who: str
    steps: list[AnswerStep]
    may_decide: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """What fits the row of a page, and whether the reader may link the two."""

    row: Assistance
    who: str
    may_link: bool


def answers_context(row: Assistance) -> dict[str, Any]:
    """Return the answers of an assistance and what fits it, as far as the reader sees them."""
    by, is_request = active_subject(), row.side == Assistance.Side.REQUEST
    found = AssistanceAnswer.objects.filter(**{"request" if is_request else "offer": row})
    linked = list(found.prefetch_related("steps"))
    others = Assistance.objects.in_bulk(
        [one.offer_id if is_request else one.request_id for one in linked]
    )
    fitting = answers_to(row) if is_request else requests_for(row)
    taken = {
        one.offer_id if is_request else one.request_id
        for one in linked
        if one.state in answering.OPEN
    }
    own = may_change(by, row)
    return {
        "linked": [
            _linked(one, others.get(one.offer_id if is_request else one.request_id), row, own=own)
            for one in linked
        ],
        "fitting": [
            Fitting(
                row=one,
                who=_who(one),
                may_link=(may_change(by, one) if is_request else own)
                and one.owner_org_id != row.owner_org_id,
            )
            for one in fitting
            if one.pk not in taken
        ],
    }


def _linked(
    answer: AssistanceAnswer, other: Assistance | None, row: Assistance, *, own: bool
) -> Linked:
    by, is_request = active_subject(), row.side == Assistance.Side.REQUEST
    keeps_other = other is not None and may_change(by, other)
    return Linked(
        answer=answer,
        other=other,
        who=_who(other) if other else "",
        steps=list(answer.steps.all()),
        may_decide=answer.state == AssistanceAnswer.State.PROPOSED
        and (own if is_request else keeps_other),
        may_take_back=answer.state in answering.OPEN and (keeps_other if is_request else own),
    )


def _who(row: Assistance) -> str:
    if row.side == Assistance.Side.REQUEST:
        return party(row.asker, row.asker_country)
    return party(row.provider, row.provider_country)


def step_answer(row: Assistance, data: Mapping[str, str]) -> None:
    """
    Link an offer and a request, accept, decline or take back.

    Raises
    ------
    PunteError
        Any of it is refused, or what is meant is not there any more.
    """
    by, words = active_subject(), data.get("words", "")
    if data.get("do") == "answer":
        other = Assistance.objects.filter(pk=id_from(data.get("other", "")) or NOBODY).first()
        if other is None:
            raise PunteError(_("It is not there any more. Look again."))
        request, offer = (row, other) if row.side == Assistance.Side.REQUEST else (other, row)
        answering.answer_request(by=by, request=request, offer=offer, words=words)
        return
    answer = AssistanceAnswer.objects.filter(pk=id_from(data.get("answer", "")) or NOBODY).first()
    if answer is None or row.pk not in {answer.request_id, answer.offer_id}:
        raise PunteError(_("It is not there any more. Look again."))
    if data.get("do") == "withdraw":
        answering.take_back_answer(by=by, answer=answer, words=words)
    else:
        is_accepted = data.get("do") == "accept"
        answering.decide_answer(by=by, answer=answer, is_accepted=is_accepted, words=words)
