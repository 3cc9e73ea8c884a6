"""Three tables of the tests' own behind the real policies: items, notes that hang from them, portions that do both."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection

from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.access.wall import EnableWall
from security.model import Item

LABEL_COLUMNS = """owner_org_id uuid NOT NULL, label_releasable_to text[] NOT NULL,
  label_restricted_to text[] NOT NULL, label_denied_to text[] NOT NULL, label_audience text[] NOT NULL,
  label_stewards text[] NOT NULL, label_embargo_until timestamptz, label_expires_at timestamptz"""

WALLS = (
    EnableWall("wt_item"),
    EnableWall("wt_note", via="item_id -> wt_item"),
    EnableWall("wt_reply", via="note_id -> wt_note", write="viewers"),
    EnableWall("wt_portion", via="item_id -> wt_item", labelled=True),
)


@pytest.fixture(scope="module")
def walled_tables(django_db_setup: None, database_owner_url: str) -> Iterator[None]:
    del django_db_setup
    with psycopg.connect(database_owner_url, autocommit=True) as owner:
        owner.execute(
            f"CREATE TABLE wt_item (id uuid PRIMARY KEY, title text, {LABEL_COLUMNS})".encode()
        )
        owner.execute("CREATE TABLE wt_note (id uuid PRIMARY KEY, item_id uuid REFERENCES wt_item)")
        owner.execute(
            "CREATE TABLE wt_reply (id uuid PRIMARY KEY, note_id uuid REFERENCES wt_note)"
        )
        owner.execute(
            f"CREATE TABLE wt_portion (id uuid PRIMARY KEY, item_id uuid REFERENCES wt_item, {LABEL_COLUMNS})".encode()
        )
        for wall in WALLS:
            owner.execute(wall.forward_sql().encode())
    yield
    with psycopg.connect(database_owner_url, autocommit=True) as owner:
        for wall in reversed(WALLS):
            owner.execute(wall.backward_sql().encode())
        owner.execute("DROP TABLE wt_portion, wt_reply, wt_note, wt_item")


def _row(item: Item) -> list[object]:
    sets = (item.releasable_to, item.restricted_to, item.denied_to, item.audience, item.stewards)
    return [item.owner, *(sorted(s) for s in sets), item.embargo_until, item.expires_at]


def insert_item(item: Item) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO wt_item VALUES (%s, 't'{', %s' * 8})", [item.id, *_row(item)])


def insert_note(item: Item) -> UUID:
    note = uuid4()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO wt_note VALUES (%s, %s)", [note, item.id])
    return note


def insert_reply(note: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO wt_reply VALUES (%s, %s)", [uuid4(), note])


def fill(items: Iterable[Item], portions: Iterable[tuple[Item, Item]] = ()) -> None:
    """Empty the tables, then write the items, a note and a reply under each, and portions (label, parent)."""
    items, portions = list(items), list(portions)
    notes = [(uuid4(), item.id) for item in items]
    with acting_as_system("tests"), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM wt_portion; DELETE FROM wt_reply; DELETE FROM wt_note; DELETE FROM wt_item"
        )
        _insert(cursor, "wt_item", [[item.id, "t", *_row(item)] for item in items])
        _insert(cursor, "wt_note", [list(note) for note in notes])
        _insert(cursor, "wt_reply", [[uuid4(), note] for note, _ in notes])
        _insert(cursor, "wt_portion", [[p.id, parent.id, *_row(p)] for p, parent in portions])


def _insert(cursor: Any, table: str, rows: list[list[object]]) -> None:
    if rows:
        line = f"({', '.join(['%s'] * len(rows[0]))})"
        values = [value for row in rows for value in row]
        cursor.execute(f"INSERT INTO {table} VALUES {', '.join([line] * len(rows))}", values)


def seen(subject: Subject, table: str = "wt_item", column: str = "id") -> set[UUID]:
    with acting(subject), connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return {row[0] for row in cursor.fetchall()}
