"""Topics between forums, under the wall."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled


class Topic(Labelled):
    """A topic that whoever sees it may write in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=160)
    edition_id = models.UUIDField(_("edition"), null=True, blank=True, db_index=True)
    programme_id = models.UUIDField(_("programme"), null=True, blank=True, db_index=True)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-opened_at", "id"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.title


class Post(Walled):
    """What somebody wrote in a topic; a decision is marked as one, what was taken out leaves its place."""

    written_by: ClassVar[str] = "by_id"
    """Where the author stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="posts")
    text = models.TextField(_("text"), max_length=4000)
    is_decision = models.BooleanField(_("decision"), default=False)
    by_id = models.UUIDField(_("by"), null=True)
    by_name = models.CharField(_("by"), max_length=160)
    by_organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    removed_because = models.CharField(_("taken out because"), max_length=200, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["at", "id"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return self.text[:40]
