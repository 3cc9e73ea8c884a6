"""A changed wording of something published, until somebody has reviewed it: for its owner and the reviewers alone."""

import uuid
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.market.models.languages import language_name, validate_language
from punte.apps.market.models.listing import Listing
from punte.apps.people.models import Person


class WaitingChange(Labelled):
    """
    How a published listing shall read, which nobody has reviewed; what is published stays as it is.

    A table of its own, so that no reader of :class:`Listing` can come upon wording that nobody has released. Sent
    back, it carries the note. Changed, it is another row with the next number: a reviewer releases what they have read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="change")
    number = models.PositiveIntegerField(_("revision"))
    language = models.CharField(_("language"), max_length=3, validators=[validate_language])
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"), max_length=8000)
    facts = models.JSONField(_("the other fields"), default=dict)
    review_note = models.CharField(_("note of the reviewer"), max_length=300, blank=True)
    changed_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta(Labelled.Meta):
        verbose_name = _("change that waits for review")
        verbose_name_plural = _("changes that wait for review")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            # No audience can be written on it: it is released by becoming the listing.
            models.CheckConstraint(
                condition=models.Q(label_releasable_to=[]), name="market_change_never_released"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_language_display(self) -> str:
        """Return the name of its language in the reader's language."""
        return language_name(self.language)


class WaitingAmount(Labelled):
    """The amount of such a change, seen by the reviewers only where the owner lets them see the amount."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="waiting_amount")
    amount_cents = models.BigIntegerField(_("amount"), validators=[MinValueValidator(0)])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    reader = models.CharField(_("who may see the amount"), max_length=8)

    class Meta(Labelled.Meta):
        verbose_name = _("amount that waits for review")
        verbose_name_plural = _("amounts that wait for review")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(label_releasable_to=[]),
                name="market_waitamount_never_released",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_cents__gte=0), name="market_waitamount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount_cents / 100:,.2f}"
