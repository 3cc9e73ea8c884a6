"""A run of the solver: its state, its attempts, and the curve of value and bound."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.meetings.models.timetable import TimetableVersion


class SolveRun(Walled):
    """
    One run for one version. ``attempt`` above 1 says that a worker was lost and the run began again.

    A run is alive while ``heartbeat_at`` moves; whoever finds a dead one puts it back in the queue.
    """

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", _("Waiting for a worker")
        RUNNING = "running", _("Solving")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped with its best answer")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.OneToOneField(TimetableVersion, on_delete=models.CASCADE, related_name="run")
    state = models.CharField(
        _("state"), max_length=7, choices=State.choices, default=State.QUEUED, db_index=True
    )
    asked_by_id = models.UUIDField(_("asked by"))
    time_limit_s = models.PositiveSmallIntegerField(_("time limit [s]"), default=30)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    stop_asked_at = models.DateTimeField(_("stop asked"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=600, blank=True)

    class Meta(Walled.Meta):
        verbose_name = _("run of the solver")
        verbose_name_plural = _("runs of the solver")

    def __str__(self) -> str:
        return f"{self.version_id}: {self.state}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in {self.State.DONE, self.State.STOPPED, self.State.FAILED}


class SolveProgress(Walled):
    """A point of the curve: value and bound after so many seconds."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(SolveRun, on_delete=models.CASCADE, related_name="progress")
    attempt = models.PositiveSmallIntegerField(default=1)
    elapsed_s = models.FloatField(_("elapsed [s]"))
    stage = models.CharField(_("stage"), max_length=200)
    value = models.FloatField(_("value"), null=True, blank=True)
    bound = models.FloatField(_("bound"), null=True, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["id"]
        verbose_name = _("progress")
        verbose_name_plural = _("progress")

    def __str__(self) -> str:
        return f"{self.elapsed_s:.1f} s: {self.value} / {self.bound}"
