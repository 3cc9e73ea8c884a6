"""
Say at the top of a page what is wrong with the form that was sent: one step for every form of the site.

A page tells its faults where it always did: beside a field as Django does, in the messages, or in a box with ``data-faults``. What is
read here is the page that came of it, so that no form can be forgotten. Nothing is changed of a page that tells no fault.

A desk that reads codes (``data-scan``) keeps its own ways: its next scan must not go astray.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _

from punte.web.faults.finding import field_of, form_of, told_with
from punte.web.faults.reading import Control, Item, PageReader

_SIGNS: Final = (b"data-faults", b'class="errorlist', b'id="faults"')
_DESCRIBED: Final = re.compile(r'\saria-describedby="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of the summary: its number and words, and the key of the field it leads to, empty for none."""

    number: int
    words: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What stands in a page from ``start`` to ``end``, or is set at ``start``, as it is to be."""

    start: int
    end: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    words: str
    control: Control | None
    is_its_own: bool


class FaultsMiddleware:
    """Sets the summary on each page that tells of faults."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the faults told first where there are any."""
        response = self.get_response(request)
        if response.streaming or not response.headers.get("Content-Type", "").startswith(
            "text/html"
        ):
            return response
        body = response.content
        if any(sign in body for sign in _SIGNS) and b"<main" in body and b"data-scan" not in body:
            sent = {name: str(text) for name, text in request.POST.items()}
            response.content = with_summary(body.decode(), sent).encode()
        return response


def with_summary(page: str, sent: Mapping[str, str]) -> str:
    """
    Return a page with its faults told at its top, and at their fields.

    Parameters
    ----------
    sent
        The form that was sent with the request: it says which form of the page is meant.
    """
    read = PageReader(page)
    if read.summary >= 0:
        return _titled(page)
    found = _found(read, sent)
    if read.top < 0 or not found:
        return page
    faults = [
        Fault(number=n, words=one.words, key=_key(one.control)) for n, one in enumerate(found, 1)
    ]
    leads = [_on_a_line(box.lead) for box in read.boxes if box.goes and box.items]
    words = render_to_string("ui/faults.html", {"faults": faults, "leads": filter(None, leads)})
    edits = [Edit(start=max(read.top, read.wrap), words=words)]
    edits += [Edit(start=box.start, end=box.end) for box in read.boxes if box.goes]
    edits += [_without(page, at, " autofocus") for at in read.own_autofocus]
    edits += _at_fields(page, found)
    return _titled(_edited(page, edits))


def _found(read: PageReader, sent: Mapping[str, str]) -> list[_Found]:
    """Return every fault of the page with the field it leads to; what is told twice is told once."""
    found: dict[tuple[str, str], _Found] = {}
    for box in read.boxes:
        name, sent_before = told_with(box.told)
        form = box.form if box.form >= 0 else form_of(read, sent or sent_before)
        for item in box.items or [Item(words=box.lead)]:
            item.words = _on_a_line(item.words)
            item.name = item.name or name
            control, is_its_own = field_of(read, box, item, form)
            one = _Found(words=item.words, control=control, is_its_own=is_its_own)
            if item.words:
                found.setdefault((item.words, _key(control)), one)
    return list(found.values())


def _on_a_line(words: str) -> str:
    """Return words without the line breaks of their page; what is kept together stays together."""
    return re.sub(r"[ \t\r\n]+", " ", words).strip()


def _key(control: Control | None) -> str:
    if control is None:
        return ""
    return control.key or f"field-{control.start}"


def _at_fields(page: str, found: list[_Found]) -> list[Edit]:
    """Return what is set at the fields: that they are wrong, why, and a key to lead to."""
    edits = []
    by_field: dict[int, list[tuple[int, _Found]]] = {}
    for number, one in enumerate(found, 1):
        if one.control is not None:
            by_field.setdefault(one.control.start, []).append((number, one))
    for told in by_field.values():
        control = told[0][1].control
        assert control is not None
        tag = page[control.start : control.end]
        own = [(n, one) for n, one in told if one.is_its_own]
        if not control.key:
            tag = _with(tag, f' id="{_key(control)}"')
        if own and 'aria-invalid="true"' not in tag:
            names = [f"fault-{n}" if control.in_field else f"told-{n}" for n, _one in own]
            tag = _with(_described(tag, names), ' aria-invalid="true"')
            if control.in_field:
                beside = "".join(
                    f'<ul class="errorlist" id="fault-{n}"><li>{escape(one.words)}</li></ul>'
                    for n, one in own
                )
                edits.append(Edit(start=control.after, words=beside))
        edits.append(Edit(start=control.start, end=control.end, words=tag))
    return edits


def _with(tag: str, more: str) -> str:
    return f"{tag[:-1].rstrip('/').rstrip()}{more}>"


def _described(tag: str, names: list[str]) -> str:
    """Return a tag that is described by what it was before, and by these."""
    before = _DESCRIBED.search(tag)
    words = " ".join([*(before[1].split() if before else ()), *names])
    return _with(_DESCRIBED.sub("", tag), f' aria-describedby="{words}"')


def _without(page: str, at: int, word: str) -> Edit:
    """Return the edit that takes a word out of the tag that begins somewhere."""
    start = page.index(word, at)
    return Edit(start=start, end=start + len(word))


def _titled(page: str) -> str:
    said = escape(_("Error:"))
    return page.replace("<title>", f"<title>{said} ", 1)


def _edited(page: str, edits: list[Edit]) -> str:
    """Return a page with all edits done, from its end to its beginning; what lies inside another is gone with it."""
    for one in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        page = page[: one.start] + one.words + page[max(one.start, one.end) :]
    return page
