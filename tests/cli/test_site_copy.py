"""A site comes back from its copy as it was, and a copy never lands on anything."""

import io
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from punte.apps.access.actions import record
from punte.apps.access.permissions import acting
from punte.cli import embedded_database
from punte.cli.site_copy import (
    DUMP,
    MANIFEST,
    PASSING,
    SiteCopyError,
    bring_back,
    read_manifest,
    write_copy,
)
from site_folder import environment_of, folder_of_its_own, settings_name
from small_forum import load_small

LOOK = """
import django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Edition
setup_test_environment()
with acting_as_system("tests"):
    edition = Edition.objects.get()
client = Client()
client.force_login(Account.objects.get(email="organiser@bucharest.example"))
page = client.get(f"/e/{edition.slug}/timetable/import/")
print(page.status_code, edition.name in page.content.decode())
"""
WALLED = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_of_its_own() as parent:
        yield parent / "data"


def punte(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from punte.cli.main import main; main()", *words],
        env=environment_of(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
def site(
    folder: Path,
    fill_database: Callable[[Path, str], Any],
    django_db_setup: None,
    django_db_blocker: Any,
) -> Path:
    """Return the folder of a small site."""
    del django_db_setup
    embedded_database.start(folder)
    made = fill_database(folder, "punte")
    with settings_name(made.app_url), django_db_blocker.unblock():
        forum = load_small()
        with acting(forum.organiser):
            record("backup.tested", forum.edition, edition_id=forum.edition.pk)
    return folder


def test_a_site_is_copied_and_brought_back(site: Path) -> None:
    copy, fresh = site.parent / "site.tar", site.parent / "fresh"
    done = punte(site, "backup", str(copy))
    assert done.returncode == 0, done.stderr
    assert copy.stat().st_mode & 0o077 == 0
    manifest = read_manifest(copy)
    assert manifest.rows["forum_delegate"] == 30
    assert manifest.audit_head in done.stdout
    with pytest.raises(SiteCopyError, match="exists already"):
        write_copy(embedded_database.url(site, "postgres"), copy)
    known = set(manifest.migrations)
    with pytest.raises(SiteCopyError, match="The database is not empty"):
        bring_back(copy, embedded_database.url(site, "postgres"), known_migrations=known)
    try:
        done = punte(fresh, "restore", str(copy))
        assert done.returncode == 0, done.stderr
        assert f"{sum(manifest.rows.values())} rows" in done.stdout
        assert "entries and 0 faults" in done.stdout
        embedded_database.start(fresh)
        before, after = (embedded_database.url(one, "postgres") for one in (site, fresh))
        for table, kept in manifest.rows.items():
            digest = f"SELECT (count(*), md5(string_agg(md5(t::text), '' ORDER BY t::text)))::text FROM {table} t"
            assert ask(after, f"SELECT count(*) FROM {table}") == kept, table
            if table not in PASSING:
                assert ask(before, digest) == ask(after, digest), table
        assert ask(before, WALLED) == ask(after, WALLED) != 0
        # The roles of the site find their rights again: a page is read behind the wall.
        app = embedded_database.url(fresh, "punte_app")
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", LOOK],
            env=environment_of(fresh) | {"DATABASE_URL": app},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "200 True\n", done.stderr
    finally:
        embedded_database.release(fresh)


def test_a_copy_of_another_database_is_verified_there(site: Path) -> None:
    """The audit log that is verified is the restored one, though the site's own address names another database."""
    superuser = embedded_database.url(site, "postgres")
    copy = site.parent / "site.tar"
    write_copy(superuser, copy)
    embedded_database.create_database(site, "second")
    second = embedded_database.url(site, "postgres", "second")
    done = punte(site, "restore", str(copy), "--url", second)
    assert done.returncode == 0, done.stdout + done.stderr
    entries = ask(second, "SELECT count(*) FROM access_auditlink")
    assert entries
    assert f"The audit log has {entries} entries and 0 faults." in done.stdout
    with psycopg.connect(superuser, autocommit=True) as server:
        server.execute("DROP DATABASE second")
    embedded_database.create_database(site, "second")
    with psycopg.connect(superuser) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE access_auditentry SET verb = 'backup.forged'")
    forged = site.parent / "forged.tar"
    write_copy(superuser, forged)
    done = punte(site, "restore", str(forged), "--url", second)
    assert done.returncode == 1
    assert "is not what was written" in done.stdout


def test_a_damaged_copy_a_later_one_and_a_walled_role_are_refused(folder: Path) -> None:
    embedded_database.start(folder)
    embedded_database.create_database(folder, "punte")
    superuser = embedded_database.url(folder, "postgres")
    copy, broken = folder.parent / "site.tar", folder.parent / "broken.tar"
    with pytest.raises(SiteCopyError, match="holds no site"):
        write_copy(superuser, copy)
    with pytest.raises(SiteCopyError, match="stands behind the wall"):
        write_copy(embedded_database.url(folder, "punte_owner"), copy)
    with psycopg.connect(superuser) as connection:
        connection.execute("CREATE TABLE django_migrations (app text, name text)")
        connection.execute("CREATE TABLE access_auditlink (number int, hash text)")
        connection.execute("INSERT INTO django_migrations VALUES ('forum', '9999_later')")
    write_copy(superuser, copy)
    assert [path.name for path in copy.parent.iterdir() if "copy" in path.name] == []
    embedded_database.create_database(folder, "empty")
    empty = embedded_database.url(folder, "postgres", "empty")
    with pytest.raises(SiteCopyError, match=r"does not know forum\.9999_later"):
        bring_back(copy, empty, known_migrations=set())
    with tarfile.open(copy) as packed, tarfile.open(broken, "w") as spoiled:
        for name in (MANIFEST, DUMP):
            part = packed.extractfile(name)
            assert part is not None
            content = bytearray(part.read())
            if name == DUMP:
                content[len(content) // 2] ^= 1
            member = tarfile.TarInfo(name)
            member.size = len(content)
            spoiled.addfile(member, io.BytesIO(content))
    with pytest.raises(SiteCopyError, match="is damaged"):
        bring_back(broken, empty, known_migrations={"forum.9999_later"})
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,)
    bring_back(copy, empty, known_migrations={"forum.9999_later"})
    with pytest.raises(SiteCopyError, match="not empty"):
        bring_back(copy, empty, known_migrations={"forum.9999_later"})


@pytest.mark.parametrize("content", [b"", b"no archive", b"\0" * 2000])
def test_what_is_no_copy_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    with pytest.raises(SiteCopyError, match="is no copy of a site"):
        read_manifest(path)
    with pytest.raises(SiteCopyError, match="is not there"):
        read_manifest(tmp_path / "missing.tar")
