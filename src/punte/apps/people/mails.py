"""The mails of the register: what was decided about a nomination."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind
from punte.apps.people.models import Nomination


def _read_decision(question: Question) -> MailContent | None:
    if question.about_id is None:
        return None
    nomination = Nomination.objects.filter(pk=question.about_id, person=question.person).first()
    if nomination is None:
        return None
    return MailContent(
        values={
            "state": nomination.get_state_display(),
            "reason": nomination.reason,
        },
        path="/",
    )


NOMINATION_DECIDED: Final = register_kind(
    MailKind(
        code="nomination.decided",
        title=_("What was decided about your participation"),
        subject=_("Your participation: {state}"),
        text=_(
            "Dear {name},\n\nyour participation is now: {state}.\n{reason}\n\nYou can see it here: {link}\n"
        ),
        examples={"state": _("cleared"), "reason": _("All stages are passed.")},
        read=_read_decision,
        may_opt_out=False,
    )
)
