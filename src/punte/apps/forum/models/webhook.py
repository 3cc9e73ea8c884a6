"""Other systems that are told of what happens at an edition, and each call to them."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.forum.models.edition import Edition


class Webhook(Walled):
    """
    An address that is told of what happens at an edition, in the name of the organiser who entered it.

    Parameters
    ----------
    kinds
        Beginnings of the audit log's verbs, such as ``timetable``.
    after_link
        The last link of the audit log's chain that was looked at; links are numbered in the order of commits.
    secret_no
        Which secret signs: none is kept, each is derived from the site's key (:func:`secret_of`).
    lost_in_a_row
        Calls that were given up since the last that came through [count].
    """

    class State(models.TextChoices):
        """Whether it is called."""

        ON = "on", _("is called")
        PAUSED = "paused", _("paused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="webhooks")
    entered_by_id = models.UUIDField(_("entered by"))
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    kinds = models.JSONField(_("what it is told of"), default=list)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.ON)
    note = models.CharField(_("why it is paused"), max_length=300, blank=True)
    secret_no = models.PositiveIntegerField(default=1)
    after_link = models.BigIntegerField(default=0)
    lost_in_a_row = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["made_at", "id"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name


class WebhookCall(Walled):
    """
    One call of a webhook: what it tells, how often it was tried, what came of it.

    ``link`` is the number of the log's link it tells of; 0 is a test that an organiser sent.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("waits")
        SENDING = "sending", _("is being sent")
        DONE = "done", _("came through")
        LOST = "lost", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="calls")
    link = models.BigIntegerField(default=0)
    kind = models.CharField(_("what happened"), max_length=60)
    happened_at = models.DateTimeField(_("when"))
    about_table = models.CharField(_("to what"), max_length=63, blank=True)
    about_id = models.CharField(_("identifier"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-made_at", "-link", "id"]
        verbose_name = _("call of a webhook")
        verbose_name_plural = _("calls of webhooks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["webhook", "link"],
                condition=models.Q(link__gt=0),
                name="forum_webhookcall_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "next_at"], name="forum_webhookcall_due")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_at:%Y-%m-%d %H:%M}"
