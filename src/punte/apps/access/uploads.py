"""Files that people bring in: what each is, by its content; how large it may be; nothing classified."""

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from punte.apps.access.classified import refuse_classified_file
from punte.formats.pictures import DamagedPictureError, without_metadata
from punte.kernel.errors import PunteError

MOST_BYTES: Final = 4 * 1024 * 1024
"""Of one file [bytes]."""
_LONGEST_NAME: Final = 100
_ODT: Final = b"application/vnd.oasis.opendocument.text"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """A kind of file that is taken: its name for people, its ending, its media type."""

    label: str
    ending: str
    media_type: str


FILE_KINDS: Final = {
    "pdf": FileKind(label="PDF", ending="pdf", media_type="application/pdf"),
    "png": FileKind(label="PNG", ending="png", media_type="image/png"),
    "jpeg": FileKind(label="JPEG", ending="jpg", media_type="image/jpeg"),
    "docx": FileKind(
        label="DOCX",
        ending="docx",
        media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "odt": FileKind(label="ODT", ending="odt", media_type=_ODT.decode()),
}


class UploadError(PunteError):
    """A file that is not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """
    A file that is taken.

    Parameters
    ----------
    name
        As people see it, with the ending of what it is.
    content
        Of a picture without what was written beside it, such as where it was taken.
    kind
        A key of :data:`FILE_KINDS`.
    sha256
        Of the content, in hexadecimal.
    """

    name: str
    kind: str
    content: bytes
    sha256: str


def kind_of(content: bytes) -> str:
    """Return what a file is by its content, as :data:`FILE_KINDS` names it; empty where it is none of them."""
    if content[:5] == b"%PDF-":
        return "pdf"
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if content[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if content[:4] == b"PK\x03\x04":
        return _kind_of_archive(content)
    return ""


def _kind_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            # A document with macros is another kind, whatever its name says.
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".js")) for name in names):
                return ""
            if any(name.startswith(("Basic/", "Scripts/")) for name in names):
                return ""
            if {"[Content_Types].xml", "word/document.xml"} <= names:
                return "docx"
            if "mimetype" in names:
                with archive.open("mimetype") as file:
                    return "odt" if file.read(len(_ODT) + 1) == _ODT else ""
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        return ""
    return ""


def checked_upload(
    name: str, content: bytes, *, kinds: Collection[str], most_bytes: int = MOST_BYTES
) -> Upload:
    """
    Return a file that may be kept.

    Parameters
    ----------
    kinds
        Keys of :data:`FILE_KINDS` that are taken.
    most_bytes
        Of the content [bytes].

    Raises
    ------
    UploadError
        It is empty, too large, or by its content none of the kinds.
    ClassifiedError
        Its name or content carries a marking of RESTRICTED or above.
    """
    shown = _clean_name(name)
    if not content:
        raise UploadError(_("“%(name)s” is empty. Choose the file again.") % {"name": shown})
    if len(content) > most_bytes:
        raise UploadError(
            _("“%(name)s” has more than %(most)s MB. Make it smaller.")
            % {"name": shown, "most": most_bytes // 2**20}
        )
    kind = kind_of(content)
    if kind not in kinds:
        taken = ", ".join(FILE_KINDS[one].label for one in FILE_KINDS if one in kinds)
        raise UploadError(
            _("“%(name)s” is by its content none of: %(kinds)s. Save it as one of them.")
            % {"name": shown, "kinds": taken}
        )
    refuse_classified_file(name, content)
    content = bare(shown, content)
    stem = shown.rsplit(".", 1)[0] if "." in shown else shown
    return Upload(
        name=f"{stem or 'file'}.{FILE_KINDS[kind].ending}",
        kind=kind,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def bare(name: str, content: bytes) -> bytes:
    """
    Return a picture without what was written beside it, such as where it was taken; any other file as it is.

    Raises
    ------
    UploadError
        The picture cannot be read to its end.
    """
    try:
        return without_metadata(content)
    except DamagedPictureError as error:
        raise UploadError(
            _("“%(name)s” is damaged: it breaks off before its end. Save the picture again.")
            % {"name": name}
        ) from error


def _clean_name(name: str) -> str:
    """Return a file's name without folders, control characters and what turns the direction of writing."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    return " ".join(kept.split()).strip(". ")[:_LONGEST_NAME] or "file"
