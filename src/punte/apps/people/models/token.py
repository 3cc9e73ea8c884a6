"""A personal token: a program reads, or reads and writes, in the name of the person who made it."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.people.models.person import Person


class ApiToken(Walled):
    """
    A named secret of one person for the HTTP API. Only a digest of it is kept, and only that person sees the row.

    ``membership_id`` is for whom a person of several organisations acted when it was made; ``second_step_at`` when the
    session that made it had passed its second step, without which no right of a member of staff works.
    """

    class Scope(models.TextChoices):
        """What it opens."""

        READ = "read", _("read only")
        WRITE = "write", _("read and write")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope.choices, default=Scope.READ)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    membership_id = models.UUIDField(_("for whom"), null=True, blank=True)
    second_step_at = models.DateTimeField(_("second step passed"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("works until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-made_at", "id"]
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return self.name


class ApiReply(Walled):
    """
    What a call that brought a key of its own was answered: the same call again is answered alike, and not done again.

    Parameters
    ----------
    call_sha256
        Digest of the method, the address and the body that came with the key first.
    subject_sha256
        The fingerprint of the subject that was answered: who sees other things by now is not given these bytes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="replies")
    key = models.CharField(_("key"), max_length=200)
    call_sha256 = models.CharField(_("digest of the call"), max_length=64)
    subject_sha256 = models.CharField(_("digest of who asked"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    content_type = models.CharField(_("kind of the answer"), max_length=80, blank=True)
    content = models.TextField(_("answer"), blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now, db_index=True)

    class Meta(Walled.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "key"], name="reply_key_once")
        ]
        verbose_name = _("answer of the API")
        verbose_name_plural = _("answers of the API")

    def __str__(self) -> str:
        return self.key
