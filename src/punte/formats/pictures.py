"""
Pictures without what was written beside the picture: places, names, times and small earlier versions of it.

Kept is what a picture is shown by: its data, its colours and which side is up; everything else is left out, also what is not known.

References
----------
ITU-T T.81 (JPEG), annex B: markers and segments. JFIF 1.02: APP0. ICC.1:2022, annex B.4: profiles in APP2. Exif 2.32: APP1, tag 274
(Orientation). PNG, third edition: chunks (5.3), eXIf (11.3.4.5).
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from punte.kernel.errors import PunteError

JPEG: Final = b"\xff\xd8\xff"
PNG: Final = b"\x89PNG\r\n\x1a\n"
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers without a segment: TEM and the restarts."""
_TABLES: Final = frozenset({*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}) - {0xC8}
_SCAN: Final = 0xDA
_END: Final = 0xD9
_CHUNKS: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD pHYs hIST acTL fcTL fdAT".split()
)
_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
_EXIF: Final = b"Exif\x00\x00"


class DamagedPictureError(PunteError):
    """A picture that ends, or breaks off, where it should go on."""


def without_metadata(content: bytes) -> bytes:
    """
    Return a JPEG or PNG with nothing but its picture; any other content as it is.

    Raises
    ------
    DamagedPictureError
        It cannot be read to its end.
    """
    try:
        if content.startswith(JPEG):
            return b"".join(_jpeg(content))
        if content.startswith(PNG):
            return b"".join(_png(content))
    except (struct.error, IndexError) as error:
        raise _damaged() from error
    return content


def _damaged() -> DamagedPictureError:
    return DamagedPictureError(
        "The picture is damaged: it breaks off before its end. Save it again."
    )


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield content[:2]
    at, turned, has_scan = 2, 1, False
    head: list[bytes] = []
    while True:
        at, marker = _marker(content, at)
        if marker == _END:
            if not has_scan:
                raise _damaged()
            # Behind the end some cameras put another picture, larger or smaller, with all its metadata.
            yield b"\xff\xd9"
            return
        if marker in _ALONE:
            continue
        (length,) = struct.unpack_from(">H", content, at)
        data = content[at + 2 : at + length]
        if length < 2 or len(data) != length - 2:
            raise _damaged()
        at += length
        if marker == 0xE1 and data.startswith(_EXIF):
            turned = _orientation(data[len(_EXIF) :]) or turned
        kept = _segment(marker, data)
        if has_scan or marker == _SCAN:
            if not has_scan:
                yield from head[:1]
                yield _turned(turned)
                yield from head[1:]
                has_scan = True
            yield kept
        elif kept:
            head.append(kept)
        if marker == _SCAN:
            end = _end_of_scan(content, at)
            yield content[at:end]
            at = end


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """Return where the segment begins, and its marker; a marker may be filled up with 0xFF before it."""
    if content[at] != 0xFF:
        raise _damaged()
    while content[at] == 0xFF:
        at += 1
    return at + 1, content[at]


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the picture's data end: at a marker that is neither a stuffed 0xFF nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise _damaged()
        following = content[at + 1]
        if following not in {0, 0xFF} and following not in _ALONE:
            return at
        at += 1 if following == 0xFF else 2


def _segment(marker: int, data: bytes) -> bytes:
    """Return the segment as it is kept; empty where it is left out."""
    if marker == 0xE0 and data.startswith(b"JFIF\x00"):
        # Version, units and densities; the small picture behind them is left out.
        data = data[:12].ljust(12, b"\x00") + b"\x00\x00"
    elif marker == 0xE2 and data.startswith(b"ICC_PROFILE\x00"):
        pass
    elif marker == 0xEE and data.startswith(b"Adobe"):
        data = data[:12]
    elif marker not in _TABLES and marker != _SCAN:
        return b""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def _turned(orientation: int) -> bytes:
    """Return an Exif segment that says which side is up and nothing else; empty where it is up already."""
    if orientation == 1:
        return b""
    data = _EXIF + _only_orientation(orientation)
    return b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data


def _only_orientation(orientation: int) -> bytes:
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, orientation, 0)
    return b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)


def _orientation(tiff: bytes) -> int:
    """Return which side is up, from 1 to 8; 0 where the Exif data do not say it, or cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, first)
        for number in range(count):
            tag, kind, _count, value = struct.unpack_from(
                order + "HHIH", tiff, first + 2 + 12 * number
            )
            if tag == _ORIENTATION and kind == _SHORT:
                return value if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _png(content: bytes) -> Iterator[bytes]:
    yield PNG
    at, has_data, turned = len(PNG), False, 1
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        whole = content[at : at + 12 + length]
        if len(whole) != 12 + length or not name.isalpha():
            raise _damaged()
        at += len(whole)
        if name == b"eXIf":
            turned = _orientation(whole[8:-4]) or turned
        if name == b"IEND":
            if not has_data:
                raise _damaged()
            if turned != 1:
                yield _chunk(b"eXIf", _only_orientation(turned))
            yield _chunk(b"IEND", b"")
            return
        has_data = has_data or name == b"IDAT"
        if name in _CHUNKS:
            yield _profile(whole[8:-4]) if name == b"iCCP" else whole
        elif name[:1].isupper():
            # Without a chunk that it cannot be shown without, another picture would be kept than was brought.
            raise _damaged()


def _profile(data: bytes) -> bytes:
    """Return the colour profile under a name that says nothing."""
    _name, _separator, rest = data.partition(b"\x00")
    return _chunk(b"iCCP", b"profile\x00" + rest)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
