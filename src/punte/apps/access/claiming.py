"""
What leaves the site is claimed first, so that two workers never send the same at once, and tried again where it fails.

The rows have ``state`` (``waiting``, ``sending``, and what became of them), ``next_at`` and ``attempts``. A worker that dies leaves
its row claimed; it waits again once the claim is over, and goes under the same identifier.
"""

import datetime as dt
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

WAITING: Final = "waiting"
SENDING: Final = "sending"
RETRY_MIN: Final = (1, 5, 30, 120, 720)
"""After each failed attempt a row waits so long [min]; after the last it is given up."""


def claim(rows: "QuerySet[Any, Any]", *, lasts: dt.timedelta) -> bool:
    """Claim the one row of a question for this worker; False where another has it, or it does not wait or not yet."""
    now = timezone.now()
    due = rows.filter(state=WAITING, next_at__lte=now)
    return bool(due.update(state=SENDING, next_at=now + lasts))


def free_lost(rows: "QuerySet[Any, Any]", *, now: dt.datetime) -> None:
    """Let rows wait again whose worker held them longer than a claim lasts."""
    rows.filter(state=SENDING, next_at__lte=now).update(state=WAITING)


def next_try(attempts: int) -> dt.datetime | None:
    """Return when a row that failed goes again, after so many earlier failures [count]; None where it is given up."""
    if attempts >= len(RETRY_MIN):
        return None
    return timezone.now() + dt.timedelta(minutes=RETRY_MIN[attempts])
