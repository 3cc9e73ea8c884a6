"""Which letters the papers cannot show, because no font of this machine has them."""

import threading
import unicodedata
from collections.abc import Iterable
from typing import Final

import typst

FONT: Final = "Libertinus Serif"
"""The font of every paper; Typst takes another one of the machine for letters that it lacks."""
_UNASSIGNED: Final = "\u0378"
"""No font has it: what is drawn in its place is the empty box."""
_PAGE: Final = f'#set page(width: 12mm, height: 12mm, margin: 0mm)\n#set text(font: "{FONT}")\n'

_known: dict[str, bool] = {}
_lock: Final = threading.Lock()


def missing_letters(text: str) -> frozenset[str]:
    """
    Return the letters of a text that would come out as empty boxes.

    Each letter is set once in the life of the process, and compared with a letter that does not exist.

    Examples
    --------
    >>> missing_letters("Țurcanu Ștefan, Πάφος, Київ")
    frozenset()
    """
    letters = {one for one in text if not one.isascii() and unicodedata.category(one)[0] == "L"}
    with _lock:
        _learn(letters - _known.keys())
        return frozenset(one for one in letters if not _known[one])


def _learn(letters: Iterable[str]) -> None:
    asked = sorted(letters)
    if not asked:
        return
    lines = [f"#str.from-unicode({ord(one)})" for one in [_UNASSIGNED, *asked]]
    pages = typst.compile((_PAGE + "\n#pagebreak()\n".join(lines)).encode(), format="svg")
    _known.update({one: page != pages[0] for one, page in zip(asked, pages[1:], strict=True)})
