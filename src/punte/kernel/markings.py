"""The markings of classified information, RESTRICTED or above: one rule for forms, files and commands."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

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
    r"R-UE/EU-R|C-UE/EU-C|S-UE/EU-S|TS-UE/EU-TS",
)
"""Markings that are also words of everyday texts: refused where one in capitals fills a line."""

ABBREVIATIONS: Final = (r"NR|NC|NS|CTS",)
"""The same for a text; an id or a code may be so."""

_ANYWHERE = re.compile(
    "|".join(rf"(?<!\w)(?:{word})(?!\w)" for word in SENTENCE_WORDS), re.IGNORECASE
)
_CAPITALS = re.compile("|".join(rf"(?<!\w)(?:{word})(?!\w)" for word in CAPITAL_WORDS))


def _alone(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"^[\s/*=_\u2013\u2014\-\[(]*(?:{'|'.join(words)})(?:\s*//.*|\s+REL(?:EASABLE)?\s+TO\b.*)?[\s/*=_\u2013\u2014\-\])]*$",
        re.MULTILINE,
    )


_LINE, _CODE_LINE = _alone((*LINE_WORDS, *ABBREVIATIONS)), _alone(LINE_WORDS)
_JOINTS = re.compile(r"[\s*_\-\u2010-\u2015\u2212\u00b7\u2022]+")
"""What stands between the words of a marking."""
_SPACED = re.compile(r"(?<!\w)(?:\w[ \t]){3,}\w(?!\w)")
"""A word whose letters stand apart."""
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
CLASSIFICATION_ELEMENT: Final = re.compile(
    r"<(?:\w+:)?Classification[^>]*>\s*([^<]+?)\s*</", re.IGNORECASE
)


def marking_in(text: str, *, is_code: bool = False) -> str:
    """
    Return the first classification marking found in a text; empty where there is none.

    Parameters
    ----------
    is_code
        Whether it is an id or a code, which may be two or three letters that abbreviate a marking elsewhere.

    Letters of full width, invisible characters, hyphens between the words, and spaces between the letters do
    not hide one.
    """
    line = _CODE_LINE if is_code else _LINE
    for written in _ways_to_read(text):
        words = _SPACED.sub(lambda match: re.sub(r"\s", "", match[0]), written)
        words = _JOINTS.sub(" ", words)
        found = _ANYWHERE.search(words) or _CAPITALS.search(words) or line.search(written)
        if found:
            return " ".join(found.group().split())
    for match in CLASSIFICATION_ELEMENT.finditer(text):
        if "UNCLASSIFIED" not in match[1].upper() and match[1].upper() != "PUBLIC":
            return match[1]
    return ""


def _ways_to_read(text: str) -> Iterator[str]:
    """Yield a text as a reader sees it: once without what is invisible in it, once with a space in its place."""
    if text.isascii():
        yield text
        return
    plain = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Mn"
    )
    yield _INVISIBLE.sub("", plain)
    if _INVISIBLE.search(plain):
        yield _INVISIBLE.sub(" ", plain)
