"""The agenda: plenaries, keynotes, panels, breaks; who is on stage or signed up."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.forum.models.delegate import Delegate
from punte.apps.forum.models.edition import Edition
from punte.apps.forum.models.venue import Place


class Session(Labelled):
    """A part of the agenda. Its format decides who sees and enters it, through its label."""

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

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="sessions")
    code = models.CharField(_("code"), max_length=20)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    format = models.CharField(_("format"), max_length=8, choices=Format.choices)
    title = models.CharField(_("title"), max_length=200)
    about = models.TextField(_("about"), blank=True, max_length=4000)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.ForeignKey(
        Place, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions"
    )
    blocks_everyone = models.BooleanField(_("nobody meets meanwhile"), default=True)
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

    def __str__(self) -> str:
        return self.title


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
