"""Totals of an edition that its organisers release; nothing in them leads to one participant."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.forum.models import Edition


class OutcomeTotals(Labelled):
    """The totals of an edition's outcome report as they stood when they were released; the newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="outcome_totals")
    content: "models.JSONField[Any, Any]" = models.JSONField(_("content"))
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("released totals")
        verbose_name_plural = _("released totals")

    def __str__(self) -> str:
        return f"{self.edition_id} {self.at}"
