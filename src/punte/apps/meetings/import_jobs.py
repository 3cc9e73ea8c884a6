"""
Import in a worker: progress told as it comes, stopped on demand, begun again when a worker is lost.

The rows of the edition, the end of the run and the entry of the audit log are one transaction: a worker that dies
at any moment leaves nothing of an import, and the upload still waits.
"""

import logging
import threading
from typing import Final, Self
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.holds import MOST_ATTEMPTS, Hold, notify
from punte.apps.meetings.import_runs import IMPORT_QUEUE, IMPORT_TASK, defer_import
from punte.apps.meetings.importing import commit_import
from punte.apps.meetings.models import ImportDraft, ImportRun
from punte.apps.people.mail_sending import language_of
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person
from punte.kernel.errors import InvalidInputError, PunteError

BEAT_S: Final = 0.25
"""How often progress is written and a wish to stop is read [s]."""
log = logging.getLogger(__name__)


class ImportStoppedError(PunteError):
    """An organiser stopped the import; nothing is written."""


@app.task(name=IMPORT_TASK, queue=IMPORT_QUEUE)
def import_table(run_id: str) -> None:
    """Carry out one import, unless somebody else does or did."""
    run_import(UUID(run_id))


def revive_imports() -> int:
    """Return how many lost imports were put back in the queue [count]."""
    with acting_as_system("keep the record of a run"):
        running = list(
            ImportRun.objects.filter(state=ImportRun.State.RUNNING).values_list("pk", flat=True)
        )
    count = 0
    for run_id in running:
        with Hold(run_id) as hold:
            if not hold.is_ours:
                continue
            with acting_as_system("keep the record of a run"):
                runs = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.RUNNING)
                if runs.update(state=ImportRun.State.QUEUED, done=0, queued_at=timezone.now()):
                    defer_import(run_id)
                    notify(run_id)
                    count += 1
    return count


def run_import(run_id: UUID) -> None:
    """Carry out a run to its end, in the name of whoever asked for it."""
    with Hold(run_id) as hold:
        if not hold.is_ours:
            log.info("import %s is worked on elsewhere", run_id)
            return
        run = _begin(run_id)
        if run is None:
            return
        try:
            with translation.override(_language(run.asked_by_id)):
                _carry_out(run)
        except ImportStoppedError:
            _end(run, ImportRun.State.STOPPED)
        except InvalidInputError:
            # The preview names each fault at its row; here the count is enough.
            _end(run, ImportRun.State.FAILED, _("Some rows are wrong; they are named below."))
        except PunteError as error:
            _end(run, ImportRun.State.FAILED, str(error))
        except IntegrityError as error:
            _end(run, ImportRun.State.FAILED, _refusal(error))
        except Exception as error:
            _end(run, ImportRun.State.FAILED, f"{type(error).__name__}: {error}")
            raise


def _refusal(error: IntegrityError) -> str:
    return _("The database refused a row: %(why)s Look at the table and import it again.") % {
        "why": str(error).split("\n", 1)[0]
    }


def _language(person_id: UUID) -> str:
    with acting_as_system("keep the record of a run"):
        return language_of(Person.objects.select_related("account").get(pk=person_id))


def _begin(run_id: UUID) -> ImportRun | None:
    """Return the run as begun; ``None`` where it is over, or was begun too often."""
    with acting_as_system("keep the record of a run"):
        run = ImportRun.objects.select_for_update().filter(pk=run_id).first()
        if run is None or run.is_over:
            return None
        run.attempt += 1
        if run.attempt > MOST_ATTEMPTS:
            fault = _("Given up: %(count)s workers were lost with it.") % {"count": MOST_ATTEMPTS}
            _end(run, ImportRun.State.FAILED, fault)
            return None
        run.state = ImportRun.State.RUNNING
        run.done = 0
        run.started_at = run.heartbeat_at = timezone.now()
        run.save()
        notify(run_id)
    return run


def _carry_out(run: ImportRun) -> None:
    subject = subject_of_person(run.asked_by_id)
    with _Herald(run) as herald, transaction.atomic(), acting(subject):
        draft = ImportDraft.objects.defer("rows").filter(pk=run.draft_id).first()
        if draft is None:
            raise NotThereError(_("The table is not there any more for whoever asked for it."))
        plan = commit_import(by=subject, draft=draft, mapping=run.mapping, tick=herald.tick)
        done = ImportRun.objects.filter(pk=run.pk, stop_asked_at=None).update(
            state=ImportRun.State.DONE,
            finished_at=timezone.now(),
            added=plan.new,
            changed=plan.changed,
            same=plan.same,
            done=run.total,
        )
        if not done:
            raise ImportStoppedError
        notify(run.pk)


def _end(run: ImportRun, state: str, fault: str = "") -> None:
    with acting_as_system("keep the record of a run"):
        ImportRun.objects.filter(pk=run.pk).update(
            state=state, fault=fault[:600], finished_at=timezone.now(), attempt=run.attempt
        )
        notify(run.pk)


class _Herald:
    """Write progress and read the wish to stop, from a thread with a connection of its own."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._latest = ("", 0)
        self._is_stopped = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="herald", daemon=True)

    def tick(self, stage: str, done: int) -> None:
        """
        Take word of the work.

        Raises
        ------
        ImportStoppedError
            It is not wanted any more.
        """
        before = self._run.total // 2 if stage == ImportRun.Stage.WRITING else 0
        self._latest = (stage, before + done)
        if self._is_stopped:
            raise ImportStoppedError

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            while not self._over.wait(BEAT_S):
                self._tell()
        finally:
            connection.close()

    def _tell(self) -> None:
        stage, done = self._latest
        with acting_as_system("keep the record of a run"):
            # The end of the run may be written and not committed yet: then this waits, and changes nothing.
            runs = ImportRun.objects.filter(pk=self._run.pk, state=ImportRun.State.RUNNING)
            runs.update(heartbeat_at=timezone.now(), stage=stage, done=done)
            self._is_stopped = runs.filter(stop_asked_at__isnull=False).exists()
            notify(self._run.pk)
