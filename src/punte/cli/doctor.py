"""``punte doctor``: what stands between this machine and a running site, and what to do about each."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import click

from punte.cli import embedded_database

OLDEST_PYTHON: Final = (3, 11)
OLDEST_POSTGRESQL: Final = 150_000
FREE_MIB_MIN: Final = 500
CLOCK_DRIFT_MAX_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: what was found, and what to do where it is a fault."""

    name: str
    found: str
    remedy: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether something must be done."""
        return bool(self.remedy)


def examine_python() -> Iterator[Finding]:
    """Look at the interpreter's version."""
    found = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= OLDEST_PYTHON
    yield Finding(
        name="Python", found=found, remedy="" if good else "Install Python 3.11 or newer."
    )


def examine_disk() -> Iterator[Finding]:
    """Look at the data folder: writable, and with room."""
    folder = embedded_database.data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free_mib = shutil.disk_usage(folder).free // 2**20
    except OSError as error:
        yield Finding(
            name="Disk",
            found=f"{folder}: {error.strerror}",
            remedy="Name a writable folder in PUNTE_DATA.",
        )
        return
    remedy = ""
    if not os.access(folder, os.W_OK):
        remedy = "Let this user write there, or name another folder in PUNTE_DATA."
    elif free_mib < FREE_MIB_MIN:
        remedy = f"Free at least {FREE_MIB_MIN} MiB there, or name another folder in PUNTE_DATA."
    yield Finding(name="Disk", found=f"{folder}, {free_mib} MiB free", remedy=remedy)


def examine_database() -> Iterator[Finding]:
    """Look at the server: reachable, recent enough, with its extension."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_database()")
        version, name = cursor.fetchone()
        yield Finding(
            name="Database",
            found=f"PostgreSQL {version // 10000}.{version % 10000}, {name}",
            remedy="" if version >= OLDEST_POSTGRESQL else "Use PostgreSQL 15 or newer.",
        )
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        row = cursor.fetchone()
        yield Finding(
            name="Extension vector",
            found=row[0] if row else "missing",
            remedy="" if row else "As a superuser in this database: CREATE EXTENSION vector;",
        )


def examine_roles() -> Iterator[Finding]:
    """Look at the role of the pages, and that row-level security holds for it."""
    from punte.apps.access.start_up import role_faults

    faults = role_faults()
    yield Finding(
        name="Role of the pages",
        found="; ".join(faults) or "no superuser, no BYPASSRLS, owns nothing",
        remedy=(
            "Let DATABASE_URL name a role made by CREATE ROLE ... LOGIN NOSUPERUSER NOBYPASSRLS, and "
            "DATABASE_OWNER_URL the one that owns the tables."
        )
        if faults
        else "",
    )


def examine_codes() -> Iterator[Finding]:
    """Look at whether pages show codes that belong in mails."""
    from punte.apps.access.start_up import code_faults

    faults = code_faults()
    yield Finding(
        name="Codes of mails",
        found="; ".join(faults) or "not shown where they must not be",
        remedy="Take PUNTE_SHOW_CODES away." if faults else "",
    )


def examine_migrations() -> Iterator[Finding]:
    """Look for migrations that were not run, and for those of a later version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from punte.apps.access.schema_age import age_of_connected

    if (age := age_of_connected()).unknown:
        yield Finding(
            name="Migrations",
            found=f"{age.unknown[0]} is of a later Punte",
            remedy="Start that version or a later one, or bring back the copy made before it: punte restore",
        )
        return
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in waiting[:3])
    more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
    yield Finding(
        name="Migrations",
        found=f"{len(waiting)} waiting: {names}{more}" if waiting else "all run",
        remedy="Back the site up (punte backup), then run: punte serve" if waiting else "",
    )


def examine_clock() -> Iterator[Finding]:
    """Look at the difference of the database's clock to this machine's [s]."""
    from django.db import connection

    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        there = float(cursor.fetchone()[0])
        drift_s = there - (before + time.time()) / 2
    good = abs(drift_s) <= CLOCK_DRIFT_MAX_S
    yield Finding(
        name="Clock",
        found=f"the database is {drift_s:+.2f} s from this machine",
        remedy=""
        if good
        else "Let both machines follow a time server: labels open and expire by it.",
    )


def _findings() -> Iterator[Finding]:
    yield from examine_python()
    yield from examine_disk()
    try:
        embedded_database.fill_environment()
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
        import django

        django.setup()
    except Exception as error:  # noqa: BLE001  (whatever stops the start is the finding)
        yield Finding(
            name="Settings", found=str(error), remedy="Mend the variable or folder it names."
        )
        return
    examinations: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("Database", examine_database),
        ("Role of the pages", examine_roles),
        ("Codes of mails", examine_codes),
        ("Migrations", examine_migrations),
        ("Clock", examine_clock),
    ]
    for name, examine in examinations:
        try:
            yield from examine()
        except Exception as error:  # noqa: BLE001  (a fault of the site is an answer here)
            text = " ".join(str(error).split())
            yield Finding(
                name=name,
                found=text,
                remedy="Start PostgreSQL, or correct DATABASE_URL; then ask again.",
            )
            return


@click.command(name="doctor")
def group() -> None:
    """Say what this machine lacks, and what to do; exit 1 where there is a fault."""
    faults = 0
    for finding in _findings():
        mark = "fault" if finding.is_fault else "ok"
        click.echo(f"{mark:5}  {finding.name}: {finding.found}")
        if finding.is_fault:
            faults += 1
            click.echo(f"       -> {finding.remedy}")
    click.echo("No fault." if not faults else f"{faults} fault{'s' if faults > 1 else ''}.")
    if faults:
        raise click.exceptions.Exit(1)
