"""One person's contact line as a vCard 4.0, which telephones and address books take in."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

LINE_OCTETS: Final = 75
"""Of a line at most, without its end [octets] (RFC 6350, section 3.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a card says; empty texts are left out. ``id`` stays the same when a line is typed anew, ``revised_at`` tells which is newer."""

    id: UUID
    name: str
    function: str
    organisation: str
    email: str
    phone: str
    revised_at: dt.datetime


def write_vcard(card: Card) -> bytes:
    """
    Return a card as UTF-8, its lines folded and ended as the standard says.

    References
    ----------
    RFC 6350: sections 3.2 (folding), 3.4 (escaping), 6.2.1 (FN), 6.2.2 (N), 6.7.4 (REV), 6.7.6 (UID).
    """
    revised = card.revised_at.astimezone(dt.UTC)
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        f"UID:urn:uuid:{card.id}",
        f"REV:{revised:%Y%m%dT%H%M%SZ}",
        f"FN:{_escaped(card.name)}",
        # The name is one field here, as nobody can split it rightly; address books that ask for N find it whole.
        f"N:{_escaped(card.name)};;;;",
    ]
    for name, text in (
        ("TITLE", card.function),
        ("ORG", card.organisation),
        ("EMAIL", card.email),
        ("TEL", card.phone),
    ):
        if text:
            lines.append(f"{name}:{_escaped(text)}")
    lines.append("END:VCARD")
    return b"".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    """Return a text as the value of a property: what separates is escaped, so that no text becomes a property of its own."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    return plain.replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")


def _folded(line: str) -> bytes:
    """Return a line with its end, on as many lines as it needs; no character is torn apart."""
    parts, part, most = [], b"", LINE_OCTETS
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > most:
            parts.append(part)
            part, most = b"", LINE_OCTETS - 1  # the space that says it goes on
        part += octets
    return b"\r\n ".join([*parts, part]) + b"\r\n"
