"""What calls of the API with a key of their own were answered."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone

from punte.apps.access.permissions import acting_as_system
from punte.apps.people.models import ApiReply

KEPT_HOURS: Final = 24
"""How long a key stands for its first call [h]; after that it is a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    The place of an answer.

    Parameters
    ----------
    is_new
        Whether this very call took the key: there is no answer yet.
    """

    id: UUID
    is_new: bool
    call_sha256: str
    subject_sha256: str
    status: int
    content_type: str
    content: str


def reply_to(*, token_id: UUID, key: str, call_sha256: str, subject_sha256: str) -> Reply:
    """
    Return the place of a key's answer, taken by this call or by an earlier one.

    Another call that holds the key at this moment is waited for: the database lets one row of a key stand. Where that
    call is refused and leaves nothing behind, this one takes the key.
    """
    mine = ApiReply(
        token_id=token_id, key=key, call_sha256=call_sha256, subject_sha256=subject_sha256
    )
    with acting_as_system("keep what the API answered"):
        over = timezone.now() - dt.timedelta(hours=KEPT_HOURS)
        rows = ApiReply.objects.filter(token_id=token_id, key=key)
        rows.filter(made_at__lt=over).delete()
        ApiReply.objects.bulk_create([mine], ignore_conflicts=True)
        row = rows.get()
    return Reply(
        id=row.pk,
        is_new=row.pk == mine.pk,
        call_sha256=row.call_sha256,
        subject_sha256=row.subject_sha256,
        status=row.status,
        content_type=row.content_type,
        content=row.content,
    )


def keep_answer(reply: Reply, *, status: int, content_type: str, content: str) -> None:
    """Keep the answer of the call that took a key."""
    with acting_as_system("keep what the API answered"):
        ApiReply.objects.filter(pk=reply.id).update(
            status=status, content_type=content_type, content=content
        )
