"""Which words of a text changed."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

AROUND: Final = 6
"""Words that are shown on each side of a change [count]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a text: ``same``, ``gone`` or ``new``."""

    what: str
    text: str


def changed_parts(before: str, now: str) -> list[Part]:
    """Return a text as it was and as it is in one: what went, what came, and a few of the words around."""
    old, new = (re.findall(r"\S+", text) for text in (before, now))
    found: list[Part] = []
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (tag, a, b, c, d) in enumerate(steps):
        if tag == "equal":
            found.append(
                Part(
                    what="same",
                    text=_shortened(
                        old[a:b], is_first=number == 0, is_last=number == len(steps) - 1
                    ),
                )
            )
            continue
        if old[a:b]:
            found.append(Part(what="gone", text=" ".join(old[a:b])))
        if new[c:d]:
            found.append(Part(what="new", text=" ".join(new[c:d])))
    return found


def _shortened(words: list[str], *, is_first: bool, is_last: bool) -> str:
    if len(words) <= 2 * AROUND:
        return " ".join(words)
    head, tail = " ".join(words[:AROUND]), " ".join(words[-AROUND:])
    if is_first:
        return f"… {tail}"
    return f"{head} …" if is_last else f"{head} … {tail}"
