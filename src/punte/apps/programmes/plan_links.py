"""The cells of a plan's table that say what an activity waits for: links to words, and words back to links."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_AFTER_NAME: Final = r"(?:\s*(?P<type>FS|SS|FF|SF))?(?:\s*(?P<lag>[+-][0-9]{1,5}))?"
KIND_AND_LAG: Final = re.compile(_AFTER_NAME)
LINK: Final = re.compile(r"(?P<first>\S+?)" + _AFTER_NAME)
Link = dict[str, Any]


class UnreadableLinkError(ValueError):
    """Words that say no link; they are its only argument."""


def words_by_activity(
    content: Mapping[str, Any], names: Iterable[str]
) -> dict[str, list[tuple[str, Link]]]:
    """Return what each of some activities waits for: each link, and how its cell says it."""
    found: dict[str, list[tuple[str, Link]]] = {name: [] for name in names}
    for link in content.get("links", []):
        if link["to"] in found:
            found[link["to"]].append((_words(link), link))
    return found


def cell_of(waits: Iterable[tuple[str, Link]]) -> str:
    """Return the cell that says some links."""
    return ", ".join(words for words, _link in waits)


def _words(link: Link) -> str:
    kind, lag = link.get("type", "FS"), link.get("lag", 0)
    # With its kind a lag is never read as the end of a name: "A FS-1", beside an activity "A-1".
    words: str = link["from"] + (f" {kind}" if lag or kind != "FS" else "")
    return words + (f"{lag:+d}" if lag else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReader:
    """
    Reads cells of a table in which activities are renamed.

    Parameters
    ----------
    known
        Ids of the table as it is typed, those of its other pages too.
    renamed
        Earlier id to the one that was typed over it.
    """

    known: frozenset[str]
    renamed: Mapping[str, str]

    def moved(self, link: Link, second: str) -> Link:
        """Return a link as it was, under the ids that its activities have now."""
        return {**link, "from": self.renamed.get(link["from"], link["from"]), "to": second}

    def read(self, cell: str, earlier: list[tuple[str, Link]], second: str) -> Iterator[Link]:
        """
        Yield the links that a cell says; each keeps what its old self held beside kind and lag.

        Words that stood there before mean the activity that they meant then; others name activities as the table does now,
        or, where it has no such name, as it did before.

        Raises
        ------
        UnreadableLinkError
            At the first words that say no link.
        """
        for words in filter(None, (part.strip() for part in re.split(r"[,;]", cell))):
            same = next((link for said, link in earlier if said.strip() == words), None)
            if same is not None:
                yield self.moved(same, second)
                continue
            found = self._link_of(words)
            if found is None:
                raise UnreadableLinkError(words)
            first, kind, lag = found
            old = self._old(first, kind, earlier)
            yield {**old, "from": first, "to": second, "type": kind, "lag": lag}

    def _old(self, first: str, kind: str, earlier: list[tuple[str, Link]]) -> Link:
        pair = [
            link
            for _words, link in earlier
            if self.renamed.get(link["from"], link["from"]) == first
        ]
        same = [link for link in pair if link.get("type", "FS") == kind]
        return same[0] if same else pair[0] if len(pair) == 1 else {}

    def _link_of(self, words: str) -> tuple[str, str, int] | None:
        """Return first activity, kind and lag; the longest known name that the words begin with is the activity."""
        for end in range(len(words), 0, -1):
            name = words[:end]
            first = name if name in self.known else self.renamed.get(name)
            rest = None if first is None else KIND_AND_LAG.fullmatch(words[end:])
            if first is not None and rest is not None:
                return first, rest["type"] or "FS", int(rest["lag"] or 0)
        found = LINK.fullmatch(words)
        return (found["first"], found["type"] or "FS", int(found["lag"] or 0)) if found else None


def in_order(
    activities: list[dict[str, Any]], typed: dict[str, list[Link]], others: Iterable[Link]
) -> list[Link]:
    """Return the links by the activity that waits: those that were typed, and those of other pages of the table."""
    untouched: dict[str, list[Link]] = {}
    for link in others:
        untouched.setdefault(link["to"], []).append(link)
    found: list[Link] = []
    for name in dict.fromkeys(line["id"] for line in activities):
        found += typed.pop(name, [])
        found += untouched.pop(name, [])
    return found + [link for links in (*typed.values(), *untouched.values()) for link in links]
