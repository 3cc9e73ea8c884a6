"""Who is interested in a listing, and what is said without showing an address."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.market.models.listing import Listing
from punte.apps.people.models import Person


class Interest(Labelled):
    """
    An organisation says that a listing concerns it. Seen by that organisation and by the listing's owner.

    The row carries the organisation's name: who is interested shows itself to the owner, who may not see it in the register.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="interests")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("organisation"), max_length=200, default="")
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    said_at = models.DateTimeField(_("said"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["said_at", "id"]
        verbose_name = _("expression of interest")
        verbose_name_plural = _("expressions of interest")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            # One organisation's own rows only: a refusal tells it nothing about others.
            models.UniqueConstraint(fields=["listing", "owner_org"], name="market_interest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_org_id} in {self.listing_id}"


class Relay(Labelled):
    """A message between an organisation and a listing's owner; both see it, neither sees an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="relays")
    thread_org_id = models.UUIDField(_("organisation that asked"))
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(_("message"), max_length=4000)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["sent_at", "id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d} {self.listing_id}"
