"""
The drill: a site of real processes is killed with ``kill -9`` while it works, part by part, and goes on by itself.

What happens at the exact moments of a publication and of a mail is in ``tests/apps/meetings/test_kill_moments.py``.
"""

import contextlib
import datetime as dt
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from counted_mails import NOTE
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation import desk
from punte.apps.cooperation.models import Scan
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import CalendarEntry, TimetableVersion
from punte.apps.people.mail_sending import take_up_lost
from punte.apps.people.models import Mail, Person
from punte.cli import embedded_database
from site_folder import environment_of, folder_of_its_own, settings_name
from small_forum import Forum, load_small, solve

PATIENCE_S = 120
TOKEN = "d" * 32
CONCURRENCY = 2
SERVE = """
import sys
from punte.cli import serving
serving.prepare_environment()
site = serving.make_site(host="127.0.0.1", port=int(sys.argv[1]), workers=1, processes=1)
del site.children[1]  # nobody listens to live events here
with serving.running(site):
    serving.wait_until_answering(site)
    print("served", flush=True)
    serving.watch(site)
"""


@dataclass(slots=True, kw_only=True)
class Drill:
    """A site that runs, and who works at it."""

    folder: Path
    forum: Forum
    version: Any
    cookie: str
    port: int
    watcher: int = 0
    acknowledged: list[str] = field(default_factory=list)

    def post(self, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        """Send a form once, as a browser does."""
        headers = {
            "Cookie": f"sessionid={self.cookie}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Accept": "application/json",
            "Content-Type": kind,
        }
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read()

    def kill(self, part: bytes) -> None:
        """Kill a process of the site, and those that it started; its command says which it is."""
        children = Path(f"/proc/{self.watcher}/task/{self.watcher}/children").read_text("utf-8")
        (found,) = [
            int(pid)
            for pid in children.split()
            if part in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.killpg(found, signal.SIGKILL)

    def kill_database(self) -> None:
        note = (self.folder / "postgres" / "postmaster.pid").read_text(encoding="utf-8")
        os.kill(int(note.split("\n", 1)[0]), signal.SIGKILL)

    def handed_over(self) -> list[str]:
        note = self.folder / NOTE
        return note.read_text(encoding="utf-8").split() if note.exists() else []


@pytest.fixture
def drill(
    fill_database: Callable[[Path, str], Any], django_db_setup: None, django_db_blocker: Any
) -> Iterator[Drill]:
    """Fill a small site, not yet served, with a timetable to publish; everybody has an address."""
    del django_db_setup
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with folder_of_its_own() as folder:
        embedded_database.start(folder)
        made = fill_database(folder, "punte")
        with settings_name(made.app_url), django_db_blocker.unblock():
            forum = load_small()
            version = solve(forum)
            with acting_as_system("tests"):
                for number, person in enumerate(Person.objects.filter(account=None)):
                    address = f"p{number}@drill.example"
                    Person.objects.filter(pk=person.pk).update(email=address)
            client = Client()
            client.force_login(Account.objects.get(email="organiser@bucharest.example"))
            cookie = client.cookies["sessionid"].value
            yield Drill(folder=folder, forum=forum, version=version, cookie=cookie, port=port)


@contextmanager
def served(drill: Drill) -> Iterator[None]:
    """Run the processes of ``punte serve`` inside the block."""
    named = {
        "PUNTE_EMAIL_BACKEND": "counted_mails.CountedMails",
        "PUNTE_MAILBOX": str(drill.folder),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVE, str(drill.port)],
        env=environment_of(drill.folder) | named,
        stdout=subprocess.PIPE,
        text=True,
    ) as site:
        try:
            assert site.stdout is not None
            assert site.stdout.readline() == "served\n"
            drill.watcher = site.pid
            yield
            assert site.poll() is None, "what watches the parts goes on"
        finally:
            site.terminate()


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Ask again and again; a database that is away for a moment is no answer."""
    limit = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(OperationalError, psycopg.OperationalError):
            if is_so():
                return
        assert time.monotonic() < limit, what
        time.sleep(0.05)


def bundles_of(drill: Drill) -> list[bytes]:
    """Return what a desk scanned, two scans in a bundle, each with the identifier that the desk drew."""
    with acting(drill.forum.organiser):
        codes = list(
            Delegate.objects.filter(edition=drill.forum.edition).values_list("code", flat=True)
        )
    start = timezone.now() - dt.timedelta(hours=1)
    scans = [
        {
            "id": str(uuid.UUID(int=number + 1)),
            "code": codes[number * 7 % len(codes)],
            "kind": "undo" if number % 9 == 8 else "in",
            "at": (start + dt.timedelta(seconds=number)).isoformat(),
        }
        for number in range(120)
    ]
    return [
        json.dumps(
            {"format": "punte.check-in.bundle/1", "desk": "North", "scans": scans[at : at + 2]}
        ).encode()
        for at in range(0, len(scans), 2)
    ]


def deliver(drill: Drill, bundles: list[bytes]) -> None:
    """Send each bundle until the site says that it has it, as the desk's page does."""
    head = b'--cut\r\nContent-Disposition: form-data; name="bundle"; filename="b.json"\r\n\r\n'
    for bundle in bundles:
        limit = time.monotonic() + PATIENCE_S
        status = 0
        while status != 200 and time.monotonic() < limit:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, answer = drill.post(
                    f"/e/{drill.forum.edition.slug}/check-in/merge/",
                    head + bundle + b"\r\n--cut--\r\n",
                    "multipart/form-data; boundary=cut",
                )
            if status != 200:
                time.sleep(0.3)
        if status == 200:
            drill.acknowledged.append(answer.decode())


def test_a_site_that_is_killed_part_by_part_loses_nothing_and_tells_nobody_twice(
    drill: Drill,
) -> None:
    with served(drill):
        scans_go_on_and_a_publication_happens_once(drill)
        mails_go_on(drill)
    nothing_is_lost_nor_doubled(drill)


def scans_go_on_and_a_publication_happens_once(drill: Drill) -> None:
    bundles = bundles_of(drill)
    scanning = threading.Thread(target=deliver, args=(drill, bundles))
    scanning.start()
    wait_until(lambda: len(drill.acknowledged) >= 10, "the first scans")
    drill.kill(b"granian")
    wait_until(lambda: len(drill.acknowledged) >= 25, "scans after the pages were killed")
    pressing = threading.Thread(target=press_publish, args=(drill,))
    pressing.start()
    time.sleep(0.03)
    drill.kill_database()
    pressing.join()

    def is_published_now() -> bool:
        time.sleep(0.3)
        press_publish(drill)
        with acting_as_system("tests"):
            return TimetableVersion.objects.get(pk=drill.version.id).state == "published"

    wait_until(is_published_now, "a publication after the database was killed")
    press_publish(drill)  # once more, by somebody who saw no answer
    scanning.join()
    assert len(drill.acknowledged) == len(bundles) == 60


def press_publish(drill: Drill) -> None:
    path = f"/e/{drill.forum.edition.slug}/timetable/v{drill.version.number}/publish/"
    with contextlib.suppress(OSError, http.client.HTTPException):
        drill.post(path, b"", "application/x-www-form-urlencoded")


def mails_go_on(drill: Drill) -> None:
    with acting_as_system("tests"):
        count = Mail.objects.count()
    assert count > 20
    wait_until(lambda: len(drill.handed_over()) >= 3, "the first mails")
    drill.kill(b"run_worker")
    before = len(drill.handed_over())
    assert before < count
    wait_until(lambda: len(drill.handed_over()) >= before + 5, "mails after the worker was killed")
    drill.kill_database()

    def is_all_sent() -> bool:
        with acting_as_system("tests"):
            # Ten minutes pass for a mail whose worker died with it, and one for the job that looks for them.
            Mail.objects.filter(state__in=("sending", "waiting")).update(
                next_at=timezone.now() - dt.timedelta(minutes=2)
            )
        take_up_lost()
        time.sleep(1)
        with acting_as_system("tests"):
            return Mail.objects.filter(state="sent").count() == count

    time.sleep(1)  # what is under way is not taken for lost
    wait_until(is_all_sent, "all mails")


def nothing_is_lost_nor_doubled(drill: Drill) -> None:
    edition = drill.forum.edition
    with acting(drill.forum.organiser):
        scans = {(key.hex, kind) for key, kind in Scan.objects.values_list("pk", "kind")}
        presence = desk.who_is_here(edition)
        truth = {
            code: found.is_here
            for code, found in (
                (Delegate.objects.get(pk=key).code, found) for key, found in presence.items()
            )
        }
    sent = [json.loads(one)["scans"] for one in bundles_of(drill)]
    said = {one["code"]: one["kind"] == "in" for pair in sent for one in pair}
    assert len(scans) == 120
    assert truth == said, "the last scan of each decides"
    with acting_as_system("tests"):
        meetings = drill.version.meeting_count
        assert (
            CalendarEntry.objects.filter(status=CalendarEntry.Status.CONFIRMED, sequence=0).count()
            == meetings
        )
        assert CalendarEntry.objects.count() == meetings
        told = Counter(Mail.objects.values_list("person_id", "kind"))
        mails = {f"<{key}@punte.invalid>" for key in Mail.objects.values_list("pk", flat=True)}
    assert set(told.values()) == {1}
    handed = Counter(drill.handed_over())
    assert set(handed) == mails, "every mail left, and no other"
    # Only what a worker held at one of the two kills can leave again, under the same Message-ID.
    assert sum(handed.values()) - len(mails) <= 2 * CONCURRENCY
