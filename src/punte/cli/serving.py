"""The processes of a running site, watched: pages, live events, workers. Ends all of them when it ends."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from punte.cli import embedded_database
from punte.kernel.errors import PunteError

SETTINGS: Final = "punte.config.settings"
HALL_COPY: Final = "hall-copy"
"""File of a data folder that marks it as a copy for the hall (``punte hall open``): of which file, and as of when."""
_GRACE_S: Final = 8.0
_QUICK_DEATH_S: Final = 5.0
_MOST_QUICK_DEATHS: Final = 3
_PR_SET_PDEATHSIG: Final = 1


class ServingError(PunteError):
    """The site cannot be served here."""


@dataclass(slots=True, kw_only=True)
class Child:
    """A process of the site: what it is, how it is started, and the one that runs."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0


@dataclass(slots=True, kw_only=True)
class Site:
    """
    The processes behind one address.

    Parameters
    ----------
    host, port
        Where the pages are.
    live_port
        Where the live events are, on the same host.
    """

    host: str
    port: int
    live_port: int
    children: list[Child] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address to open."""
        shown = "localhost" if self.host in {"127.0.0.1", "0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{shown}:{self.port}/"


def require_free_port(host: str, port: int) -> None:
    """
    Pass where nobody listens.

    Raises
    ------
    ServingError
        The port is taken, or this user may not open it.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise ServingError(
                f"Port {port} cannot be opened by this user. Choose one above 1023: --port 8000."
            ) from None
        except OSError as error:
            raise ServingError(
                f"Port {port} of {host} cannot be used ({error.strerror}). Stop what listens there, or choose another one: "
                f"--port {port + 10 if port < 65000 else 8000} (make demo PORT={port + 10 if port < 65000 else 8000})."
            ) from None


def next_free_port(host: str, port: int) -> int:
    """
    Return the first port from ``port`` on that can be opened.

    Raises
    ------
    ServingError
        None of twenty can.
    """
    for candidate in range(port, min(port + 20, 65536)):
        with contextlib.suppress(ServingError):
            require_free_port(host, candidate)
            return candidate
    raise ServingError(
        f"No port from {port} to {port + 19} is free for live events. Choose another --port."
    )


def django_command(*words: str) -> list[str]:
    """Return the command that runs a Django command of the site."""
    return [sys.executable, "-m", "django", *words]


def run_step(*words: str, owner: bool = False) -> None:
    """
    Run one Django command to its end, with its output shown.

    Parameters
    ----------
    owner
        As the owner of the tables, for migrations.

    Raises
    ------
    ServingError
        It failed; its own output says why.
    """
    environment = _environment() | ({"PUNTE_DATABASE_ROLE": "owner"} if owner else {})
    done = subprocess.run(django_command(*words), env=environment, check=False)  # noqa: S603
    if done.returncode == -signal.SIGINT or done.returncode == 130:  # noqa: PLR1714
        raise KeyboardInterrupt
    if done.returncode:
        raise ServingError(
            f"The step “{words[0]}” failed with code {done.returncode}; what it printed above says why. "
            "`punte doctor` looks for the usual causes."
        )


def make_site(*, host: str, port: int, workers: int, processes: int) -> Site:
    """Return the site's processes, not yet started, after looking at the ports."""
    require_free_port(host, port)
    live_port = next_free_port(host, port + 1)
    os.environ["PUNTE_LIVE_PORT"] = str(live_port)
    granian = [sys.executable, "-m", "granian", "--host", host, "--no-log"]
    threads = ["--workers", str(processes), "--blocking-threads", "4", "--backlog", "1024"]
    pages = [*granian, "--port", str(port), "--interface", "wsgi", *threads]
    live = [*granian, "--port", str(live_port), "--interface", "asginl", "--workers", "1"]
    live += ["--backlog", "4096", "--backpressure", "4096"]
    children = [
        Child(name="pages", command=[*pages, "punte.config.wsgi:application"]),
        Child(name="live events", command=[*live, "punte.config.live:application"]),
    ]
    children += [
        Child(name=f"worker {number}", command=django_command("run_worker"))
        for number in range(1, workers + 1)
    ]
    return Site(host=host, port=port, live_port=live_port, children=children)


def prepare_environment() -> Path:
    """Return the data folder, with the database started and named in the environment."""
    folder = embedded_database.data_folder()
    embedded_database.fill_environment(folder)
    static = folder / "static"
    static.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PUNTE_STATIC_ROOT", str(static))
    if (folder / HALL_COPY).exists():
        click.echo("This is a copy for the hall: it sends no mails.")
        os.environ["PUNTE_HALL_COPY"] = "yes"
        os.environ["PUNTE_HALL_COPY_AS_OF"] = _as_of(folder / HALL_COPY)
        os.environ["PUNTE_EMAIL_BACKEND"] = "django.core.mail.backends.dummy.EmailBackend"
    return folder


def _as_of(mark: Path) -> str:
    """Return as of when a copy for the hall is; empty where its mark does not say."""
    lines = mark.read_text(encoding="utf-8").splitlines()
    return lines[1] if len(lines) > 1 else ""


def _environment() -> dict[str, str]:
    return os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONUNBUFFERED": "1"}


def _die_with_parent() -> None:
    """Let the kernel end a child whose parent was killed; elsewhere than on Linux there is no such call."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # Ctrl-C in the terminal reaches the whole group; only the parent acts on it, and ends its children in order.
    os.setpgid(0, 0)


def start(child: Child) -> None:
    """Start one process of the site."""
    child.started = time.monotonic()
    child.process = subprocess.Popen(  # noqa: S603
        child.command,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,  # noqa: PLW1509  (this process has one thread)
    )


@contextlib.contextmanager
def running(site: Site) -> Iterator[Site]:
    """Run the site's processes inside the block, and end them after it, however it ends."""
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        for child in site.children:
            start(child)
        yield site
    finally:
        signal.signal(signal.SIGTERM, previous)
        end(site)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def end(site: Site) -> None:
    """End the site's processes, and those that they started: asked first, killed when they do not go."""
    started = [child.process for child in site.children if child.process is not None]
    for process in started:
        _signal_group(process, signal.SIGTERM)
    last = time.monotonic() + _GRACE_S
    for process in started:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, last - time.monotonic()))
        # A server that was killed leaves its own workers behind: the whole group goes.
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def wait_until_answering(site: Site, *, limit_s: float = 180.0) -> None:
    """
    Return when the pages answer.

    Raises
    ------
    ServingError
        They do not within ``limit_s`` seconds, or their process ended.
    """
    last = time.monotonic() + limit_s
    pages = site.children[0]
    address = (
        f"http://{'127.0.0.1' if site.host == '0.0.0.0' else site.host}:{site.port}/accounts/login/"  # noqa: S104
    )
    while time.monotonic() < last:
        if pages.process is not None and pages.process.poll() is not None:
            raise ServingError("The pages did not start; what was printed above says why.")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise ServingError(
        f"The pages did not answer within {limit_s:g} s. Look at what was printed above."
    )


def _watch_database(told: str) -> str:
    """Start the embedded database again where it has died; return the fault that was told last, each being told once."""
    try:
        for folder in embedded_database.start_again():
            click.echo(f"The database in {folder} ended; it is started again.", err=True)
    except embedded_database.EmbeddedDatabaseError as error:
        if str(error) != told:
            click.echo(f"{error} It is tried again.", err=True)
        return str(error)
    return ""


def watch(site: Site) -> None:
    """
    Start again whatever ends by itself, the embedded database first, until interrupted.

    Raises
    ------
    ServingError
        One of the processes ends again and again right after its start.
    """
    told = ""
    while True:
        time.sleep(0.3)
        told = _watch_database(told)
        for child in site.children:
            if child.process is None or child.process.poll() is None:
                continue
            is_quick = time.monotonic() - child.started < _QUICK_DEATH_S
            child.quick_deaths = child.quick_deaths + 1 if is_quick else 0
            if child.quick_deaths >= _MOST_QUICK_DEATHS:
                raise ServingError(
                    f"The process “{child.name}” ends right after each start (code {child.process.returncode}); what it "
                    "printed above says why."
                )
            click.echo(
                f"The process “{child.name}” ended (code {child.process.returncode}); it is started again.",
                err=True,
            )
            _signal_group(child.process, signal.SIGKILL)
            start(child)
