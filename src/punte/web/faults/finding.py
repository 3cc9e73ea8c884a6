"""Find the field that a fault is about: as it was noted, as it is named, or by what was written into it."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from punte.web.faults.reading import Box, Control, Item, PageReader, Sent

_QUOTED: Final = re.compile('[“„"«]([^“”„"«»]+)[”"»]')
_CUT: Final = 20
"""A refusal quotes at least so much of a longer text [characters]."""
_NUMBER: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def told_with(told: str) -> tuple[str, dict[str, str]]:
    """Return the field and what was sent, as :func:`punte.web.refusals.tell_refusal` noted them."""
    name, sent = "", {}
    for part in told.split():
        kind, _, rest = part.partition(":")
        if kind == "field":
            name = rest
        elif kind == "sent":
            key, _, value = rest.partition("=")
            sent[key] = value
    return name, sent


def form_of(page: PageReader, sent: Mapping[str, str]) -> int:
    """Return which form of the page was sent; -1 where none fits."""
    if not sent:
        return -1
    best, most = -1, 0.0
    for number, form in enumerate(page.forms):
        fit = _fit(form, sent)
        if form.method == "post" and fit > most:
            best, most = number, fit
    return best


def _fit(form: Sent, sent: Mapping[str, str]) -> float:
    deed = sent.get("do", "")
    if form.deeds and deed not in form.deeds:
        return 0
    names = form.names - {"csrfmiddlewaretoken"}
    both = len(names & sent.keys())
    return both / max(1, len(names | sent.keys()) - both + 1) + (1 if deed in form.deeds else 0)


def field_of(page: PageReader, box: Box, item: Item, form: int) -> tuple[Control | None, bool]:
    """Return the field that a fault leads to, and whether the fault is surely its own."""
    fields = [one for one in page.controls if one.form == form] if form >= 0 else []
    if form < 0:
        posts = {n for n, one in enumerate(page.forms) if one.method == "post"}
        fields = [one for one in page.controls if one.form in posts]
    if item.key or box.key:
        key = item.key or box.key
        exact = [one for one in page.controls if one.key == key]
        near = [one for one in page.controls if one.key.startswith(f"{key}_")]
        return next(iter(exact or near), None), True
    told = [one for one in fields if one.is_told and box.form >= 0]
    for found in (
        *told[:1],
        _named(fields, item.name),
        _placed(fields, item.words),
        _quoted(fields, item.words),
        _labelled(fields, item.words),
    ):
        if found is not None:
            return found, True
    return (fields[0] if fields else None), False


def _named(fields: Iterable[Control], name: str) -> Control | None:
    return next((one for one in fields if name and one.name == name), None)


def _placed(fields: list[Control], words: str) -> Control | None:
    """Return the field that the words name before a colon: “Begins: …”, or “Draw 2, Amount: …” in a table."""
    place, colon, _rest = words.partition(":")
    place = " ".join(place.split()).casefold()
    if not colon:
        return None
    if alone := _of_label(fields, place, place):
        return alone
    parts = place.split(", ")  # a label may hold a comma itself: “Cost of issue, %”
    for first in range(1, len(parts)):
        column, rows = ", ".join(parts[first:]), _NUMBER.findall(", ".join(parts[:first]))
        cell = f"{column} {rows[-1]}" if rows else column
        if found := _of_label(fields, cell, place) or _of_label(fields, column, place):
            return found
    return None


def _of_label(fields: list[Control], label: str, place: str) -> Control | None:
    """Return the one field of a label; of several the one in whose table the place lies, or none."""
    found = [one for one in fields if label in {each.casefold() for each in one.labels}]
    if len(found) > 1:
        table = _LETTERS.match(place)
        found = [one for one in found if table and one.table.casefold().startswith(table[0])]
    return found[0] if len(found) == 1 else None


def _quoted(fields: list[Control], words: str) -> Control | None:
    """Return the one field that holds what the words quote; none where several do."""
    for text in _QUOTED.findall(words):
        labelled = [one for one in fields if text in one.labels]
        holding = [
            one
            for one in fields
            if one.value.strip() == text
            or (len(text) >= _CUT and one.value.strip().startswith(text))
        ]
        found = labelled or holding
        if len(found) == 1:
            return found[0]
    return None


def _labelled(fields: list[Control], words: str) -> Control | None:
    """Return the field whose label stands in the words; the longest label, and none where two differ that do not overlap."""
    said = words.casefold()
    found = {
        label.casefold(): one
        for one in reversed(fields)
        for label in one.labels
        if len(label) > 2 and re.search(rf"\b{re.escape(label.casefold())}\b", said)
    }
    longest = max(found, key=len, default="")
    return found[longest] if found and all(label in longest for label in found) else None
