"""Who never sits at one table: two sides that the organisers of an edition keep apart."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.forum.models import Edition


class Apart(Labelled):
    """
    Two sides that never meet at an edition: for its host and organisers alone to see, the reason too.

    A side is named as :attr:`Subject.names` names it: a country's code, ``org:...`` or ``person:...``. The
    names of a pair stand in order, so that no pair stands twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="aparts")
    one = models.CharField(_("one side"), max_length=80)
    other = models.CharField(_("other side"), max_length=80)
    reason = models.CharField(_("reason"), max_length=300)
    entered_by_id = models.UUIDField(_("entered by"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["entered_at", "id"]
        verbose_name = _("sides kept apart")
        verbose_name_plural = _("sides kept apart")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["edition", "one", "other"], name="meetings_apart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.one} / {self.other}"
