"""Delegations at an edition, and who is nominated to them."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Country, Labelled
from punte.apps.people.models.organisation import Organisation
from punte.apps.people.models.person import Person


class Delegation(Labelled):
    """
    A nation's or an organisation's people at an edition. Its owner is the sending organisation.

    ``edition_id`` is the identifier of an edition; editions are rows of an app further down.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition_id = models.UUIDField(_("edition"), db_index=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="delegations"
    )
    head = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    quota = models.PositiveSmallIntegerField(_("places"), default=4)

    class Meta(Labelled.Meta):
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(
                fields=["edition_id", "organisation"], name="people_delegation_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} at {self.edition_id}"


class NationQuota(models.Model):
    """How many a nation may send to an edition in all, beside the places of each of its organisations."""

    edition_id = models.UUIDField(_("edition"), db_index=True)
    country = models.ForeignKey(
        Country, on_delete=models.CASCADE, related_name="+", verbose_name=_("country")
    )
    places = models.PositiveSmallIntegerField(_("places"))

    class Meta:
        verbose_name = _("places of a nation")
        verbose_name_plural = _("places of nations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["edition_id", "country"], name="people_nation_quota_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.country_id} at {self.edition_id}: {self.places}"


class Nomination(Labelled):
    """
    A person proposed for a delegation. Once cleared, it makes the person a vetted delegate of the edition.

    Its stewards are the vetters of the edition (``vet@<edition>``).
    """

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waiting for clearance")
        HELD = "held", _("On hold")
        CLEARED = "cleared", _("Cleared")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUBSTITUTE = "substitute", _("Substitute")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delegation = models.ForeignKey(Delegation, on_delete=models.CASCADE, related_name="nominations")
    edition_id = models.UUIDField(_("edition"), db_index=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="nominations")
    category = models.CharField(_("category"), max_length=40, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT, db_index=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta(Labelled.Meta):
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(
                fields=["edition_id", "person"],
                condition=~models.Q(state__in=["rejected", "withdrawn"]),
                name="people_nomination_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.edition_id}: {self.state}"
