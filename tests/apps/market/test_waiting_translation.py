"""A translation of something published waits alone: the listing stays, and the new wording is behind the wall."""

import pytest

from apps.market.test_listings import published, seen_by
from cast import Cast
from punte.apps.access.permissions import acting
from punte.apps.market.actions import NotAllowedError
from punte.apps.market.models import Listing, Translation, WaitingTranslation
from punte.apps.market.queries import Filter, page_of_listings, titles_in, waiting_for_review
from punte.apps.market.translating import (
    publish_translation,
    send_back_translation,
    set_translation,
)
from punte.kernel.errors import PunteError

CANARY = "Canarywording"


def translated(cast: Cast, title: str = CANARY) -> Listing:
    listing = published(cast)
    again(cast, listing, title)
    return listing


def again(cast: Cast, listing: Listing, title: str) -> None:
    with acting(cast.authority.subject) as owner:
        set_translation(by=owner, listing=listing, language="en", title=title, text=f"{title} text")


def readers_of_waiting(cast: Cast) -> set[str]:
    found = set()
    for part, member in cast.everybody.items():
        with acting(member.subject):
            if WaitingTranslation.objects.exists():
                found.add(part)
    return found


def waiting_in(cast: Cast) -> WaitingTranslation:
    with acting(cast.authority.subject):
        return WaitingTranslation.objects.get()


def test_the_listing_stays_published_for_whoever_saw_it(cast: Cast) -> None:
    listing = published(cast)
    before = seen_by(cast, listing)
    again(cast, listing, CANARY)
    assert seen_by(cast, listing) == before
    assert before["company"]


def test_the_waiting_wording_is_for_its_owner_and_the_reviewers(cast: Cast) -> None:
    listing = translated(cast)
    allowed = readers_of_waiting(cast)
    assert {"authority", "organiser"} <= allowed
    assert "company" not in allowed
    for part, member in cast.everybody.items():
        with acting(member.subject) as by:
            assert titles_in("en", [listing.pk]) == {}
            assert page_of_listings(Filter(side="need", words=CANARY), by).count == 0, part


def test_the_reviewer_finds_it_and_publishes_it_alone(cast: Cast) -> None:
    listing = translated(cast)
    row = waiting_in(cast)
    with acting(cast.organiser.subject) as by:
        assert [line.id for line in waiting_for_review(by)] == [listing.pk]
        publish_translation(by=by, listing=listing, waiting_id=row.pk)
        assert waiting_for_review(by) == []
    with acting(cast.company.subject):
        assert titles_in("en", [listing.pk]) == {listing.pk: CANARY}


def test_a_published_translation_keeps_its_wording_while_a_new_one_waits(cast: Cast) -> None:
    listing = translated(cast, "First")
    with acting(cast.organiser.subject) as by:
        publish_translation(by=by, listing=listing, waiting_id=WaitingTranslation.objects.get().pk)
    again(cast, listing, CANARY)
    with acting(cast.company.subject):
        assert Translation.objects.get().title == "First"
    again(cast, listing, "First")
    assert readers_of_waiting(cast) == set()


def test_what_changed_after_it_was_read_is_not_published(cast: Cast) -> None:
    listing = translated(cast, "Read")
    row = waiting_in(cast)
    again(cast, listing, CANARY)
    with acting(cast.organiser.subject) as by, pytest.raises(PunteError):
        publish_translation(by=by, listing=listing, waiting_id=row.pk)
    assert waiting_in(cast).title == CANARY


def test_sent_back_it_carries_the_note_and_waits_no_more(cast: Cast) -> None:
    listing = translated(cast)
    with acting(cast.organiser.subject) as by:
        row = WaitingTranslation.objects.get()
        send_back_translation(by=by, listing=listing, waiting_id=row.pk, note="Which load?")
        assert waiting_for_review(by) == []
        with pytest.raises(PunteError):
            publish_translation(by=by, listing=listing, waiting_id=row.pk)
    assert waiting_in(cast).review_note == "Which load?"


def test_neither_the_owner_nor_a_stranger_publishes_it(cast: Cast) -> None:
    listing = translated(cast)
    row = waiting_in(cast)
    for member in (cast.authority, cast.company):
        with acting(member.subject) as by, pytest.raises(NotAllowedError):
            publish_translation(by=by, listing=listing, waiting_id=row.pk)
