"""Bring tables in: keep the upload, show what it would do, write all of it or nothing."""

import time
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified_file
from punte.apps.access.permissions import Subject
from punte.apps.forum.models import Edition
from punte.apps.meetings.actions import WrongStateError
from punte.apps.meetings.holds import try_import_lock
from punte.apps.meetings.import_rows import ImportPlan, plan_import
from punte.apps.meetings.import_writing import write_rows
from punte.apps.meetings.models import ImportDraft, ImportRun
from punte.apps.meetings.permissions import require_organiser, stewards_of
from punte.formats.table_cells import Table, read_table_bytes
from punte.kernel.errors import InvalidInputError, Problem

MOST_BYTES: Final = 20 * 1024 * 1024
"""Largest upload [bytes]."""
MOST_ROWS: Final = 100_000
ACTIVE: Final = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)
Told = Callable[[str, int], None]
_LOOK_AGAIN_S: Final = 0.2


def stage_import(
    *, by: Subject, edition: Edition, kind: str, file_name: str, content: bytes
) -> ImportDraft:
    """
    Keep the rows of an uploaded table for the preview; the edition is not touched.

    Raises
    ------
    InvalidInputError
        The file is no table, has formulas, is too large or has no rows; its places are named.
    ClassifiedError
        It carries a marking of RESTRICTED or above.
    NotAllowedError
        The subject does not organise the edition.
    """
    require_organiser(by, edition.pk, wish="import a table")
    if len(content) > MOST_BYTES:
        raise _refused(
            file_name,
            _("It has %(size)s MB, at most %(most)s MB are read.")
            % {"size": len(content) // 2**20, "most": MOST_BYTES // 2**20},
            _("Split it into several tables."),
        )
    if not file_name.lower().endswith((".csv", ".xlsx", ".tsv", ".txt")):
        raise _refused(
            file_name,
            _("It is neither CSV nor XLSX."),
            _("Save it as .xlsx or .csv and try again."),
        )
    refuse_classified_file(file_name, content)
    table = _choose(read_table_bytes(content, file_name), kind, file_name)
    if not 0 < len(table.rows) <= MOST_ROWS:
        raise _refused(
            file_name,
            _("It has %(count)s rows; 1 to %(most)s are read.")
            % {"count": len(table.rows), "most": MOST_ROWS},
            _("Give a header and a row for each entry."),
        )
    draft = ImportDraft.objects.create(
        edition=edition,
        kind=kind,
        file_name=file_name[-200:],
        columns=list(table.columns),
        rows=[[row.number, row.cells] for row in table.rows],
        row_count=len(table.rows),
        owner_org_id=edition.owner_org_id,
        label_stewards=stewards_of(edition.pk),
    )
    record("import.uploaded", draft, edition_id=edition.pk, kind=kind, rows=draft.row_count)
    return draft


def _refused(source: str, what: str, remedy: str) -> InvalidInputError:
    return InvalidInputError(source, [Problem(place="", what=what, remedy=remedy)])


def _choose(tables: list[Table], kind: str, file_name: str) -> Table:
    """Return the sheet that is meant: the one of that name, or the only one."""
    named = [table for table in tables if table.name == kind]
    if len(tables) == 1 or named:
        return (named or tables)[0]
    raise _refused(
        file_name,
        _("It has %(count)s sheets and none is called “%(kind)s”.")
        % {"count": len(tables), "kind": kind},
        _("Name the sheet so, or save it alone."),
    )


def find_import(edition: Edition, draft_id: UUID) -> ImportDraft | None:
    """Return an upload that waits, where the subject may see it."""
    return ImportDraft.objects.filter(edition=edition, pk=draft_id).first()


def discard_import(*, by: Subject, draft: ImportDraft) -> None:
    """
    Throw an upload away; the edition is as it was.

    Raises
    ------
    WrongStateError
        It is being imported.
    """
    require_organiser(by, draft.edition_id, wish="import a table")
    if ImportRun.objects.filter(draft=draft, state__in=ACTIVE).exists():
        raise WrongStateError(_("The table is being imported. Stop that first."))
    record("import.discarded", draft, edition_id=draft.edition_id)
    ImportDraft.objects.filter(pk=draft.pk).delete()


def _silent(stage: str, done: int) -> None:
    """Tell nobody."""


def commit_import(
    *, by: Subject, draft: ImportDraft, mapping: Mapping[str, str], tick: Told = _silent
) -> ImportPlan:
    """
    Write every row of the upload in one transaction, and let its rows go.

    Rows that stand already are changed where they differ. Requests that are new count as accepted; an answer that
    a person gave is never changed. New participants are cleared by nobody: each gets a nomination that waits at the
    vetting desk.

    Parameters
    ----------
    tick
        Told the stage and how many rows of it are done; what it raises ends the import with nothing written.

    Raises
    ------
    InvalidInputError
        Rows are wrong: all are named, and nothing was written.
    WrongStateError
        The upload is in the edition already.
    """
    require_organiser(by, draft.edition_id, wish="import a table")
    stages = ImportRun.Stage
    with transaction.atomic():
        # Two who import at once would both find a delegate missing: one after the other. Nobody else waits.
        while not try_import_lock(draft.edition_id):
            tick(stages.WAITING, 0)
            time.sleep(_LOOK_AGAIN_S)
        kept = ImportDraft.objects.select_related("edition").get(pk=draft.pk)
        if kept.imported_at is not None:
            raise WrongStateError(_("The table was imported already."))
        plan = plan_import(
            kept.edition, kept, mapping, tick=lambda done: tick(stages.READING, done)
        )
        if plan.problems:
            raise InvalidInputError(kept.file_name, plan.problems)
        write_rows(kept.edition, kept.kind, plan.rows, tick=lambda done: tick(stages.WRITING, done))
        record(
            "table.imported",
            kept.edition,
            edition_id=kept.edition_id,
            kind=kept.kind,
            file=kept.file_name,
            added=plan.new,
            changed=plan.changed,
        )
        ImportDraft.objects.filter(pk=kept.pk).update(rows=[], imported_at=timezone.now())
    return plan
