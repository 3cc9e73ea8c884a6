"""Vectors of texts, by the hash of model and text."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Vector(models.Model):
    """
    What an encoder made of a text. The key is a hash: whoever does not hold the text finds nothing here.

    It carries no label, because it is only ever asked for by texts that the subject has read through the wall.
    """

    key = models.BinaryField(primary_key=True, max_length=32)
    value = models.BinaryField()

    class Meta:
        verbose_name = _("vector")
        verbose_name_plural = _("vectors")
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return bytes(self.key).hex()[:12]
