"""What fits a need, across languages, with reasons, and under the wall."""

from dataclasses import replace

import pytest

from apps.market.test_listings import DRAFT
from cast import Cast, Member
from punte.apps.access.permissions import acting
from punte.apps.market.actions import draft_listing, publish_listing, submit_listing
from punte.apps.market.bridge import encode_listing, fits, fits_of
from punte.apps.market.bridge.reasons import reason_in_words
from punte.apps.market.jobs import encode_published
from punte.apps.market.models import Listing, Vector
from punte.apps.market.queries import others_of
from punte.engines.matching.result import SharedCodes

NEED = replace(
    DRAFT,
    title="Radar de supraveghere aeriană",
    text="Radar mobil pentru detectarea dronelor la joasă altitudine.",
    cpv=(),
)
FRENCH = replace(
    DRAFT,
    side="offer",
    language="fr",
    title="Radar mobile de surveillance aérienne",
    text="Détection de petits drones à basse altitude.",
    cpv=(),
)
UKRAINIAN = replace(
    FRENCH,
    language="uk",
    title="Мобільний радар повітряного спостереження",
    text="Виявлення малих дронів на малій висоті.",
)
BOOTS = replace(FRENCH, title="Chaussures de marche", text="Bottes en cuir pour l'hiver.")


def published_by(cast: Cast, owner: Member, draft: object, **changes: object) -> Listing:
    with acting(owner.subject) as subject:
        listing = draft_listing(by=subject, draft=replace(draft, **changes))  # type: ignore[type-var]
        submit_listing(by=subject, listing=listing)
    with acting(cast.organiser.subject) as reviewer:
        listing = Listing.objects.get(pk=listing.pk)
        publish_listing(by=reviewer, listing=listing)
    return listing


@pytest.fixture
def market(cast: Cast) -> dict[str, Listing]:
    found = {"need": published_by(cast, cast.authority, NEED)}
    for name, draft in (("fr", FRENCH), ("uk", UKRAINIAN), ("boots", BOOTS)):
        found[name] = published_by(cast, cast.company, draft)
    return found


def test_a_romanian_need_finds_the_french_and_ukrainian_offers(
    cast: Cast, market: dict[str, Listing]
) -> None:
    for listing in market.values():
        encode_published(str(listing.pk))
    with acting(cast.authority.subject) as owner:
        found = fits_of(market["need"], others_of(market["need"], owner), by=owner, top=3)
    assert found.reading == "whole"
    best = [fit.listing.pk for fit in found.fits][:2]
    assert set(best) == {market["fr"].pk, market["uk"].pk}
    assert all("near in meaning" in " ".join(fit.reasons) for fit in found.fits[:2])


def test_without_vectors_only_words_and_codes_count_and_it_is_said(
    cast: Cast, market: dict[str, Listing]
) -> None:
    with acting(cast.authority.subject) as owner:
        found = fits_of(market["need"], others_of(market["need"], owner), by=owner)
    assert found.reading == "waiting"


@pytest.mark.usefixtures("market")
def test_a_hidden_offer_changes_neither_order_nor_score(cast: Cast) -> None:
    with acting(cast.guest.subject) as guest:
        mine = published_by(cast, cast.guest, NEED)
    with acting(cast.guest.subject) as guest:
        before = fits_of(mine, others_of(mine, guest), by=guest)
    published_by(cast, cast.company, FRENCH, audience="allies", title="Radar radar drone canary")
    with acting(cast.guest.subject) as guest:
        after = fits_of(mine, others_of(mine, guest), by=guest)
    assert [(f.listing.pk, f.score, f.reasons) for f in before.fits] == [
        (f.listing.pk, f.score, f.reasons) for f in after.fits
    ]
    assert before.fits


BRIDGE = replace(
    NEED,
    title="Pod modular pentru transport greu",
    text="Pod modular care poartă vehicule de 60 de tone, montat de opt oameni în două ore.",
)
BRIDGES = (
    replace(
        FRENCH,
        language="ro",
        title="Poduri modulare din aluminiu",
        text="Fabricăm poduri modulare din aluminiu, cu instruire și piese pe douăzeci de ani.",
    ),
    *(
        replace(
            FRENCH,
            language="en",
            title=f"Modular aluminium bridges {n}",
            text="We design and make modular aluminium bridges, with training and spare parts for twenty years.",
        )
        for n in "1234"
    ),
    replace(
        FRENCH,
        title="Ponts modulaires en aluminium",
        text="Nous concevons et fabriquons des ponts modulaires en aluminium, avec formation et pièces pour vingt ans.",
    ),
    replace(
        FRENCH,
        language="uk",
        title="Модульні алюмінієві мости",
        text="Проєктуємо та виготовляємо модульні алюмінієві мости з навчанням і запасними частинами на двадцять років.",
    ),
)


def test_offers_of_a_fifth_and_sixth_owner_in_other_languages_are_named_too(cast: Cast) -> None:
    need = published_by(cast, cast.authority, BRIDGE)
    for draft in BRIDGES:
        listing = published_by(cast, cast.company, draft)
        encode_listing(listing)
    encode_listing(need)
    with acting(cast.authority.subject) as owner:
        found = fits_of(need, others_of(need, owner), by=owner)
        few = fits_of(need, others_of(need, owner), by=owner, top=2)
    assert {"ro", "fr", "uk", "en"} == {fit.listing.language for fit in found.fits}
    assert (len(few.fits), few.is_cut, found.is_cut) == (2, True, False)


def test_what_nothing_speaks_for_gives_its_place_to_the_next(
    cast: Cast, market: dict[str, Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    for listing in market.values():
        encode_listing(listing)
    with acting(cast.guest.subject):
        mine = published_by(cast, cast.guest, NEED)
    with acting(cast.guest.subject) as guest:
        first, second = fits_of(mine, others_of(mine, guest), by=guest).fits[:2]
    real = fits._in_words
    monkeypatch.setattr(
        fits,
        "_in_words",
        lambda match, near: () if match.offer_id == str(first.listing.pk) else real(match, near),
    )
    with acting(cast.guest.subject) as guest:
        (left,) = fits_of(mine, others_of(mine, guest), by=guest, top=1).fits
    assert left.listing.pk == second.listing.pk


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("35", "the same CPV division, 35."),
        ("357", "the same CPV group, 357."),
        ("3572", "the same CPV class, 3572."),
        ("35722", "the same CPV category, 35722."),
        ("35722000", "Both declare CPV 35722000."),
    ],
)
def test_a_shared_beginning_is_not_said_to_be_declared(code: str, said: str) -> None:
    assert reason_in_words(SharedCodes(system="cpv", codes=(code,))).endswith(said)


def test_another_organisation_is_shown_only_its_own_offers(
    cast: Cast, market: dict[str, Listing]
) -> None:
    published_by(cast, cast.guest, FRENCH, title="Radar from elsewhere")
    with acting(cast.company.subject) as company:
        found = fits_of(market["need"], others_of(market["need"], company), by=company)
    assert {fit.listing.owner_org_id for fit in found.fits} == {cast.company.organisation.pk}


def test_a_text_is_encoded_once(cast: Cast) -> None:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=NEED)
        encode_listing(listing)
        count = Vector.objects.count()
        encode_listing(listing)
        assert Vector.objects.count() == count > 0
