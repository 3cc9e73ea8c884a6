"""The forms of a page with values that they accept, so that a test can spoil one field and leave the rest valid."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

FILLED = {
    "date": "2027-05-05",
    "datetime-local": "2027-05-05T10:00",
    "time": "10:00",
    "email": "form@example.org",
    "number": "1",
    "url": "https://example.org/",
}


@dataclass
class Form:
    """Where a form goes and what it sends as it stands: hidden fields, chosen options, texts."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def spoiled(self, value: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield each field that a person fills, and the form with the value in it alone."""
        for name in sorted(self.written):
            yield name, self.fields | {name: value}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.text = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(has.get("action", ""), has.get("method", "get").lower())
            self.forms.append(self.open)
        if self.open is None:
            return
        name, fields = has.get("name", ""), self.open.fields
        if tag == "input" and name:
            self._input(name, has)
        elif tag == "textarea" and name:
            self.text, fields[name] = name, ""
            self.open.written.add(name)
        elif tag == "select" and name:
            self.select = name
            self.open.written.add(name)
        elif tag == "option" and self.select:
            if "selected" in has or self.select not in fields:
                fields[self.select] = has.get("value", "")
        elif tag == "button" and name:
            fields.setdefault(name, has.get("value", ""))

    def _input(self, name: str, has: dict[str, str]) -> None:
        assert self.open is not None
        kind = has.get("type", "text")
        if kind in {"checkbox", "radio"} and "checked" not in has:
            return
        value = has.get("value", "")
        if kind != "hidden" and "value" not in has | ({"value": ""} if kind == "checkbox" else {}):
            value = FILLED.get(kind, "Text")
        self.open.fields[name] = value
        if name != "csrfmiddlewaretoken":
            self.open.written.add(name)

    def handle_data(self, data: str) -> None:
        if self.open is not None and self.text:
            self.open.fields[self.text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.open is not None and self.text:
            self.open.fields[self.text] = self.open.fields[self.text].strip() or "Text"
            self.text = ""
        elif tag == "select":
            self.select = ""
        elif tag == "form":
            self.open = None


def forms_of(page: str) -> list[Form]:
    """Return the forms of a page that are sent with POST, in their order."""
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post" and form.written]
