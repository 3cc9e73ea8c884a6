"""A secret address under which a calendar reads what is open for one person."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.people.models import Person


class OpenFeed(Labelled):
    """A secret address of what is open for one person, who alone sees that there is one. Only a digest of the secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_read_at = models.DateTimeField(_("last read"), null=True, blank=True)

    class Meta(Labelled.Meta):
        verbose_name = _("calendar of what is open")
        verbose_name_plural = _("calendars of what is open")

    def __str__(self) -> str:
        return f"open feed of {self.person_id}"
