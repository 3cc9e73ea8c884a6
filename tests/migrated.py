"""A migrated database from the last run: migrating takes longer than most tests, and changes with a few files only."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = 3
"""How many dumps stay: of this tree, and of those that were checked out before."""


def what_decides() -> str:
    """Return a digest of everything that a migrated database comes from: migrations, the wall, seed data, libraries."""
    source = ROOT / "src" / "punte"
    files = [
        *source.glob("apps/*/migrations/*.py"),
        *source.glob("apps/access/*.py"),
        *(path for path in source.glob("apps/*/data/**/*") if path.is_file()),
        *source.glob("config/*.py"),
        source / "cli" / "embedded_database.py",
    ]
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(files):
        digest.update(str(path.relative_to(source)).encode() + b"\0" + path.read_bytes())
    for name in sorted(f"{one.name} {one.version}" for one in distributions()):
        digest.update(name.encode())
    return digest.hexdigest()


def fill(
    folder: Path, *, url: str, program: Callable[[str], Path], migrate: Callable[[], None]
) -> None:
    """
    Migrate an empty database, or restore the dump of one that the same files made.

    Parameters
    ----------
    folder
        Where dumps are kept; workers that come at once wait for the first.
    url
        Of the database, as the superuser: dumping and restoring pass the wall.
    program
        Finds a program of the server, such as ``pg_dump``.
    """
    dump = folder / f"{what_decides()}.sql"
    with _alone(folder):
        if dump.exists():
            os.utime(dump)
            quiet = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
            subprocess.run([program("psql"), *quiet, "-1", "-f", dump, "-d", url], check=True)
            return
        migrate()
        half = dump.with_suffix(f".{os.getpid()}")
        subprocess.run([program("pg_dump"), "-f", half, "-d", url], check=True)
        half.rename(dump)
        for old in sorted(folder.glob("*.sql"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
