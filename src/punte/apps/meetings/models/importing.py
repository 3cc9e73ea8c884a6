"""A table on its way in: kept between the preview and the commit, for the organisers alone; and the runs that write it."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.forum.models import Edition


class ImportDraft(Labelled):
    """
    The rows of an uploaded table. Once they are part of the edition they are let go, and what came of it stays.

    ``rows`` is a list of ``[number, {column: text}]``, numbers as the spreadsheet shows them.
    """

    class Kind(models.TextChoices):
        """What each row of the table is."""

        PARTICIPANTS = "participants", _("Participants")
        REQUESTS = "requests", _("Requests")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="import_drafts")
    kind = models.CharField(_("what the rows are"), max_length=12, choices=Kind.choices)
    file_name = models.CharField(_("file"), max_length=200)
    columns = ArrayField(models.TextField(), default=list, verbose_name=_("columns"))
    rows = models.JSONField(_("rows"), default=list)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    imported_at = models.DateTimeField(_("written"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name


class ImportRun(Walled):
    """
    One attempt of an organiser to write an upload into the edition, in a worker: all of it or nothing.

    ``done`` counts up to ``total``: each row is read once and written once. ``attempt`` above 1 says that a worker was
    lost, with nothing written, and the run began again.
    """

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", _("Waiting for a worker")
        RUNNING = "running", _("Importing")
        DONE = "done", _("Imported")
        STOPPED = "stopped", _("Stopped; nothing was written")
        FAILED = "failed", _("Failed; nothing was written")

    class Stage(models.TextChoices):
        """What it is at."""

        WAITING = "waiting", _("Waits for another import of this edition")
        READING = "reading", _("Reads the rows")
        WRITING = "writing", _("Writes the rows")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(ImportDraft, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(
        _("state"), max_length=7, choices=State.choices, default=State.QUEUED, db_index=True
    )
    stage = models.CharField(_("stage"), max_length=7, choices=Stage.choices, blank=True)
    asked_by_id = models.UUIDField(_("asked by"))
    mapping: "models.JSONField[Any, Any]" = models.JSONField(_("columns"), default=dict)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    stop_asked_at = models.DateTimeField(_("stop asked"), null=True, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    same = models.PositiveIntegerField(_("as they were"), default=0)
    fault = models.CharField(_("fault"), max_length=600, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-queued_at", "id"]
        verbose_name = _("run of an import")
        verbose_name_plural = _("runs of imports")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["draft"],
                condition=models.Q(state__in=["queued", "running"]),
                name="meetings_importrun_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.draft_id}: {self.state}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in {self.State.DONE, self.State.STOPPED, self.State.FAILED}
