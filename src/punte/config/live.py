"""
Live events of runs, of the solver and of imports, as server-sent events: a small ASGI application of the same code.

One connection of the process listens to the database and is fanned out to all browsers; each event is read anew
in the name of the person behind the session, so a right withdrawn now ends the stream with the next event.
"""

import asyncio
import contextlib
import json
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "punte.config.settings")
django.setup()

import psycopg  # noqa: E402  (after the settings)
from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from psycopg.conninfo import make_conninfo  # noqa: E402

from punte.apps.access.models import Account  # noqa: E402
from punte.apps.access.permissions import acting  # noqa: E402
from punte.apps.access.start_up import refuse_unsafe_start  # noqa: E402
from punte.apps.meetings.holds import CHANNEL  # noqa: E402
from punte.apps.meetings.import_runs import ImportLine, find_import_run  # noqa: E402
from punte.apps.meetings.queries import RunLine, find_run  # noqa: E402
from punte.apps.people.queries import subject_of_account  # noqa: E402

READERS: Final[Mapping[str, Callable[[UUID], RunLine | ImportLine | None]]] = {
    "/live/runs/": find_run,
    "/live/imports/": find_import_run,
}
QUIET_S: Final = 15.0
"""A comment is sent after so long a silence [s], so that proxies keep the connection."""
MOST_PER_S: Final = 4
"""Events to one browser [1/s]."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Fan:
    """One LISTEN for the process; each browser waits on an event of its own."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def listening(self, run_id: UUID) -> Any:  # noqa: ANN401
        """Give an event that is set whenever the run changed."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._listen())
        changed = asyncio.Event()
        self._waiting[str(run_id)].add(changed)
        try:
            yield changed
        finally:
            self._waiting[str(run_id)].discard(changed)
            if not self._waiting[str(run_id)]:
                del self._waiting[str(run_id)]

    async def _listen(self) -> None:
        """Listen for good; a lost connection is made anew, and everybody looks again."""
        while True:
            with contextlib.suppress(psycopg.Error):
                parameters = connection.get_connection_params()
                names = ("dbname", "user", "password", "host", "port")
                given = {name: str(parameters[name]) for name in names if parameters.get(name)}
                async with await psycopg.AsyncConnection.connect(
                    make_conninfo("", **given), autocommit=True
                ) as listener:
                    await listener.execute(f"LISTEN {CHANNEL}")
                    self._wake(*self._waiting)
                    async for notice in listener.notifies():
                        self._wake(notice.payload)
            await asyncio.sleep(1)

    def _wake(self, *run_ids: str) -> None:
        for run_id in run_ids:
            for changed in self._waiting.get(run_id, ()):
                changed.set()


FAN = Fan()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer ``GET /live/runs/<id>`` and ``/live/imports/<id>`` with events; anything else is not found."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    if scope["type"] != "http":
        return
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    target = _target(scope["path"])
    session = _session_key(headers)
    line = await _read(session, target) if target is not None and scope["method"] == "GET" else None
    if target is None or line is None:
        await _answer(send, 404, headers)
        return
    await _stream(receive, send, target, session, headers)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await sync_to_async(refuse_unsafe_start)()
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a browser follows: which kind of run, and its id."""

    kind: str
    run_id: UUID


def _target(path: str) -> Target | None:
    for kind in READERS:
        if path.startswith(kind):
            with contextlib.suppress(ValueError):
                return Target(kind=kind, run_id=UUID(path.removeprefix(kind).strip("/")))
    return None


def _session_key(headers: dict[str, str]) -> str:
    cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


def _allowed_origin(headers: dict[str, str]) -> str:
    """Return the page's origin where it is this host on another port; empty otherwise."""
    origin = headers.get("origin", "")
    host = urlsplit(f"//{headers.get('host', '')}").hostname
    return origin if origin and host and urlsplit(origin).hostname == host else ""


def _answer_headers(headers: dict[str, str], kind: str) -> list[tuple[bytes, bytes]]:
    found = [
        (b"content-type", kind.encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"Origin, Cookie"),
    ]
    origin = _allowed_origin(headers)
    if origin:
        found.append((b"access-control-allow-origin", origin.encode()))
        found.append((b"access-control-allow-credentials", b"true"))
    return found


async def _answer(send: Send, status: int, headers: dict[str, str]) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": _answer_headers(headers, "text/plain"),
        }
    )
    await send({"type": "http.response.body", "body": b"There is nothing here for you to see.\n"})


@sync_to_async
def _read(session_key: str, target: Target) -> RunLine | ImportLine | None:
    """Return the run as the person behind the session sees it now."""
    close_old_connections()
    request = HttpRequest()
    request.session = SessionStore(session_key or None)
    account = get_user(request)
    if not isinstance(account, Account):
        return None
    with acting(subject_of_account(account)):
        return READERS[target.kind](target.run_id)


def describe(line: RunLine | ImportLine) -> bytes:
    """Return a run as one event: ``progress`` while it works, ``done`` at its end."""
    data: dict[str, object] = {
        "state": line.state,
        "label": str(line.label),
        "attempt": line.attempt,
        "is_over": line.is_over,
        "is_alive": line.is_alive,
        "is_stopping": line.is_stopping,
        "elapsed_s": round(line.elapsed_s, 2),
    }
    data |= _of_solver(line) if isinstance(line, RunLine) else _of_import(line)
    name = "done" if line.is_over else "progress"
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _of_solver(line: RunLine) -> dict[str, object]:
    last = line.last
    return {
        "message": line.message,
        "stage": last.stage if last else "",
        "value": last.value if last else None,
        "bound": last.bound if last else None,
    }


def _of_import(line: ImportLine) -> dict[str, object]:
    return {"stage": line.stage, "done": line.done, "share": line.share}


async def _stream(
    receive: Receive, send: Send, target: Target, session: str, headers: dict[str, str]
) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [
                *_answer_headers(headers, "text/event-stream"),
                (b"x-accel-buffering", b"no"),
            ],
        }
    )
    gone = asyncio.create_task(_until_gone(receive))
    try:
        with FAN.listening(target.run_id) as changed:
            while not gone.done():
                line = await _read(session, target)
                if line is None:
                    break
                await send(
                    {"type": "http.response.body", "body": describe(line), "more_body": True}
                )
                if line.is_over:
                    break
                await asyncio.sleep(1 / MOST_PER_S)
                await _wait(changed, gone, send)
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()


async def _wait(changed: asyncio.Event, gone: asyncio.Task[None], send: Send) -> None:
    """Return when the run changed or the browser is gone; a comment goes out in a long silence."""
    waiting = asyncio.create_task(changed.wait())
    try:
        while not (changed.is_set() or gone.done()):
            tasks: set[asyncio.Task[Any]] = {waiting, gone}
            done, _ = await asyncio.wait(
                tasks, timeout=QUIET_S, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                await send(
                    {"type": "http.response.body", "body": b": still here\n\n", "more_body": True}
                )
    finally:
        waiting.cancel()
    changed.clear()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
