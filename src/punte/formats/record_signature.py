"""
The signature of an open record: Ed25519 over the bytes of its data package, which names and hashes every file.

References
----------
Josefsson, Liusvaara, RFC 8032, Edwards-Curve Digital Signature Algorithm, 2017: the same content has one signature.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from pydantic import Field

from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.formats.writing import as_json
from punte.kernel.errors import InvalidInputError, PunteError

SIGNATURE: Final = "signature.json"
FORMAT: Final = "punte.record.signature/1"


class _Signature(Record):
    format: Literal["punte.record.signature/1"]
    key: str = Field(pattern=r"^[A-Za-z0-9+/]{43}=$")
    signature: str = Field(max_length=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """
    What the signature of a record says.

    Parameters
    ----------
    fingerprint
        Of the key that signed, empty where none did.
    is_known
        Whether it is the key that was asked for. Without one, whoever changed the record may have signed it anew.
    """

    fingerprint: str
    is_known: bool
    faults: tuple[str, ...]


def signature_of(package: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the content of the signature's file for a data package."""
    return as_json(
        {
            "format": FORMAT,
            "key": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
            "signature": base64.b64encode(key.sign(package)).decode(),
        }
    )


def key_pem(key: Ed25519PublicKey) -> bytes:
    """Return a public key as PEM, as `punte edition verify --key` reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key's 32 bytes, in hexadecimal digits."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def read_key(path: Path) -> Ed25519PublicKey:
    """
    Return the public key that a PEM file holds.

    Raises
    ------
    PunteError
        It holds none.
    """
    try:
        key = load_pem_public_key(read_bytes(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PunteError(f"{path} holds no public key. Fetch it from the site.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise PunteError(f"{path} holds another kind of key. Fetch the site's key for records.")
    return key


def check_signature(folder: Path, package: bytes, *, key: Ed25519PublicKey | None) -> Signed:
    """
    Return by which key a record is signed, and what is wrong with the signature.

    Parameters
    ----------
    key
        The key that must have signed it; None where the reader knows none.
    """
    path = folder / SIGNATURE
    if not path.is_file():
        fault = f"{SIGNATURE}: is missing: nobody stands for this record"
        return Signed(fingerprint="", is_known=False, faults=(fault,))
    try:
        record = parse_json(path.read_bytes(), source=SIGNATURE)
        check_format(record, FORMAT, source=SIGNATURE)
        found = validate(record, _Signature, source=SIGNATURE)
        signer = Ed25519PublicKey.from_public_bytes(base64.b64decode(found.key))
        given = base64.b64decode(found.signature, validate=True)
    except (InvalidInputError, binascii.Error) as error:
        fault = f"{SIGNATURE}: cannot be read: {error}"
        return Signed(fingerprint="", is_known=False, faults=(fault,))
    faults = []
    try:
        signer.verify(given, package)
    except InvalidSignature:
        faults.append(f"{SIGNATURE}: does not fit: the record was changed after it was signed")
    is_known = key is not None and signer.public_bytes_raw() == key.public_bytes_raw()
    if key is not None and not is_known:
        faults.append(
            f"{SIGNATURE}: is of the key {fingerprint_of(signer)}, not of {fingerprint_of(key)} that you named"
        )
    return Signed(
        fingerprint=fingerprint_of(signer), is_known=is_known and not faults, faults=tuple(faults)
    )
