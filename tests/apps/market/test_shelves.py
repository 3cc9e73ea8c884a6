"""What stands ready in memory is exactly what its reader sees, and nothing can be learned of what is hidden."""

import socket
from pathlib import Path

import pytest
from django.test import Client, override_settings

from apps.market.test_fits import BOOTS, FRENCH, NEED, UKRAINIAN, published_by
from apps.market.test_listings import published
from cast import Cast, Member
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.actions import withdraw_listing
from punte.apps.market.bridge import coverage_of, fits_of, pairs_of, readings, search_in, shelves
from punte.apps.market.jobs import encode_published, encode_waiting
from punte.apps.market.models import Listing, Tally, Translation, Vector
from punte.apps.market.queries import Filter, listings, others_of
from punte.apps.market.searches import listings_read
from punte.engines.matching.thesaurus import Lines, Thesaurus
from punte.formats.cpv import READY_FILE, write_thesaurus


def shelf_seen_by(member: Member, side: str = "offer") -> shelves.Shelf:
    with acting(member.subject) as subject:
        return shelves.shelf_of(shelves.ListingSource(listings(Filter(side=side), subject)))


def fits_seen_by(member: Member, listing: Listing) -> list[tuple[object, ...]]:
    with acting(member.subject) as subject:
        found = fits_of(listing, others_of(listing, subject), by=subject)
    return [(one.listing.pk, one.score, one.share, one.reasons) for one in found.fits]


def overview_seen_by(member: Member) -> tuple[object, ...]:
    with acting(member.subject) as subject:
        needs = listings(Filter(side="need"), subject)
        offers = listings(Filter(side="offer"), subject)
        return coverage_of(needs, offers), pairs_of(needs, offers, per_need=2, per_offer=2, floor=1)


def test_who_sees_the_same_shares_a_shelf_and_nobody_else(cast: Cast) -> None:
    published_by(cast, cast.company, FRENCH)
    allied = published_by(cast, cast.company, BOOTS, audience="allies")
    guest, company = shelf_seen_by(cast.guest), shelf_seen_by(cast.company)
    assert shelf_seen_by(cast.guest) is guest
    assert guest is not company
    assert str(allied.pk) in company.places
    assert str(allied.pk) not in guest.places
    assert guest is shelf_seen_by(cast.guest)


def test_a_changed_row_is_seen_at_once_even_in_one_transaction(cast: Cast) -> None:
    offer = published_by(cast, cast.company, FRENCH)
    for title in ("First wording", "Second wording"):
        with acting_as_system("tests"):
            Listing.objects.filter(pk=offer.pk).update(title=title)
        (item,) = shelf_seen_by(cast.guest).items
        assert item.title == title


def test_a_hidden_offer_or_need_changes_no_figure_of_an_overview(cast: Cast) -> None:
    published_by(cast, cast.guest, NEED)
    for draft in (FRENCH, BOOTS):
        published_by(cast, cast.company, draft)
    before = overview_seen_by(cast.guest)
    published_by(cast, cast.company, UKRAINIAN, audience="allies")
    published_by(cast, cast.authority, NEED, audience="allies", title="Radar canary")
    assert overview_seen_by(cast.guest) == before
    assert overview_seen_by(cast.company) != before


def test_hidden_words_leave_no_trace_in_the_time_of_a_search(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = published_by(cast, cast.company, FRENCH, audience="allies", title="Twelve radars")
    published_by(cast, cast.company, BOOTS)
    encode_published(str(hidden.pk))
    encoded: list[str] = []
    real = readings.encode_now

    def counted(texts: list[str]) -> object:
        encoded.extend(texts)
        return real(texts)

    monkeypatch.setattr(readings, "encode_now", counted)
    for words in (f"{hidden.title}. {hidden.text}", "Thirteen radars. Nobody says this."):
        encoded.clear()
        with acting(cast.guest.subject) as guest:
            search_in(words, *listings_read(guest), language="en")
        assert words in encoded, "the reader's own words are encoded each time, known or not"
    with acting(cast.guest.subject):
        assert not Vector.objects.filter(about=None).exists()


def test_the_same_sentence_of_two_things_has_two_keys() -> None:
    assert readings.key_of("m", "one", "same") != readings.key_of("m", "two", "same")


def test_what_is_withdrawn_is_forgotten_and_what_waits_is_read(cast: Cast) -> None:
    offer = published_by(cast, cast.company, FRENCH)
    assert encode_waiting() == 1
    assert encode_waiting() == 0
    assert Tally.objects.filter(about=offer.pk).count() == 1
    assert Vector.objects.filter(about=offer.pk).exists()
    with acting(cast.company.subject) as owner:
        withdraw_listing(by=owner, listing=Listing.objects.get(pk=offer.pk))
    encode_published(str(offer.pk))
    assert not Tally.objects.filter(about=offer.pk).exists()
    assert not Vector.objects.filter(about=offer.pk).exists()


def test_an_earlier_wording_leaves_nothing_behind(cast: Cast) -> None:
    offer = published_by(cast, cast.company, FRENCH)
    encode_published(str(offer.pk))
    before = set(Vector.objects.values_list("key", flat=True))
    with acting_as_system("tests"):
        Listing.objects.filter(pk=offer.pk).update(title="Autre chose", text="Tout à fait.")
    encode_published(str(offer.pk))
    assert not before & set(Vector.objects.values_list("key", flat=True))
    assert Tally.objects.filter(about=offer.pk).count() == 1


def test_with_the_model_switched_off_words_and_codes_still_rank(cast: Cast) -> None:
    need = published_by(cast, cast.authority, NEED, cpv=("35722000",))
    published_by(cast, cast.company, BOOTS)
    radar = published_by(cast, cast.company, FRENCH, cpv=("35722000",))
    with override_settings(PUNTE_ENCODER="none"), acting(cast.authority.subject) as owner:
        found = fits_of(need, others_of(need, owner), by=owner)
        hits, reading = search_in("radar", *listings_read(owner), language="ro")
    assert found.reading == reading == "off"
    assert found.fits[0].listing.pk == radar.pk
    assert "CPV 35722000" in " ".join(found.fits[0].reasons)
    assert {hit.key for hit in hits} == {str(need.pk), str(radar.pk)}
    assert not Vector.objects.exists()


def test_an_imported_thesaurus_is_heard_in_the_product(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUNTE_DATA", str(tmp_path))
    lines = Lines(
        codes=("35722000", "44212000", "33100000"),
        labels={
            "en": ("Radar", "Bridges", "Medical equipments"),
            "ro": ("Radar", "Poduri", "Echipamente medicale"),
        },
    )
    write_thesaurus(tmp_path / READY_FILE, Thesaurus.of(lines))
    need = published_by(cast, cast.authority, NEED, title="Poduri", text="Poduri.")
    published_by(cast, cast.company, FRENCH, title="Bridges", text="Bridges.", language="en")
    published_by(cast, cast.company, BOOTS)
    best = fits_seen_by(cast.authority, need)[0]
    assert any("Poduri" in reason for reason in best[3]), best


def test_with_the_network_closed_all_of_it_works(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_names: object) -> None:
        raise OSError("the network is closed in this test")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    need = published_by(cast, cast.authority, NEED)
    for draft in (FRENCH, UKRAINIAN, BOOTS):
        encode_published(str(published_by(cast, cast.company, draft).pk))
    encode_published(str(need.pk))
    assert len(fits_seen_by(cast.authority, need)) >= 2
    coverage, pairs = overview_seen_by(cast.authority)
    assert coverage.lines[0].count >= 2  # type: ignore[attr-defined]
    assert pairs[0].offers  # type: ignore[index]
    with acting(cast.authority.subject) as owner:
        hits, reading = search_in("drone radar", *listings_read(owner), language="en")
    assert reading == "whole"
    assert hits


def test_a_need_that_waits_for_its_worker_is_ranked_by_meaning_all_the_same(cast: Cast) -> None:
    need = published_by(cast, cast.authority, NEED)
    for draft in (UKRAINIAN, BOOTS):
        encode_published(str(published_by(cast, cast.company, draft).pk))
    best = fits_seen_by(cast.authority, need)[0]
    assert "near in meaning" in " ".join(best[3])  # type: ignore[arg-type]


def test_the_owners_translation_stands_beside_the_original(cast: Cast) -> None:
    need = published_by(cast, cast.authority, NEED)
    offer = published_by(cast, cast.company, FRENCH)
    with acting_as_system("tests"):
        Translation.objects.create(
            listing=offer, language="en", title="Radar of the owner", text="x", of_revision=1
        )
    client = Client()
    client.force_login(cast.authority.account)
    page = client.get(f"/needs/{need.pk}/fits/").content.decode()
    assert page.index(FRENCH.title) < page.index("Radar of the owner")


def test_shelves_beyond_the_limit_go(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST_KEPT", 3)
    for number in range(4):
        published(cast, side="offer", by=cast.company, title=f"Offer {number}")
        shelf_seen_by(cast.guest)
    assert len(shelves._KEPT) == 1
