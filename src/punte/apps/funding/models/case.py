"""A case of eligibility with the verdict that was given on it."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled


class EligibilityCase(Labelled):
    """
    A case as ``punte.eligibility.case/1`` holds it, judged under one rule set on one day.

    The verdict is stored with the hash of what it was given on: judged again from the stored case it must come out the
    same. ``inputs`` says what it began from and how each was labelled; the case is marked like the strictest of them.
    """

    class State(models.TextChoices):
        """What the verdict says."""

        ELIGIBLE = "eligible", _("Eligible")
        NOT = "not", _("Not eligible")
        UNKNOWN = "unknown", _("Not known yet")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=160)
    rules = models.CharField(_("rules"), max_length=40)
    on = models.DateField(_("judged on the day"))
    content: "models.JSONField[Any, Any]" = models.JSONField(_("case"))
    content_sha256 = models.CharField(max_length=64)
    verdict: "models.JSONField[Any, Any]" = models.JSONField(_("verdict"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    listing_id = models.UUIDField(_("need or offer"), null=True, blank=True, db_index=True)
    meeting_id = models.UUIDField(_("meeting"), null=True, blank=True, db_index=True)
    cooperation_id = models.UUIDField(_("cooperation"), null=True, blank=True, db_index=True)
    inputs: "models.JSONField[Any, Any]" = models.JSONField(_("what it began from"), default=list)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    judged_at = models.DateTimeField(_("judged"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-judged_at", "id"]
        verbose_name = _("case of eligibility")
        verbose_name_plural = _("cases of eligibility")

    def __str__(self) -> str:
        return self.name
