"""A programme: what it is for, who answers for it, and how far its authority says that it is."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled


class Programme(Labelled):
    """
    A programme, flagship or set of targets. Its owner is the organisation that keeps it here.

    ``status`` is what a person entered with a source; it is never inferred from a planned date.
    """

    class Kind(models.TextChoices):
        """What it is."""

        FLAGSHIP = "flagship", _("European flagship")
        TARGETS = "targets", _("Targets")
        NATIONAL = "national", _("National programme")
        JOINT = "joint", _("Joint programme")

    class Status(models.TextChoices):
        """How far it is, as its authority says."""

        PROPOSED = "proposed", _("Proposed")
        ENDORSED = "endorsed", _("Endorsed")
        LAUNCHED = "launched", _("Launched")
        OPERATIONAL = "operational", _("Operational")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=160)
    scope = models.TextField(_("what it is for"), max_length=4000, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("serves"),
    )
    authority = models.CharField(_("responsible"), max_length=200, blank=True)
    countries = ArrayField(
        models.CharField(max_length=3),
        default=list,
        blank=True,
        verbose_name=_("contributing countries"),
    )
    capability = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        verbose_name=_("capability areas"),
    )
    status = models.CharField(
        _("status"), max_length=11, choices=Status.choices, default=Status.PROPOSED
    )
    status_as_of = models.CharField(_("as of"), max_length=20, blank=True)
    status_note = models.CharField(_("note on the status"), max_length=300, blank=True)
    status_source = models.CharField(_("source of the status"), max_length=400, blank=True)
    status_verified = models.BooleanField(_("status read in the source"), default=False)
    sources = ArrayField(
        models.CharField(max_length=400), default=list, blank=True, verbose_name=_("sources")
    )
    is_verified = models.BooleanField(_("read in the sources"), default=False)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)
    created_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["name", "id"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.name
