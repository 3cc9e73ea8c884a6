"""
Ask the database what it has planned before.

The planner weighs every condition of every policy of every table in a statement: for a short one that takes many times longer than the
answer. A statement that never changes is therefore prepared, once per connection, in the database's own words, since psycopg forgets what
it prepared at each rollback, and a page that is not found rolls back.
"""

import re
import weakref
from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

_prepared: Final[weakref.WeakKeyDictionary[Any, set[str]]] = weakref.WeakKeyDictionary()
"""Which statements a connection has prepared, by name."""


def plan_once(connection: BaseDatabaseWrapper, **_named: object) -> None:
    """
    Let a new connection plan what it keeps once, whatever the values.

    Left to itself, the database plans for the values that it is given as long as it believes that to be cheaper. It does not know what
    planning costs with the policies of many tables.
    """
    if settings.KEEP_PLANS and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan")


def ask_planned(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """
    Return the rows of a statement, planned at its first use on this connection and not again.

    Parameters
    ----------
    statement
        As Django writes it, ``%s`` for each parameter. It is kept for good: what differs from call to call is a parameter.
    """
    asked = planned(statement, len(parameters))
    with connection.cursor() as cursor:
        cursor.execute(asked, parameters)
        return list(cursor.fetchall())


def planned(statement: str, parameter_count: int) -> str:
    """Return what asks a statement with so many parameters after its plan, which this connection then has."""
    name = f"punte_{sha256(statement.encode()).hexdigest()[:24]}"
    connection.ensure_connection()
    known = _prepared.setdefault(connection.connection, set())
    if name not in known:
        # Beside Django's cursor: a plan is no question, and whoever counts those counts the same at the first asking.
        with connection.wrap_database_errors:
            connection.connection.execute(f"PREPARE {name} AS {_numbered(statement)}")
        known.add(name)
    places = ", ".join(["%s"] * parameter_count)
    return f"EXECUTE {name} ({places})" if parameter_count else f"EXECUTE {name}"


def ask_anew(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, planned anew: for a pooler that gives each transaction another connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _numbered(statement: str) -> str:
    numbers = count(1)
    return re.sub("%(.)", lambda found: "%" if found[1] == "%" else f"${next(numbers)}", statement)
