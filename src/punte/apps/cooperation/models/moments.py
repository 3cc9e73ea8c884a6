"""Which moments a row can hold, so that every page can show it in every time zone."""

import datetime as dt

from django.db import models

FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LAST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


def in_bounds(name: str) -> models.CheckConstraint:
    """Return the constraint that ``at`` lies between 1970 and 2200, as files may say it."""
    return models.CheckConstraint(condition=models.Q(at__gte=FIRST, at__lte=LAST), name=name)
