"""Explicit denials: a suspended country, organisation or person, and pairs that never meet."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DenialQuerySet(models.QuerySet["Denial"]):
    """Denials by date."""

    def in_force(self, moment: dt.datetime) -> "DenialQuerySet":
        """Return those that hold at a moment."""
        return self.filter(Q(since__lte=moment), Q(until__isnull=True) | Q(until__gt=moment))


class Denial(models.Model):
    """
    A suspension. It wins over ownership and every release.

    ``name`` is what :attr:`Subject.names` holds: a country's code, ``org:...`` or ``person:...``.
    """

    name = models.CharField(_("who"), max_length=80, db_index=True)
    reason = models.CharField(_("reason"), max_length=300)
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = DenialQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")

    def __str__(self) -> str:
        return self.name


class NeverMeet(models.Model):
    """Two organisations that are kept apart: neither sees the other's items."""

    one_org_id = models.UUIDField(_("one organisation"), db_index=True)
    other_org_id = models.UUIDField(_("other organisation"), db_index=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("pair that never meets")
        verbose_name_plural = _("pairs that never meet")
        constraints = [
            models.UniqueConstraint(
                fields=["one_org_id", "other_org_id"], name="access_never_meet_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.one_org_id} / {self.other_org_id}"
