"""One-off codes with which who has a passkey alone signs in at a copy for the hall."""

import datetime as dt
import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.people.models import Person


class HallCode(Walled):
    """
    A code that takes the place of a person's passkey once, at the copy where it was printed and nowhere else.

    Parameters
    ----------
    digest
        Keyed digest of person and code: who reads the table reads no code.
    by_id, by_name
        Who had it printed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="hall_codes")
    digest = models.CharField(_("digest of the code"), max_length=64)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    until = models.DateTimeField(_("until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)

    class Meta(Walled.Meta):
        ordering = ("-made_at", "id")
        verbose_name = _("one-off code for the hall")
        verbose_name_plural = _("one-off codes for the hall")

    def __str__(self) -> str:
        return f"{self.person_id} {self.made_at}"

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and self.revoked_at is None and now < self.until
