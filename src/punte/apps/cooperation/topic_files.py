"""Files of a topic: small, looked through for markings, and given back only as a file to keep."""

import hashlib
import re
import unicodedata
from typing import Final

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified_file
from punte.apps.access.permissions import Subject
from punte.apps.access.uploads import bare
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.discussions import require_open
from punte.apps.cooperation.models import Topic, TopicFile
from punte.kernel.errors import PunteError

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_FILES: Final = 40
ENDINGS: Final = frozenset(
    [
        "pdf",
        "docx",
        "xlsx",
        "pptx",
        "odt",
        "ods",
        "odp",
        "csv",
        "txt",
        "md",
        "ics",
        "json",
        "xml",
        "png",
        "jpg",
        "jpeg",
    ]
)


def add_file(*, by: Subject, topic: Topic, name: str, content: bytes) -> TopicFile:
    """
    Put a file under a topic.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person.
    PunteError
        The topic is closed or full, the file is empty, too big or of a kind that is not taken, or it carries a marking.
    """
    require_open(by, topic)
    name = checked_name(name, content)
    content = bare(name, content)
    if topic.files.filter(removed_because="").count() >= MOST_FILES:
        raise PunteError(
            _("The topic has %(most)d files. Take one out first.") % {"most": MOST_FILES}
        )
    file = TopicFile.objects.create(
        topic=topic,
        name=name,
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        by_id=by.person_id,
        by_name=name_of(by),
    )
    record("topic.file", file, size=file.size)
    return file


def checked_name(name: str, content: bytes) -> str:
    """
    Return the name under which a file is kept.

    Raises
    ------
    PunteError
        The file is empty, too big or of a kind that is not taken, or it carries a marking.
    """
    name = file_name(name)
    stem, _dot, ending = name.rpartition(".")
    if not stem or ending.lower() not in ENDINGS:
        raise PunteError(
            _("Files of this kind are not taken. Bring one of: %(endings)s.")
            % {"endings": ", ".join(sorted(ENDINGS))}
        )
    if not content or len(content) > MOST_BYTES:
        raise PunteError(_("A file holds something, and at most 4 MB."))
    refuse_classified_file(name, content)
    return name


def file_name(text: str) -> str:
    r"""
    Return a file's name without folders and characters that could mislead or break a header; at most 120 long.

    >>> file_name("..\\plan\x00 \u202efdp.exe\r\n.pdf")
    'plan fdp.exe.pdf'
    """
    last = re.split(r"[\\/]", text)[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    plain = re.sub(r'["<>:|?*;%]+', "_", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:110]}{dot}{ending[:9]}"
