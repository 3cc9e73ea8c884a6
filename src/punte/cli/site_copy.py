"""
The copy of a site in one file: a dump of its database, and a manifest to check it by.

Everything of a site stands in its database, uploads included. The dump and the counts of the manifest are of one
moment: both read the same exported snapshot, while the site goes on working.
"""

import datetime as dt
import hashlib
import json
import os
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import conninfo, sql

from punte import __version__
from punte.cli import embedded_database
from punte.kernel.errors import PunteError

DUMP: Final = "database.dump"
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
PASSING: Final = ("access_change", "access_ready_page")
"""Tables whose rows stay behind: pages that are kept ready for some minutes, and by which changes they are over."""
_TABLES: Final = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY c.relname
"""
_HEAD: Final = "SELECT hash FROM access_auditlink ORDER BY number DESC LIMIT 1"
_MIGRATIONS: Final = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"


class SiteCopyError(PunteError):
    """A copy that cannot be made, or cannot be brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """
    What a copy holds.

    Parameters
    ----------
    made_at
        In ISO 8601, UTC.
    dump_sha256, dump_bytes
        Of the dump in the same file.
    audit_head
        Newest hash of the audit log; empty where it has no entry.
    migrations
        Those that the database had seen, as ``app.name``.
    rows
        Table to its rows [count].
    """

    format: int
    punte: str
    made_at: str
    postgresql: int
    dump_sha256: str
    dump_bytes: int
    audit_head: str
    migrations: list[str]
    rows: dict[str, int]


def write_copy(url: str, target: Path) -> Manifest:
    """
    Write a copy of the site's database into a new file that only this user reads.

    Parameters
    ----------
    url
        Of the database, for a role that the wall does not stop: a superuser.

    Raises
    ------
    SiteCopyError
        The file exists or cannot be written, the role does not see every row, or the dump fails; no file is left.
    """
    if target.exists():
        raise SiteCopyError(
            f"{target} exists already. Name a new file; a copy is never overwritten."
        )
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".punte-copy-") as name:
            dump = Path(name) / DUMP
            manifest = _dump(url, dump)
            half = Path(name) / "copy.tar"
            _pack(half, manifest, dump)
            half.rename(target)
    except OSError as error:
        raise SiteCopyError(
            f"{target} cannot be written ({error.strerror}). Name another place, with room for it."
        ) from None
    return manifest


def _dump(url: str, dump: Path) -> Manifest:
    with _connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        _require_all_rows(connection)
        tables = [row[0] for row in connection.execute(_TABLES)]
        if "django_migrations" not in tables:
            raise SiteCopyError("The database holds no site. Look at DATABASE_URL or PUNTE_DATA.")
        (snapshot,) = _one(connection, "SELECT pg_export_snapshot()")
        passing = [f"--exclude-table-data=public.{table}" for table in PASSING]
        command = [
            "pg_dump",
            "--format=custom",
            f"--snapshot={snapshot}",
            f"--file={dump}",
            *passing,
        ]
        _run(command, url)
        head = connection.execute(_HEAD).fetchone()
        return Manifest(
            format=FORMAT,
            punte=__version__,
            made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            postgresql=connection.info.server_version,
            dump_sha256=_sha256(dump),
            dump_bytes=dump.stat().st_size,
            audit_head=head[0] if head else "",
            migrations=[row[0] for row in connection.execute(_MIGRATIONS)],
            rows={t: 0 if t in PASSING else _count(connection, t) for t in tables},
        )


def read_manifest(source: Path) -> Manifest:
    """
    Return the manifest of a copy.

    Raises
    ------
    SiteCopyError
        The file is missing, is no copy, or is one of a later version.
    """
    try:
        with tarfile.open(source) as packed:
            member = packed.extractfile(MANIFEST)
            found: Any = json.load(member) if member else None
    except FileNotFoundError:
        raise SiteCopyError(
            f"{source} is not there. Name the file that `punte backup` wrote."
        ) from None
    except (OSError, tarfile.TarError, KeyError, ValueError):
        raise SiteCopyError(
            f"{source} is no copy of a site. Name a file that `punte backup` wrote."
        ) from None
    names = {field.name for field in fields(Manifest)}
    if not isinstance(found, dict) or found.get("format") != FORMAT or set(found) != names:
        raise SiteCopyError(
            f"{source} is a copy in a form that this version does not read. Use the Punte that wrote it, or a later one."
        )
    return Manifest(**found)


def bring_back(source: Path, url: str, *, known_migrations: set[str]) -> Manifest:
    """
    Fill an empty database from a copy, in one transaction, and count its rows.

    Parameters
    ----------
    url
        Of the database, for a superuser; its roles exist already.
    known_migrations
        Those of the running code.

    Raises
    ------
    SiteCopyError
        The copy is damaged or of a later Punte, the database is not empty, or what came back is not what was kept.
    """
    manifest = read_manifest(source)
    later = sorted(set(manifest.migrations) - known_migrations)
    if later:
        raise SiteCopyError(
            f"The copy was made by a later Punte ({manifest.punte}; this one does not know {later[0]}). Install that version first."
        )
    with _connect(url) as connection:
        tables = [row[0] for row in connection.execute(_TABLES)]
    if tables:
        raise SiteCopyError(
            f"The database is not empty: it holds {len(tables)} tables. A copy is brought back into an empty one only; "
            "name a new folder in PUNTE_DATA, or make a new database."
        )
    with tempfile.TemporaryDirectory(prefix="punte-copy-") as name:
        dump = Path(name) / DUMP
        _unpack(source, dump)
        if _sha256(dump) != manifest.dump_sha256:
            raise SiteCopyError(
                f"{source} is damaged: its dump is not the one of its manifest. Use another copy; nothing was written."
            )
        _run(["pg_restore", "--single-transaction", "--exit-on-error", str(dump)], url)
    _compare(url, manifest)
    return manifest


def _compare(url: str, manifest: Manifest) -> None:
    with _connect(url) as connection:
        for table, kept in manifest.rows.items():
            found = _count(connection, table)
            if found != kept:
                raise SiteCopyError(
                    f"Table {table} has {found} rows, and the copy {kept}. Do not serve this site; bring back another copy."
                )
        connection.execute("ANALYZE")


def _pack(half: Path, manifest: Manifest, dump: Path) -> None:
    told = dump.with_name(MANIFEST)
    told.write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as packed:
            packed.add(told, MANIFEST)
            packed.add(dump, DUMP)
        file.flush()
        os.fsync(file.fileno())


def _unpack(source: Path, dump: Path) -> None:
    try:
        with tarfile.open(source) as packed:
            member = packed.extractfile(DUMP)
            assert member is not None, "a dump is a file"
            with dump.open("wb") as file:
                while part := member.read(1 << 20):
                    file.write(part)
    except (tarfile.TarError, KeyError, EOFError, AssertionError):
        raise SiteCopyError(
            f"{source} is damaged: it holds no whole dump. Use another copy."
        ) from None


def _connect(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url)
    except psycopg.OperationalError as error:
        raise SiteCopyError(
            f"The database cannot be reached: {str(error).strip()} Look at the address; `punte doctor` looks for the usual causes."
        ) from None


def _require_all_rows(connection: psycopg.Connection) -> None:
    (passes,) = _one(
        connection, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    if not passes:
        raise SiteCopyError(
            f"The role {connection.info.user} stands behind the wall, so a copy that it makes would leave rows out. "
            "Give the address of a superuser: --url, or DATABASE_BACKUP_URL."
        )


def _one(connection: psycopg.Connection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row


def _count(connection: psycopg.Connection, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def _run(command: list[str], url: str) -> None:
    told = conninfo.conninfo_to_dict(url)
    # A password on the command line can be read by every user of the machine.
    password = told.pop("password", None)
    done = subprocess.run(  # noqa: S603 - own programs
        [
            str(embedded_database.program(command[0])),
            *command[1:],
            f"--dbname={conninfo.make_conninfo('', **told)}",
        ],
        env=os.environ | ({"PGPASSWORD": str(password)} if password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SiteCopyError(f"{command[0]} failed: {done.stderr.strip()[-600:]}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
