"""Pictures as small as they can be, and a photograph that says where it was taken."""

import io
import struct
import zlib
from typing import Final

from PIL import Image

PLACE: Final = b"zqplace"


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


PNG: Final = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x07"))
    + _chunk(b"IEND", b"")
)
"""One grey point."""


def photograph(orientation: int = 1) -> bytes:
    """Return a JPEG with a place, a maker and a remark."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = PLACE.decode()
    data.get_ifd(0x8825).update({1: "N", 2: (44.0, 26.0, 7.0), 3: "E", 4: (26.0, 6.0, 9.0)})
    content = io.BytesIO()
    Image.new("RGB", (16, 8), "red").save(content, "JPEG", exif=data, comment=PLACE)
    return content.getvalue()
