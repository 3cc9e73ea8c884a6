"""What a page tells of a form that was refused: the summary at its top, and each field that it leads to."""

import re
from dataclasses import dataclass
from html import unescape


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One fault of the summary: its words, the opening tag of its field, and what describes that field."""

    words: str
    tag: str
    described: tuple[str, ...]

    @property
    def field(self) -> str:
        """Return the name of the field that the fault leads to; empty where it leads nowhere."""
        found = re.search(r'\sname="([^"]*)"', self.tag)
        return found[1] if found else ""

    @property
    def is_marked(self) -> bool:
        """Whether the field itself says that it is wrong."""
        return 'aria-invalid="true"' in self.tag


def told_on(page: str) -> list[Told]:
    """Return the faults of a page in their order; the summary has to be one that takes the focus."""
    found = re.search(r'<section[^>]*id="faults"[^>]*>.*?</section>', page, re.DOTALL)
    if found is None:
        return []
    opening = found[0].partition(">")[0]
    assert " autofocus" in opening
    assert 'tabindex="-1"' in opening
    assert re.findall(r"\sautofocus", page[page.index("<main") :]) == [" autofocus"]
    return [_told(page, one) for one in re.findall(r"<li[^>]*>(.*?)</li>", found[0], re.DOTALL)]


def _told(page: str, item: str) -> Told:
    link = re.search(r'<a [^>]*href="#([^"]*)"', item)
    tag = _with_key(page, link[1]) if link else ""
    described = re.search(r'aria-describedby="([^"]*)"', tag)
    words = unescape(re.sub(r"<[^>]*>", "", item))
    keys = described[1].split() if described else []
    return Told(words=words, tag=tag, described=tuple(_words_of(page, key) for key in keys))


def _with_key(page: str, key: str) -> str:
    found = re.findall(rf'<\w+[^>]*\sid="{re.escape(key)}"[^>]*>', page)
    assert len(found) == 1, f"the key {key} stands {len(found)} times"
    return str(found[0])


def _words_of(page: str, key: str) -> str:
    after = page.partition(f'id="{key}"')[2].partition(">")[2]
    assert after, f"{key} describes a field and is not there"
    return unescape(re.sub(r"<[^>]*>", "", after[:400]))


def title_of(page: str) -> str:
    """Return what the window of a page is called."""
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert found is not None
    return unescape(" ".join(found[1].split()))
