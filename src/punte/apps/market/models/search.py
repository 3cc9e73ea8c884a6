"""Searches that a person keeps, to be told of what is new."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.people.models import Person


class SavedSearch(Labelled):
    """Words that a person searches for again and again; ``told_at`` is up to when they were told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    words = models.CharField(_("words"), max_length=300)
    language = models.CharField(_("language"), max_length=5, default="en")
    kept_at = models.DateTimeField(_("kept"), default=timezone.now)
    told_at = models.DateTimeField(_("told until"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["kept_at", "id"]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")

    def __str__(self) -> str:
        return self.words
