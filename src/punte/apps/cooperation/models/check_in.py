"""Scans of the check-in desks; each has the identifier that its desk gave it, so that it counts once."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.cooperation.models.moments import in_bounds
from punte.apps.forum.models import Delegate, Edition


class Scan(Labelled):
    """A delegate came to a desk, or a scan was taken back."""

    class Kind(models.TextChoices):
        """What happened."""

        IN = "in", _("checked in")
        UNDO = "undo", _("taken back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="scans")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="scans")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices, default=Kind.IN)
    desk = models.CharField(_("desk"), max_length=40, blank=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    merged_at = models.DateTimeField(_("merged"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            in_bounds("cooperation_scan_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.delegate_id}"
