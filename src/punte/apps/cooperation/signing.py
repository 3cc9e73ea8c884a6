"""The site's keys for what it signs, drawn from its one secret, so that no further secret is to be kept."""

from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

RECORDS: Final = "punte open records"


def own_key(purpose: str) -> Ed25519PrivateKey:
    """Return the site's key for one purpose; another purpose has another, and neither tells the other."""
    return _drawn(settings.SECRET_KEY, purpose)


def own_opening_key(purpose: str) -> X25519PrivateKey:
    """Return the key by which the site opens what others sealed for one purpose."""
    return X25519PrivateKey.from_private_bytes(_seed(settings.SECRET_KEY, f"open {purpose}"))


@lru_cache(maxsize=16)
def _drawn(secret: str, purpose: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_seed(secret, purpose))


def _seed(secret: str, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose.encode()).derive(secret.encode())
