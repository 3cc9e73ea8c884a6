"""Guarantees on trial: what they would cost, before anybody keeps them."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.forum.models import Edition
from punte.apps.meetings.models.request import MeetingRequest
from punte.apps.meetings.models.timetable import Aims


class RulesTrial(Labelled, Aims):
    """
    Rules that somebody thinks of keeping, or one request that would have to be met, with its price.

    The worth of the best timetable found and its proved bound stand once without the guarantees and once with them.
    """

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", _("Waiting for a worker")
        DONE = "done", _("Worked out")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="rules_trials")
    must_request = models.ForeignKey(
        MeetingRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.QUEUED)
    asked_by_id = models.UUIDField(_("asked by"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    kept_at = models.DateTimeField(_("kept"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=600, blank=True)
    limit_s = models.PositiveSmallIntegerField(_("time for each of the two [s]"), default=5)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    guaranteed = models.PositiveIntegerField(_("delegates with a guarantee"), default=0)
    short_without = models.PositiveIntegerField(_("of them, with fewer without it"), default=0)
    status_without = models.CharField(max_length=10, blank=True)
    value_without = models.FloatField(null=True, blank=True)
    bound_without = models.FloatField(null=True, blank=True)
    met_without = models.PositiveIntegerField(default=0)
    status_with = models.CharField(max_length=10, blank=True)
    value_with = models.FloatField(null=True, blank=True)
    bound_with = models.FloatField(null=True, blank=True)
    met_with = models.PositiveIntegerField(default=0)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-asked_at", "id"]
        verbose_name = _("rules on trial")
        verbose_name_plural = _("rules on trial")

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.state}"
