"""A file that somebody brought in, kept as a row: it stands behind the same wall, and goes with what it hangs from."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models.label import Walled
from punte.apps.access.uploads import FILE_KINDS, Upload


class StoredFile(Walled):
    """The content of a file with what it is; each kind of owner has a table of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("file"), max_length=120)
    kind = models.CharField(_("kind"), max_length=8)
    size_bytes = models.PositiveIntegerField(_("size [bytes]"))
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(_("content"))
    made_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    class Meta(Walled.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name

    def take(self, upload: Upload) -> None:
        """Hold the content of an upload."""
        self.name, self.kind, self.sha256 = upload.name, upload.kind, upload.sha256
        self.content, self.size_bytes = upload.content, len(upload.content)

    @property
    def media_type(self) -> str:
        """Its media type; plain bytes where the kind is not known any more."""
        known = FILE_KINDS.get(self.kind)
        return known.media_type if known else "application/octet-stream"
