"""What an edition tells the press: releases, each with its files."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, StoredFile, Worded
from punte.apps.forum.models.edition import Edition


class Release(Worded, Labelled):
    """
    A press release. A draft is for organisers; published, it is for everybody who sees the edition.

    Its embargo is the label's: until then it is a draft to everybody else.
    """

    WORDS: ClassVar[tuple[str, ...]] = ("title", "text")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="releases")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=20_000)
    language = models.CharField(_("language"), max_length=3, default="en")
    made_at = models.DateTimeField(_("written"), default=timezone.now)
    out_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-out_at", "-made_at", "id"]
        verbose_name = _("press release")
        verbose_name_plural = _("press releases")

    def __str__(self) -> str:
        return self.title


class ReleaseFile(StoredFile):
    """A file that belongs to a press release; seen by whoever sees the release."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files")

    class Meta(StoredFile.Meta):
        ordering: ClassVar[list[str]] = ["made_at", "id"]
        verbose_name = _("file of a press release")
        verbose_name_plural = _("files of press releases")
