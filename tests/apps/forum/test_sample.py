"""The sample edition: of the forum's size, the same for the same seed, and a question that makes sense."""

import json
from collections import Counter

from punte.apps.forum.sample import DELEGATES, make_sample, public_facts
from shared_data import shared


def test_same_seed_same_sample_other_seed_another() -> None:
    one, again = make_sample(requests=200), make_sample(requests=200)
    assert one == again
    assert make_sample(seed=1, requests=200) != one


def test_the_sample_has_the_forums_size() -> None:
    sample = make_sample()
    assert len(sample.organisations) == 300
    assert len(sample.delegates) == DELEGATES == 800
    assert len(sample.requests) == 3000
    assert len({slot.day for slot in sample.slots}) == 2
    assert {(slot.end - slot.start).total_seconds() for slot in sample.slots} == {1200.0}
    accepted = sum(1 for request in sample.requests if request.state == "accepted")
    seats = len(sample.slots) * len(sample.places) - sum(len(p.closed) for p in sample.places)
    assert accepted > seats, "tables are tight"


def test_codes_are_unique_and_refer_to_what_is_there() -> None:
    sample = make_sample()
    for rows in (
        sample.organisations,
        sample.delegates,
        sample.requests,
        sample.slots,
        sample.places,
    ):
        assert max(Counter(row.code for row in rows).values()) == 1
    people = {delegate.code: delegate.organisation for delegate in sample.delegates}
    pairs = Counter(frozenset((r.sender, r.receiver)) for r in sample.requests)
    assert max(pairs.values()) == 1
    assert all(people[r.sender] != people[r.receiver] for r in sample.requests)


def test_no_slot_lies_in_a_plenary() -> None:
    sample = make_sample()
    for slot in sample.slots:
        assert not any(b.start < slot.end and slot.start < b.end for b in sample.blocks)


def test_moldova_takes_part_and_every_fact_has_a_source() -> None:
    assert sum(1 for o in make_sample().organisations if o.country == "MDA") >= 5
    assert all(fact["source"].startswith("https://") for fact in public_facts())


def test_theme_and_size_are_those_of_the_reference_data() -> None:
    editions = json.loads(shared("domain.json").read_text("utf-8"))["forum_editions"]
    (edition,) = (found for found in editions if found["year"] == 2025)
    values = [fact["value"] for fact in public_facts()]
    assert edition["theme"] in values
    assert any(str(edition["participants"]) in value for value in values)
