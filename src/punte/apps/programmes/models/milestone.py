"""A promised date, with its source and with who says that it is done; and what people remark."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.programmes.models.programme import Programme


class Milestone(Walled):
    """
    A promise that something is reached by a date.

    Done only with evidence: who says so, with which document. ``activity`` is the id of the plan's activity whose finish
    it is; empty where no plan says how likely the date is.
    """

    class Kind(models.TextChoices):
        """What the promise is about."""

        LEGAL = "legal", _("Legal")
        POLITICAL = "political", _("Political")
        PAYMENT = "payment", _("Payment")
        OTHER = "other", _("Delivery")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="milestones")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices, default=Kind.OTHER)
    promised_on = models.DateField(_("promised by"))
    owner_name = models.CharField(_("who answers for it"), max_length=160, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    sources = ArrayField(
        models.CharField(max_length=400), default=list, blank=True, verbose_name=_("sources")
    )
    is_verified = models.BooleanField(_("read in the sources"), default=False)
    activity = models.CharField(_("activity of the plan"), max_length=200, blank=True)
    required_percent = models.PositiveSmallIntegerField(
        _("probability that is wanted, in per cent"), null=True, blank=True
    )
    after = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        through="MilestoneWait",
        related_name="before",
        verbose_name=_("waits for"),
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.CharField(_("who says so"), max_length=160, blank=True)
    done_evidence = models.CharField(_("document that shows it"), max_length=400, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["promised_on", "name", "id"]
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(done_on__isnull=True)
                | (~models.Q(done_by="") & ~models.Q(done_evidence="")),
                name="programmes_milestone_evidence",
            ),
            models.CheckConstraint(
                condition=models.Q(required_percent__isnull=True)
                | models.Q(required_percent__lte=100),
                name="programmes_milestone_percent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MilestoneWait(Walled):
    """One milestone waits for another, also of another programme; seen by whoever sees both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")
    to_milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="+")

    class Meta(Walled.Meta):
        verbose_name = _("dependency of milestones")
        verbose_name_plural = _("dependencies of milestones")

    def __str__(self) -> str:
        return f"{self.from_milestone_id} after {self.to_milestone_id}"


class PromiseChange(Walled):
    """A promised date was moved: from when to when, by whom and why. Nothing that was promised is lost."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="changes")
    before = models.DateField(_("from"))
    after = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=300)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("change of a promised date")
        verbose_name_plural = _("changes of promised dates")

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"


class Remark(Walled):
    """What a person remarks on a programme, for everyone who sees it."""

    written_by: ClassVar[str] = "by_id"
    """Where the author stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="remarks")
    text = models.CharField(_("text"), max_length=1000)
    by_id = models.UUIDField(_("by"), null=True)
    by_name = models.CharField(_("by"), max_length=160)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["at", "id"]
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")

    def __str__(self) -> str:
        return self.text[:40]
