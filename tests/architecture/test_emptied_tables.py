"""A test that commits leaves nothing to the next one, in whichever table it wrote."""

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection

from cast import make_cast
from punte.apps.access.actions import record
from punte.apps.access.permissions import acting
from security.hidden_world import build_hidden_world, build_shown_world


def rows_of_tables(owner_url: str) -> dict[str, int]:
    """Return how many rows each table of a model has, asked beside the wall."""
    tables = connection.introspection.django_table_names(only_existing=True)
    with psycopg.connect(owner_url.replace("punte_owner@", "postgres@")) as superuser:
        counted = [
            superuser.execute(f'SELECT count(*) FROM "{table}"'.encode()).fetchone()
            for table in tables
        ]
    return {table: row[0] for table, row in zip(tables, counted, strict=True) if row}


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_gone_from_every_table(database_owner_url: str) -> None:
    cast = make_cast()
    build_shown_world()
    build_hidden_world()
    with acting(cast.organiser.subject):
        record("export.read", None, what="a file")
    before = rows_of_tables(database_owner_url)
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    after = rows_of_tables(database_owner_url)
    assert len([table for table, count in before.items() if count]) > 60
    assert before["access_auditentry"] > 0
    assert not [table for table, count in after.items() if count]
    emit_post_migrate_signal(0, False, "default")
    assert rows_of_tables(database_owner_url)["access_country"] > 200
