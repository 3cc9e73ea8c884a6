"""Countries, frameworks, and the dated, sourced statuses between them."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Country(models.Model):
    """A country of ISO 3166-1."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    alpha_2 = models.CharField(_("two-letter code"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        ordering = ["name"]
        verbose_name = _("country")
        verbose_name_plural = _("countries")

    def __str__(self) -> str:
        return self.name


class Framework(models.Model):
    """An alliance, union or partnership that a country can stand in, such as the European Union."""

    class Kind(models.TextChoices):
        """Whose framework it is."""

        ALLIANCE = "alliance", _("Alliance")
        UNION = "union", _("European Union")
        OTHER = "other", _("Other")

    code = models.CharField(_("code"), max_length=30, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    standing = models.CharField(_("what a country in it is"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")

    def __str__(self) -> str:
        return self.name


def held_on(day: dt.date, prefix: str = "") -> Q:
    """
    Return the condition under which a status holds on a day.

    Parameters
    ----------
    prefix
        Of the way to the status, such as ``"statuses__"``.
    """
    return (
        Q(**{f"{prefix}since__lte": day})
        & (Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gt": day}))
        & (
            Q(**{f"{prefix}withdrawn_at__isnull": True})
            | Q(**{f"{prefix}withdrawn_at__date__gt": day})
        )
    )


class StatusQuerySet(models.QuerySet["Status"]):
    """Statuses by date."""

    def on(self, day: dt.date) -> "StatusQuerySet":
        """
        Return those in force on a day: from ``since``, before ``until``, and before the day on which one was withdrawn.

        A withdrawal acts from its own day on; what was seen before it was seen rightly, and stays so in the history.
        """
        return self.filter(held_on(day))


class Status(models.Model):
    """A country's standing in a framework, from a day to a day, by a source."""

    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="statuses")
    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="statuses")
    since = models.DateField(_("since"))
    since_text = models.CharField(_("since, as the source says it"), max_length=20)
    until = models.DateField(_("until"), null=True, blank=True)
    sources = ArrayField(models.CharField(max_length=400), default=list, verbose_name=_("sources"))
    verified = models.BooleanField(_("read in the source"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_because = models.CharField(_("why withdrawn"), max_length=300, blank=True)

    objects = StatusQuerySet.as_manager()

    class Meta:
        ordering = ["country_id", "framework__order", "since"]
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "framework", "since"], name="access_status_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")),
                name="access_status_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country_id} {self.framework_id} {self.since_text}"
