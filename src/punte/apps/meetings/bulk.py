"""
Many rows in one statement: a table's worth of JSON goes to the server as one value and is unpacked there.

The policies and triggers of the wall stand over these statements as over any other. What is saved is the work of
naming each cell as a parameter of its own, which is most of the time of ``bulk_create`` with wide rows; COPY is no
way in, as PostgreSQL refuses it where row-level security stands.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

Row = Mapping[str, Any]


def insert_rows(model: type[models.Model], rows: Sequence[Row], **same: Any) -> None:  # noqa: ANN401
    """
    Insert rows, named by attribute (``sender_id``), all with the same attributes.

    Parameters
    ----------
    rows
        Each with its key; what neither they nor ``same`` give takes the field's default, one value for all rows.
    same
        Attributes that are equal in all rows.
    """
    if not rows:
        return
    fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 - public API of Django
    own = list(rows[0])
    shared = {
        name: same[name] if name in same else field.get_default()
        for name, field in fields.items()
        if name not in own and not field.generated
    }
    statement = (
        f"INSERT INTO {_quote(model._meta.db_table)} "  # noqa: SLF001, S608 - names of the project's own tables
        f"({', '.join(_quote(str(fields[name].column)) for name in [*own, *shared])}) "
        f"SELECT {', '.join(f'r.{_quote(name)}' for name in own)}, "
        f"{', '.join(f'c.{_quote(name)}' for name in shared)} "
        f"FROM jsonb_to_recordset(%s::jsonb) AS r({_columns(fields, own)}), "
        f"jsonb_to_record(%s::jsonb) AS c({_columns(fields, shared)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_packed([dict(row) for row in rows]), _packed(shared)])


def update_rows(model: type[models.Model], rows: Mapping[UUID, Row]) -> None:
    """Change attributes of rows by their keys; what a row does not name stays as it is."""
    fields = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 - public API of Django
    by_names: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, row in rows.items():
        by_names.setdefault(tuple(row), []).append({"id": key, **row})
    for names, found in by_names.items():
        changes = ", ".join(
            f"{_quote(str(fields[name].column))} = r.{_quote(name)}" for name in names
        )
        statement = (
            f"UPDATE {_quote(model._meta.db_table)} t SET {changes} "  # noqa: SLF001, S608 - names of the project's own tables
            f"FROM jsonb_to_recordset(%s::jsonb) AS r({_columns(fields, ['id', *names])}) "
            "WHERE t.id = r.id"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [_packed(found)])


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _columns(fields: "Mapping[str, models.Field[Any, Any]]", names: Iterable[str]) -> str:
    return ", ".join(f"{_quote(name)} {fields[name].db_type(connection)}" for name in names)


def _packed(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
