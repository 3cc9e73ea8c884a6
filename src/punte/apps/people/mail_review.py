"""Review the outbox: let mails that wait go, drop them, or send them back to be looked at."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.mail import defer_mails, require_organiser
from punte.apps.people.models import Mail

SENT_BACK: Final = (Mail.State.WAITING, Mail.State.FAILED, Mail.State.NOT_SENT)
"""What can wait for review again."""


def send_reviewed(*, by: Subject, edition_id: UUID, mail_ids: Iterable[UUID]) -> int:
    """
    Let mails that wait for review, or failed, go; return how many [count].

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    """
    require_organiser(by, edition_id, _("Sending mails"))
    now = timezone.now()
    with acting_as_system("queue a mail"):
        mails = Mail.objects.filter(
            edition_id=edition_id,
            pk__in=list(mail_ids),
            state__in=[Mail.State.TO_REVIEW, Mail.State.FAILED],
        )
        ids = list(mails.values_list("pk", flat=True))
        Mail.objects.filter(pk__in=ids).update(
            state=Mail.State.WAITING, next_at=now, attempts=0, note=""
        )
    defer_mails(ids)
    record("mail.released", None, edition_id=edition_id, mails=len(ids))
    return len(ids)


def drop_reviewed(*, by: Subject, edition_id: UUID, mail_ids: Iterable[UUID]) -> int:
    """
    Do not send mails that wait; return how many [count].

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    """
    require_organiser(by, edition_id, _("Dropping mails"))
    with acting_as_system("queue a mail"):
        count = Mail.objects.filter(
            edition_id=edition_id,
            pk__in=list(mail_ids),
            state__in=[Mail.State.TO_REVIEW, Mail.State.WAITING, Mail.State.FAILED],
        ).update(state=Mail.State.NOT_SENT, note=_("An organiser dropped it."))
    record("mail.dropped", None, edition_id=edition_id, mails=count)
    return count


def send_back(*, by: Subject, edition_id: UUID, mail_ids: Iterable[UUID]) -> int:
    """
    Have mails wait for review that have not left: those on their way, those that failed and those dropped; return how many.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    """
    require_organiser(by, edition_id, _("Sending mails back to review"))
    with acting_as_system("queue a mail"):
        count = Mail.objects.filter(
            edition_id=edition_id,
            pk__in=list(mail_ids),
            state__in=SENT_BACK,
        ).update(state=Mail.State.TO_REVIEW, note=_("An organiser sent it back to review."))
    record("mail.sent_back", None, edition_id=edition_id, mails=count)
    return count
