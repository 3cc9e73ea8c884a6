"""How often a form of an edition's set-up was kept: who keeps it next has to have read it as it stands."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.forum.models.edition import Edition


class FormRevision(Walled):
    """
    The revision of one form of an edition. A form that nobody kept since has revision 1, with a row or without.

    Parameters
    ----------
    about
        Which form: ``facts``, ``phases``, ``closed T01``, ``session`` and its key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="form_revisions")
    about = models.CharField(_("form"), max_length=60)
    number = models.PositiveIntegerField(_("revision"), default=1)

    class Meta(Walled.Meta):
        verbose_name = _("revision of a form")
        verbose_name_plural = _("revisions of forms")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "about"], name="forum_formrevision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.number}"
