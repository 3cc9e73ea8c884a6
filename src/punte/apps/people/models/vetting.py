"""Staged clearance: the stages of an edition, the decisions on a nomination, the watch list, invitations."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled, Worded
from punte.apps.people.models.delegation import Nomination
from punte.apps.people.models.grant import Right
from punte.apps.people.models.organisation import Organisation
from punte.apps.people.models.person import Person


class ClearanceStage(Worded, models.Model):
    """One step that nominations to an edition pass, in order: delegation head, host nation, security, protocol."""

    WORDS: ClassVar[tuple[str, ...]] = ("name",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition_id = models.UUIDField(_("edition"), db_index=True)
    position = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=60)
    right = models.CharField(_("decided by"), max_length=12, choices=Right.choices)

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        verbose_name = _("stage of clearance")
        verbose_name_plural = _("stages of clearance")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition_id", "position"], name="people_stage_once")
        ]

    def __str__(self) -> str:
        return self.name


class StageWording(models.Model):
    """
    The name of a stage of clearance in another language than the edition's first.

    It has the columns of a :class:`~punte.apps.access.models.Wording`, and no wall, as the stage itself has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(_("language"), max_length=8)
    original = models.JSONField(_("what it was made from"), default=dict, blank=True)
    stage = models.ForeignKey(ClearanceStage, on_delete=models.CASCADE, related_name="wordings")
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("name of a stage of clearance")
        verbose_name_plural = _("names of stages of clearance")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["stage", "language"], name="people_stagewording_once")
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.name}"


class Clearance(Walled):
    """A decision on a nomination at one stage. A changed record of the person opens the stages again."""

    class Decision(models.TextChoices):
        """What was decided."""

        CLEARED = "cleared", _("Cleared")
        HELD = "held", _("On hold")
        REJECTED = "rejected", _("Rejected")
        REOPENED = "reopened", _("Opened again")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="clearances")
    stage = models.ForeignKey(ClearanceStage, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(_("decision"), max_length=8, choices=Decision.choices)
    by_id = models.UUIDField(_("by"), null=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["at", "id"]
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")

    def __str__(self) -> str:
        return f"{self.nomination_id}: {self.decision}"


class WatchEntry(Labelled):
    """A name or address that a vetter must look at twice. Its owner is the host; its stewards the vetters."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition_id = models.UUIDField(_("edition"), db_index=True)
    name = models.CharField(_("name"), max_length=160, blank=True)
    email = models.CharField(_("e-mail address or its end"), max_length=254, blank=True)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta(Labelled.Meta):
        verbose_name = _("watch-list entry")
        verbose_name_plural = _("watch list")

    def __str__(self) -> str:
        return self.name or self.email


class Invitation(Labelled):
    """
    A link for one person into one organisation, used once. Only the hash of its token is kept.

    Its owner is the organisation that invites.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition_id = models.UUIDField(_("edition"), db_index=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"), max_length=254)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta(Labelled.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.person_id} into {self.organisation_id}"
