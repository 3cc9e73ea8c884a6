"""What a delegate says of the time that a preliminary timetable gives to one of their meetings."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.forum.models import Delegate, Slot
from punte.apps.meetings.models.request import MeetingRequest
from punte.apps.meetings.models.timetable import TimetableVersion


class MeetingRemark(Labelled):
    """
    One remark of one delegate on a meeting of a version that is shown as preliminary.

    Its owner is the delegate's organisation, so neither the other side nor anybody else reads it but the organisers and auditors.
    ``slot`` is the time that it is about, whatever becomes of the version.
    Once a timetable is published, ``closed_at`` is set: it is history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(TimetableVersion, on_delete=models.CASCADE, related_name="remarks")
    request = models.ForeignKey(MeetingRequest, on_delete=models.CASCADE, related_name="remarks")
    delegate = models.ForeignKey(
        Delegate, on_delete=models.CASCADE, related_name="remarks", verbose_name=_("delegate")
    )
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("remark"), max_length=300)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["written_at", "id"]
        verbose_name = _("remark on a meeting")
        verbose_name_plural = _("remarks on meetings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(
                fields=["version", "request", "delegate"], name="meetings_remark_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} on {self.request_id}"
