"""Sentences that know their values: English as they are, and said again by whoever translates."""

import json
from datetime import date
from fractions import Fraction

from punte.kernel.phrases import said_record, say


def test_a_phrase_is_its_english_sentence() -> None:
    found = say(
        "%(names)s on %(day)s: %(share)s",
        names=("RO", "MD"),
        day=date(2026, 5, 30),
        share=Fraction(1, 3),
    )
    assert found == "RO, MD on 2026-05-30: 33.33%"
    assert say("%(names)s", names=()) == "none"
    assert json.dumps(found) == '"RO, MD on 2026-05-30: 33.33%"'


def test_its_record_tells_shares_from_counts_and_holds_sentences_inside() -> None:
    inner = say("%(count)s of them", count=2)
    record = said_record(say("%(first)s: %(share)s", first=inner, share=Fraction(1)))
    assert record == {
        "template": "%(first)s: %(share)s",
        "values": {
            "first": {"template": "%(count)s of them", "values": {"count": 2}},
            "share": 1.0,
        },
    }
    assert isinstance(record["values"]["share"], float)
    assert said_record("as it is") == "as it is"
