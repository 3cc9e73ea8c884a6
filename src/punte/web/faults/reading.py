"""Read a page as its reader meets it: which forms it has, their fields by name and label, and what is told to be wrong."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img"),
        *("input", "link", "meta", "param", "source", "track", "wbr"),
    }
)
CONTROLS: Final = frozenset({"input", "select", "textarea"})
NO_FIELD: Final = frozenset({"hidden", "submit", "button", "image", "reset"})


@dataclass(slots=True, kw_only=True)
class Control:
    """
    A field that a person fills.

    Parameters
    ----------
    start, end
        Where its opening tag begins and ends in the page.
    after
        Where the whole element ends: what is said of it can be set there.
    form
        Which form of the page it belongs to; -1 for none.
    in_field
        It stands in a block of its own, so that a fault has its place beside it.
    table
        What the table is called in which it stands; empty outside of one.
    is_told
        Its page says already that it is wrong.
    """

    name: str
    key: str
    start: int
    end: int
    after: int
    form: int
    in_field: bool
    labels: list[str] = field(default_factory=list)
    table: str = ""
    value: str = ""
    is_told: bool = False


@dataclass(slots=True, kw_only=True)
class Sent:
    """A form of the page: how it is sent, and what it holds that nobody fills."""

    method: str
    names: set[str] = field(default_factory=set)
    deeds: set[str] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class Item:
    """One fault, as it is told: its words, and the name or key of its field where that is known."""

    words: str = ""
    name: str = ""
    key: str = ""


@dataclass(slots=True, kw_only=True)
class Box:
    """
    A place of the page that tells faults.

    Parameters
    ----------
    told
        What was noted with a refusal that came before a redirect: its field, and what was sent.
    goes
        The summary stands for it, so that nothing is told twice at the top.
    """

    start: int
    form: int
    told: str = ""
    goes: bool = True
    key: str = ""
    end: int = 0
    lead: str = ""
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    tag: str
    css: frozenset[str]
    box: Box | None = None
    control: Control | None = None
    table: str = ""


class PageReader(HTMLParser):
    """Reads the main part of a page; everything else of it is passed over."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.controls: list[Control] = []
        self.forms: list[Sent] = []
        self.boxes: list[Box] = []
        self.summary = self.top = self.wrap = -1
        self.own_autofocus: list[int] = []
        self._starts = [0]
        for line in page.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._open: list[_Open] = []
        self._labels: dict[str, str] = {}
        self._label = ""
        self._form = -1
        self._in_main = False
        self.feed(page)
        self.close()
        for one in self.controls:
            if one.key in self._labels:
                one.labels.insert(0, " ".join(self._labels[one.key].split()))

    def _at(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what opens."""
        start = self._at()
        end = start + len(self.get_starttag_text() or "")
        has = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._in_main, self.top = True, end
        if not self._in_main:
            return
        now = _Open(tag, frozenset(has.get("class", "").split()))
        now.table = has.get("aria-label", "") if has.get("role") == "group" else ""
        if self.wrap < 0 and tag == "div" and "wrap" in now.css:
            self.wrap = end
        if "autofocus" in has:
            self.own_autofocus.append(start)
        if tag == "form":
            self.forms.append(Sent(method=has.get("method", "get").lower()))
            self._form = len(self.forms) - 1
        elif tag == "label":
            self._label = has.get("for", "")
        elif tag in CONTROLS | {"button"}:
            now.control = self._control(tag, has, start, end)
        now.box = self._box(tag, has, now.css, start)
        if tag == "li" and (box := self._around()):
            box.items.append(Item(name=has.get("data-field", ""), key=box.key))
        if tag not in VOID:
            self._open.append(now)

    def _around(self) -> Box | None:
        return next((one.box for one in reversed(self._open) if one.box), None)

    def _box(self, tag: str, has: dict[str, str], css: frozenset[str], start: int) -> Box | None:
        if has.get("id") == "faults":
            self.summary = start
        if self._around() is not None:
            return None
        if "data-faults" in has:
            goes = has["data-faults"] != "stays"
            box = Box(start=start, form=self._form, told=has.get("data-noted", ""), goes=goes)
        elif tag == "ul" and "errorlist" in css:
            key = has.get("id", "").removesuffix("_error")
            box = Box(start=start, form=self._form, goes=False, key=key)
        else:
            return None
        self.boxes.append(box)
        return box

    def _control(self, tag: str, has: dict[str, str], start: int, end: int) -> Control | None:
        form = self.forms[self._form] if self._form >= 0 else None
        name, kind = has.get("name", ""), has.get("type", "text")
        if form is not None and name:
            form.names.add(name)
            if name == "do":
                form.deeds.add(has.get("value", ""))
        if tag == "button" or kind in NO_FIELD or "disabled" in has or "readonly" in has:
            return None
        found = Control(
            name=name,
            key=has.get("id", ""),
            start=start,
            end=end,
            after=end,
            form=self._form,
            in_field=any("field" in one.css for one in self._open)
            and not any(one.tag in {"td", "label"} for one in self._open),
            table=next((one.table for one in reversed(self._open) if one.table), ""),
            labels=[has["aria-label"]] if has.get("aria-label") else [],
            value=has.get("value", ""),
            is_told=has.get("aria-invalid") == "true",
        )
        self.controls.append(found)
        return found

    def handle_endtag(self, tag: str) -> None:
        """Note what ends, and with it what was left open inside."""
        at = self._at() + len(f"</{tag}>")
        if not any(one.tag == tag for one in self._open):
            return
        while self._open:
            gone = self._open.pop()
            if gone.control is not None:
                gone.control.after = at
            if gone.box is not None:
                gone.box.end = at
            if gone.tag == "form":
                self._form = -1
            if gone.tag == tag:
                break
        if tag == "main":
            self._in_main = False

    def handle_data(self, data: str) -> None:
        """Note what is written: of a label, of a field, of a fault."""
        if not self._in_main or not data.strip():
            return
        tags = [one.tag for one in self._open]
        if tags and tags[-1] == "textarea" and self.controls:
            self.controls[-1].value += data
        elif "label" in tags and "select" not in tags and self._around() is None:
            self._label_says(data)
        if (box := self._around()) is not None and "button" not in tags:
            if "li" in tags and box.items:
                box.items[-1].words += data
            else:
                box.lead += data

    def _label_says(self, data: str) -> None:
        if any("optional" in one.css or "muted" in one.css for one in self._open):
            return
        if self._label:
            self._labels[self._label] = self._labels.get(self._label, "") + data
        elif self.controls:  # a box to tick stands inside its label, before the words
            self.controls[-1].labels.append(" ".join(data.split()))
