"""Imports in a worker: all of a table or nothing of it, whoever stops or kills it, and however many run at once."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection

from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings import import_jobs, import_writing, jobs
from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.holds import MOST_ATTEMPTS, Hold
from punte.apps.meetings.import_rows import guess_mapping
from punte.apps.meetings.import_runs import (
    ImportLine,
    find_import_run,
    newest_run,
    request_import,
    stop_import,
)
from punte.apps.meetings.importing import stage_import
from punte.apps.meetings.models import ImportDraft, ImportRun, MeetingRequest
from punte.apps.people.models import Person
from small_forum import Forum

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 60


def people(first: str = "N", count: int = PEOPLE) -> str:
    rows = [f"{first}{n},Invented {n},Works {n % 7} (invented),ROU,Engineer" for n in range(count)]
    return "\n".join(["code,name,organisation,country,function", *rows])


def ask(forum: Forum, text: str, kind: str = "participants") -> ImportRun:
    organiser = forum.organiser
    with acting(organiser):
        draft = stage_import(
            by=organiser,
            edition=forum.edition,
            kind=kind,
            file_name="t.csv",
            content=text.encode(),
        )
        return request_import(by=organiser, draft=draft, mapping=guess_mapping(kind, draft.columns))


def line_of(forum: Forum, run: ImportRun) -> ImportLine:
    with acting(forum.organiser):
        found = find_import_run(run.pk)
    assert found is not None
    return found


def imported(first: str = "N") -> int:
    with acting_as_system("tests"):
        return Delegate.objects.filter(code__regex=f"^{first}[0-9]+$").count()


def test_a_job_writes_all_and_says_how_much(committed_forum: Forum) -> None:
    run = ask(committed_forum, people())
    assert line_of(committed_forum, run).state == "queued"
    jobs.import_jobs.import_table(run_id=str(run.pk))
    line = line_of(committed_forum, run)
    assert (line.state, line.added, line.changed, line.share) == ("done", PEOPLE, 0, 1.0)
    assert imported() == PEOPLE
    again = ask(committed_forum, people().replace("Engineer", "Director", 5))
    import_jobs.run_import(again.pk)
    line = line_of(committed_forum, again)
    assert (line.added, line.changed, line.same) == (0, 5, PEOPLE - 5)
    with acting(committed_forum.subject("auditor")):
        assert AuditEntry.objects.filter(verb="table.imported").count() == 2


def slowly(monkeypatch: pytest.MonkeyPatch, meet: Callable[[], None]) -> None:
    """Let small batches be written, and do something after the third of them."""
    monkeypatch.setattr(import_writing, "BATCH", 10)
    monkeypatch.setattr(import_jobs, "BEAT_S", 0.02)
    original, calls = import_writing.insert_rows, iter(range(10**6))

    def insert(model, rows, **same):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN202
        original(model, rows, **same)
        if model is Delegate and next(calls) == 2:
            meet()

    monkeypatch.setattr(import_writing, "insert_rows", insert)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def elsewhere(do: Callable[[], None]) -> None:
    """Do something on another connection, as another process would."""

    def work() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_stopped_in_the_middle_it_leaves_nothing(
    committed_forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask(committed_forum, people())
    seen: list[float] = []

    def stop() -> None:
        organiser = committed_forum.organiser
        with acting(organiser):
            assert stop_import(by=organiser, edition=committed_forum.edition, run_id=run.pk)
            line = find_import_run(run.pk)
            assert line is not None
            assert line.is_stopping
            seen.append(line.share)

    def meet() -> None:
        elsewhere(stop)
        time.sleep(0.3)

    slowly(monkeypatch, meet)
    import_jobs.run_import(run.pk)
    assert seen
    assert line_of(committed_forum, run).state == "stopped"
    assert imported() == 0
    with acting_as_system("tests"):
        assert not Person.objects.filter(name__startswith="Invented").exists()
        assert len(ImportDraft.objects.get(pk=run.draft_id).rows) == PEOPLE


def test_progress_is_seen_while_nothing_is_written_yet(
    committed_forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask(committed_forum, people())
    seen: list[tuple[str, bool, int]] = []

    def look() -> None:
        wait_until(lambda: line_of(committed_forum, run).done > PEOPLE)
        line = line_of(committed_forum, run)
        assert 0.5 < line.share < 1
        seen.append((line.stage, line.is_alive, imported()))

    slowly(monkeypatch, lambda: elsewhere(look))
    import_jobs.run_import(run.pk)
    assert seen == [("writing", True, 0)]
    assert imported() == PEOPLE


WORKER = """
import sys, time, uuid, django
django.setup()
from punte.apps.meetings import import_jobs, import_writing
from punte.apps.forum.models import Delegate
import_writing.BATCH = 10
original = import_writing.insert_rows
def insert(model, rows, **same):
    original(model, rows, **same)
    if model is Delegate:
        print("in the middle", flush=True)
        time.sleep(120)
import_writing.insert_rows = insert
import_jobs.run_import(uuid.UUID(sys.argv[1]))
"""


def test_killed_in_the_middle_it_leaves_nothing_and_begins_again(committed_forum: Forum) -> None:
    run = ask(committed_forum, people())
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "punte.config.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, str(run.pk)], env=environment, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"in the middle\n"
        assert jobs.revive() == 0  # it lives
        worker.send_signal(signal.SIGKILL)
    assert imported() == 0
    line = line_of(committed_forum, run)
    assert (line.state, line.added) == ("running", 0)
    wait_until(lambda: jobs.revive() == 1)
    line = line_of(committed_forum, run)
    assert (line.state, line.attempt, line.done) == ("queued", 1, 0)
    import_jobs.run_import(run.pk)
    line = line_of(committed_forum, run)
    assert (line.state, line.attempt, line.added) == ("done", 2, PEOPLE)
    assert imported() == PEOPLE


def test_a_silent_worker_is_seen_and_too_many_lost_ones_end_it(committed_forum: Forum) -> None:
    run = ask(committed_forum, people())
    assert import_jobs._begin(run.pk) is not None
    with acting_as_system("tests"):
        ImportRun.objects.filter(pk=run.pk).update(heartbeat_at="2025-01-01T00:00Z")
    line = line_of(committed_forum, run)
    assert (line.state, line.is_alive) == ("running", False)
    with Hold(run.pk):
        assert import_jobs.revive_imports() == 0
    with acting_as_system("tests"):
        ImportRun.objects.filter(pk=run.pk).update(attempt=MOST_ATTEMPTS)
    assert import_jobs.revive_imports() == 1
    import_jobs.run_import(run.pk)
    line = line_of(committed_forum, run)
    assert line.state == "failed"
    assert "3 workers were lost" in line.fault
    assert imported() == 0


def test_nobody_else_sees_or_stops_it(committed_forum: Forum) -> None:
    run = ask(committed_forum, people())
    for part in ("company", "press", "moldova"):
        subject = committed_forum.subject(part)
        with acting(subject):
            assert find_import_run(run.pk) is None
            assert newest_run(run.draft_id) is None
            with pytest.raises(NotThereError):
                stop_import(by=subject, edition=committed_forum.edition, run_id=run.pk)
    assert line_of(committed_forum, run).state == "queued"


def test_two_at_once_do_not_mix(committed_forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ask(committed_forum, people()), ask(committed_forum, people())
    waiting: list[str] = []
    other = threading.Thread(target=lambda: _run(second.pk))

    def meet() -> None:
        if not other.ident:
            other.start()
            elsewhere(look)

    def look() -> None:
        wait_until(lambda: line_of(committed_forum, second).stage == "waiting")
        waiting.append(line_of(committed_forum, second).stage)

    slowly(monkeypatch, meet)
    import_jobs.run_import(first.pk)
    other.join()
    assert waiting == ["waiting"]
    assert line_of(committed_forum, first).added == PEOPLE
    line = line_of(committed_forum, second)
    assert (line.state, line.added, line.same) == ("done", 0, PEOPLE)
    assert imported() == PEOPLE


def _run(run_id: UUID) -> None:
    try:
        import_jobs.run_import(run_id)
    finally:
        connection.close()


def test_a_row_that_became_wrong_fails_the_run_and_names_no_half(committed_forum: Forum) -> None:
    with acting_as_system("tests"):
        codes = list(Delegate.objects.values_list("code", flat=True)[:2])
        before = MeetingRequest.objects.count()
    run = ask(committed_forum, f"from,to\n{codes[0]},{codes[0]}\n", kind="requests")
    import_jobs.run_import(run.pk)
    line = line_of(committed_forum, run)
    assert (line.state, line.fault) == ("failed", "Some rows are wrong; they are named below.")
    with acting_as_system("tests"):
        assert MeetingRequest.objects.count() == before
