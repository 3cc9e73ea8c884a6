"""One embedded PostgreSQL for the tests that need it; the tests run as the application's role."""

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.conf import settings as django_settings

from migrated import fill

if TYPE_CHECKING:
    from cast import Cast

# The settings were read before this file; the processes that tests start read the environment.
# A second step is asked for where a test says so.
os.environ["PUNTE_REQUIRE_MFA"] = "no"
django_settings.PUNTE_REQUIRE_MFA = False
os.environ["PUNTE_SECRET_KEY"] = django_settings.SECRET_KEY = "tests only, never a site's"
# What the many processes that tests start import is compiled once, not by each of them anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
TEST_DATABASE = "punte_test"
EMPTY = """
DO $$ DECLARE name text; has_rows boolean; BEGIN
  FOREACH name IN ARRAY ARRAY[{tables}] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO has_rows;
    IF has_rows THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
END $$"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestDatabase:
    """One migrated database: its address for the owner, and for the application."""

    __test__ = False

    owner_url: str
    app_url: str


# The longest files first, so that no worker is left alone with one at the end. The first worker migrates the database
# for all meanwhile: the second begins with what needs none.
FIRST = (
    "security/test_canary_crawl.py",
    "engines/roadmap/",
    "browser/",
    "security/test_upgrade.py",
    "cli/test_kill_drill.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; the order inside a file stays."""
    items.sort(
        key=lambda item: next(
            (at for at, name in enumerate(FIRST) if name in item.nodeid), len(FIRST)
        )
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while everything is imported, which took a quarter of that time; later not again among that."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 100)  # pages leave few rings behind, and much that is alive
        gc.enable()


@pytest.fixture(scope="session")
def fill_database(pytestconfig: pytest.Config) -> Callable[[Path, str], TestDatabase]:
    """Return a function that makes a migrated database on the server of a folder, which runs."""
    from punte.cli import embedded_database

    def make(folder: Path, name: str) -> TestDatabase:
        embedded_database.create_database(folder, name)
        made = TestDatabase(
            owner_url=embedded_database.url(folder, embedded_database.OWNER_ROLE, name),
            app_url=embedded_database.url(folder, embedded_database.APP_ROLE, name),
        )
        fill(
            pytestconfig.cache.mkdir("migrated"),
            url=embedded_database.url(folder, "postgres", name),
            program=embedded_database.program,
            migrate=lambda: _migrate(made.owner_url),
        )
        return made

    return make


@pytest.fixture(scope="session")
def make_database(
    fill_database: Callable[[Path, str], TestDatabase],
) -> Iterator[Callable[[str], TestDatabase]]:
    """Start the server in a folder of its own; return a function that makes a migrated database there."""
    from punte.cli import embedded_database

    with tempfile.TemporaryDirectory(prefix="punte-tests-") as folder_name:
        folder = Path(folder_name)
        folder.chmod(0o755)
        embedded_database.start(folder)
        _wait_for_no_disk(embedded_database.url(folder, "postgres", "postgres"))
        try:
            yield lambda name: fill_database(folder, name)
        finally:
            embedded_database.release(folder)


def _wait_for_no_disk(superuser_url: str) -> None:
    """Let the tests' server leave writing to the system: nothing of it has to outlive a power cut."""
    with psycopg.connect(superuser_url, autocommit=True) as server:
        for setting in ("fsync", "full_page_writes"):
            server.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        server.execute("SELECT pg_reload_conf()")


def _migrate(owner_url: str) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "punte.config.settings",
        "DATABASE_OWNER_URL": owner_url,
        "PUNTE_DATABASE_ROLE": "owner",
    }
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)


@pytest.fixture(scope="session")
def database_owner_url(make_database: Callable[[str], TestDatabase]) -> str:
    """Return the owner's address of the database that the tests share; Django's settings name it from now on."""
    from punte.config import env

    made = make_database(TEST_DATABASE)
    os.environ["DATABASE_URL"] = made.app_url
    django_settings.DATABASES["default"].update(env.database("DATABASE_URL"))
    return made.owner_url


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, database_owner_url: str
) -> Iterator[None]:
    """Point Django at the migrated database, as the role that owns nothing."""
    del django_test_environment
    from django.db import connection
    from django.db.backends.postgresql.operations import DatabaseOperations

    connection.settings_dict.update(django_settings.DATABASES["default"])

    def tables_to_empty(
        self: DatabaseOperations, style: object, tables: list[str], **how: object
    ) -> list[str]:
        """Return what empties the tables: those with rows alone, as TRUNCATE makes files anew for each that it names."""
        del self, style, how
        return [EMPTY.format(tables=", ".join(f"'{table}'" for table in tables))] if tables else []

    def flush_as_owner(self: DatabaseOperations, statements: list[str]) -> None:
        """Empty the tables after a test that commits; the application's role may not."""
        del self
        # The audit log refuses that to everyone; only a superuser can put its triggers to sleep, and pass the wall.
        superuser = database_owner_url.replace("punte_owner@", "postgres@")
        with psycopg.connect(superuser, autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            for statement in statements:
                owner.execute(statement.encode())

    original = DatabaseOperations.sql_flush, DatabaseOperations.execute_sql_flush
    DatabaseOperations.sql_flush = tables_to_empty  # type: ignore[method-assign,assignment]
    DatabaseOperations.execute_sql_flush = flush_as_owner  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        DatabaseOperations.sql_flush, DatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]
        with django_db_blocker.unblock():
            connection.close()


@pytest.fixture
def cast(db: None) -> "Cast":
    """Everybody of the fixed cast, in the running test's transaction."""
    del db
    from cast import make_cast

    return make_cast()
