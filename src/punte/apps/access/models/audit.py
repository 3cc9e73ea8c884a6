"""The audit log: entries that nobody changes, and the chain that shows it if someone did."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models.label import WallManager


class AuditEntry(models.Model):
    """
    Who did what to what, in whose name. The application may add entries and nothing else.

    It is seen by auditors and organisers of its edition; the policies are in migration 0003.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    person_id = models.UUIDField(_("who"), null=True, blank=True, db_index=True)
    behalf_of_id = models.UUIDField(_("in whose name"), null=True, blank=True)
    system = models.CharField(_("the platform's reason"), max_length=80, blank=True)
    verb = models.CharField(_("did what"), max_length=60, db_index=True)
    about_table = models.CharField(_("to what"), max_length=63, blank=True)
    about_id = models.CharField(_("identifier"), max_length=64, blank=True, db_index=True)
    edition_id = models.UUIDField(_("edition"), null=True, blank=True, db_index=True)
    detail: "models.JSONField[Any, Any]" = models.JSONField(_("detail"), default=dict)

    objects: ClassVar[WallManager[Self]] = WallManager()

    class Meta:
        base_manager_name = "objects"
        ordering: ClassVar[list[str]] = ["-id"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.verb}"


class AuditLink(models.Model):
    """
    A link of the chain, written by the database at commit: the hash of an entry and of all before it.

    The application may read links and not write them.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    entry_id = models.BigIntegerField(_("entry"), unique=True)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        verbose_name = _("link of the chain")
        verbose_name_plural = _("links of the chain")

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"
