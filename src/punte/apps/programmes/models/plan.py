"""The plans of a programme: every version is kept, so that nothing that was promised is lost."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.programmes.models.programme import Programme


class PlanVersion(Walled):
    """
    A whole staged plan as ``punte.roadmap.plan/1`` holds it, or a frozen baseline.

    A change makes a new version; undoing makes the one before the newest again. A scenario touches no plan until
    somebody adopts it, with a reason; until then only the programme's keepers see it. ``repeats`` is the number of the
    version whose content an undo, or taking an old version again, brought back.
    """

    class Kind(models.TextChoices):
        """What it is for."""

        PLAN = "plan", _("Plan")
        SCENARIO = "scenario", _("Scenario")
        BASELINE = "baseline", _("Baseline")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="plans")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, db_index=True)
    number = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    content: "models.JSONField[Any, Any]" = models.JSONField(_("content"))
    sha256 = models.CharField(max_length=64)
    repeats = models.PositiveIntegerField(_("repeats version"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by_id = models.UUIDField(_("by"), null=True)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-number", "id"]
        verbose_name = _("version of a plan")
        verbose_name_plural = _("versions of plans")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme", "kind", "number"], name="programmes_planversion_number"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.kind} {self.number}"
