"""The agenda: plenaries, keynotes, panels, breaks; who is on stage or signed up."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled, Worded, Words, reader_language
from punte.apps.forum.models.delegate import Delegate
from punte.apps.forum.models.edition import Edition
from punte.apps.forum.models.venue import Place


class SessionFacts(Worded, Labelled):
    """What is said of a session: the same columns as released and as drafted."""

    WORDS: ClassVar[tuple[str, ...]] = ("title", "subtitle", "about", "track")

    class Kind(models.TextChoices):
        """What happens in it."""

        PLENARY = "plenary", _("Plenary")
        KEYNOTE = "keynote", _("Keynote")
        PANEL = "panel", _("Panel")
        SIDE = "side", _("Side session")
        BREAK = "break", _("Break")

    class Format(models.TextChoices):
        """Who enters."""

        ALLIED = "allied", _("Allied")
        PARTNER = "partner", _("Allies and partners")
        OPEN = "open", _("Open")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    format = models.CharField(_("format"), max_length=8, choices=Format.choices)
    title = models.CharField(_("title"), max_length=200)
    subtitle = models.CharField(_("subtitle"), max_length=200, blank=True)
    about = models.TextField(_("about"), blank=True, max_length=4000)
    track = models.CharField(_("track"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    link = models.URLField(_("link"), max_length=400, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.ForeignKey(
        Place, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    capacity = models.PositiveIntegerField(_("seats to sign up for"), null=True, blank=True)
    speakers = models.JSONField(_("speakers"), default=list, blank=True)
    blocks_everyone = models.BooleanField(_("nobody meets meanwhile"), default=True)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)

    class Meta(Labelled.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title


class Session(SessionFacts):
    """
    A part of the agenda as released. Its format decides who sees and enters it, through its label.

    One that was never released carries the label of a new row: its owner and the organisers see it, nobody else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="sessions")
    code = models.CharField(_("code"), max_length=20)
    is_released = models.BooleanField(_("released"), default=False)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["starts_at", "code", "id"]
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["edition", "code"], name="forum_session_code"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="forum_session_order"
            ),
        ]


class SessionDraft(SessionFacts):
    """What a session will be after the next release; the organisers alone see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="draft")

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["starts_at", "id"]
        verbose_name = _("draft of a session")
        verbose_name_plural = _("drafts of sessions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="forum_draft_order"
            ),
        ]


class AgendaRelease(Worded, Walled):
    """A release of the agenda, with a note for whoever sees one of its changes."""

    WORDS: ClassVar[tuple[str, ...]] = ("note",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="agenda_releases")
    note = models.CharField(_("note"), max_length=400, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("release of the agenda")
        verbose_name_plural = _("releases of the agenda")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class AgendaChange(Labelled):
    """
    What a release did to a session; its label and format are the stricter of the session's before and after.

    ``format`` is empty where it was logged before formats were. ``words`` are title and places by language, as they were
    called when it was released.
    """

    class What(models.TextChoices):
        """What happened."""

        ADDED = "added", _("Added")
        MOVED = "moved", _("Moved")
        CHANGED = "changed", _("Changed")
        CANCELLED = "off", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(AgendaRelease, on_delete=models.CASCADE, related_name="changes")
    session_key = models.UUIDField(_("session"), db_index=True)
    what = models.CharField(_("what happened"), max_length=7, choices=What.choices)
    format = models.CharField(
        _("format"), max_length=8, choices=SessionFacts.Format.choices, blank=True
    )
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    place_name = models.CharField(_("place"), max_length=80, blank=True)
    was_at = models.DateTimeField(_("began before"), null=True, blank=True)
    was_in = models.CharField(_("place before"), max_length=80, blank=True)
    words = models.JSONField(_("in other languages"), default=dict, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["starts_at", "title", "id"]
        verbose_name = _("change of the agenda")
        verbose_name_plural = _("changes of the agenda")

    def __str__(self) -> str:
        return f"{self.what}: {self.title}"

    @property
    def said(self) -> dict[str, Words]:
        """Title and places in the reader's language as they were called then, or else in the first."""
        language = reader_language()
        told = self.words.get(language, {})
        return {
            name: Words(told[name], language) if told.get(name) else Words(getattr(self, name))
            for name in ("title", "place_name", "was_in")
        }


class SessionPart(Walled):
    """A delegate who speaks in a session, chairs it, or signed up: not free for meetings meanwhile."""

    class Part(models.TextChoices):
        """In which part."""

        SPEAKER = "speaker", _("Speaker")
        CHAIR = "chair", _("Chair")
        LISTENER = "listener", _("Signed up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="parts")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="session_parts")
    part = models.CharField(_("part"), max_length=8, choices=Part.choices)

    class Meta(Walled.Meta):
        verbose_name = _("part in a session")
        verbose_name_plural = _("parts in sessions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "delegate"], name="forum_sessionpart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} in {self.session_id}: {self.part}"


class SessionWait(Walled):
    """
    A delegate who waits for a seat in a session that is full: free for meetings meanwhile.

    ``number`` orders the queue of a session, the lowest first; nobody's changes while it waits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="queue")
    delegate = models.ForeignKey(Delegate, on_delete=models.CASCADE, related_name="session_waits")
    number = models.PositiveIntegerField(_("number"))
    since = models.DateTimeField(_("waits since"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["number", "id"]
        verbose_name = _("place in a queue for a seat")
        verbose_name_plural = _("places in queues for seats")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["session", "delegate"], name="forum_sessionwait_once"),
            models.UniqueConstraint(fields=["session", "number"], name="forum_sessionwait_number"),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} waits for {self.session_id}"
