"""A row in every table: values of each field's own kind, drawn from nothing but the model, whichever version's it is."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, InternalError, connection, models, transaction

MORNING: Final = dt.datetime(2025, 11, 5, 8, 0, tzinfo=dt.UTC)
COUNTRIES: Final = ("ROU", "MDA", "NOR", "TUR")
LATER_WORDS: Final = ("end", "until", "due", "clos", "after", "close")
ROUNDS: Final = 6
"""How often tables are tried again: each needs those that it points to."""


def fill_tables(registry: Any, labels: list[str], *, rows: int) -> dict[str, str]:
    """
    Write rows into every table of some applications that holds fewer.

    Parameters
    ----------
    registry
        The models: those of a migration's state, or of the running code.
    labels
        Of the applications.
    rows
        How many each table holds at least, afterwards [count].

    Returns
    -------
    Table to why it could not be filled.
    """
    faults: dict[str, str] = {}
    for _ in range(ROUNDS):
        faults = {}
        for label in labels:
            for model in registry.get_app_config(label).get_models():
                fault = _fill(model, rows)
                if fault:
                    faults[model._meta.db_table] = fault
        if not faults:
            break
    return faults


def _fill(model: type[models.Model], rows: int) -> str:
    fault = ""
    have = model._base_manager.count()
    for number in range(have, rows):
        for is_full in (True, False):
            try:
                with transaction.atomic():
                    made = model(**dict(_values(model, number, is_full=is_full)))
                    _point_to_itself(made)
                    models.Model.save_base(made, raw=True, force_insert=True)
                    with connection.cursor() as cursor:
                        cursor.execute(
                            "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
                        )
                fault = ""
                break
            except (IntegrityError, InternalError, LookupError) as error:
                fault = " ".join(str(error).split())
    return fault


def _point_to_itself(made: models.Model) -> None:
    """Let a row that must name one of its own table name itself, as an organisation owns its own record."""
    for field in _references(type(made)):
        is_own = field.remote_field.model is type(made) and not field.null
        if is_own and getattr(made, field.attname) is None:
            setattr(made, field.attname, made.pk)


def _values(
    model: type[models.Model], number: int, *, is_full: bool
) -> Iterator[tuple[str, object]]:
    said: dict[tuple[str, type[models.Model]], object] = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.AutoField) or field.generated:
            continue
        if isinstance(field, models.ForeignKey):
            key = _place(field)
            if key not in said:
                said[key] = _other(field, number, is_full=is_full)
            yield field.attname, said[key]
            said = {**_said_by(field, said[key]), **said}
        elif field.primary_key and field.has_default():
            continue
        elif is_full or not field.has_default():
            yield field.attname, _value(field, number)


def _place(field: models.ForeignKey) -> tuple[str, type[models.Model]]:
    return field.attname, field.remote_field.model


def _said_by(field: models.ForeignKey, key: object) -> dict[tuple[str, type[models.Model]], object]:
    """What the row that was named says itself: one that names a meeting and its slot names the meeting's own slot."""
    row = field.remote_field.model._base_manager.filter(**{field.target_field.attname: key}).first()
    return (
        {}
        if row is None
        else {
            _place(one): getattr(row, one.attname)
            for one in _references(type(row))
            if getattr(row, one.attname) is not None
        }
    )


def _other(field: models.ForeignKey, number: int, *, is_full: bool) -> object:
    target = field.remote_field.model
    if field.null and (not is_full or target is field.model):
        return None
    rows = target._base_manager.order_by("pk")
    if field.one_to_one or field.unique:
        rows = rows.exclude(
            pk__in=field.model._base_manager.exclude(**{field.attname: None}).values(field.attname)
        )
        number = 0
    # Two that point to the same table, such as the two who meet, are not the same row.
    number += [one for one in _references(field.model) if one.remote_field.model is target].index(
        field
    )
    row = rows[number % max(1, min(rows.count(), 2)) :].first()
    if row is None and not field.null and target is not field.model:
        raise LookupError(f"{target._meta.db_table} has no row yet")
    return None if row is None else getattr(row, field.target_field.attname)


def _references(model: type[models.Model]) -> list[models.ForeignKey]:
    return [one for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)]


def _value(field: models.Field, number: int) -> object:
    if field.name.startswith("label_") or (field.has_default() and not _is_plain(field)):
        return field.get_default()
    if field.choices:
        keys = [key for key, _ in field.flatchoices if key not in {"", None}]
        return keys[number % len(keys)]
    if isinstance(field, models.DateTimeField):
        return MORNING + _later(field)
    if isinstance(field, models.DateField):
        return (MORNING + 24 * _later(field)).date()
    if isinstance(field, models.TimeField):
        return (MORNING + _later(field)).time()
    if isinstance(field, models.CharField | models.TextField):
        return _text(field, number)
    kinds: list[tuple[type[models.Field], object]] = [
        (models.UUIDField, uuid.UUID(int=number + 1) if field.unique else uuid.uuid4()),
        (models.BooleanField, bool(number % 2)),
        (models.DurationField, dt.timedelta(minutes=5)),
        (models.BinaryField, bytes([number + 1]) * 32),
        (models.GenericIPAddressField, "192.0.2.1"),
        (models.DecimalField, 1),
        (models.FloatField, 1.0),
        (models.IntegerField, number + 1),
        (ArrayField, []),
        (models.JSONField, {}),
    ]
    return next((value for kind, value in kinds if isinstance(field, kind)), None)


def _is_plain(field: models.Field) -> bool:
    return isinstance(
        field,
        models.CharField
        | models.TextField
        | models.DateField
        | models.DateTimeField
        | models.BooleanField,
    )


def _later(field: models.Field) -> dt.timedelta:
    is_later = any(word in field.name for word in LATER_WORDS)
    return dt.timedelta(hours=1) if is_later else dt.timedelta(0)


def _text(field: models.Field, number: int) -> str:
    length = field.max_length or 200
    if isinstance(field, models.EmailField):
        return f"person{number}@punte.example"
    if isinstance(field, models.URLField):
        return f"https://punte.example/{number}"
    if length == len(COUNTRIES[0]):
        return COUNTRIES[number % len(COUNTRIES)]
    if length == len("RO"):
        return COUNTRIES[number % len(COUNTRIES)][:length]
    return f"{field.name} {number}"[-length:]
