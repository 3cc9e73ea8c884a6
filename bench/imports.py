"""
Time of an import: 5,000 participants, then 40,000 requests between them. Run it as ``python -m bench.imports``.

Each table is staged, looked at as the preview does, committed by the worker's own job, and imported a second time
with changes. The whole database is thrown away afterwards. Target: each commit under 30 s.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PEOPLE, REQUESTS = 5_000, 40_000


def main() -> None:
    from punte.cli import embedded_database

    with tempfile.TemporaryDirectory(prefix="punte-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        os.environ["PUNTE_DATA"] = name
        for left in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            os.environ.pop(left, None)
        embedded_database.fill_environment(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "punte.config.settings"
        try:
            owner = os.environ | {"PUNTE_DATABASE_ROLE": "owner"}
            subprocess.run(
                [sys.executable, "-m", "django", "migrate", "-v0"], env=owner, check=True
            )
            import django

            django.setup()
            report()
        finally:
            embedded_database.release(folder)


def people() -> bytes:
    rows = ["code,name,organisation,country,function,email,max_meetings"]
    rows += [
        f"B{n:05},Invented Person {n},Invented Works {n % 1500},ROU,Engineer,p{n}@works.example,20"
        for n in range(PEOPLE)
    ]
    return "\n".join(rows).encode()


def requests(seed: int, *, rank: int) -> bytes:
    chance = random.Random(seed)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < REQUESTS:
        one, other = chance.randrange(PEOPLE), chance.randrange(PEOPLE)
        if one != other:
            pairs.add((one, other))
    rows = ["from,to,rank,reason"]
    rows += [
        f"B{one:05},B{other:05},{(one + other + rank) % 4 + 2},Radar parts within 18 months"
        for one, other in sorted(pairs)
    ]
    return "\n".join(rows).encode()


def server_cpu_s() -> float:
    """Return the processor time of this connection's server process [s]; 0 where the system does not tell it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    told = Path(f"/proc/{pid}/stat")
    if not told.exists():
        return 0.0
    ticks = told.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print what something took; on a machine with other work the processor time says more than the clock."""
    began, own, server = time.perf_counter(), time.process_time(), server_cpu_s()
    yield
    took, own, server = (
        time.perf_counter() - began,
        time.process_time() - own,
        server_cpu_s() - server,
    )
    print(
        f"{what:<46}{took:8.2f} s   CPU {own:6.2f} s, database {server:6.2f} s"
        f"   load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def report() -> None:
    from punte.apps.access.models import Account
    from punte.apps.access.permissions import acting
    from punte.apps.access.reference import load_reference
    from punte.apps.forum.sample import make_sample
    from punte.apps.meetings.import_jobs import run_import
    from punte.apps.meetings.import_rows import guess_mapping, plan_import
    from punte.apps.meetings.import_runs import find_import_run, request_import
    from punte.apps.meetings.importing import stage_import
    from punte.apps.meetings.sample_rows import load_sample
    from punte.apps.people.queries import subject_of_account

    load_reference()
    edition = load_sample(make_sample(seed=7, organisations=14, delegates=30, requests=60)).edition
    organiser = subject_of_account(Account.objects.get(email="organiser@bucharest.example"))
    tables = (
        ("participants", people()),
        ("requests", requests(1, rank=0)),
        ("requests", requests(1, rank=1)),
    )
    for kind, content in tables:
        with timed(f"{kind}: read and keep"), acting(organiser):
            draft = stage_import(
                by=organiser, edition=edition, kind=kind, file_name="t.csv", content=content
            )
        mapping = guess_mapping(kind, draft.columns)
        with timed(f"{kind}: preview"), acting(organiser):
            plan = plan_import(edition, draft, mapping)
        assert not plan.problems, plan.problems[:3]
        with acting(organiser):
            run = request_import(by=organiser, draft=draft, mapping=mapping)
        with timed(f"{kind}: job, {plan.new} new, {plan.changed} changed"):
            run_import(run.pk)
        with acting(organiser):
            line = find_import_run(run.pk)
        assert line is not None
        assert (line.state, line.added, line.changed) == ("done", plan.new, plan.changed), line


if __name__ == "__main__":
    main()
