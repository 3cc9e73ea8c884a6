"""A site is not served on tables of another version: older ones are brought up to date, later ones are refused."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from punte.cli import upgrading
from punte.cli.serving import ServingError

LATER = (
    "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '9999_of_later', now())"
)
NEWEST = (
    "DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'market')"
    " RETURNING 'market.' || name"
)


@pytest.fixture
def site(make_database: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, request: Any) -> str:
    """Name a site's database of its own in the environment; return the owner's address."""
    made = make_database(f"upgrading_{request.node.name[5:25]}")
    monkeypatch.delenv("DATABASE_URL_FILE", raising=False)
    monkeypatch.setenv("DATABASE_URL", made.app_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", made.owner_url)
    return str(made.owner_url)


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "punte.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


def _punte(*words: str) -> subprocess.CompletedProcess[str]:
    return _run("-c", f"from punte.cli.main import main; main({list(words)!r})")


def test_tables_of_a_later_version_are_refused_before_anything_runs(
    site: str, tmp_path: Path
) -> None:
    upgrading.migrate(tmp_path)
    with psycopg.connect(site) as owner:
        owner.execute(LATER)
    with pytest.raises(ServingError, match=r"a later Punte.*people\.9999_of_later.*restore"):
        upgrading.migrate(tmp_path)
    pages = _run("-c", "import punte.config.wsgi")
    assert pages.returncode
    assert "are of a later Punte" in pages.stderr
    told = _punte("doctor")
    assert told.returncode == 1
    assert "fault  Migrations: people.9999_of_later is of a later Punte" in told.stdout


def test_older_tables_keep_pages_and_workers_from_starting(site: str) -> None:
    with psycopg.connect(site) as owner:
        row = owner.execute(NEWEST).fetchone()
    assert row is not None
    for words in (("-c", "import punte.config.wsgi"), ("-m", "django", "run_worker")):
        ended = _run(*words)
        assert ended.returncode
        assert f"{row[0]} not run yet" in ended.stderr
        assert "punte serve" in ended.stderr


def test_a_stamp_does_not_hide_that_an_older_copy_was_brought_back(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr(upgrading, "run_step", lambda *words, **_: ran.append(words))
    upgrading.migrate(tmp_path)
    upgrading.migrate(tmp_path)
    assert len(ran) == 1, "the second start has nothing to do"
    with psycopg.connect(site) as owner:
        owner.execute(NEWEST.encode())
    upgrading.migrate(tmp_path)
    assert len(ran) == 2


def test_the_address_may_stand_in_a_file(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del site
    note = tmp_path / "address"
    note.write_text(os.environ["DATABASE_URL"] + "\n", encoding="utf-8")
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("DATABASE_URL_FILE", str(note))
    monkeypatch.setattr(upgrading, "run_step", lambda *_words, **_named: None)
    upgrading.migrate(tmp_path)
    assert (tmp_path / "migrated").exists()
