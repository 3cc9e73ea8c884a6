"""``punte.hall/2``: what was entered at a copy of the site that ran in the hall without a network, signed by the copy."""

import base64
import binascii
from typing import Annotated, Final, Literal
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field

from punte.formats.moments import Moment
from punte.formats.reading import Record, check_format, parse_json, validate
from punte.formats.writing import as_json

HALL_FORMAT: Final = "punte.hall/2"
HALL_KEY_FORMAT: Final = "punte.hall.key/1"
MOST_ROWS: Final = 50_000

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
    """A note that one of the two who met wrote."""

    id: Key
    request_id: Key
    org_id: Key
    text: str = Field(min_length=1, max_length=4000)
    is_shared: bool
    at: Moment
    by_name: str = Field(max_length=160)


class HallKey(Record):
    """What a copy signs with: the site gives it, and the copy keeps it for itself."""

    format: Literal["punte.hall.key/1"]
    edition_id: Key
    copy_id: Key
    made_at: Moment
    private_key: str = Field(pattern=r"^[A-Za-z0-9+/]{43}=$")


class HallRecord(Record):
    """The whole file; the copy and its moment are those of its key."""

    format: Literal["punte.hall/2"]
    edition_id: Key
    copy_id: Key
    copied_at: Moment
    scans: list[HallScan] = Field(max_length=MOST_ROWS)
    marks: list[HallMark] = Field(max_length=MOST_ROWS)
    notes: list[HallNote] = Field(max_length=MOST_ROWS)
    signature: str = Field(default="", max_length=100)


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
    return as_json(record.model_dump(mode="json", exclude={"signature"}))


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
    check_format(record, HALL_FORMAT, source=source)
    return validate(record, HallRecord, source=source)
