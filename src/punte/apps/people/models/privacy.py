"""What a person agreed to, and which records were joined."""

import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.people.models.person import Person


class Consent(Walled):
    """A person's consent to be listed in one directory: an edition's, until it is taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    edition_id = models.UUIDField(_("edition"), db_index=True)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta(Walled.Meta):
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return f"{self.person_id} at {self.edition_id}"


class Merge(Labelled):
    """Two records of one organisation or person that were joined, with everything that moved, so that it can be undone."""

    class Kind(models.TextChoices):
        """What was joined."""

        ORGANISATION = "organisation", _("organisation")
        PERSON = "person", _("person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind.choices, default=Kind.ORGANISATION
    )
    kept_id = models.UUIDField(_("kept"))
    gone_id = models.UUIDField(_("joined into it"))
    moved: "models.JSONField[Any, Any]" = models.JSONField(_("what moved"), default=dict)
    by_id = models.UUIDField(_("by"), null=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta(Labelled.Meta):
        verbose_name = _("merge")
        verbose_name_plural = _("merges")

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"
