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
    "held_on",
    "strictest_tlp",
]
