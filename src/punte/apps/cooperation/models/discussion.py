"""Topics between forums, under the wall: threads, decisions, files, polls for dates."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.people.models import WorkingGroup


class Topic(Labelled):
    """A topic that whoever sees it may write in; one of a working group is seen by its members."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=160)
    edition_id = models.UUIDField(_("edition"), null=True, blank=True, db_index=True)
    programme_id = models.UUIDField(_("programme"), null=True, blank=True, db_index=True)
    area = models.CharField(_("capability area"), max_length=40, blank=True)
    group = models.ForeignKey(
        WorkingGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="topics"
    )
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-opened_at", "id"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.title


class Post(Walled):
    """What somebody wrote in a topic; a decision is marked as one, what was taken out leaves its place."""

    written_by: ClassVar[str] = "by_id"
    """Where the author stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="posts")
    answers = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="answered_by"
    )
    text = models.TextField(_("text"), max_length=4000)
    is_decision = models.BooleanField(_("decision"), default=False)
    by_id = models.UUIDField(_("by"), null=True)
    by_name = models.CharField(_("by"), max_length=160)
    by_organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    removed_because = models.CharField(_("taken out because"), max_length=200, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["at", "id"]
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return self.text[:40]


class Decision(Labelled):
    """
    What a topic came to, for those who see the topic and for whomever it was released to besides.

    The identifiers are no foreign keys: who sees a released decision need not see where it was talked over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic_id = models.UUIDField(_("topic"), db_index=True)
    post_id = models.UUIDField(_("post"), unique=True)
    group_name = models.CharField(_("working group"), max_length=160, blank=True)
    text = models.TextField(_("text"), max_length=4000)
    programme_id = models.UUIDField(_("programme"), null=True, blank=True, db_index=True)
    area = models.CharField(_("capability area"), max_length=40, blank=True)
    decided_on = models.DateField(_("decided on"), default=timezone.localdate)
    withdrawn_because = models.CharField(_("withdrawn because"), max_length=200, blank=True)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-decided_on", "id"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return self.text[:60]


class TopicFile(Walled):
    """A file of a topic; one that was taken out leaves its name and the reason."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=120)
    content = models.BinaryField(_("content"))
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    by_id = models.UUIDField(_("by"), null=True)
    by_name = models.CharField(_("by"), max_length=160)
    at = models.DateTimeField(_("when"), default=timezone.now)
    removed_because = models.CharField(_("taken out because"), max_length=200, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["at", "id"]
        verbose_name = _("file of a topic")
        verbose_name_plural = _("files of topics")

    def __str__(self) -> str:
        return self.name


def site_zone() -> str:
    """Return the site's time zone, in which a poll's dates are given where nobody says otherwise."""
    return settings.TIME_ZONE


class DatePoll(Walled):
    """A question when to meet, to whoever sees the topic; closing it gives the date."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="polls")
    title = models.CharField(_("what for"), max_length=160)
    place = models.CharField(_("place"), max_length=160, blank=True)
    length_min = models.PositiveSmallIntegerField(_("length in minutes"), default=60)
    time_zone = models.CharField(_("time zone"), max_length=64, default=site_zone)
    by_id = models.UUIDField(_("by"), null=True)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    chosen_at = models.DateTimeField(_("the date"), null=True, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-opened_at", "id"]
        verbose_name = _("poll for a date")
        verbose_name_plural = _("polls for dates")

    def __str__(self) -> str:
        return self.title


class PollDate(Walled):
    """One date that a poll proposes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="dates")
    starts_at = models.DateTimeField(_("begins"))

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        verbose_name = _("proposed date")
        verbose_name_plural = _("proposed dates")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["poll", "starts_at"], name="cooperation_polldate_once")
        ]

    def __str__(self) -> str:
        return f"{self.starts_at}"


class PollAnswer(Walled):
    """What one person says of one date."""

    class Answer(models.TextChoices):
        """What they say."""

        YES = "yes", _("yes")
        MAYBE = "maybe", _("if need be")
        NO = "no", _("no")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    date = models.ForeignKey(PollDate, on_delete=models.CASCADE, related_name="answers")
    person_id = models.UUIDField(_("who"))
    name = models.CharField(_("name"), max_length=160)
    answer = models.CharField(_("answer"), max_length=5, choices=Answer.choices)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["name", "id"]
        verbose_name = _("answer to a poll")
        verbose_name_plural = _("answers to polls")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["date", "person_id"], name="cooperation_pollanswer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.answer}"
