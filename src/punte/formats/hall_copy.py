"""
``punte.hall/4``: what was entered at a copy of the site that ran in the hall without a network, signed by the copy.

What notes and feedback say is sealed: only the site that gave the copy its key reads it, not whoever finds the file. A copy
of an older Punte writes ``punte.hall/3``, which has no feedback; it is read as well.
"""

import base64
import binascii
from typing import Annotated, Final, Literal, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import Field

from punte.formats.moments import Moment
from punte.formats.reading import Record, check_format, parse_json, validate
from punte.formats.writing import as_json

HALL_FORMAT: Final = "punte.hall/4"
HALL_BEFORE: Final = "punte.hall/3"
HALL_KEY_FORMAT: Final = "punte.hall.key/2"
MOST_ROWS: Final = 50_000
MOST_SEALED: Final = 22_000
"""Characters of a sealed note: 4,000 of any script, with what seals them."""

NONCE: Final = bytes(12)
"""Each note has a secret of its own, so one nonce does for all."""

Key = Annotated[UUID, Field(strict=False)]


class HallScan(Record):
    """A scan at a check-in desk of the hall."""

    id: Key
    delegate_id: Key
    kind: Literal["in", "undo"]
    at: Moment
    desk: str = Field(max_length=40)
    by_name: str = Field(max_length=160)


class HallMark(Record):
    """What one side, or the desk, says of a meeting."""

    id: Key
    request_id: Key
    side: Literal["sender", "receiver", "desk"]
    mark: Literal["held", "not", "moved"]
    at: Moment
    by_name: str = Field(max_length=160)


class HallNote(Record):
    """A note that one of the two who met wrote; in a file its text is sealed."""

    id: Key
    request_id: Key
    org_id: Key
    text: str = Field(min_length=1, max_length=MOST_SEALED)
    is_shared: bool
    at: Moment
    by_name: str = Field(max_length=160)


class HallFeedback(Record):
    """What one of the two who met says came of it; in a file its text is sealed."""

    id: Key
    request_id: Key
    org_id: Key
    outcome: Literal["nothing", "talks", "work", "contract"]
    worth: int = Field(ge=1, le=5)
    text: str = Field(max_length=MOST_SEALED)
    at: Moment
    by_name: str = Field(max_length=160)


Sealed = TypeVar("Sealed", HallNote, HallFeedback)


class HallKey(Record):
    """
    What a copy signs with: the site gives it, and the copy keeps it for itself.

    Parameters
    ----------
    holder_org_id
        The organisation of who was given it: what others wrote for themselves alone is left out of the copy.
    seal_key
        What the copy seals notes with; what opens them stays at the site.
    """

    format: Literal["punte.hall.key/2"]
    edition_id: Key
    copy_id: Key
    made_at: Moment
    holder_org_id: Key
    private_key: str = Field(pattern=r"^[A-Za-z0-9+/]{43}=$")
    seal_key: str = Field(pattern=r"^[A-Za-z0-9+/]{43}=$")


class HallRecord(Record):
    """The whole file; the copy and its moment are those of its key."""

    format: Literal["punte.hall/3", "punte.hall/4"]
    edition_id: Key
    copy_id: Key
    copied_at: Moment
    scans: list[HallScan] = Field(max_length=MOST_ROWS)
    marks: list[HallMark] = Field(max_length=MOST_ROWS)
    notes: list[HallNote] = Field(max_length=MOST_ROWS)
    feedback: list[HallFeedback] = Field(default=[], max_length=MOST_ROWS)
    signature: str = Field(default="", max_length=100)


def seal_notes(record: HallRecord, key: HallKey) -> HallRecord:
    """Return a file whose notes only the site reads that gave the copy its key."""
    public = X25519PublicKey.from_public_bytes(base64.b64decode(key.seal_key))
    return record.model_copy(
        update={
            "notes": [_with_text(one, _seal(one, public)) for one in record.notes],
            "feedback": [_with_text(one, _seal(one, public)) for one in record.feedback],
        }
    )


def open_notes(record: HallRecord, private: X25519PrivateKey) -> HallRecord:
    """
    Return a file whose notes can be read.

    Raises
    ------
    ValueError
        A note was not sealed for this key, or not as this note.
    """
    return record.model_copy(
        update={
            "notes": [_with_text(one, _open(one, private)) for one in record.notes],
            "feedback": [_with_text(one, _open(one, private)) for one in record.feedback],
        }
    )


def _with_text(one: Sealed, text: str) -> Sealed:
    return one.model_copy(update={"text": text})


def _seal(note: HallNote | HallFeedback, public: X25519PublicKey) -> str:
    once = X25519PrivateKey.generate()
    box, head = _box(once.exchange(public), once.public_key(), public)
    return base64.b64encode(head + box.encrypt(NONCE, note.text.encode(), note.id.bytes)).decode()


def _open(note: HallNote | HallFeedback, private: X25519PrivateKey) -> str:
    sealed = base64.b64decode(note.text, validate=True)
    once = X25519PublicKey.from_public_bytes(sealed[:32])
    box, _head = _box(private.exchange(once), once, private.public_key())
    try:
        return box.decrypt(NONCE, sealed[32:], note.id.bytes).decode()
    except InvalidTag as error:
        raise ValueError(str(note.id)) from error


def _box(
    shared: bytes, once: X25519PublicKey, public: X25519PublicKey
) -> tuple[ChaCha20Poly1305, bytes]:
    """Return what encrypts one note, by a secret used for nothing else, and the half of it that travels along."""
    head = once.public_bytes_raw()
    info = b"punte hall note" + head + public.public_bytes_raw()
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=None, info=info).derive(shared)), head


def key_text(key: Ed25519PrivateKey) -> str:
    """Return a private key as a key file has it."""
    return base64.b64encode(key.private_bytes_raw()).decode()


def sign_hall(record: HallRecord, key: HallKey) -> HallRecord:
    """
    Return a file with the signature of its copy: Ed25519 over the file without it.

    Raises
    ------
    ValueError
        The key holds none.
    """
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.private_key))
    signature = base64.b64encode(private.sign(_signed_content(record))).decode()
    return record.model_copy(update={"signature": signature})


def is_signed(record: HallRecord, key: HallKey) -> bool:
    """Whether a file bears the signature that a key gives it."""
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.private_key))
    try:
        given = base64.b64decode(record.signature, validate=True)
        private.public_key().verify(given, _signed_content(record))
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _signed_content(record: HallRecord) -> bytes:
    without = {"signature"} if record.format == HALL_FORMAT else {"signature", "feedback"}
    return as_json(record.model_dump(mode="json", exclude=without))


def parse_hall_key(content: bytes, *, source: str) -> HallKey:
    """
    Return the key that a file of one holds.

    Raises
    ------
    InvalidInputError
        With every fault and its place.
    """
    record = parse_json(content, source=source)
    check_format(record, HALL_KEY_FORMAT, source=source)
    return validate(record, HallKey, source=source)


def parse_hall(content: bytes, *, source: str) -> HallRecord:
    """
    Return what a JSON text of a hall copy holds.

    Raises
    ------
    InvalidInputError
        With every fault and its place.
    """
    record = parse_json(content, source=source)
    if record.get("format") != HALL_BEFORE:
        check_format(record, HALL_FORMAT, source=source)
    return validate(record, HallRecord, source=source)
