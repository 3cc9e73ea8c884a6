"""Stored questions as bytes, and the hash of them."""

import hashlib
import json
from typing import Any

from punte import __version__

Content = dict[str, Any]


def as_bytes(content: Content) -> bytes:
    """Return content as the bytes that its hash is of."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(content: Content) -> str:
    """Return the sha256 of a content, the same whatever the order of its keys."""
    return hashlib.sha256(as_bytes(content)).hexdigest()


def engine_name() -> str:
    """Return the name and version of what computes."""
    return f"punte {__version__}"
