"""
Who works on what: session locks of the database, which a dead worker cannot keep, and the notice of a change.

The server drops a session lock when its connection dies, also after ``kill -9``, so whoever can take it knows that
nobody works on the run.
"""

from typing import Final, Self
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

CHANNEL: Final = "punte_run"
"""Notified with the id of a run, or of an import's, whenever something of it changed."""
MOST_ATTEMPTS: Final = 3
"""A run that lost so many workers is given up: it may be what kills them."""
_RUN_CLASS: Final = 7269
_IMPORT_CLASS: Final = 7270


class Hold:
    """The session lock of a run, on a connection of its own."""

    def __init__(self, run_id: UUID) -> None:
        self._key = _key(run_id)
        self.is_ours = False

    def __enter__(self) -> Self:
        self._connection = psycopg.connect(_connection_string(), autocommit=True)
        row = self._connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [_RUN_CLASS, self._key]
        ).fetchone()
        self.is_ours = bool(row and row[0])
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def try_import_lock(edition_id: UUID) -> bool:
    """Return whether the running transaction now is the only one that imports into the edition."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)", [_IMPORT_CLASS, _key(edition_id)]
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def notify(run_id: UUID) -> None:
    """Say that something of a run changed, once the running transaction is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(run_id)])


def _key(identifier: UUID) -> int:
    return identifier.int % 2**31


def _connection_string() -> str:
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return make_conninfo(
        "", **{name: str(parameters[name]) for name in names if parameters.get(name)}
    )
