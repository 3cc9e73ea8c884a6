"""A table on its way in: kept between the preview and the commit, for the organisers alone."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.forum.models import Edition


class ImportDraft(Labelled):
    """
    The rows of an uploaded table, not yet part of the edition; it goes with the commit.

    ``rows`` is a list of ``[number, {column: text}]``, numbers as the spreadsheet shows them.
    """

    class Kind(models.TextChoices):
        """What each row of the table is."""

        PARTICIPANTS = "participants", _("Participants")
        REQUESTS = "requests", _("Requests")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="import_drafts")
    kind = models.CharField(_("what the rows are"), max_length=12, choices=Kind.choices)
    file_name = models.CharField(_("file"), max_length=200)
    columns = ArrayField(models.TextField(), default=list, verbose_name=_("columns"))
    rows = models.JSONField(_("rows"), default=list)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name
