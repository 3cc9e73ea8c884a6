"""Empty or delete what is kept no longer, as the list of retention says and in no other way."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from punte.apps.access.actions import record
from punte.apps.access.permissions import acting_as_system
from punte.apps.people.kept_by_clock import CLOCKED
from punte.apps.people.retention import Kept, Then


def purge_expired(*, today: dt.date) -> dict[str, int]:
    """
    Empty every field, and delete every row, whose time is over. Runs each night, as the platform.

    Returns
    -------
    dict
        How many [count], by ``app.Model.field`` for what was emptied and ``app.Model`` for what was deleted.
    """
    counts: dict[str, int] = {}
    # The day is the platform's, as the caller's is: at night the UTC day is still yesterday's.
    midnight = timezone.make_aware(dt.datetime.combine(today, dt.time()))
    with acting_as_system("purge what is kept no longer"):
        for kept in CLOCKED:
            if kept.days is None or kept.ended is None:
                continue
            over = kept.ended(midnight - dt.timedelta(days=kept.days))
            rows = kept.model._default_manager.filter(over)  # noqa: SLF001  (public API of Django)
            if kept.then is Then.DELETED:
                _total, by_table = rows.delete()
                counts[kept.table] = counts.get(kept.table, 0) + by_table.get(
                    kept.model._meta.label,  # noqa: SLF001  (public API of Django)
                    0,
                )
            else:
                counts |= _empty(kept, rows)
        record(
            "privacy.purged", None, fields={name: count for name, count in counts.items() if count}
        )
    return counts


def _empty(kept: Kept, rows: "models.QuerySet[Any]") -> dict[str, int]:
    counts = {}
    keys = list(rows.values_list("pk", flat=True))
    for name in kept.fields.split():
        field = kept.model._meta.get_field(name)  # noqa: SLF001  (public API of Django)
        empty = empty_value(field)
        is_empty = Q(**{f"{name}__isnull": True}) if empty is None else Q(**{name: empty})
        found = kept.model._default_manager.filter(pk__in=keys).exclude(is_empty)  # noqa: SLF001
        counts[f"{kept.table}.{name}"] = found.update(**{name: empty})
    return counts


def empty_value(field: Any) -> Any:  # noqa: ANN401  (a field of any kind, and what it holds)
    """Return what an emptied field holds: nothing where it may be unknown, else an empty text or list."""
    return None if field.null else field.get_default()
