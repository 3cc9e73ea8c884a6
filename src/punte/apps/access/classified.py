"""Refuse classified information at every entry: texts of forms and imports, names and contents of files."""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext as _

from punte.kernel.errors import InvalidInputError, Problem

SENTENCE_WORDS: Final = (
    r"COSMIC\s+TOP\s+SECRET",
    r"NATO\s+(SECRET|CONFIDENTIAL|RESTRICTED)",
    r"(FOCAL|COSMIC)\s+TOP\s+SECRET\s+ATOMAL",
    r"(SECRET|CONFIDENTIAL)\s+ATOMAL",
    r"TR[EÈ]S\s+SECRET\s+UE",
    r"(SECRET|CONFIDENTIEL|RESTREINT)\s+UE",
    r"SECRET\s+DE\s+SERVICIU",
    r"STRICT\s+SECRET(\s+DE\s+IMPORTAN[TȚŢ][AĂ]\s+DEOSEBIT[AĂ])?",
    r"DIFFUSION\s+RESTREINTE",
    r"VS[\s-]*(NUR\s+F[UÜ]R\s+DEN\s+DIENSTGEBRAUCH|NFD|VERTRAULICH)",
    r"[SŚ]CI[SŚ]LE\s+TAJNE",
    r"DIFUSI[OÓ]N\s+LIMITADA",
    r"ДЛЯ\s+СЛУЖБОВОГО\s+КОРИСТУВАННЯ",
    r"ЦІЛКОМ\s+ТАЄМНО",
)
"""Markings of several words, refused wherever they stand, in capitals or not."""

CAPITAL_WORDS: Final = (
    r"EU\s+(TOP\s+SECRET|SECRET|CONFIDENTIAL|RESTRICTED|Top\s+Secret|Secret|Confidential|Restricted)",
)
"""The same, but only so written: "the EU restricted imports" is no marking."""

LINE_WORDS: Final = (
    r"TOP\s+SECRET|SECRET|CONFIDENTIAL|RESTRICTED|OFFICIAL[\s-]+SENSITIVE",
    r"SECRET\s+D[EÉ]FENSE|TR[EÈ]S\s+SECRET|GEHEIM|STRENG\s+GEHEIM|POUFNE|TAJNE|ZASTRZE[ZŻ]ONE",
    r"RISERVATO|RISERVATISSIMO|SEGRETO|SEGRETISSIMO|RESTRIC[TȚŢ]IONAT|CONFIDEN[TȚŢ]IAL|ТАЄМНО",
    r"NR|NC|NS|CTS|R-UE/EU-R|C-UE/EU-C|S-UE/EU-S|TS-UE/EU-TS",
)
"""Markings that are also words of everyday texts: refused where one in capitals fills a line."""

_ANYWHERE = re.compile(
    "|".join(rf"(?<!\w)(?:{word})(?!\w)" for word in SENTENCE_WORDS), re.IGNORECASE
)
_CAPITALS = re.compile("|".join(rf"(?<!\w)(?:{word})(?!\w)" for word in CAPITAL_WORDS))
_LINE = re.compile(
    rf"^[\s/*=_\u2013\u2014\-\[(]*(?:{'|'.join(LINE_WORDS)})(?:\s*//.*|\s+REL(?:EASABLE)?\s+TO\b.*)?[\s/*=_\u2013\u2014\-\])]*$",
    re.MULTILINE,
)
_INLINE = re.compile(
    r"</?(?:w:r|w:t|a:r|a:t|r|t|w:rPr|text:span|b|i|em|strong|span)(?:\s[^>]*)?/?>"
)
_CLASSIFICATION = re.compile(r"<(?:\w+:)?Classification[^>]*>\s*([^<]+?)\s*</", re.IGNORECASE)
_UNPACKED_MAX: Final = 64 * 1024 * 1024  # bytes of an archive that are looked at
_MEMBER_MAX: Final = 2000
_PICTURES: Final = (b"\x89PNG", b"GIF8")
_JPEG: Final = b"\xff\xd8\xff"


class ClassifiedError(InvalidInputError):
    """Something marked RESTRICTED or above was brought in."""


def marking_in(text: str) -> str:
    """Return the first classification marking found in a text; empty where there is none."""
    found = _ANYWHERE.search(text) or _CAPITALS.search(text) or _LINE.search(text)
    if found:
        return " ".join(found.group().split())
    for match in _CLASSIFICATION.finditer(text):
        if "UNCLASSIFIED" not in match[1].upper() and match[1].upper() != "PUBLIC":
            return match[1]
    return ""


def refuse_classified(source: str, texts: Iterable[tuple[str, str]]) -> None:
    """
    Refuse texts that carry a marking of RESTRICTED or above, NATO's, the Union's or a nation's.

    Parameters
    ----------
    source
        What is brought in: the name of a form or file.
    texts
        Pairs of a place ("title", "row 7, column Notes") and its text.

    Raises
    ------
    ClassifiedError
        With every place that is marked.
    """
    problems = [
        Problem(
            place=place,
            what=_("is marked “%(marking)s”.") % {"marking": marking},
            remedy=_(
                "Punte takes no classified information, RESTRICTED or above. Remove it here, tell your "
                "security officer, and bring in an unclassified version."
            ),
        )
        for place, text in texts
        if (marking := marking_in(text))
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
    refuse_classified(name, [(_("the file's name"), stem), *_texts(name, content)])


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
                yield member.filename, _markup_text(member.filename, _decoded(data))
                if left <= 0:
                    return
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        return


def _markup_text(name: str, text: str) -> str:
    """Return XML without its tags: a word cut into runs is joined, everything else stands on its own line."""
    if not name.lower().endswith((".xml", ".rels", ".html", ".htm")):
        return text
    classified = "\n".join(match[0] + ">" for match in _CLASSIFICATION.finditer(text))
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
