"""A form that was sent: sent again as it is, by a double click, a reload or a step back, it makes nothing twice."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.people.models.person import Person


class SentForm(Walled):
    """
    What came of one showing of a form.

    Parameters
    ----------
    key_sha256
        Digest of the showing: its own secret, the account, the address, and which of the page's forms it was.
    content_sha256
        Digest of what was written into it.
    address
        The page to which it led.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="sent_forms"
    )
    key_sha256 = models.CharField(_("digest of the form"), max_length=64, unique=True)
    content_sha256 = models.CharField(_("digest of what was written"), max_length=64)
    address = models.CharField(_("what it led to"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, db_index=True)

    class Meta(Walled.Meta):
        verbose_name = _("sent form")
        verbose_name_plural = _("sent forms")

    def __str__(self) -> str:
        return self.address
