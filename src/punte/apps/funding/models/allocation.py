"""Which projects are funded, and what a person decided about them."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled


class Allocation(Labelled):
    """
    Projects and budgets as ``punte.finance.allocation/1`` holds them, with the plan computed last.

    ``links`` says which verdicts came from kept cases and which chances from milestones, with when and by whom.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    content: "models.JSONField[Any, Any]" = models.JSONField(_("content"))
    links: "models.JSONField[Any, Any]" = models.JSONField(
        _("where verdicts and chances come from"), default=dict, blank=True
    )
    plan: "models.JSONField[Any, Any]" = models.JSONField(_("plan"), default=dict)
    computed_at = models.DateTimeField(_("computed"), null=True, blank=True)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)

    SIGNED_WITHIN: ClassVar = ("links",)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["name", "id"]
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")

    def __str__(self) -> str:
        return self.name


class AllocationRevision(Walled):
    """What an allocation was before a change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    allocation = models.ForeignKey(Allocation, on_delete=models.CASCADE, related_name="revisions")
    name = models.CharField(_("name"), max_length=200)
    content: "models.JSONField[Any, Any]" = models.JSONField(_("content"))
    links: "models.JSONField[Any, Any]" = models.JSONField(
        _("where verdicts and chances come from"), default=dict, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    SIGNED_WITHIN: ClassVar = ("links",)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("earlier allocation")
        verbose_name_plural = _("earlier allocations")

    def __str__(self) -> str:
        return f"{self.allocation_id} before {self.at}"


class Decision(Walled):
    """A person's decision about a project: fund it, or leave it out, whatever the optimum says."""

    class Verb(models.TextChoices):
        """What was decided."""

        LOCK = "lock", _("Fund it")
        EXCLUDE = "exclude", _("Leave it out")

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    allocation = models.ForeignKey(Allocation, on_delete=models.CASCADE, related_name="decisions")
    project = models.CharField(_("project"), max_length=300)
    verb = models.CharField(_("decision"), max_length=7, choices=Verb.choices)
    reason = models.CharField(_("reason"), max_length=300)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["at", "id"]
        verbose_name = _("decision on a project")
        verbose_name_plural = _("decisions on projects")

    def __str__(self) -> str:
        return f"{self.verb} {self.project}"
