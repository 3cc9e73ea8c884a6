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

from django.db import connection

_prepared: Final[weakref.WeakKeyDictionary[Any, set[str]]] = weakref.WeakKeyDictionary()
"""Which statements a connection has prepared, by name."""


def ask_planned(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """
    Return the rows of a statement, planned at its first uses on this connection and not again.

    Parameters
    ----------
    statement
        As Django writes it, ``%s`` for each parameter. It is kept for good: what differs from call to call is a parameter.
    """
    name = f"punte_{sha256(statement.encode()).hexdigest()[:24]}"
    connection.ensure_connection()
    known = _prepared.setdefault(connection.connection, set())
    with connection.cursor() as cursor:
        if name not in known:
            cursor.execute(f"PREPARE {name} AS {_numbered(statement)}")
            known.add(name)
        places = ", ".join(["%s"] * len(parameters))
        cursor.execute(f"EXECUTE {name} ({places})", parameters)
        return list(cursor.fetchall())


def ask_anew(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, planned anew: for a pooler that gives each transaction another connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _numbered(statement: str) -> str:
    numbers = count(1)
    return re.sub("%(.)", lambda found: "%" if found[1] == "%" else f"${next(numbers)}", statement)
