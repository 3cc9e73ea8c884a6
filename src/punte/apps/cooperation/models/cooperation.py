"""A cooperation of several organisations: how far it is, what hangs on it, who does what by when."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.people.models import Organisation


class Cooperation(Labelled):
    """
    What begins at a meeting. Its partners see and change it together; the links lead to what each of them may see.

    The identifiers of need, offer, milestone, case and loan plan are no foreign keys: a partner who may not see one of
    them finds nothing there.
    """

    class Stage(models.TextChoices):
        """How far it is."""

        CONTACT = "contact", _("Contact")
        EXPLORATION = "explore", _("Exploration")
        NDA = "nda", _("Confidentiality agreed")
        CONSORTIUM = "consort", _("Consortium")
        APPLICATION = "apply", _("Application")
        FUNDED = "funded", _("Funded")
        DELIVERED = "done", _("Delivered")
        STOPPED = "stopped", _("Stopped")

    class Kind(models.TextChoices):
        """What it is about."""

        CONTRACT = "contract", _("Contract")
        TRAINING = "training", _("Training")
        KNOW_HOW = "know-how", _("Know-how transfer")
        RESEARCH = "research", _("Research")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=160)
    about = models.TextField(_("what it is about"), max_length=4000, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.CONTRACT)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices, default=Stage.CONTACT)
    request_id = models.UUIDField(_("meeting"), null=True, blank=True, db_index=True)
    need_id = models.UUIDField(_("need"), null=True, blank=True, db_index=True)
    offer_id = models.UUIDField(_("offer"), null=True, blank=True, db_index=True)
    milestone_id = models.UUIDField(_("milestone"), null=True, blank=True, db_index=True)
    case_id = models.UUIDField(_("case of eligibility"), null=True, blank=True)
    loan_plan_id = models.UUIDField(_("loan plan"), null=True, blank=True)
    next_on = models.DateField(_("next meeting"), null=True, blank=True)
    next_place = models.CharField(_("where the next meeting is"), max_length=160, blank=True)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)
    began_at = models.DateTimeField(_("began"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-began_at", "id"]
        verbose_name = _("cooperation")
        verbose_name_plural = _("cooperations")

    def __str__(self) -> str:
        return self.name


class Partner(Walled):
    """An organisation in a cooperation, and who speaks for it; a successor takes over when that person leaves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperation = models.ForeignKey(Cooperation, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    organisation_name = models.CharField(_("organisation"), max_length=200)
    country = models.CharField(_("country"), max_length=3, blank=True)
    speaker = models.CharField(_("who speaks for it"), max_length=160, blank=True)
    speaker_id = models.UUIDField(_("who speaks for it"), null=True, blank=True, db_index=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["joined_at", "id"]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.organisation_name


class StageChange(Walled):
    """A cooperation moved to another stage, and why."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperation = models.ForeignKey(Cooperation, on_delete=models.CASCADE, related_name="changes")
    stage = models.CharField(_("stage"), max_length=8, choices=Cooperation.Stage.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("change of stage")
        verbose_name_plural = _("changes of stage")

    def __str__(self) -> str:
        return self.stage


class Task(Walled):
    """An agreed action: who does what by when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperation = models.ForeignKey(Cooperation, on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(_("what"), max_length=300)
    who = models.CharField(_("who"), max_length=160)
    partner_id = models.UUIDField(_("partner"), null=True, blank=True, db_index=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["done_at", "due_on", "id"]
        verbose_name = _("agreed action")
        verbose_name_plural = _("agreed actions")

    def __str__(self) -> str:
        return self.text[:60]


class CooperationFile(Labelled):
    """
    A document of a cooperation with a label of its own: for all partners, or for the organisation that brought it.

    Seen by whoever sees the cooperation and whom its own label lets.
    """

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cooperation = models.ForeignKey(Cooperation, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=120)
    content = models.BinaryField(_("content"))
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    is_shared = models.BooleanField(_("for all partners"), default=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["at", "id"]
        verbose_name = _("document of a cooperation")
        verbose_name_plural = _("documents of cooperations")

    def __str__(self) -> str:
        return self.name
