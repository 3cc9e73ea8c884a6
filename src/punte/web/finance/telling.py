"""Verdicts and compositions in the reader's language: sentences of the engines, of the rule files, and places of a case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from babel import Locale
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from punte.apps.funding import bridge
from punte.kernel.errors import Problem
from punte.kernel.phrases import said_record
from punte.web.finance.tiles import ZONE_WORDS
from punte.web.ui.templatetags.ui import number, percent

CODE_WORDS: Final[Mapping[str, Any]] = {
    **ZONE_WORDS,
    "fdi_screening": gettext_lazy("screening as foreign direct investment"),
    "member_state_guarantee": gettext_lazy("guarantee of a Member State"),
    "no_readily_available_substitute": gettext_lazy("no substitute readily available"),
}
"""Names of what sentences list by its code."""

_FIELDS: Final[Mapping[str, Any]] = {
    "country": gettext_lazy("where %(name)s is established"),
    "management_country": gettext_lazy("from where %(name)s is managed"),
    "controlled_by": gettext_lazy("from where %(name)s is controlled"),
    "facilities": gettext_lazy("where %(name)s has its facilities"),
    "share": gettext_lazy("the share of %(name)s in the contract"),
    "relationship_since": gettext_lazy("since when %(name)s has worked on it"),
    "studies_replacement": gettext_lazy("whether the replacement of %(name)s is studied"),
    "origin": gettext_lazy("where %(name)s comes from"),
    "cost": gettext_lazy("what %(name)s costs"),
}

_MOST: Final = 1e6
_COUNTRIES: Final = frozenset({"code", "origin"})
_SENTENCES: Final = frozenset({"title", "article", "text", "note", "question", "label"})
_LISTS: Final = frozenset({"because", "sources", "failures", "unmet"})


def code_name(code: str) -> str:
    """Return the name of a zone, a paper or a country (two letters); a text that is none of them as it is."""
    if code in CODE_WORDS:
        return str(CODE_WORDS[code])
    if len(code) != 2:
        return code
    locale = Locale.parse(to_locale(get_language() or "en"))
    return str(locale.territories.get(code) or code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """
    Says what a judgement holds in the reader's language.

    Parameters
    ----------
    words
        Sentences of the rule set in that language; others stay as the set has them.
    content
        The case, whose places are named by what stands there; empty for none.
    """

    words: Mapping[str, str]
    questions: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=dict)

    def word(self, text: str) -> str:
        """Return a sentence of the rule set."""
        return self.words.get(text, text)

    def sentence(self, said: Any) -> str:  # noqa: ANN401 - a text, or what a stored answer holds of it
        """Return a sentence from its template and values."""
        record = said_record(said) if isinstance(said, str) else said
        if isinstance(record, str):
            return self.word(record)
        template: str = record["template"]
        values = {
            name: code_name(value) if name in _COUNTRIES else self._value(value)
            for name, value in record["values"].items()
        }
        return _(template) % values

    def _value(self, value: object) -> str:
        match value:
            case bool():
                return str(value)
            case float() if abs(value) > _MOST:
                # More than any share: what was typed is told, which the number format could not hold.
                return f"{value:.6g}"
            case float():
                return percent(value, 2 if round(value * 100, 2) % 1 else 0)
            case int():
                return number(value)
            case list():
                return ", ".join(map(code_name, value)) or _("none")
            case dict():
                return self.sentence(value)
            case _:
                return self.word(str(value))

    def record(self, found: Any) -> Any:  # noqa: ANN401 - any part of a stored answer
        """Return a part of a stored answer with every sentence in it said in the reader's language."""
        if isinstance(found, list):
            return [self.record(part) for part in found]
        if not isinstance(found, dict):
            return found
        told = {name: self._field(name, value, found) for name, value in found.items()}
        if "place" in found and found.get("rule") in self.titles:
            # A change names the rule that it mends by its id.
            told["title"] = self.word(self.titles[found["rule"]])
        return told

    def _field(self, name: str, value: Any, beside: Mapping[str, Any]) -> Any:  # noqa: ANN401
        said = beside.get(f"{name}_said", value)
        if name in _SENTENCES and isinstance(value, str):
            return self.sentence(said)
        if name in _LISTS:
            return [self.sentence(one) for one in said]
        if name == "missing":
            return [self.place(one) if isinstance(one, str) else self.record(one) for one in value]
        return self.record(value)

    def place(self, place: str) -> str:
        """Return a place of the case in words: whose share, which component's origin."""
        if place.startswith("flags."):
            name = place.removeprefix("flags.")
            return self.word(self.questions.get(name, name))
        if place == "entities":
            return _("who makes it")
        if place == "components":
            return _("of what it is made, and at what cost")
        found: Any = self.content
        *steps, last = re.findall(r"[a-z_]+|\d+", place)
        try:
            for step in steps:
                found = found[int(step) if step.isdigit() else step]
            return str(_FIELDS[last]) % {"name": found["id"]}
        except (KeyError, IndexError, TypeError):
            return place

    def problem(self, found: Problem) -> dict[str, str]:
        """Return a fault of a form with its place as the form calls it."""
        return {
            "place": form_place(found.place),
            "what": self.sentence(found.what),
            "remedy": self.sentence(found.remedy),
        }


_TABLES: Final[Mapping[str, Any]] = {
    "participants": gettext_lazy("Who buys"),
    "entities": gettext_lazy("Who makes it"),
    "components": gettext_lazy("Of what it is made"),
    "categories": gettext_lazy("Category"),
    "offers": gettext_lazy("Offers"),
    "parts": gettext_lazy("Parts of the need, parted by commas"),
}
_COLUMNS: Final[Mapping[str, Any]] = {
    "country": gettext_lazy("Country"),
    "management_country": gettext_lazy("Managed in"),
    "controlled_by": gettext_lazy("Controlled from"),
    "facilities": gettext_lazy("Facilities in"),
    "share": gettext_lazy("Share, %"),
    "relationship_since": gettext_lazy("Working together since"),
    "mitigations": gettext_lazy("Mitigations"),
    "studies_replacement": gettext_lazy("Replacement studied"),
    "origin": gettext_lazy("Origin"),
    "cost": gettext_lazy("Cost, EUR"),
    "cost_range": gettext_lazy("Cost, EUR"),
    "price": gettext_lazy("Price, EUR"),
    "parts": gettext_lazy("Inside"),
    "role": gettext_lazy("Role"),
    "id": gettext_lazy("Name"),
}


def form_place(place: str) -> str:
    """
    Return a place of a file as the form calls it: the table, the row, the column.

    Examples
    --------
    ``participants[1].country`` is "Who buys, row 2, Country"; a place that is none of the form's stays as it is.
    """
    found = re.match(r"([a-z_]+)(?:\[(\d+)\])?", place)
    if found is None or found[1] not in _TABLES:
        return place
    words = [str(_TABLES[found[1]])]
    if found[2]:
        words.append(_("row %(number)d") % {"number": int(found[2]) + 1})
        column = re.search(r"\.([a-z_]+)(?:\[\d+\])?$", place)
        if column and column[1] in _COLUMNS:
            words.append(str(_COLUMNS[column[1]]))
    return ", ".join(words)


def teller_of(rules: str, content: Mapping[str, Any] | None = None) -> Teller:
    """Return who says verdicts under a rule set in the reader's language."""
    return Teller(
        words=bridge.rules_of(rules).words(get_language() or "en"),
        questions=dict(bridge.questions_of(rules)),
        titles={rule.id: rule.title for rule in bridge.rules_of(rules).rules},
        content=content or {},
    )
