"""
Characters that nobody sees: they make one text read as another, and hide a difference between two names.

Permitted stays what people write with: letters, marks and signs of every script (ș, ț, ї, Arabic, Hebrew, Hindi),
emoji, tabs and ends of lines, and of the unseen ones

- the marks LRM, RLM and ALM (U+200E, U+200F, U+061C) in a text that holds a letter written from right to left;
- the joiners ZWNJ and ZWJ (U+200C, U+200D) between letters of a script that joins, as Persian and Hindi do, and ZWJ
  between two pictures, as in a family or a flag;
- what chooses the picture of a sign (U+FE00 to U+FE0F) after a sign that has two, or in a key such as 1\N{COMBINING ENCLOSING KEYCAP};
- the letters of a flag (U+E0020 to U+E007F) after a black flag, and variants of ideographs after one.

Everything else that has no shape is taken out or refused: controls, the overrides, embeddings and isolates of the
direction (U+202A to U+202E, U+2066 to U+2069), zero-width spaces, soft hyphens, fillers, tags, and joiners elsewhere.

References
----------
Unicode Technical Report 36, Unicode Security Considerations; Unicode Standard Annex 9, The Bidirectional Algorithm.
"""

import re
import unicodedata
from typing import Final

_ENDS_OF_LINES: Final = re.compile("\r\n|[\x0b\x0c\x85\u2028\u2029]")
_SUSPECT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_FLAG: Final = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
_MARKS: Final = "\u200e\u200f\u061c"
_ZWNJ: Final = "\u200c"
_ZWJ: Final = "\u200d"
_SIGNS_OF_TWO_SHAPES: Final = "\u203c\u2049\u3030\u303d\u00a9\u00ae"
_KEYS: Final = "#*0123456789"
_KEYCAP: Final = "\u20e3"
_NAMED: Final = {"\x7f": "DELETE", "\x1b": "ESCAPE", "\x08": "BACKSPACE"}


def without_unseen(text: str) -> str:
    r"""
    Return a text without the characters that nobody sees; odd ends of lines become plain ones.

    Examples
    --------
    >>> without_unseen("invoice\u202efdp.exe")
    'invoicefdp.exe'
    >>> without_unseen("Rade\u200bplan") == "Radeplan"
    True
    """
    if not _SUSPECT.search(text):
        return text
    text = _ENDS_OF_LINES.sub(lambda end: end[0] if end[0] == "\r\n" else "\n", text)
    gone = set(_unseen(text))
    return "".join(one for idx, one in enumerate(text) if idx not in gone)


def unseen_in(text: str) -> str:
    r"""
    Return which character of a text nobody sees, the first, by its number and name; empty where there is none.

    Examples
    --------
    >>> unseen_in("invoice\u202efdp.exe")
    'U+202E RIGHT-TO-LEFT OVERRIDE'
    >>> unseen_in("Ștefan")
    ''
    """
    if not _SUSPECT.search(text):
        return ""
    idx = next(iter(_unseen(_ENDS_OF_LINES.sub("\n", text))), None)
    if idx is None:
        return ""
    one = _ENDS_OF_LINES.sub("\n", text)[idx]
    name = unicodedata.name(one, _NAMED.get(one, "CONTROL"))
    return f"U+{ord(one):04X} {name}"


def _unseen(text: str) -> list[int]:
    """Return where the characters stand that are not permitted, in order."""
    flags = {idx for flag in _FLAG.finditer(text) for idx in range(*flag.span())}
    has_rtl = any(
        unicodedata.bidirectional(one) in {"R", "AL"} for one in text if one not in _MARKS
    )
    return [
        found.start()
        for found in _SUSPECT.finditer(text)
        if found.start() not in flags and not _is_permitted(text, found.start(), has_rtl=has_rtl)
    ]


def _is_permitted(text: str, idx: int, *, has_rtl: bool) -> bool:
    one, after = text[idx], text[idx + 1 : idx + 2]
    if one in _MARKS:
        return has_rtl
    if one in {_ZWNJ, _ZWJ}:
        before = _shape_before(text, idx)
        if _joins(before) and _joins(after):
            return True
        return one == _ZWJ and _is_picture(before) and _is_picture(after)
    before = text[idx - 1] if idx else ""
    if "\ufe00" <= one <= "\ufe0f":
        if before and before in _KEYS:
            return after == _KEYCAP
        return _is_picture(before) or _is_ideograph(before) or before in tuple(_SIGNS_OF_TWO_SHAPES)
    return "\U000e0100" <= one <= "\U000e01ef" and _is_ideograph(before)


def _shape_before(text: str, idx: int) -> str:
    """Return the last character before a joiner, past what only chooses a picture or its colour."""
    while idx and (text[idx - 1] == "\ufe0f" or "\U0001f3fb" <= text[idx - 1] <= "\U0001f3ff"):
        idx -= 1
    return text[idx - 1] if idx else ""


def _joins(one: str) -> bool:
    """Whether a character is of a script whose letters join or stack: from Hebrew on, before Latin's extensions."""
    return (
        bool(one)
        and ("\u0590" <= one < "\u1d00" or "\ua800" <= one < "\uac00")
        and unicodedata.category(one)[0] in "LM"
    )


def _is_picture(one: str) -> bool:
    return bool(one) and unicodedata.category(one) in {"So", "Sm"} and one >= "\u00a9"


def _is_ideograph(one: str) -> bool:
    return bool(one) and one >= "\u2e80" and unicodedata.category(one) == "Lo"
