"""
Kill drills at exact moments: a process dies inside a publication, and before or after a mail leaves.

A whole site of processes is killed in ``tests/cli/test_kill_drill.py``.
"""

import datetime as dt
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.meetings.models import CalendarEntry, TimetableVersion
from punte.apps.meetings.publication import publish_version
from punte.apps.people.mail_sending import CLAIM_LASTS, DOMAIN, send_mail, take_up_lost
from punte.apps.people.models import Mail, Person
from small_forum import Forum, solve

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = """
import sys, time, uuid, django
django.setup()
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.people.queries import subject_of_account
organiser = subject_of_account(Account.objects.get(email="organiser@bucharest.example"))
def stop_here():
    print("here", flush=True)
    time.sleep(120)
"""


@contextmanager
def process(script: str, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run a script against the database of the tests; it is killed at the end, as a power cut would."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "punte.config.settings"} | more
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", HEAD + script, *words],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.send_signal(signal.SIGKILL)


def lines(running: subprocess.Popen[str], count: int) -> list[str]:
    assert running.stdout is not None
    return [running.stdout.readline().strip() for _ in range(count)]


PUBLISH = """
from punte.apps.meetings import publication
original = publication.tell_delegates
def tell(*words, **more):
    original(*words, **more)
    stop_here()
publication.tell_delegates = tell
with acting(organiser):
    publication.publish_version(by=organiser, version_id=uuid.UUID(sys.argv[1]))
"""


SEND = """
from punte.apps.people import mail_sending
from punte.apps.people.models import Mail
original, done = mail_sending._finish, []
def finish(*words):
    if len(done) == 3:
        stop_here()
    done.append(1)
    return original(*words)
mail_sending._finish = finish
if sys.argv[1] == "before":
    written = mail_sending._message
    mail_sending._message = lambda mail: written(mail) if len(done) < 3 else stop_here()
with acting_as_system("tests"):
    keys = list(Mail.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True))
for key in keys:
    mail_sending.send_mail(key)
"""


def test_what_is_killed_at_the_worst_moment_is_not_halved(
    committed_forum: Forum, tmp_path: Path
) -> None:
    with acting_as_system("tests"):
        for number, person in enumerate(Person.objects.filter(account=None)):
            Person.objects.filter(pk=person.pk).update(email=f"p{number}@drill.example")
    a_publication_killed_before_its_end_did_not_happen(committed_forum)
    mails_killed_before_and_after_they_left_are_there_once(tmp_path)


def a_publication_killed_before_its_end_did_not_happen(forum: Forum) -> None:
    version = solve(forum)
    with process(PUBLISH, str(version.id)) as running:
        assert lines(running, 1) == ["here"]
    with acting_as_system("tests"):
        assert TimetableVersion.objects.get(pk=version.id).state == "draft"
        assert not Mail.objects.exists()
        assert not CalendarEntry.objects.exists()
    with acting(forum.organiser) as by:
        done = publish_version(by=by, version_id=version.id)
    with acting_as_system("tests"):
        readers = Counter(Mail.objects.values_list("person_id", flat=True))
        assert CalendarEntry.objects.count() == done.added == version.meeting_count
    assert len(readers) > 12
    assert set(readers.values()) == {1}


def mails_killed_before_and_after_they_left_are_there_once(mailbox: Path) -> None:
    backend = {
        "PUNTE_EMAIL_BACKEND": "punte.apps.people.mailbox.MailboxBackend",
        "PUNTE_MAILBOX": str(mailbox),
    }
    with acting_as_system("tests"):
        count = Mail.objects.count()
    # The first worker dies before its fourth mail left, the second right after it left.
    for moment, sent, left in (("before", 3, 3), ("after", 6, 7)):
        with process(SEND, moment, **backend) as running:
            assert lines(running, 1) == ["here"]
        assert len(list(mailbox.glob("*.eml"))) == left
        assert states() == {"sent": sent, "sending": 1, "waiting": count - sent - 1}
        lapse(dt.timedelta(0))
        assert take_up_lost(now=timezone.now() - CLAIM_LASTS) == 0, "a claim lasts"
        lapse(CLAIM_LASTS + dt.timedelta(minutes=1))
        take_up_lost()
        assert states() == {"sent": sent, "waiting": count - sent}
    with override_settings(
        EMAIL_BACKEND=backend["PUNTE_EMAIL_BACKEND"], PUNTE_MAILBOX=str(mailbox)
    ):
        with acting_as_system("tests"):
            waiting = list(Mail.objects.filter(state="waiting").values_list("pk", flat=True))
        assert [send_mail(key) for key in waiting] == ["sent"] * (count - 6)
    found = {path.stem for path in mailbox.glob("*.eml")}
    with acting_as_system("tests"):
        expected = {f"{key}{DOMAIN}" for key in Mail.objects.values_list("pk", flat=True)}
    assert found == expected, "what left twice carries the same Message-ID"


def states() -> dict[str, int]:
    with acting_as_system("tests"):
        return dict(Counter(Mail.objects.values_list("state", flat=True)))


def lapse(time: dt.timedelta) -> None:
    """Let time pass for the mail that a dead worker holds."""
    with acting_as_system("tests"):
        for mail in Mail.objects.filter(state="sending"):
            Mail.objects.filter(pk=mail.pk).update(next_at=mail.next_at - time)
