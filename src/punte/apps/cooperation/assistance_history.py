"""What stood in the fields of an assistance or of one of its activities, and whether somebody changed it since it was read."""

import itertools
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from punte.apps.access.permissions import Subject
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import Activity, Assistance, AssistanceChange
from punte.kernel.errors import ChangedMeanwhileError


def changes_of(row: Assistance | Activity) -> QuerySet[AssistanceChange]:
    """Return what was changed, the newest first; of an assistance nothing of its activities."""
    if isinstance(row, Activity):
        return AssistanceChange.objects.filter(activity=row)
    return AssistanceChange.objects.filter(assistance=row, activity=None)


def revision_of(row: Assistance | Activity) -> str:
    """Return what a form says it read: the newest change."""
    newest = changes_of(row).first()
    return str(newest.pk) if newest else ""


def require_read(row: Assistance | Activity, read: str | None) -> None:
    """
    Let only pass who read what stands now, and hold the row until theirs is kept.

    Raises
    ------
    ChangedMeanwhileError
        Somebody changed it since it was read.
    """
    type(row).objects.select_for_update().get(pk=row.pk)
    if read is None or read == revision_of(row):
        return
    since = itertools.takewhile(lambda one: str(one.pk) != read, changes_of(row))
    found: dict[str, set[str]] = {}
    for change in since:
        field = row._meta.get_field(change.field)  # noqa: SLF001  (public API of Django)
        title = str(getattr(field, "verbose_name", change.field))
        found.setdefault(change.by_name, set()).add(title)
    told = "; ".join(f"{who}: {', '.join(sorted(fields))}" for who, fields in found.items())
    raise ChangedMeanwhileError(
        _(
            "It was changed since you read it (%(told)s). Nothing of yours was kept: what you typed still stands in the "
            "form. Compare it with what stands above, then keep it again."
        )
        % {"told": told}
    )


def keep_history(by: Subject, row: Assistance | Activity, wanted: Mapping[str, Any]) -> None:
    """Keep what stood in each field that changes."""
    activity = row if isinstance(row, Activity) else None
    rows = [
        AssistanceChange(
            assistance=row.assistance if isinstance(row, Activity) else row,
            activity=activity,
            field=name,
            before=_as_text(getattr(row, name)),
            by_id=by.person_id,
            by_name=name_of(by),
        )
        for name, value in wanted.items()
        if getattr(row, name) != value
    ]
    AssistanceChange.objects.bulk_create(rows)


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
