"""The label that a row carries, and the managers that ask in whose name they read."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from punte.apps.access.permissions import ANYONE, active_subject

M = TypeVar("M", bound=models.Model)

UNCLASSIFIED = "UNCLASSIFIED"


class Tlp(models.TextChoices):
    """Traffic Light Protocol 2.0, never translated (FIRST, https://www.first.org/tlp/)."""

    CLEAR = "TLP:CLEAR", "TLP:CLEAR"
    GREEN = "TLP:GREEN", "TLP:GREEN"
    AMBER = "TLP:AMBER", "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"
    RED = "TLP:RED", "TLP:RED"


def strictest_tlp(labels: Iterable[str], *, least: str = "") -> str:
    """
    Return the marking of a collection: the strictest of its members', and never more open than ``least``; empty for none.

    References
    ----------
    FIRST, Traffic Light Protocol 2.0: who passes on does so under the label of the source.
    """
    order = list(Tlp.values)
    return max([*labels, *([least] if least else [])], key=order.index, default="")


class WallManager(models.Manager[M]):
    """Raises where no subject is active. The database would answer "no rows"; this one says why."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Return the rows; the database leaves out what the subject may not see."""
        active_subject()
        return super().get_queryset()


class Walled(models.Model):
    """A row that hangs from a labelled one: seen by whoever sees that (``EnableWall(via=...)``)."""

    objects: ClassVar[WallManager[Self]] = WallManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def _get_FIELD_display(self, field: "models.Field[Any, Any]") -> Any:  # noqa: ANN401, N802  (Django's own)
        value = getattr(self, field.attname)
        return force_str(_labels_of(field).get(value, value), strings_only=True)


@cache
def _labels_of(field: "models.Field[Any, Any]") -> Mapping[Any, Any]:
    # Django makes this anew for every value that it shows, which is a twentieth of a page of many rows.
    return dict(field.flatchoices)


def anyone() -> list[str]:
    """Return the audience that leaves out no role."""
    return [ANYONE]


class Labelled(Walled):
    """
    A row with a label of its own, shaped like STANAG 4774: policy, classification, categories, creation time.

    A new row is for its owner alone: ``label_releasable_to`` is empty until someone releases it.
    """

    owner_org = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    label_releasable_to = ArrayField(
        models.TextField(), default=list, blank=True, verbose_name=_("releasable to")
    )
    label_restricted_to = ArrayField(
        models.TextField(),
        default=list,
        blank=True,
        verbose_name=_("only with all of"),
    )
    label_denied_to = ArrayField(
        models.TextField(), default=list, blank=True, verbose_name=_("denied to")
    )
    label_audience = ArrayField(
        models.TextField(), default=anyone, blank=True, verbose_name=_("audience")
    )
    label_stewards = ArrayField(
        models.TextField(),
        default=list,
        blank=True,
        verbose_name=_("may also change it"),
    )
    label_tlp = models.CharField(
        _("TLP"), max_length=20, choices=Tlp.choices, default=Tlp.AMBER, db_default=Tlp.AMBER
    )
    label_classification = models.CharField(
        _("classification"), max_length=20, default=UNCLASSIFIED, editable=False
    )
    label_embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    label_expires_at = models.DateTimeField(_("released until"), null=True, blank=True)
    labelled_at = models.DateTimeField(_("labelled"), default=timezone.now, editable=False)

    class Meta(Walled.Meta):
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(label_classification=UNCLASSIFIED),
                name="%(app_label)s_%(class)s_unclassified",
            )
        ]
