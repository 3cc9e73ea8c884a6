"""Stored questions as bytes, and the hash of them."""

import hashlib
import json
from typing import Any, Final
from uuid import UUID

from punte import __version__

Content = dict[str, Any]
OF_PROGRAMME: Final = "programme:"
"""What a draw's milestone begins with where it is one of a programme, before its id."""


def programme_milestone(name: object) -> UUID | None:
    """Return the milestone of a programme that a draw waits for; None where it waits for none of any."""
    text = str(name or "")
    if not text.startswith(OF_PROGRAMME):
        return None
    try:
        return UUID(text.removeprefix(OF_PROGRAMME))
    except ValueError:
        return None


def as_bytes(content: Content) -> bytes:
    """Return content as the bytes that its hash is of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(content: Content) -> str:
    """Return the sha256 of a content, the same whatever the order of its keys."""
    return hashlib.sha256(as_bytes(content)).hexdigest()


def engine_name() -> str:
    """Return the name and version of what computes."""
    return f"punte {__version__}"
