"""What happens within an assistance: a course, an exercise, a visit; each with its place, days, seats and outcome."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.cooperation.models.assistance import Assistance


class Activity(Walled):
    """
    An activity under an assistance; whoever sees that sees it.

    Whoever may join the assistance may take seats in it, or of those who are in one of the groups ``only_for``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assistance = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="activities")
    title = models.CharField(_("what"), max_length=200)
    place = models.CharField(_("place"), max_length=160, blank=True)
    starts_on = models.DateField(_("begins"))
    ends_on = models.DateField(_("ends"))
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    only_for = ArrayField(
        models.TextField(), default=list, blank=True, verbose_name=_("only for, of those who may")
    )
    state = models.CharField(
        _("state"), max_length=7, choices=Assistance.State.choices, default=Assistance.State.PLANNED
    )
    outcome = models.CharField(_("what came of it"), max_length=400, blank=True)
    sequence = models.PositiveIntegerField(_("times moved"), default=0)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["starts_on", "title", "id"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="cooperation_activity_days",
            ),
        ]

    def __str__(self) -> str:
        return self.title
