"""Rights: what a person may do at an edition, granted by someone, until a day."""

import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.people.models.person import Person


class Right(models.TextChoices):
    """What can be granted. Each is also a role that a label's audience may name."""

    ORGANISE = "organise", _("Organiser")
    VET = "vet", _("Vetter")
    FOCAL = "focal", _("Focal point")
    PROGRAMME = "programme", _("Programme officer")
    FINANCE = "finance", _("Finance")
    CHECK_IN = "check-in", _("Check-in only")
    AUDIT = "audit", _("Read-only auditor")


def in_force(moment: dt.datetime) -> Q:
    """Return the condition under which a grant holds at a moment."""
    return (
        (Q(until__isnull=True) | Q(until__gt=moment))
        & (Q(revoked_at__isnull=True) | Q(revoked_at__gt=moment))
        & Q(since__lte=moment)
    )


class Grant(Walled):
    """
    A right of a person at an edition, or at all of them where ``edition_id`` is empty.

    Whoever holds it is in the groups ``organise@<edition>`` (or ``organise@*`` and, for each known
    edition, ``organise@<edition>``), which labels name as stewards or in "releasable to".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    right = models.CharField(_("right"), max_length=12, choices=Right.choices)
    edition_id = models.UUIDField(_("edition"), null=True, blank=True, db_index=True)
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    granted_by_id = models.UUIDField(_("granted by"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta(Walled.Meta):
        verbose_name = _("right")
        verbose_name_plural = _("rights")
        ordering: ClassVar[list[str]] = ["since", "id"]

    def __str__(self) -> str:
        return f"{self.right} {self.edition_id or '*'}"
