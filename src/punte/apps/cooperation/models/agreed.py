"""What the two of a meeting agreed on, also where no cooperation began: who does what by when, and when they meet next."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.cooperation.models.moments import in_bounds


class MeetingTask(Labelled):
    """An action that the two of a meeting agreed on; both of them see and change it."""

    class Side(models.TextChoices):
        """Whose it is."""

        SENDER = "sender", _("who asked")
        RECEIVER = "receiver", _("who was asked")
        BOTH = "both", _("both")

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request_id = models.UUIDField(_("meeting"), db_index=True)
    text = models.CharField(_("what"), max_length=300)
    side = models.CharField(_("whose it is"), max_length=8, choices=Side.choices)
    who = models.CharField(_("who"), max_length=160)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["done_at", "due_on", "id"]
        verbose_name = _("agreed action of a meeting")
        verbose_name_plural = _("agreed actions of meetings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            in_bounds("cooperation_meetingtask_moment"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class NextMeeting(Labelled):
    """When and where the two of a meeting meet again."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request_id = models.UUIDField(_("meeting"), unique=True)
    on = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=160, blank=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["on", "id"]
        verbose_name = _("next meeting of two")
        verbose_name_plural = _("next meetings of two")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            in_bounds("cooperation_nextmeeting_moment"),
        ]

    def __str__(self) -> str:
        return self.on.isoformat()
