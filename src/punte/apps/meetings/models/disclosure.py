"""What an authority discloses of its meetings with firms."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.meetings.models.request import MeetingRequest
from punte.apps.people.models import Organisation


class Disclosure(Walled):
    """
    The agenda of an authority's meeting with a firm, as the authority discloses it; the firm stands nowhere in it.

    The wall shows it to whoever sees the request, which are the two sides, the organisers and auditors, and to whoever sees the
    authority's own need that the meeting is about: the other firms that could answer it (the migration 0017_own_need says it). What
    the firm or a third party listed opens nothing: beside it the agenda would say which firm is met.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(
        MeetingRequest, on_delete=models.CASCADE, related_name="disclosure"
    )
    listing_id = models.UUIDField(_("need or offer it is about"), null=True, db_index=True)
    authority = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("authority that discloses it"),
    )
    text = models.CharField(_("agenda"), max_length=600)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    disclosed_at = models.DateTimeField(_("disclosed"), default=timezone.now)

    class Meta(Walled.Meta):
        verbose_name = _("disclosed agenda")
        verbose_name_plural = _("disclosed agendas")

    def __str__(self) -> str:
        return f"agenda of {self.request_id}"
