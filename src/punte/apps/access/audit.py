"""Verify the audit log: recompute every hash, outside the database that wrote it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import connection

from punte.apps.access.permissions import acting_as_system

_SEPARATOR: Final = "\x1f"
_READ: Final = """
SELECT l.number, l.hash, l.entry_id, e.id,
  to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), coalesce(e.person_id::text, ''),
  coalesce(e.behalf_of_id::text, ''), e.system, e.verb, e.about_table, e.about_id,
  coalesce(e.edition_id::text, ''), e.detail::text
FROM access_auditlink l FULL JOIN access_auditentry e ON e.id = l.entry_id ORDER BY l.number NULLS LAST, e.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found: how many entries, the newest hash, and each fault in words."""

    entries: int
    head: str
    faults: tuple[str, ...]


def verify_chain(*, noted_head: str = "") -> Verification:
    """
    Recompute the chain from its first link.

    Parameters
    ----------
    noted_head
        A hash that an earlier verification printed and someone kept elsewhere: it must still be in the chain.
        Without it, a log that was cut off at its end looks whole.
    """
    with acting_as_system("verify the audit log"), connection.cursor() as cursor:
        cursor.execute(_READ)
        rows = cursor.fetchall()
    links = [row for row in rows if row[0] is not None]
    faults = list(_faults(links))
    faults += [
        f"entry {row[3]} ({row[8]}) has no link: it did not come in by a commit."
        for row in rows
        if row[0] is None
    ]
    hashes = [row[1] for row in links]
    if noted_head and noted_head not in hashes:
        faults.append(
            f"the noted hash {noted_head[:12]}… is in no link: the log was cut off or rewritten."
        )
    return Verification(entries=len(links), head=hashes[-1] if hashes else "", faults=tuple(faults))


def _faults(links: list[tuple[object, ...]]) -> Iterator[str]:
    previous, expected = "", 1
    for number, written, entry_id, found_id, *fields in links:
        if number != expected:
            yield f"link {expected} is missing: the chain goes on at {number}."
            expected = int(str(number))
        if found_id is None:
            yield f"entry {entry_id} of link {number} is gone."
        else:
            text = _SEPARATOR.join([previous, str(number), str(entry_id), *map(str, fields)])
            if hashlib.sha256(text.encode()).hexdigest() != written:
                yield f"entry {entry_id} of link {number} is not what was written, or a link before it."
        previous, expected = str(written), expected + 1
