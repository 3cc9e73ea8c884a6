"""
Everybody opens My forum at once: ``python bench/load.py --data /tmp/demo --port 8000`` beside a running ``punte demo``.

It gives the delegates of the demo's own edition accounts and sessions (in that data folder, nowhere else). Each opens the page twice,
as a browser does after signing in, and the worker is given time to make the pages ready, as it does each minute; ``--composed`` leaves
that out, for pages that are composed when they are asked for. Then each opens the page once, with its own cookies and on a connection
of its own, at moments drawn evenly over some seconds. Only the loopback is asked. It prints the times until the page had arrived
whole, the errors, and what the server's processes and the database spent on a page; the client's own work is on the same cores. Where
other work holds the machine the times say little. The target is p95 < 300 ms on 2 cores without an error.
"""

import argparse
import os
import random
import re
import selectors
import socket
import statistics
import time
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
LIMIT_S = 60.0
READY_S = 240.0
COOKIE = re.compile(r"(?im)^set-cookie: ([^;\r]+)")


@dataclass(frozen=True, slots=True)
class Answer:
    """When the page had arrived [s], what the server said, how long the page is [bytes], and which cookies came with it."""

    seconds: float
    status: int
    size: int
    cookies: tuple[str, ...] = ()


def prepare(folder: Path, count: int) -> tuple[str, list[str]]:
    """Return the edition's address and a session for each of its delegates, as many as are wanted."""
    os.environ["PUNTE_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "punte.config.settings"
    from punte.cli import embedded_database

    embedded_database.fill_environment(embedded_database.data_folder())
    import django

    django.setup()
    from punte.apps.access.permissions import acting_as_system
    from punte.apps.forum.models import Delegate
    from punte.apps.meetings.models import TimetableVersion

    with acting_as_system("load sessions for a measurement"):
        version = TimetableVersion.objects.filter(state="published").select_related("edition")[0]
        delegates = Delegate.objects.filter(edition=version.edition).select_related(
            "person__account"
        )
        cookies = [_session(one) for one in delegates.order_by("code")[:count]]
    return version.edition.slug, cookies


def _session(delegate: Any) -> str:  # noqa: ANN401  (a row of a model that is imported late)
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from punte.apps.access.models import Account

    person = delegate.person
    if person.account is None:
        email = f"load-{delegate.code.lower()}@bucharest.example"
        person.account, _ = Account.objects.get_or_create(email=email)
        person.save(update_fields=["account"])
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.account.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.account.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def open_pages(port: int, path: str, cookies: list[str], waits: list[float]) -> list[Answer]:
    """Open the page for each cookie at its moment [s from now], as a browser's request does, and read every answer to its end."""
    chooser = selectors.DefaultSelector()
    due = sorted(zip(waits, range(len(cookies)), strict=True), reverse=True)
    answers: dict[int, Answer] = {}
    began = time.perf_counter()
    while len(answers) < len(cookies):
        now = time.perf_counter() - began
        while due and due[-1][0] <= now:
            _, number = due.pop()
            opened = Opened(number=number, asks=_request(port, path, cookies[number]))
            opened.connection.connect_ex(("127.0.0.1", port))
            chooser.register(opened.connection, selectors.EVENT_WRITE, opened)
        next_s = due[-1][0] - now if due else 1.0
        for key, _ in chooser.select(max(0.0, min(1.0, next_s))):
            _go_on(chooser, key.data, answers)
        for key in list(chooser.get_map().values()):
            if time.perf_counter() - key.data.started > LIMIT_S:
                _end(chooser, key.data, answers, b"")
    return [answers[number] for number in range(len(cookies))]


def _connection() -> socket.socket:
    made = socket.socket()
    made.setblocking(False)
    return made


@dataclass(slots=True)
class Opened:
    """One page on its way: whose, what is still to be asked, and what has arrived."""

    number: int
    asks: bytes
    connection: socket.socket = field(default_factory=_connection)
    started: float = field(default_factory=time.perf_counter)
    arrived: list[bytes] = field(default_factory=list)


def _request(port: int, path: str, cookies: str) -> bytes:
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Cookie: {cookies}",
        "Accept-Encoding: gzip",
        "User-Agent: punte-load",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode()


def _go_on(chooser: selectors.BaseSelector, opened: Opened, answers: dict[int, Answer]) -> None:
    try:
        if opened.asks:
            opened.asks = opened.asks[opened.connection.send(opened.asks) :]
            if not opened.asks:
                chooser.modify(opened.connection, selectors.EVENT_READ, opened)
            return
        part = opened.connection.recv(65_536)
    except OSError:
        _end(chooser, opened, answers, b"")
        return
    if part:
        opened.arrived.append(part)
    else:
        _end(chooser, opened, answers, b"".join(opened.arrived))


def _end(
    chooser: selectors.BaseSelector, opened: Opened, answers: dict[int, Answer], content: bytes
) -> None:
    chooser.unregister(opened.connection)
    opened.connection.close()
    head, _, body = content.partition(b"\r\n\r\n")
    answers[opened.number] = Answer(
        seconds=time.perf_counter() - opened.started,
        status=int(head[9:12]) if head.startswith(b"HTTP/1.1 ") else 0,
        size=len(body),
        cookies=tuple(COOKIE.findall(head.decode("latin-1"))),
    )


def arrive(port: int, path: str, cookies: list[str]) -> list[str]:
    """Let each open the page twice, and return all cookies that its browser then has."""
    for _ in range(2):
        answers = [open_pages(port, path, [one], [0.0])[0] for one in cookies]
        assert all(answer.status == 200 for answer in answers), "the page is there for everybody"
        for number, answer in enumerate(answers):
            had = cookies[number].split("; ")
            cookies[number] = "; ".join([*had, *(c for c in answer.cookies if c not in had)])
    return cookies


def wait_until_ready(cookies: list[str]) -> float:
    """Wait until the worker has made everybody's page ready; return how long that took [s]."""
    from django.db import connection

    keys = [one.split("; ")[0].partition("=")[2] for one in cookies]
    began = time.perf_counter()
    while time.perf_counter() - began < READY_S:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM access_ready_page WHERE content IS NOT NULL AND session_key = ANY(%s)",
                [keys],
            )
            (count,) = cursor.fetchone()
        if count == len(keys):
            return time.perf_counter() - began
        time.sleep(1)
    raise SystemExit(
        f"After {READY_S:.0f} s only {count} of {len(keys)} pages are ready: does the worker run?"
    )


def spent_s(folder: Path, port: int) -> tuple[float, float]:
    """Return what the page server and the database have spent since they began [s of a core]."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    servers = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        pid = int(entry.name)
        # Own time, and that of children that ended.
        used[pid] = sum(map(int, fields[11:15])) / TICKS
        children.setdefault(int(fields[1]), []).append(pid)
        if b"granian" in words and str(port).encode() in words:
            servers.append(pid)
    database = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])

    def all_of(pid: int) -> set[int]:
        return {pid}.union(*(all_of(child) for child in children.get(pid, ())))

    pages = set().union(*(all_of(pid) for pid in servers))
    return sum(used[p] for p in pages), sum(used[p] for p in all_of(database) if p in used)


def run_singly(port: int, path: str, cookies: list[str]) -> list[Answer]:
    """Let one after the other open the page: what a page costs while nothing waits."""
    return [open_pages(port, path, [one], [0.0])[0] for one in cookies]


def run(port: int, path: str, cookies: list[str], seconds: float, seed: int) -> list[Answer]:
    """Let everybody open the page, at moments drawn over so many seconds."""
    chance = random.Random(seed)
    return open_pages(port, path, cookies, [chance.uniform(0, seconds) for _ in cookies])


def report(name: str, answers: list[Answer], wall_s: float, spent: tuple[float, float]) -> None:
    """Print one line of the table."""
    times = sorted(answer.seconds * 1000 for answer in answers)
    p50, p95 = statistics.median(times), times[max(0, int(len(times) * 0.95) - 1)]
    errors = sum(answer.status != 200 for answer in answers)
    pages, database = (one / len(answers) * 1000 for one in spent)
    print(
        f"{name:<14}{len(answers):>7}{errors:>8}{p50:>9.0f}{p95:>9.0f}{times[-1]:>9.0f}{wall_s:>8.1f}"
        f"{pages:>12.1f}{database:>10.1f}{os.getloadavg()[0]:>7.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder of the running demo")
    parser.add_argument("--port", type=int, required=True, help="port of its pages")
    parser.add_argument("--delegates", type=int, default=500)
    parser.add_argument(
        "--seconds", type=float, nargs="*", default=[60, 10, 0], help="over which they open it"
    )
    parser.add_argument("--composed", action="store_true", help="do not wait until pages are ready")
    parser.add_argument("--path", default="my/", help="below the edition's address")
    given = parser.parse_args()
    slug, keys = prepare(given.data, min(given.delegates, 2000))
    path = f"/e/{slug}/{given.path}"
    cookies = [f"sessionid={key}" for key in keys]
    if given.composed:
        run(given.port, path, cookies[:20], 2, seed=0)  # warm
    else:
        cookies = arrive(given.port, path, cookies)
        print(f"ready {wait_until_ready(cookies):.0f} s after everybody had opened it")
    print(f"{path}, {len(cookies)} delegates, {os.cpu_count()} cores; times in ms")
    print(
        f"{'opened in':<14}{'pages':>7}{'errors':>8}{'p50':>9}{'p95':>9}{'max':>9}{'took s':>8}"
        f"{'page CPU ms':>12}{'db CPU':>10}{'load':>7}"
    )
    singly = cookies[:: max(1, len(cookies) // 60)]
    runs = [("one by one", partial(run_singly, given.port, path, singly))]
    for seed, seconds in enumerate(given.seconds, start=1):
        name = f"{seconds:g} s" if seconds else "one instant"
        runs.append((name, partial(run, given.port, path, cookies, seconds, seed)))
    for name, ask in runs:
        before, started = spent_s(given.data, given.port), time.perf_counter()
        answers = ask()
        wall_s = time.perf_counter() - started
        after = spent_s(given.data, given.port)
        report(name, answers, wall_s, (after[0] - before[0], after[1] - before[1]))


if __name__ == "__main__":
    main()
