"""The sentences of the shipped rule sets, in Romanian too; a translation of no sentence is refused."""

import json
from importlib.resources import files

import pytest

from punte.formats.eligibility_rules import SHIPPED, parse_rule_set, rule_set, shipped_countries
from punte.kernel.errors import InvalidInputError


def _file(name: str) -> bytes:
    return (files("punte.formats") / "eligibility_data" / SHIPPED[name]).read_bytes()


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_sentence_has_its_romanian(name: str) -> None:
    found = rule_set(name)
    words = found.words("ro")
    sentences = {found.title, *(label for _code, label in found.categories)}
    for rule in found.rules:
        sentences |= {rule.title, rule.text, rule.article, rule.note}
    assert not sorted(sentences - {""} - set(words))
    assert not [text for text in words.values() if set(text) & set("şţŞŢ")], "the comma below"
    assert found.words("fr") == {}


def test_a_translation_of_no_sentence_is_refused() -> None:
    record = json.loads(_file("EDIP"))
    record["translations"]["ro"]["At most 35 % from outsid"] = "x"
    with pytest.raises(InvalidInputError, match="is no sentence of this file"):
        parse_rule_set(json.dumps(record).encode(), shipped_countries(), source="edip.json")
