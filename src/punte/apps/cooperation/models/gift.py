"""Gifts and hospitality between an authority's people and others at or around an edition, as the authority declares them."""

import uuid
from typing import ClassVar, Final

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from punte.apps.access.models import Labelled
from punte.apps.forum.models import Edition
from punte.apps.people.models import Organisation
from punte.kernel.money import Money

CURRENCIES: Final = (
    *("EUR", "USD", "GBP", "RON", "MDL", "UAH", "PLN", "CZK", "HUF", "BGN", "SEK", "NOK", "DKK"),
    *("ISK", "CHF", "TRY", "ALL", "BAM", "MKD", "RSD", "GEL", "AMD", "CAD", "AUD", "JPY", "KRW"),
)
"""Currencies of the countries that come, by ISO 4217; what most give a value in first."""


class Gift(Labelled):
    """
    A gift or hospitality that an authority's person received, was offered, or gave.

    It belongs to the authority and is read by its people alone until it is released. The names of both organisations are kept as
    they were: whoever may read the entry reads them, whatever they see else of the two.
    """

    class Kind(models.TextChoices):
        """What it was."""

        GIFT = "gift", _("Gift")
        HOSPITALITY = "host", _("Hospitality")

    class Way(models.TextChoices):
        """From whom to whom."""

        RECEIVED = "in", _("Offered to us")
        GIVEN = "out", _("Offered by us")

    class Became(models.TextChoices):
        """What became of it."""

        KEPT = "kept", pgettext_lazy("gift", "Accepted")
        HANDED_IN = "handed", pgettext_lazy("gift", "Handed in")
        DECLINED = "declined", pgettext_lazy("gift", "Declined")

    written_by: ClassVar[str] = "by_id"
    """Where the person stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")
    authority_name = models.CharField(_("authority"), max_length=200)
    other = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("other organisation"),
    )
    other_name = models.CharField(_("other organisation"), max_length=200)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices)
    way = models.CharField(_("who offered it"), max_length=3, choices=Way.choices)
    became = models.CharField(_("what became of it"), max_length=8, choices=Became.choices)
    what = models.CharField(_("what it was"), max_length=300)
    on = models.DateField(_("when"))
    worth = models.DecimalField(
        _("estimated value"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    note = models.CharField(_("note"), max_length=600, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    by_id = models.UUIDField(_("who answers for it"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("who answers for it"), max_length=160, blank=True)
    declared_at = models.DateTimeField(_("declared"), default=timezone.now, editable=False)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-on", "-declared_at", "id"]
        verbose_name = _("gift or hospitality")
        verbose_name_plural = _("gifts and hospitality")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(worth__isnull=True, currency="")
                | models.Q(worth__gte=0) & ~models.Q(currency=""),
                name="cooperation_gift_worth_in_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.what[:60]

    @property
    def value(self) -> Money | None:
        """What it was worth, as estimated; None where nobody knows."""
        return None if self.worth is None else Money.parse(self.worth, self.currency)


class GiftStep(Labelled):
    """
    What was done with a declaration, with what stood there before, under the label that the declaration had then.

    So what was corrected before it was released stays with those who read it before.
    """

    class Step(models.TextChoices):
        """What was done."""

        DECLARED = "declare", _("Declared")
        CORRECTED = "correct", _("Corrected")
        RELEASED = "release", _("Released to others, or to fewer")
        HANDED_ON = "hand", _("Handed on to a colleague")
        WITHDRAWN = "draw", _("Withdrawn")

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    gift = models.ForeignKey(Gift, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(_("what"), max_length=7, choices=Step.choices)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    before: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(
        _("before"), default=dict, blank=True
    )
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("step of a declaration")
        verbose_name_plural = _("steps of declarations")

    def __str__(self) -> str:
        return f"{self.gift_id} {self.step}"
