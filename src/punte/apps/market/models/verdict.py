"""What a person said of a fit: kept to measure the matching, never used by it without being asked."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.market.models.listing import Listing
from punte.apps.people.models import Person


class FitVerdict(Labelled):
    """Whether an offer fits a need, in the eyes of one person. Its owner is the person's organisation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    need = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    offer = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    fits = models.BooleanField(_("fits"))
    why = models.CharField(_("why"), max_length=300, blank=True)
    said_at = models.DateTimeField(_("said"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["said_at", "id"]
        verbose_name = _("verdict on a fit")
        verbose_name_plural = _("verdicts on fits")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(
                fields=["need", "offer", "person"], name="market_fitverdict_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} and {self.offer_id}: {'fits' if self.fits else 'does not fit'}"
