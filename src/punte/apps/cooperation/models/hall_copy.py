"""The copies of the site that were made for the hall: by whom, until when, and whether they were revoked."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.forum.models import Edition


class HallCopy(Labelled):
    """A copy that was given a key. Its organisers see it; what comes from it is taken until its end, unless it is revoked."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="hall_copies")
    holder_org_id = models.UUIDField(_("organisation of who made it"))
    made_at = models.DateTimeField(_("made"))
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    until = models.DateTimeField(_("until"))
    merged_at = models.DateTimeField(_("last brought in"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.CharField(_("revoked by"), max_length=160, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-made_at", "id"]
        verbose_name = _("copy for the hall")
        verbose_name_plural = _("copies for the hall")

    def __str__(self) -> str:
        return f"{self.by_name} {self.made_at}"
