"""Bring the tables of a site up to the running code before it is served; refuse those of a later version."""

import hashlib
import os
import sys
from importlib.metadata import distributions
from pathlib import Path

import click
import psycopg

from punte.apps.access.schema_age import (
    APPLIED,
    HAS_TABLES,
    SchemaAge,
    age_of,
    migrations_of_code,
)
from punte.cli.serving import ServingError, run_step


def migrate(folder: Path) -> None:
    """
    Bring the tables up to date; where nothing waits and code and libraries are those of the last time, nothing is run.

    Raises
    ------
    ServingError
        The database cannot be reached, a later version was here, or a migration failed.
    """
    url = _address()
    age = _age(url)
    if age.unknown:
        raise ServingError(f"{age.fault}.")
    mark = _mark(url)
    stamp = folder / "migrated"
    if not age.waiting and stamp.exists() and stamp.read_text(encoding="utf-8") == mark:
        return
    click.echo("Bringing the tables up to date ...")
    run_step("migrate", "-v0", owner=True)
    stamp.write_text(mark, encoding="utf-8")


def _address() -> str:
    named = os.environ.get("DATABASE_URL", "").strip()
    if named:
        return named
    return Path(os.environ["DATABASE_URL_FILE"]).read_text(encoding="utf-8").strip()


def _age(url: str) -> SchemaAge:
    try:
        with psycopg.connect(url) as connection:
            stands = connection.execute(HAS_TABLES).fetchone()
            applied = connection.execute(APPLIED).fetchall() if stands and stands[0] else []
    except psycopg.OperationalError as error:
        raise ServingError(
            f"The database cannot be reached: {str(error).strip()} `punte doctor` looks for the usual causes."
        ) from None
    return age_of([name for (name,) in applied])


def _mark(url: str) -> str:
    """Return a digest of what migrations come from: their files, the libraries, the interpreter, which database."""
    digest = hashlib.sha256(sys.version.encode() + url.encode())
    for path in migrations_of_code().values():
        digest.update(path.read_bytes())
    for name in sorted(f"{one.name} {one.version}" for one in distributions()):
        digest.update(name.encode())
    return digest.hexdigest()
