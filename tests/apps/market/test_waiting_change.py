"""A changed wording of something published waits alone: what is published stays, and what hides more acts at once."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.market.test_listings import DRAFT, published, seen_by
from cast import Cast
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.actions import (
    Draft,
    NotAllowedError,
    edit_listing,
    renew_listing,
    withdraw_listing,
)
from punte.apps.market.amounts import AmountDraft
from punte.apps.market.changing import publish_change, send_back_change, take_back_change
from punte.apps.market.models import (
    Budget,
    Listing,
    Revision,
    WaitingAmount,
    WaitingChange,
    WaitingTranslation,
)
from punte.apps.market.queries import waiting_for_review
from punte.apps.market.translating import publish_translation, set_translation
from punte.apps.market.waiting import newest_revision
from punte.kernel.errors import ChangedMeanwhileError, PunteError
from punte.kernel.money import Money

NEW = "Pod fix"


def change(cast: Cast, listing: Listing, draft: Draft) -> Listing:
    """Let the owner change a listing from its newest wording, and return it as it is published now."""
    with acting(cast.authority.subject) as owner:
        row = Listing.objects.get(pk=listing.pk)
        edit_listing(by=owner, listing=row, draft=draft, read_revision=newest_revision(row))
    return stands(listing)


def stands(listing: Listing) -> Listing:
    with acting_as_system("tests"):
        return Listing.objects.get(pk=listing.pk)


def release(cast: Cast, listing: Listing) -> Listing:
    with acting(cast.organiser.subject) as by:
        publish_change(by=by, listing=listing, waiting_id=WaitingChange.objects.get().pk)
    return stands(listing)


def test_what_is_published_stays_until_the_change_is(cast: Cast) -> None:
    listing = published(cast)
    before = seen_by(cast, listing)
    now = change(cast, listing, replace(DRAFT, title=NEW, quantity="7"))
    assert (now.title, now.state, now.revision, now.quantity) == ("Pod mobil", "published", 1, "")
    assert seen_by(cast, listing) == before
    with acting(cast.organiser.subject) as by:
        assert [line.id for line in waiting_for_review(by)] == [listing.pk]
    now = release(cast, listing)
    assert (now.title, now.state, now.revision, now.quantity) == (NEW, "published", 2, "7")
    assert seen_by(cast, listing) == before
    with acting(cast.authority.subject):
        assert [(one.number, one.title) for one in Revision.objects.all()] == [(1, "Pod mobil")]
        assert WaitingChange.objects.count() == 0


def test_the_change_is_for_its_owner_and_the_reviewers(cast: Cast) -> None:
    listing = published(cast, audience="public")
    change(cast, listing, replace(DRAFT, title=NEW, audience="public", tlp="TLP:CLEAR"))
    readers = set()
    for part, member in cast.everybody.items():
        with acting(member.subject):
            if WaitingChange.objects.exists():
                readers.add(part)
    assert readers == {"authority", "organiser"}


def test_sent_back_it_leaves_what_is_published(cast: Cast) -> None:
    listing = published(cast)
    change(cast, listing, replace(DRAFT, title=NEW))
    with acting(cast.organiser.subject) as by:
        row = WaitingChange.objects.get()
        with pytest.raises(PunteError, match="Say what has to change"):
            send_back_change(by=by, listing=listing, waiting_id=row.pk, note=" ")
        send_back_change(by=by, listing=listing, waiting_id=row.pk, note="Which load?")
        assert waiting_for_review(by) == []
        with pytest.raises(PunteError):
            publish_change(by=by, listing=listing, waiting_id=row.pk)
    assert stands(listing).title == "Pod mobil"
    change(cast, listing, replace(DRAFT, title=NEW))
    assert release(cast, listing).title == NEW


def test_what_changed_after_it_was_read_is_not_published(cast: Cast) -> None:
    listing = published(cast)
    change(cast, listing, replace(DRAFT, title="Read"))
    with acting(cast.organiser.subject):
        read = WaitingChange.objects.get().pk
    change(cast, listing, replace(DRAFT, title="Never read"))
    with acting(cast.organiser.subject) as by, pytest.raises(PunteError):
        publish_change(by=by, listing=listing, waiting_id=read)
    assert stands(listing).title == "Pod mobil"


def test_neither_the_owner_nor_a_stranger_publishes_it(cast: Cast) -> None:
    listing = published(cast)
    change(cast, listing, replace(DRAFT, title=NEW))
    with acting(cast.organiser.subject):
        key = WaitingChange.objects.get().pk
    for member in (cast.authority, cast.company):
        with acting(member.subject) as by, pytest.raises(NotAllowedError):
            publish_change(by=by, listing=listing, waiting_id=key)
    with acting(cast.company.subject) as by, pytest.raises(NotAllowedError):
        take_back_change(by=by, listing=listing)


def test_two_people_cannot_overwrite_each_others_change(cast: Cast) -> None:
    listing = published(cast)
    change(cast, listing, replace(DRAFT, title="A"))
    with acting(cast.authority.subject) as owner:
        row = Listing.objects.get(pk=listing.pk)
        with pytest.raises(ChangedMeanwhileError):
            edit_listing(by=owner, listing=row, draft=replace(DRAFT, title="B"), read_revision=1)


@pytest.mark.parametrize("way", ["by hand", "by the published wording"])
def test_the_owner_may_keep_what_is_published(cast: Cast, way: str) -> None:
    listing = published(cast)
    change(cast, listing, replace(DRAFT, title=NEW))
    if way == "by hand":
        with acting(cast.authority.subject) as owner:
            take_back_change(by=owner, listing=listing)
    else:
        change(cast, listing, DRAFT)
    with acting_as_system("tests"):
        assert not WaitingChange.objects.exists()


LATER = timezone.now() + dt.timedelta(days=30)


@pytest.mark.parametrize(
    ("wish", "parts"),
    [
        ({"audience": "eu"}, ["organiser", "authority", "company"]),
        ({"audience": "edition"}, ["organiser", "authority", "company", "guest"]),
        ({"embargo_until": LATER}, ["organiser", "authority"]),
    ],
)
def test_what_lets_fewer_see_it_acts_at_once(
    cast: Cast, wish: dict[str, object], parts: list[str]
) -> None:
    listing = published(cast, audience="public", tlp="TLP:CLEAR")
    lower = {"audience": "public", "tlp": "TLP:CLEAR"} | wish
    now = change(cast, listing, replace(DRAFT, title=NEW, **lower))  # type: ignore[arg-type]
    assert [part for part, sees in seen_by(cast, listing).items() if sees] == parts
    assert now.title == "Pod mobil", "the wording waits all the same"
    change(cast, listing, replace(DRAFT, **lower))  # type: ignore[arg-type]
    with acting_as_system("tests"):
        assert not WaitingChange.objects.exists(), "nothing but what acts at once is left"


def test_a_stricter_marking_and_an_earlier_day_act_at_once_and_looser_ones_wait(
    cast: Cast,
) -> None:
    soon = timezone.localdate() + dt.timedelta(days=9)
    listing = published(cast, tlp="TLP:GREEN")
    now = change(cast, listing, replace(DRAFT, tlp="TLP:AMBER", expires_on=soon))
    assert (now.label_tlp, now.expires_on, now.revision) == ("TLP:AMBER", soon, 2)
    now = change(cast, listing, replace(DRAFT, tlp="TLP:GREEN", expires_on=None))
    assert (now.label_tlp, now.expires_on) == ("TLP:AMBER", soon)
    now = release(cast, listing)
    assert (now.label_tlp, now.expires_on) == ("TLP:GREEN", None)


def test_another_audience_is_cut_to_who_belongs_to_both_until_it_is_reviewed(cast: Cast) -> None:
    listing = published(cast, audience="eu-partners")
    assert seen_by(cast, listing)["guest"]
    change(cast, listing, replace(DRAFT, audience="allies"))
    assert not seen_by(cast, listing)["guest"], "who is no ally loses it at once"
    assert seen_by(cast, listing)["company"], "who is both keeps it"
    release(cast, listing)
    assert seen_by(cast, listing)["company"]


def test_a_wider_audience_waits(cast: Cast) -> None:
    listing = published(cast, audience="eu")
    change(cast, listing, replace(DRAFT, audience="edition"))
    assert not seen_by(cast, listing)["guest"]
    release(cast, listing)
    assert seen_by(cast, listing)["guest"]


def seen_amounts(cast: Cast) -> dict[str, int]:
    found = {}
    for part in ("organiser", "authority", "company", "guest"):
        with acting(cast.everybody[part].subject):
            held = Budget.objects.first()
            if held is not None:
                found[part] = held.amount_cents
    return found


def worth(cents: int, reader: str) -> Draft:
    return replace(DRAFT, amount=AmountDraft(amount=Money(cents, "EUR"), reader=reader))


def test_an_amount_shows_more_once_it_is_reviewed_and_less_at_once(cast: Cast) -> None:
    listing = published(cast)
    change(cast, listing, worth(500, "own"))
    assert seen_amounts(cast) == {"authority": 500}
    change(cast, listing, worth(500, "same"))
    assert seen_amounts(cast) == {"authority": 500}
    release(cast, listing)
    everybody = dict.fromkeys(("organiser", "authority", "company", "guest"), 500)
    assert seen_amounts(cast) == everybody
    change(cast, listing, worth(700, "same"))
    assert seen_amounts(cast) == everybody
    change(cast, listing, worth(700, "eu"))
    assert "guest" not in seen_amounts(cast)
    assert seen_amounts(cast)["company"] == 500
    with acting(cast.organiser.subject):
        assert not WaitingAmount.objects.exists(), "the readers of it are chosen, and not the desk"
    release(cast, listing)
    assert seen_amounts(cast)["company"] == 700
    change(cast, listing, replace(DRAFT, amount=AmountDraft(amount=None)))
    assert seen_amounts(cast) == {}


def test_withdrawn_at_once_with_nothing_lost(cast: Cast) -> None:
    listing = published(cast)
    change(cast, listing, replace(DRAFT, title=NEW))
    with acting(cast.authority.subject) as owner:
        row = Listing.objects.get(pk=listing.pk)
        withdraw_listing(by=owner, listing=row)
        assert [one.title for one in Revision.objects.all()] == [NEW]
    assert [part for part, sees in seen_by(cast, listing).items() if sees] == ["authority"]


def test_a_renewal_is_not_taken_back_by_a_change_written_before(cast: Cast) -> None:
    soon = timezone.localdate() + dt.timedelta(days=9)
    listing = published(cast, expires_on=soon)
    change(cast, listing, replace(DRAFT, title=NEW, expires_on=soon))
    later = soon + dt.timedelta(days=90)
    with acting(cast.authority.subject) as owner:
        renew_listing(by=owner, listing=Listing.objects.get(pk=listing.pk), until=later)
    assert release(cast, listing).expires_on == later


def test_a_lowering_keeps_a_translation_that_of_the_wording_which_stands(cast: Cast) -> None:
    listing = published(cast)
    with acting(cast.authority.subject) as owner:
        set_translation(by=owner, listing=listing, language="en", title="Bridge", text="A bridge")
    with acting(cast.organiser.subject) as by:
        waiting_id = listing.waiting.get().pk
        publish_translation(by=by, listing=listing, waiting_id=waiting_id)
    now = change(cast, listing, replace(DRAFT, audience="eu"))
    with acting_as_system("tests"):
        assert now.translations.get().of_revision == now.revision == 2


def test_a_change_marked_restricted_is_refused_before_anything_acts(cast: Cast) -> None:
    listing = published(cast)
    with pytest.raises(PunteError, match="RESTRICTED"):
        change(cast, listing, replace(DRAFT, text="NATO RESTRICTED", audience="eu"))
    assert seen_by(cast, listing)["guest"]


@pytest.mark.parametrize("deed", ["publish", "send back", "translation"])
def test_a_reviewer_locks_the_listing_before_what_waits_beside_it(cast: Cast, deed: str) -> None:
    """The owner's edit locks in this order too, so that neither waits for the other for ever."""
    listing = published(cast)
    change(cast, listing, replace(DRAFT, title=NEW))
    with acting(cast.authority.subject) as owner:
        row = Listing.objects.get(pk=listing.pk)
        assert set_translation(by=owner, listing=row, language="en", title="Pod", text="Words")
    with acting(cast.organiser.subject) as by, CaptureQueriesContext(connection) as sent:
        if deed == "translation":
            waits = WaitingTranslation.objects.get().pk
            publish_translation(by=by, listing=listing, waiting_id=waits)
        elif deed == "publish":
            publish_change(by=by, listing=listing, waiting_id=WaitingChange.objects.get().pk)
        else:
            waits = WaitingChange.objects.get().pk
            send_back_change(by=by, listing=listing, waiting_id=waits, note="Which load?")
    locks = [one["sql"] for one in sent if one["sql"].endswith("FOR UPDATE")]
    assert 'FROM "market_listing"' in locks[0]
    assert 'FROM "market_waiting' in locks[1]
