"""The contact line that a delegate releases to those whom they meet."""

import re
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Walled
from punte.apps.forum.models import Delegate


class ContactLine(Walled):
    """
    How a delegate is reached, as they typed it themselves; it is nobody's until they release it.

    The wall shows it to the delegate, and to whoever takes part in an accepted request with them that stands in ``released_in``
    or, where ``to_all`` is set, in any: not to their colleagues, nor to the organisers (the migration 0015_contact_line says it).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delegate = models.OneToOneField(Delegate, on_delete=models.CASCADE, related_name="contact_line")
    name = models.CharField(_("name"), max_length=160)
    function = models.CharField(_("function"), max_length=160, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    to_all = models.BooleanField(_("released to everybody they meet"), default=False)
    released_in = ArrayField(
        models.UUIDField(), default=list, blank=True, verbose_name=_("meetings it is released in")
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta(Walled.Meta):
        verbose_name = _("contact line")
        verbose_name_plural = _("contact lines")

    def __str__(self) -> str:
        return f"contact line of {self.delegate_id}"

    @property
    def dial(self) -> str:
        """The telephone number as a link dials it: without what is written for the eye, and without an extension."""
        return re.sub(r"[^0-9+]", "", re.split(r"[a-z#]", self.phone, maxsplit=1)[0])
