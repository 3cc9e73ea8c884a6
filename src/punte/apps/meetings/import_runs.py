"""Imports in a worker, as their organisers see them: ask for one, stop it, look where it stands."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.forum.models import Edition
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.holds import notify
from punte.apps.meetings.importing import ACTIVE
from punte.apps.meetings.models import ImportDraft, ImportRun
from punte.apps.meetings.permissions import require_organiser
from punte.apps.meetings.queries import ALIVE_S

IMPORT_TASK: Final = "meetings.import_table"
IMPORT_QUEUE: Final = "import"
WAITS_LONG_S: Final = 20
"""After so long a wait the page says that perhaps no worker runs [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """
    A run of an import as pages show it.

    Parameters
    ----------
    state, label, stage, stage_label
        Values of ``ImportRun``, and their translations.
    is_alive
        Whether a running import gave a sign of life in the last seconds.
    waits_long
        Whether no worker took it for a while.
    share
        Of the work that is done, 0 to 1.
    """

    id: UUID
    draft_id: UUID
    mapping: Mapping[str, str]
    state: str
    label: str
    stage: str
    stage_label: str
    attempt: int
    is_over: bool
    is_alive: bool
    is_stopping: bool
    waits_long: bool
    elapsed_s: float
    done: int
    total: int
    share: float
    added: int
    changed: int
    same: int
    fault: str


def request_import(*, by: Subject, draft: ImportDraft, mapping: Mapping[str, str]) -> ImportRun:
    """
    Put an import of the upload in the workers' queue and return its run.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    WrongStateError
        It is imported already, or is being imported.
    """
    require_organiser(by, draft.edition_id, wish="import a table")
    assert by.person_id is not None
    with transaction.atomic():
        # The lock makes two who press at once wait for each other; the rows themselves are not read.
        kept = ImportDraft.objects.select_for_update().defer("rows").get(pk=draft.pk)
        if kept.imported_at is not None:
            raise WrongStateError(_("The table was imported already."))
        if ImportRun.objects.filter(draft=kept, state__in=ACTIVE).exists():
            raise WrongStateError(_("The table is being imported already."))
        run = ImportRun.objects.create(
            draft=kept,
            asked_by_id=by.person_id,
            mapping=dict(mapping),
            total=2 * kept.row_count,
        )
        record("import.begun", kept, edition_id=kept.edition_id, file=kept.file_name)
        defer_import(run.pk)
    return run


def defer_import(run_id: UUID) -> None:
    """Put a run in the queue; the worker sees it when the transaction is committed."""
    from procrastinate.contrib.django import app

    app.configure_task(IMPORT_TASK, queue=IMPORT_QUEUE).defer(run_id=str(run_id))


def stop_import(*, by: Subject, edition: Edition, run_id: UUID) -> bool:
    """
    Ask an import to stop, with nothing written; return False where it was over already.

    Raises
    ------
    NotThereError
        There is no such run for the subject.
    NotAllowedError
        The subject does not organise the edition.
    """
    runs = ImportRun.objects.filter(pk=run_id, draft__edition=edition)
    if not runs.exists():
        raise NotThereError(_("The import to be stopped is not there."))
    require_organiser(by, edition.pk, wish="stop an import")
    now = timezone.now()
    # What no worker has taken is over at once.
    changed = ImportRun.objects.filter(pk=run_id, state=ImportRun.State.QUEUED).update(
        state=ImportRun.State.STOPPED, stop_asked_at=now, finished_at=now
    ) or ImportRun.objects.filter(pk=run_id, state=ImportRun.State.RUNNING).update(
        stop_asked_at=now
    )
    notify(run_id)
    if changed:
        record("import.stopped", None, edition_id=edition.pk, run=str(run_id))
    return bool(changed)


def newest_run(draft_id: UUID) -> ImportLine | None:
    """Return the last run of an upload; ``None`` where there is none for the subject."""
    return _line(ImportRun.objects.filter(draft_id=draft_id).first())


def find_import_run(run_id: UUID) -> ImportLine | None:
    """Return a run of an import; ``None`` where there is none for the subject."""
    return _line(ImportRun.objects.filter(pk=run_id).first())


def _line(row: ImportRun | None) -> ImportLine | None:
    if row is None:
        return None
    now = timezone.now()
    is_running = row.state == ImportRun.State.RUNNING
    is_queued = row.state == ImportRun.State.QUEUED
    return ImportLine(
        id=row.pk,
        draft_id=row.draft_id,
        mapping=row.mapping,
        state=row.state,
        label=row.get_state_display(),
        stage=row.stage if is_running else "",
        stage_label=row.get_stage_display() if is_running else "",
        attempt=row.attempt,
        is_over=row.is_over,
        is_alive=is_running and _seconds(row.heartbeat_at, now) <= ALIVE_S,
        is_stopping=row.stop_asked_at is not None and not row.is_over,
        waits_long=is_queued and _seconds(row.queued_at, now) > WAITS_LONG_S,
        elapsed_s=_seconds(row.started_at, row.finished_at or now) if row.started_at else 0.0,
        done=row.done,
        total=row.total,
        share=min(1.0, row.done / row.total) if row.total else 0.0,
        added=row.added,
        changed=row.changed,
        same=row.same,
        fault=row.fault,
    )


def _seconds(since: dt.datetime | None, until: dt.datetime) -> float:
    return float("inf") if since is None else max(0.0, (until - since).total_seconds())
