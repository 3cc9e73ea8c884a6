"""The mail that reminds of a commitment's day."""

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.cooperation.models import Commitment
from punte.apps.cooperation.promises import PROMISE_KIND
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind
from punte.apps.people.mail_times import words_for_day


def _read_promise(question: Question) -> MailContent | None:
    row = Commitment.objects.filter(pk=question.about_id).first() if question.about_id else None
    if (
        row is None
        or row.due_on is None
        or row.promiser_id is None
        or row.state != Commitment.State.OPEN
    ):
        return None
    return MailContent(
        values={
            "what": row.what,
            "who": row.who,
            "day": words_for_day(row.due_on),
            "state": _("overdue") if row.due_on < timezone.localdate() else _("due"),
        },
        path=f"/commitments/{row.pk}/",
    )


PROMISE_DUE: Final = register_kind(
    MailKind(
        code=PROMISE_KIND,
        title=gettext_lazy("A commitment of your organisation is due"),
        subject=gettext_lazy("Promised: {what} ({state}, {day})"),
        text=gettext_lazy(
            "Dear {name},\n\nthis was promised, and nobody has said yet what came of it:\n\n  {what}\n"
            "  {who}, {day}: {state}\n\nSay here what came of it, with the evidence: {link}\n"
        ),
        examples={
            "what": gettext_lazy("The masts of the first ten sites are delivered"),
            "who": gettext_lazy("Example Works"),
            "day": gettext_lazy("Sat 15 May 2027"),
            "state": gettext_lazy("due"),
        },
        read=_read_promise,
    )
)
