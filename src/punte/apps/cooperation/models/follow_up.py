"""What the two sides and the desk say of a meeting, and what they note."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.cooperation.models.moments import in_bounds
from punte.apps.meetings.models import MeetingRequest


class MeetingMark(Walled):
    """Whether a meeting took place, as one side or the desk says; the newest of each counts."""

    class Side(models.TextChoices):
        """Who says so."""

        SENDER = "sender", _("who asked")
        RECEIVER = "receiver", _("who was asked")
        DESK = "desk", _("the desk")

    class Mark(models.TextChoices):
        """What they say."""

        HELD = "held", _("It took place")
        NOT_HELD = "not", _("It did not take place")
        MOVED = "moved", _("It was moved")

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(MeetingRequest, on_delete=models.CASCADE, related_name="marks")
    side = models.CharField(_("who says so"), max_length=8, choices=Side.choices)
    mark = models.CharField(_("what they say"), max_length=5, choices=Mark.choices)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("mark of a meeting")
        verbose_name_plural = _("marks of meetings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            in_bounds("cooperation_meetingmark_moment")
        ]

    def __str__(self) -> str:
        return f"{self.side}: {self.mark}"


class MeetingNote(Labelled):
    """A note on a meeting: for one's own organisation, or shared with the other side."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request_id = models.UUIDField(_("meeting"), db_index=True)
    text = models.TextField(_("note"), max_length=4000)
    is_shared = models.BooleanField(_("shared with the other side"), default=False)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["at", "id"]
        verbose_name = _("note on a meeting")
        verbose_name_plural = _("notes on meetings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            in_bounds("cooperation_meetingnote_moment"),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Feedback(Labelled):
    """What a side says of a meeting right after it, and again six months later."""

    class Wave(models.IntegerChoices):
        """Which time it was asked."""

        FIRST = 1, _("right after")
        SECOND = 2, _("six months later")

    class Outcome(models.TextChoices):
        """What came of the meeting."""

        NOTHING = "nothing", _("Nothing came of it")
        TALKS = "talks", _("We are still talking")
        WORK = "work", _("We work together")
        CONTRACT = "contract", _("A contract or agreement is signed")

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request_id = models.UUIDField(_("meeting"), db_index=True)
    edition_id = models.UUIDField(_("edition"), db_index=True)
    wave = models.PositiveSmallIntegerField(_("asked"), choices=Wave.choices)
    outcome = models.CharField(_("what came of it"), max_length=8, choices=Outcome.choices)
    worth = models.PositiveSmallIntegerField(_("worth, 1 to 5"))
    text = models.TextField(_("in words"), max_length=2000, blank=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["wave", "at", "id"]
        verbose_name = _("feedback on a meeting")
        verbose_name_plural = _("feedback on meetings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(worth__gte=1, worth__lte=5), name="cooperation_feedback_worth"
            ),
            models.UniqueConstraint(
                fields=["request_id", "wave", "owner_org"], name="cooperation_feedback_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.outcome}"
