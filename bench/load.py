"""
Everybody opens My day at once: ``python bench/load.py --data /tmp/demo --port 8000`` beside a running ``punte demo``.

It gives the delegates of the demo's own edition accounts and sessions (in that data folder, nowhere else), and lets each open
the page once, with its own cookie and on a connection of its own, at moments drawn evenly over some seconds. Only the loopback
is asked. It prints the times until the page had arrived whole, the errors, and what the server's processes and the database spent
on a page. Where other work holds the machine the times say little; the CPU of pages asked one after the other, the first line,
says what two idle cores could serve. The target is p95 < 300 ms on 2 cores without an error.
"""

import argparse
import asyncio
import os
import random
import statistics
import time
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """When the page had arrived [s], what the server said, and how long the page is [bytes]."""

    seconds: float
    status: int
    size: int


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


async def open_page(port: int, path: str, cookie: str, wait_s: float) -> Answer:
    """Open the page as a browser's first request does, and read it to its end."""
    await asyncio.sleep(wait_s)
    started = time.perf_counter()
    try:
        async with asyncio.timeout(LIMIT_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            lines = (
                f"GET {path} HTTP/1.1",
                f"Host: localhost:{port}",
                f"Cookie: sessionid={cookie}",
                "Accept-Encoding: gzip",
                "User-Agent: punte-load",
                "Connection: close",
            )
            writer.write("\r\n".join((*lines, "", "")).encode())
            content = await reader.read(-1)
            writer.close()
    except (OSError, TimeoutError):
        return Answer(time.perf_counter() - started, 0, 0)
    head, _, body = content.partition(b"\r\n\r\n")
    status = int(head[9:12]) if head.startswith(b"HTTP/1.1 ") else 0
    return Answer(time.perf_counter() - started, status, len(body))


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


async def run_singly(port: int, path: str, cookies: list[str]) -> list[Answer]:
    """Let one after the other open the page: what a page costs while nothing waits."""
    return [await open_page(port, path, cookie, 0) for cookie in cookies]


async def run(port: int, path: str, cookies: list[str], seconds: float, seed: int) -> list[Answer]:
    """Let everybody open the page, at moments drawn over so many seconds."""
    chance = random.Random(seed)
    waits = [chance.uniform(0, seconds) for _ in cookies]
    return await asyncio.gather(
        *(open_page(port, path, c, w) for c, w in zip(cookies, waits, strict=True))
    )


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
    parser.add_argument("--path", default="my/", help="below the edition's address")
    given = parser.parse_args()
    slug, cookies = prepare(given.data, min(given.delegates, 2000))
    path = f"/e/{slug}/{given.path}"
    asyncio.run(run(given.port, path, cookies[:20], 2, seed=0))  # warm
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
        answers = asyncio.run(ask())
        wall_s = time.perf_counter() - started
        after = spent_s(given.data, given.port)
        report(name, answers, wall_s, (after[0] - before[0], after[1] - before[1]))


if __name__ == "__main__":
    main()
