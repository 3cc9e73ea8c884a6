"""Rows of the wall: accounts, countries and their statuses, labels, denials, audit."""

from punte.apps.access.models.account import Account
from punte.apps.access.models.audit import AuditEntry, AuditLink
from punte.apps.access.models.country import Country, Framework, Status, held_on
from punte.apps.access.models.denial import Denial, NeverMeet
from punte.apps.access.models.file import StoredFile
from punte.apps.access.models.label import (
    UNCLASSIFIED,
    Labelled,
    Tlp,
    Walled,
    WallManager,
    strictest_tlp,
)
from punte.apps.access.models.wording import (
    Worded,
    Wording,
    Words,
    for_reader,
    lend_words,
    reader_language,
    words_for,
)

__all__ = [
    "UNCLASSIFIED",
    "Account",
    "AuditEntry",
    "AuditLink",
    "Country",
    "Denial",
    "Framework",
    "Labelled",
    "NeverMeet",
    "Status",
    "StoredFile",
    "Tlp",
    "WallManager",
    "Walled",
    "Worded",
    "Wording",
    "Words",
    "for_reader",
    "held_on",
    "lend_words",
    "reader_language",
    "strictest_tlp",
    "words_for",
]
