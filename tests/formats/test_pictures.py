"""What is written beside a picture is left out; the picture itself, its colours and which side is up stay."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps, PngImagePlugin

from punte.formats.pictures import DamagedPictureError, without_metadata

SECRET = b"zqplace"
WORDS = SECRET.decode()


def picture(size: tuple[int, int] = (24, 12)) -> Image.Image:
    """Return a picture whose corners differ."""
    made = Image.new("RGB", size, "white")
    made.paste("red", (0, 0, 8, 4))
    made.paste("blue", (16, 8, 24, 12))
    return made


def exif(orientation: int = 1) -> Image.Exif:
    """Return Exif data with a place, a maker, a time and a remark."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = f"{WORDS} maker"
    data[0x0132] = "2027:03:08 10:00:00"
    data.get_ifd(0x8825).update(
        {1: "N", 2: (44.0, 26.0, 7.0), 3: "E", 4: (26.0, 6.0, 9.0), 29: "2027:03:08"}
    )
    return data


def jpeg(orientation: int = 1, **options: object) -> bytes:
    content = io.BytesIO()
    picture().save(
        content,
        "JPEG",
        quality=95,
        exif=exif(orientation),
        comment=SECRET,
        icc_profile=PROFILE,
        **options,
    )
    return content.getvalue()


def profile() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


PROFILE = profile()
XMP = b"http://ns.adobe.com/xap/1.0/\x00<x>" + SECRET + b"</x>"


def segment(marker: int, data: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def read(content: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(content))
    found.load()
    return found


@pytest.mark.parametrize("progressive", [False, True])
def test_a_photograph_keeps_neither_place_nor_maker_nor_remark(progressive: bool) -> None:  # noqa: FBT001
    before = jpeg(progressive=progressive)
    assert read(before).getexif().get_ifd(0x8825), "the photograph says where it was taken"
    # Data of other programs, a JFIF thumbnail, and a second picture behind the end.
    before = before[:2] + segment(0xE1, XMP) + segment(0xED, SECRET) + before[2:] + before + SECRET
    after = without_metadata(before)
    assert SECRET not in after
    assert b"Exif" not in after
    found = read(after)
    assert not found.getexif()
    assert found.tobytes() == read(before).tobytes(), "the same picture, to the bit"
    assert found.info["icc_profile"] == PROFILE
    assert without_metadata(after) == after


def test_the_small_picture_of_jfif_is_left_out() -> None:
    jfif = b"JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x07\x01" + (SECRET * 3)
    before = b"\xff\xd8" + segment(0xE0, jfif) + segment(0xE0, b"JFXX\x00" + SECRET) + jpeg()[2:]
    after = without_metadata(before)
    assert SECRET not in after
    assert after[2:20] == segment(0xE0, jfif[:12] + b"\x00\x00")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_which_side_is_up_stays(orientation: int) -> None:
    before = jpeg(orientation)
    after = without_metadata(before)
    assert SECRET not in after
    upright = [ImageOps.exif_transpose(read(one)).tobytes() for one in (before, after)]
    assert upright[0] == upright[1]
    assert dict(read(after).getexif()) == ({0x0112: orientation} if orientation > 1 else {})
    content = io.BytesIO()
    picture().save(content, "PNG", exif=exif(orientation))
    found = read(without_metadata(content.getvalue()))
    assert dict(found.getexif()) == ({0x0112: orientation} if orientation > 1 else {})


def test_a_png_keeps_no_words() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", WORDS)
    words.add_text("Location", WORDS, zip=True)
    words.add_itxt("Author", WORDS)
    content = io.BytesIO()
    picture().save(content, "PNG", pnginfo=words, exif=exif(), icc_profile=PROFILE, dpi=(72, 72))
    before = content.getvalue() + SECRET
    after = without_metadata(before)
    found = read(after)
    assert SECRET not in after
    for name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"):
        assert name not in after
    assert found.tobytes() == picture().tobytes()
    assert found.info["icc_profile"] == PROFILE
    assert without_metadata(after) == after


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0" + b"\x10" * 40,
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        jpeg()[:-2],
        jpeg()[:200],
    ],
)
def test_what_breaks_off_is_refused(content: bytes) -> None:
    with pytest.raises(DamagedPictureError, match="breaks off"):
        without_metadata(content)


def test_a_png_that_needs_what_is_not_known_is_refused() -> None:
    content = io.BytesIO()
    picture().save(content, "PNG")
    whole = content.getvalue()
    strange = struct.pack(">I", 1) + b"ABCDx" + struct.pack(">I", zlib.crc32(b"ABCDx"))
    with pytest.raises(DamagedPictureError):
        without_metadata(whole[:33] + strange + whole[33:])


def test_what_is_no_picture_stays_as_it_is() -> None:
    assert without_metadata(b"%PDF-1.7 " + SECRET) == b"%PDF-1.7 " + SECRET


@given(
    content=st.binary(max_size=200),
    head=st.sampled_from([jpeg()[:60], b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]),
)
def test_any_bytes_are_taken_or_refused(content: bytes, head: bytes) -> None:
    try:
        without_metadata(head + content)
    except DamagedPictureError:
        return
