"""The mail to the other side of an answer: a request is answered with an offer, and what was decided on it."""

import uuid
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.cooperation.answering import ANSWERED_KIND
from punte.apps.cooperation.models import Assistance, AssistanceAnswer
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind
from punte.apps.people.queries import subject_of_person


def _read(question: Question) -> MailContent | None:
    answer = AssistanceAnswer.objects.filter(pk=question.about_id or uuid.UUID(int=0)).first()
    if answer is None:
        return None
    step = answer.steps.first()
    rows = Assistance.objects.in_bulk([answer.request_id, answer.offer_id])
    is_back = answer.state == AssistanceAnswer.State.WITHDRAWN
    hidden = _("no longer released to you") if is_back else _("not released to you")
    # Each side reads it on the page of its own.
    is_offerer = subject_of_person(question.person.pk).org_id == answer.owner_org_id
    page = rows.get(answer.offer_id if is_offerer else answer.request_id)
    return MailContent(
        values={
            "request": rows[answer.request_id].title if answer.request_id in rows else hidden,
            "offer": rows[answer.offer_id].title if answer.offer_id in rows else hidden,
            "state": answer.get_state_display(),
            "who": step.by_name if step else "",
            "words": (step.words if step else "") or "-",
        },
        path=f"/assistance/{page.pk}/#answers" if page else "/assistance/",
    )


ANSWERED: Final = register_kind(
    MailKind(
        code=ANSWERED_KIND,
        title=gettext_lazy("A request for assistance is answered with an offer"),
        subject=gettext_lazy("{request}: {state} ({offer})"),
        text=gettext_lazy(
            "Dear {name},\n\nthe request “{request}” and the offer “{offer}”:\n\n  {state} ({who})\n  {words}\n\n{link}\n"
        ),
        examples={
            "request": gettext_lazy("Course on counter-drone operation"),
            "offer": gettext_lazy("Course on crossing rivers"),
            "state": gettext_lazy("Proposed"),
            "who": gettext_lazy("Bob Example"),
            "words": gettext_lazy("We have places in May."),
        },
        read=_read,
    )
)
