"""When a scan, a mark or a note of an edition can have been made, and when a clock must have been wrong."""

import datetime as dt
from typing import Final

from django.utils import timezone

from punte.apps.forum.models import Edition

CLOCK_SLACK: Final = dt.timedelta(minutes=5)
"""How far a desk's clock may run ahead."""
BEFORE: Final = dt.timedelta(days=30)
"""How long before the first day of an edition, or before today where that is earlier, a desk may have been tried out."""


def possible_times(edition: Edition) -> tuple[dt.datetime, dt.datetime]:
    """Return the first and the last moment at which something of an edition can have happened by now."""
    now = timezone.now()
    opens = dt.datetime.combine(edition.starts_on, dt.time(), edition.zone)
    return min(opens, now) - BEFORE, now + CLOCK_SLACK
