"""An older site is brought up to date with everything in it, and stands behind the same wall as a new one."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from old_tables import HEADS, ROWS
from punte.cli import embedded_database

TESTS = Path(__file__).resolve().parents[1]
READ_AGAIN = {"market_vector"}
"""Tables that an upgrade empties: what they hold is made again of the texts."""
REFERENCE = {"access_country", "access_framework", "access_status"}
"""Tables that every migration fills up from the project's own data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """A site that was brought up to date, and one that began with the running code."""

    superuser_url: str
    fresh_url: str
    before: dict[str, int]


def _run(url: str, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, *words],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "punte.config.settings",
            "DATABASE_OWNER_URL": url,
            "PUNTE_DATABASE_ROLE": "owner",
            "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


@pytest.fixture(scope="module")
def upgraded(
    make_database: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> Upgraded:
    fresh = make_database("upgrade_fresh")
    superuser = fresh.owner_url.replace("punte_owner@", "postgres@")
    old_owner = fresh.owner_url.replace("upgrade_fresh", "upgrade_old")
    _create(superuser, "upgrade_old")
    note = tmp_path_factory.mktemp("upgrade") / "rows.json"
    _run(old_owner, str(TESTS / "old_tables.py"), str(note))
    _run(old_owner, "-m", "django", "migrate", "-v0")
    _restore(superuser, "upgrade_old", "upgrade_again", note.with_name("schema.sql"))
    return Upgraded(
        superuser_url=superuser.replace("upgrade_fresh", "upgrade_old"),
        fresh_url=superuser,
        before=json.loads(note.read_text(encoding="utf-8")),
    )


def _create(superuser: str, name: str) -> None:
    with psycopg.connect(superuser, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} OWNER punte_owner TEMPLATE template0".encode())
    with psycopg.connect(superuser.replace("upgrade_fresh", name), autocommit=True) as database:
        for statement in embedded_database._grants():
            database.execute(statement.encode())


def _restore(superuser: str, source: str, name: str, note: Path) -> None:
    """Bring a schema back under another name, as that of the new site was: PostgreSQL writes some conditions otherwise then."""
    note.write_text(
        "\n".join(_schema(superuser.replace("upgrade_fresh", source))), encoding="utf-8"
    )
    _create(superuser, name)
    program, url = str(embedded_database.program("psql")), superuser.replace("upgrade_fresh", name)
    quiet = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
    subprocess.run([program, *quiet, "-1", "-f", str(note), "-d", url], check=True)


def _schema(url: str) -> list[str]:
    done = subprocess.run(
        [str(embedded_database.program("pg_dump")), "--schema-only", f"--dbname={url}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if not re.match(r"\\(un)?restrict ", line)]


def _count(database: psycopg.Connection, table: str) -> int:
    row = database.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_tables_policies_triggers_and_grants_are_those_of_a_new_site(upgraded: Upgraded) -> None:
    again = upgraded.superuser_url.replace("upgrade_old", "upgrade_again")
    assert _schema(again) == _schema(upgraded.fresh_url)


def test_no_row_is_lost_and_the_old_site_had_some_everywhere(upgraded: Upgraded) -> None:
    assert len(upgraded.before) > 60
    assert min(upgraded.before.values()) >= ROWS
    with psycopg.connect(upgraded.superuser_url) as database:
        after = {table: _count(database, table) for table in upgraded.before}
    changed = {table for table, count in upgraded.before.items() if after[table] != count}
    assert changed <= READ_AGAIN | REFERENCE
    assert all(after[table] > upgraded.before[table] for table in REFERENCE)


def test_the_history_of_a_commitment_is_for_whom_the_commitment_was(upgraded: Upgraded) -> None:
    with psycopg.connect(upgraded.superuser_url) as database:
        rows = database.execute(
            "SELECT e.owner_org_id = c.owner_org_id AND e.label_releasable_to = c.label_releasable_to"
            " FROM cooperation_commitmentevent e JOIN cooperation_commitment c ON c.id = e.commitment_id"
        ).fetchall()
    assert rows == [(True,)] * ROWS


def test_the_heads_are_migrations_that_still_exist() -> None:
    apps = TESTS.parent / "src" / "punte" / "apps"
    for app, name in HEADS.items():
        assert (apps / app / "migrations" / f"{name}.py").exists()
