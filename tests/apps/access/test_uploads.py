"""What a file is, is read in it; its name is cleaned; what is marked is refused wherever it hides."""

import hashlib
import io
import zipfile

import pytest
from PIL import Image

from punte.apps.access.classified import ClassifiedError
from punte.apps.access.uploads import UploadError, checked_upload, kind_of
from small_pictures import PLACE, PNG, photograph

PDF = b"%PDF-1.7\n1 0 obj (Hello) endobj\n%%EOF"
JPEG = photograph()


def archive(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return content.getvalue()


DOCX = archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:t>Hello</w:t>"})
ODT = archive(
    mimetype=b"application/vnd.oasis.opendocument.text", **{"content.xml": b"<a>Hello</a>"}
)
WITH_MACRO = archive(
    **{"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b"x"}
)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (JPEG, "jpeg"),
        (DOCX, "docx"),
        (ODT, "odt"),
        (WITH_MACRO, ""),
        (archive(**{"a.txt": b"x"}), ""),
        (b"PK\x03\x04 broken", ""),
        (b"MZ\x90\x00", ""),
        (b"<html><script>alert(1)</script>", ""),
        (b" %PDF-1.7", ""),
        (b"", ""),
    ],
)
def test_the_kind_is_read_in_the_content(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


def test_a_name_that_lies_is_corrected() -> None:
    upload = checked_upload("../../etc/card\u202e.exe", PNG, kinds=["png"])
    assert upload.name == "card.png"
    with pytest.raises(UploadError, match="none of: PDF"):
        checked_upload("card.pdf", PNG, kinds=["pdf"])
    with pytest.raises(UploadError, match="empty"):
        checked_upload("card.pdf", b"", kinds=["pdf"])
    with pytest.raises(UploadError, match="more than 1 MB"):
        checked_upload("card.pdf", PDF.ljust(2**20 + 1), kinds=["pdf"], most_bytes=2**20)
    assert checked_upload("\x00\r\n", PDF, kinds=["pdf"]).name == "file.pdf"


def test_a_picture_is_kept_without_what_is_written_beside_it() -> None:
    upload = checked_upload("plan.jpg", photograph(6), kinds=["jpeg"])
    assert PLACE not in upload.content
    assert hashlib.sha256(upload.content).hexdigest() == upload.sha256
    found = Image.open(io.BytesIO(upload.content)).getexif()
    assert dict(found) == {0x0112: 6}, "which side is up stays"
    assert not found.get_ifd(0x8825)
    for damaged in (PNG[:-9], JPEG[:-2]):
        with pytest.raises(UploadError, match="damaged"):
            checked_upload("plan", damaged, kinds=["png", "jpeg"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("NATO SECRET.pdf", PDF),
        ("plan.pdf", PDF.replace(b"Hello", b"NATO RESTRICTED")),
        ("plan.png", PNG + b"tEXtComment\x00NATO CONFIDENTIAL\x00"),
        ("plan.jpg", JPEG + b"\xff\xfe\x00\x12COSMIC TOP SECRET"),
        (
            "plan.docx",
            archive(**{"[Content_Types].xml": b"", "word/document.xml": b"<w:t>NATO SECRET</w:t>"}),
        ),
    ],
)
def test_what_is_marked_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(ClassifiedError):
        checked_upload(name, content, kinds=["pdf", "png", "jpeg", "docx", "odt"])


def test_the_noise_of_a_picture_is_no_marking() -> None:
    noise = PNG + b"\nNR\n\x01\x02\nNS\n"
    assert checked_upload("photo.png", noise, kinds=["png"]).kind == "png"
