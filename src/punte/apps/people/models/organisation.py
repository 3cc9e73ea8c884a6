"""Organisations, as a register."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Country, Labelled
from punte.apps.people.codes import validate_lei, validate_ncage, validate_vat


class Organisation(Labelled):
    """
    An authority, a company or another body. It owns itself: its own people always see it.

    Others see it where its label says so, such as ``edition:...`` for the delegates of an edition.
    """

    class Kind(models.TextChoices):
        """What it is; also a role that a label's audience may name."""

        AUTHORITY = "authority", _("Authority")
        UNION = "union", _("Alliance or union body")
        COMPANY = "company", _("Company")
        ASSOCIATION = "association", _("Association")
        RESEARCH = "research", _("Research")
        PRESS = "press", _("Press")

    class Size(models.TextChoices):
        """Size class by Commission Recommendation 2003/361/EC, and the small mid-cap above it."""

        UNKNOWN = "", _("not stated")
        MICRO = "micro", _("Micro")
        SMALL = "small", _("Small")
        MEDIUM = "medium", _("Medium")
        MIDCAP = "midcap", _("Small mid-cap")
        LARGE = "large", _("Large")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, related_name="+", verbose_name=_("country")
    )
    size = models.CharField(_("size"), max_length=6, choices=Size.choices, blank=True)
    website = models.URLField(_("website"), blank=True)
    about = models.TextField(_("about"), blank=True, max_length=4000)
    ncage = models.CharField(_("NCAGE"), max_length=5, blank=True, validators=[validate_ncage])
    lei = models.CharField(_("LEI"), max_length=20, blank=True, validators=[validate_lei])
    vat = models.CharField(_("VAT number"), max_length=20, blank=True, validators=[validate_vat])
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    verified_until = models.DateField(_("verified until"), null=True, blank=True)
    verified_by_id = models.UUIDField(_("verified by"), null=True, blank=True)
    verified_evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["name", "id"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Save it as its own owner."""
        self.owner_org_id = self.pk
        super().save(*args, **kwargs)
