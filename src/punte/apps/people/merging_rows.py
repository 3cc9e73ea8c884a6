"""What joining two records of the register moves, row by row, so that it can be moved back exactly."""

import contextlib
from collections.abc import Container
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F, Func, Value

from punte.apps.access.models import Labelled

Rows = models.QuerySet[Any]
Moved = dict[str, list[str]]
"""Keys of the rows that moved, by ``app.Model.field``."""
LABEL_FIELDS: Final = (
    "label_releasable_to",
    "label_restricted_to",
    "label_denied_to",
    "label_audience",
    "label_stewards",
)


def references_to(
    target: type[models.Model], *, but: Container[type[models.Model]]
) -> list[tuple[type[models.Model], "models.ForeignKey[Any, Any]"]]:
    """Return every reference to a table on the site, but those of some models."""
    return [
        (model, field)
        for model in apps.get_models()
        if model not in but
        for field in model._meta.concrete_fields  # noqa: SLF001  (public API of Django)
        if isinstance(field, models.ForeignKey) and field.related_model is target
    ]


def move_rows(
    model: type[models.Model], attname: str, gone: UUID, kept: UUID, rows: Rows | None = None
) -> list[str]:
    """
    Let rows name ``kept`` instead of ``gone``, one by one, and return the keys of those that moved.

    A row that would then stand twice (a second delegation to one edition) stays as it is.

    Parameters
    ----------
    attname
        The column that names the record.
    rows
        Which rows; all that name ``gone`` where ``None``.
    """
    found = model._default_manager.filter(**{attname: gone}) if rows is None else rows  # noqa: SLF001  (public API)
    moved = []
    for key in found.values_list("pk", flat=True):
        with contextlib.suppress(IntegrityError), transaction.atomic():
            found.filter(pk=key).update(**{attname: kept})
            moved.append(str(key))
    return moved


def relabel(prefix: str, gone: UUID, kept: UUID) -> Moved:
    """Let labels that name ``gone`` (``org:...``, ``person:...``) name ``kept``; who names both says it already."""
    renamed: Moved = {}
    for model in apps.get_models():
        if not issubclass(model, Labelled):
            continue
        rows = model._default_manager.all()  # noqa: SLF001  (public API of Django)
        for name in LABEL_FIELDS:
            naming = rows.filter(**{f"{name}__contains": [f"{prefix}:{gone}"]}).exclude(
                **{f"{name}__contains": [f"{prefix}:{kept}"]}
            )
            keys = [str(key) for key in naming.values_list("pk", flat=True)]
            if keys:
                rename_in_labels(rows.filter(pk__in=keys), name, prefix, gone, kept)
                renamed[f"{model._meta.label}.{name}"] = keys  # noqa: SLF001  (public API of Django)
    return renamed


def rename_in_labels(rows: Rows, name: str, prefix: str, before: UUID, after: UUID) -> None:
    """Put one record's group in the place of another's in a field of labels."""
    names = (Value(f"{prefix}:{one}", output_field=models.TextField()) for one in (before, after))
    rows.update(**{name: Func(F(name), *names, function="array_replace")})


def move_back(moved: Moved, prefix: str, gone: UUID, kept: UUID) -> None:
    """Undo :func:`move_rows` and :func:`relabel`; a row that names another record by now is left alone."""
    for place, keys in moved.items():
        label, name = place.rsplit(".", 1)
        model = apps.get_model(label)
        rows = model._default_manager.filter(pk__in=keys)  # noqa: SLF001  (public API of Django)
        if name in LABEL_FIELDS:
            rename_in_labels(rows, name, prefix, kept, gone)
            continue
        column = model._meta.get_field(name).attname  # noqa: SLF001  (public API of Django)
        rows.filter(**{column: kept}).update(**{column: gone})
