"""Refuse classified information at every entry: texts of forms and imports, names and contents of files."""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext as _

from punte.kernel.characters import unseen_in
from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.markings import CLASSIFICATION_ELEMENT, marking_in

_INLINE = re.compile(
    r"</?(?:w:r|w:t|a:r|a:t|r|t|w:rPr|text:span|b|i|em|strong|span)(?:\s[^>]*)?/?>"
)
_CELLS: Final = ("xl/sharedStrings.xml", "xl/worksheets/sheet")
"""Where a workbook keeps what stands in its cells: ids and codes too, each on a line of its own."""
_HEADER = re.compile(r"<(?:\w+:)?headerFooter\b.*?</(?:\w+:)?headerFooter>", re.DOTALL)
_UNPACKED_MAX: Final = 64 * 1024 * 1024  # bytes of an archive that are looked at
_MEMBER_MAX: Final = 2000
_PICTURES: Final = (b"\x89PNG", b"GIF8")
_JPEG: Final = b"\xff\xd8\xff"


class ClassifiedError(InvalidInputError):
    """Something marked RESTRICTED or above was brought in."""


def refuse_classified(
    source: str, texts: Iterable[tuple[str, str]], *, codes: Iterable[tuple[str, str]] = ()
) -> None:
    """
    Refuse texts that carry a marking of RESTRICTED or above, NATO's, the Union's or a nation's.

    Every text that a person or a program brings in passes here, so characters that nobody sees are refused too: which are
    permitted, :mod:`punte.kernel.characters` says. Pages take them out of what is written before.

    Parameters
    ----------
    source
        What is brought in: the name of a form or file.
    texts
        Pairs of a place ("title", "row 7, column Notes") and its text.
    codes
        The same for ids and codes, which may be ``NS`` or ``NR``.

    Raises
    ------
    ClassifiedError
        With every place that is marked.
    InvalidInputError
        With every place that holds a character that nobody sees.
    """
    texts, codes = list(texts), list(codes)
    _refuse_marked(source, texts, codes)
    problems = [
        Problem(
            place=place,
            what=_("holds a character that nobody sees: %(name)s.") % {"name": name},
            remedy=_("It can make one text read as another. Write the text anew without it."),
        )
        for place, text in [*texts, *codes]
        if (name := unseen_in(text))
    ]
    if problems:
        raise InvalidInputError(source, problems)


def _refuse_marked(
    source: str, texts: Iterable[tuple[str, str]], codes: Iterable[tuple[str, str]]
) -> None:
    problems = [
        Problem(
            place=place,
            what=_("is marked “%(marking)s”.") % {"marking": marking},
            remedy=_(
                "Punte takes no classified information, RESTRICTED or above. Remove it here, tell your "
                "security officer, and bring in an unclassified version."
            ),
        )
        for is_code, pairs in ((False, texts), (True, codes))
        for place, text in pairs
        if (marking := marking_in(text, is_code=is_code))
    ]
    if problems:
        raise ClassifiedError(source, problems)


def refuse_classified_file(name: str, content: bytes) -> None:
    """
    Refuse a file whose name or content carries a marking: text, office documents, archives, simple PDFs.

    A scanned picture and an encrypted file cannot be read here; whoever uploads declares the label.

    Raises
    ------
    ClassifiedError
        With the place of each marking.
    """
    stem = re.sub(r"[_\-.]+", " ", name)
    found = list(_texts(name, content))
    _refuse_marked(
        name,
        [(_("the file's name"), stem), *(pair for pair in found if not _has_cells(pair[0]))],
        [pair for pair in found if _has_cells(pair[0])],
    )


def _texts(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    if content[:4] == b"PK\x03\x04":
        yield from _archive_texts(content)
    elif content[:5] == b"%PDF-":
        yield name, _pdf_text(content)
    elif content[:4] in _PICTURES or content[:3] == _JPEG:
        # Only what is written in it: in the noise of pixels two letters stand alone on a line by chance.
        words = re.findall(rb"[\x20-\x7e]{6,}", content[:_UNPACKED_MAX])
        yield name, "\n".join(word.decode("ascii") for word in words)
    else:
        yield name, _decoded(content[:_UNPACKED_MAX])


def _decoded(content: bytes) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1250", errors="replace")


def _archive_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the texts of an archive's members, within bounds: office documents are archives of XML."""
    left = _UNPACKED_MAX
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist()[:_MEMBER_MAX]:
                with archive.open(member) as file:
                    data = file.read(left)
                left -= len(data)
                yield member.filename, re.sub(r"[_\-.]+", " ", member.filename)
                text = _decoded(data)
                if _has_cells(member.filename):  # above and below a sheet stands no code
                    header = " ".join(_HEADER.findall(text))
                    yield f"{member.filename} (header)", _markup_text(member.filename, header)
                yield member.filename, _markup_text(member.filename, text)
                if left <= 0:
                    return
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        return


def _has_cells(name: str) -> bool:
    return name.startswith(_CELLS) and name.endswith(".xml")


def _markup_text(name: str, text: str) -> str:
    """Return XML without its tags: a word cut into runs is joined, everything else stands on its own line."""
    if not name.lower().endswith((".xml", ".rels", ".html", ".htm")):
        return text
    classified = "\n".join(match[0] + ">" for match in CLASSIFICATION_ELEMENT.finditer(text))
    plain = html.unescape(re.sub(r"<[^>]*>", "\n", _INLINE.sub("", text)))
    # The codes of a spreadsheet's header and footer: &C, &12, &"Arial".
    return re.sub(r'&(?:[A-Z]|"[^"]*"|\d+)', " ", plain) + "\n" + classified


def _pdf_text(content: bytes) -> str:
    """Return the literal strings of a PDF's plain and deflated streams; no font is decoded."""
    parts = [content]
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            parts.append(zlib.decompressobj().decompress(match[1], _UNPACKED_MAX // 8))
        except zlib.error:
            continue
    strings = (b" ".join(re.findall(rb"\(((?:[^()\\]|\\.)*)\)", part)) for part in parts)
    return "\n".join(string.decode("latin-1") for string in strings)
