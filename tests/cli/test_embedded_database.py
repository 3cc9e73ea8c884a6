"""The embedded server: shared by its users, stopped by the last, never two on one folder."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from punte.cli import embedded_database as embedded
from site_folder import folder_of_its_own

HOLD = """
import sys, pathlib
from punte.cli import embedded_database as e
folder = pathlib.Path(sys.argv[1])
e.start(folder); e.create_database(folder, "punte")
print("held", flush=True); sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_of_its_own() as made:
        yield made


def _hold(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _answers(folder: Path) -> bool:
    try:
        with psycopg.connect(embedded.url(folder, "punte_app")) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_two_at_once_share_one_server_and_the_last_stops_it(folder: Path) -> None:
    first, second = _hold(folder), _hold(folder)
    for process in (first, second):
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
    assert (folder / "postgres" / "postmaster.pid").exists()
    first.communicate("")
    assert _answers(folder), "the second still uses it"
    second.communicate("")
    assert (first.returncode, second.returncode) == (0, 0)
    assert not (folder / "postgres" / "postmaster.pid").exists()
    assert not _answers(folder)


def test_a_killed_user_leaves_a_server_that_the_next_adopts_and_stops(folder: Path) -> None:
    victim = _hold(folder)
    assert victim.stdout is not None
    victim.stdout.readline()
    pid = (folder / "postgres" / "postmaster.pid").read_text().split()[0]
    victim.kill()
    victim.communicate()
    embedded.start(folder)
    assert (folder / "postgres" / "postmaster.pid").read_text().split()[0] == pid
    assert _answers(folder)
    embedded.release(folder)
    deadline = time.monotonic() + 10
    while _answers(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _answers(folder)


def test_the_application_role_owns_nothing_and_may_not_bypass(folder: Path) -> None:
    embedded.start(folder)
    embedded.create_database(folder, "punte")
    embedded.create_database(folder, "punte")
    with psycopg.connect(embedded.url(folder, "punte_app")) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert role == (False, False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")


def test_an_unwritable_folder_is_one_clear_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(embedded.EmbeddedDatabaseError, match="cannot be written"):
        embedded.start(file / "data")


def test_a_killed_server_is_started_again_with_all_that_was_committed(folder: Path) -> None:
    embedded.start(folder)
    embedded.create_database(folder, "punte")
    assert embedded.start_again() == []
    address = embedded.url(folder, "punte_owner")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE scan (number int)")
    connection = psycopg.connect(address)
    for number in range(50):
        connection.execute("INSERT INTO scan VALUES (%s)", [number])
        connection.commit()
    connection.execute("INSERT INTO scan VALUES (-1)")
    note = folder / "postgres" / "postmaster.pid"
    os.kill(int(note.read_text(encoding="utf-8").split("\n", 1)[0]), signal.SIGKILL)
    end = time.monotonic() + 180
    started: list[Path] = []
    while not started:
        assert time.monotonic() < end
        with contextlib.suppress(embedded.EmbeddedDatabaseError):
            started = embedded.start_again()
    assert started == [folder]
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT count(*), min(number) FROM scan").fetchone()
    assert found == (50, 0), "what was committed, and nothing of what was not"
