"""What was read out of texts once: vectors of the language model, and counts of words."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Vector(models.Model):
    """
    What an encoder made of a text. The key is a hash of model, thing and text: whoever does not hold the text finds nothing.

    The thing that the text belongs to is part of the key, so that nobody can learn by asking whether a hidden thing says
    the same. It carries no label, because it is only ever asked for by texts that the subject has read through the wall.
    """

    key = models.BinaryField(primary_key=True, max_length=32)
    about = models.UUIDField(_("of which thing"), null=True, db_index=True)
    value = models.BinaryField()

    class Meta:
        verbose_name = _("vector")
        verbose_name_plural = _("vectors")
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return bytes(self.key).hex()[:12]


class Tally(models.Model):
    """Words, n-grams and topics counted in a text; the key is made like that of a vector, and it needs no label either."""

    key = models.BinaryField(primary_key=True, max_length=32)
    about = models.UUIDField(_("of which thing"), db_index=True)
    value = models.BinaryField()

    class Meta:
        verbose_name = _("tally of words")
        verbose_name_plural = _("tallies of words")
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return bytes(self.key).hex()[:12]
