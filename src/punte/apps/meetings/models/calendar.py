"""What a calendar was told of each meeting, and the secret addresses at which calendars ask."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.forum.models import Delegate, Edition, Place, Slot
from punte.apps.meetings.models.request import MeetingRequest


class CalendarEntry(Walled):
    """
    A meeting as calendars know it: one for each request that was ever published.

    ``sequence`` grows with each published change of time, place or state; the UID is made of the row's id.

    References
    ----------
    RFC 5545, sections 3.8.4.7 (UID) and 3.8.7.4 (SEQUENCE).
    """

    class Status(models.TextChoices):
        """As RFC 5545 3.8.1.11 calls it."""

        CONFIRMED = "CONFIRMED", _("Confirmed")
        CANCELLED = "CANCELLED", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="calendar_entries")
    request = models.OneToOneField(
        MeetingRequest, on_delete=models.CASCADE, related_name="calendar_entry"
    )
    status = models.CharField(_("status"), max_length=9, choices=Status.choices)
    former = ArrayField(
        models.UUIDField(),
        default=list,
        blank=True,
        verbose_name=_("delegates for whom a colleague stands in"),
    )
    sequence = models.PositiveIntegerField(_("sequence"), default=0)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta(Walled.Meta):
        verbose_name = _("calendar entry")
        verbose_name_plural = _("calendar entries")

    def __str__(self) -> str:
        return f"{self.request_id}: {self.status} {self.sequence}"


class CalendarFeed(Labelled):
    """A secret address of one delegate's calendar. Only a digest of the secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="calendar_feeds")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="calendar_feeds")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_read_at = models.DateTimeField(_("last read"), null=True, blank=True)

    class Meta(Labelled.Meta):
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"feed of {self.delegate_id}"
