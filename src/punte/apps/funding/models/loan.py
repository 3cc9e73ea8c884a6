"""A loan plan: draws on an instrument, each its own loan."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled


class LoanPlan(Labelled):
    """
    A plan of draws as ``punte.finance.portfolio/1`` holds it.

    A draw whose milestone is ``programme:<id>`` waits for that milestone of a programme, with the dates its plan gives.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=160)
    note = models.CharField(_("note"), max_length=400, blank=True)
    content: "models.JSONField[Any, Any]" = models.JSONField(_("content"))
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["name", "id"]
        verbose_name = _("loan plan")
        verbose_name_plural = _("loan plans")

    def __str__(self) -> str:
        return self.name


class LoanPlanRevision(Walled):
    """What a loan plan was before a change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(LoanPlan, on_delete=models.CASCADE, related_name="revisions")
    content: "models.JSONField[Any, Any]" = models.JSONField(_("content"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("earlier loan plan")
        verbose_name_plural = _("earlier loan plans")

    def __str__(self) -> str:
        return f"{self.plan_id} before {self.at}"
