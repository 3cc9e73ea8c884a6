"""Who promised what, where, by when, and what came of it."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled


class Commitment(Labelled):
    """A promise with its source. Its state is what the newest entry of its history says, with evidence."""

    class State(models.TextChoices):
        """What came of it."""

        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept")
        BROKEN = "broken", _("Not kept")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    who = models.CharField(_("who promised"), max_length=200)
    promiser = models.ForeignKey(
        "people.Organisation",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("organisation that is reminded"),
    )
    speaker_id = models.UUIDField(_("person who is reminded"), null=True, blank=True)
    what = models.CharField(_("what"), max_length=400)
    occasion = models.CharField(_("where"), max_length=200, blank=True)
    quotation = models.CharField(_("in their words"), max_length=300, blank=True)
    promised_on = models.DateField(_("promised on"), null=True, blank=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    sources = ArrayField(
        models.CharField(max_length=400), default=list, blank=True, verbose_name=_("sources")
    )
    is_verified = models.BooleanField(_("read in the sources"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    milestone_id = models.UUIDField(_("milestone"), null=True, blank=True, db_index=True)
    cooperation_id = models.UUIDField(_("cooperation"), null=True, blank=True, db_index=True)
    request_id = models.UUIDField(_("meeting"), null=True, blank=True, db_index=True)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["due_on", "what", "id"]
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")

    def __str__(self) -> str:
        return self.what[:60]


class CommitmentEvent(Labelled):
    """
    One entry of a commitment's history, with the label that the commitment had when it was written.

    So what was written for few stays with them when the commitment is published.
    """

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="events")
    state = models.CharField(_("state"), max_length=9, choices=Commitment.State.choices)
    evidence = models.CharField(_("evidence"), max_length=1000)
    by_id = models.UUIDField(_("by"), null=True, blank=True)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    is_writing = models.BooleanField(_("entered or corrected"), default=False)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("entry of a commitment")
        verbose_name_plural = _("entries of commitments")

    def __str__(self) -> str:
        return f"{self.state} {self.at}"
