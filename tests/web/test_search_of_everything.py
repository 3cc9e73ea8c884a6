"""Every kind of labelled thing is found by whoever sees it, and by nobody else; the worker reads all, the searcher nothing."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.cooperation.test_cooperation import meeting_of
from apps.market.test_listings import published
from cast import Cast, make_cast
from edition_rows import make_edition
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation.follow_up import write_note
from punte.apps.cooperation.jobs import read_for_search
from punte.apps.cooperation.models import Commitment, Decision
from punte.apps.cooperation.searchable import things
from punte.apps.forum.models import Release, Session
from punte.apps.market.bridge import encode_listing, readings
from punte.apps.market.models import Listing, Tally, Translation, Vector
from punte.apps.market.searches import find
from punte.apps.people.models import Organisation
from punte.web.search.documents import ADDRESSES, KINDS
from security.hidden_world import SHOWN, World, build_hidden_world, build_shown_world
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def shown_world() -> World:
    """Return a row of every model that everybody sees, in the state in which its pages show it."""
    world = build_shown_world()
    with acting_as_system("tests"):
        Session.objects.update(is_released=True)
        Release.objects.update(out_at=timezone.now(), label_embargo_until=None)
        Decision.objects.update(withdrawn_because="")
    return world


def found(client: Client, words: str, kind: str = "") -> list[str]:
    page = client.get("/search/", {"q": words, "kind": kind}).content.decode()
    return re.findall(r'<h2><a href="([^"]+)"', page)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"need", "offer", "note"}])
def test_each_kind_is_found_and_its_page_opens(cast: Cast, kind: str) -> None:
    shown_world()
    client = signed_in(cast.organiser)
    addresses = found(client, SHOWN, kind)
    assert addresses, kind
    assert client.get(addresses[0]).status_code == 200
    assert addresses[0] in found(client, SHOWN)


def test_every_kind_that_is_read_has_a_name_and_a_page(cast: Cast) -> None:
    shown_world()
    with acting(cast.organiser.subject):
        kinds = {thing.kind for thing in things()}
    assert kinds | {"need", "offer", "note"} == set(KINDS) == set(ADDRESSES)


def test_what_is_hidden_is_read_for_nobody(cast: Cast) -> None:
    hidden = build_hidden_world()
    keys = {str(row.pk) for row in hidden.made.values()}
    for member in cast.everybody.values():
        with acting(member.subject):
            assert not keys & {thing.document.key for thing in things()}
    with acting_as_system("tests"):
        assert keys & {thing.document.key for thing in things()}


def test_a_visitor_is_led_to_no_page_that_asks_for_an_account(cast: Cast) -> None:
    del cast
    shown_world()
    client = Client()
    addresses = found(client, SHOWN)
    assert addresses
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_a_note_is_found_by_its_own_side_and_a_shared_one_by_both() -> None:
    request, sender, receiver, third = meeting_of(make_edition())
    with acting(sender):
        write_note(by=sender, request=request, text="Quietly zirconium", is_shared=False)
        write_note(by=sender, request=request, text="Jointly zirconium", is_shared=True)

    def seen(subject: Subject) -> set[str]:
        with acting(subject):
            return {thing.document.title for thing in things("note")}

    assert seen(sender) == {"Quietly zirconium", "Jointly zirconium"}
    assert seen(receiver) == {"Jointly zirconium"}
    assert seen(third) == set()


def test_a_code_finds_what_declares_it_or_one_below(cast: Cast) -> None:
    radar = published(cast, title="Mast", text="Ten metres high.", cpv=("35722000",))
    other = published(cast, title="Other mast", text="Ten metres high.", cpv=("44212000",))
    client = signed_in(cast.company)
    for words in ("35722000", "35722000-1", "35700000"):
        page = client.get("/search/", {"q": words}).content.decode()
        assert f"/needs/{radar.pk}/" in page, words
        assert "It declares CPV 35722000." in page
        assert f"/needs/{other.pk}/" not in page


def test_the_owners_name_finds_its_needs_before_others(cast: Cast) -> None:
    own = published(cast, title="Mast", text="Ten metres high.")
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=cast.authority.organisation.pk).update(
            label_releasable_to=["PUBLIC"], name="Direcția Țintă"
        )
    client = signed_in(cast.company)
    addresses = found(client, "directia tinta")
    organisation = f"/organisations/{cast.authority.organisation.pk}/"
    assert addresses[:2] == [organisation, f"/needs/{own.pk}/"]
    page = client.get("/search/?q=tinta").content.decode()
    assert "It belongs to Direcția Țintă." in page
    assert "Needs · Direcția Țintă" in page
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=cast.authority.organisation.pk).update(
            label_releasable_to=[]
        )
    assert f"/needs/{own.pk}/" not in found(client, "directia tinta")
    page = client.get("/search/?q=Mast").content.decode()
    assert f"/needs/{own.pk}/" in page
    assert "Direcția Țintă" not in page


def test_a_mere_name_is_found_by_its_words_and_not_by_meaning(cast: Cast) -> None:
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=cast.authority.organisation.pk).update(
            label_releasable_to=["PUBLIC"], name="Mobile bridge", about=""
        )
    read_for_search()
    client = signed_in(cast.company)
    address = f"/organisations/{cast.authority.organisation.pk}/"
    assert address in found(client, "mobile")
    assert address not in found(client, "мобільний міст")
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=cast.authority.organisation.pk).update(
            about="A mobile bridge for heavy vehicles."
        )
    read_for_search()
    assert address in found(client, "мобільний міст")


def test_half_a_name_comes_after_what_says_it_all(cast: Cast) -> None:
    need = published(
        cast,
        title="Radar against drones",
        text="A mobile radar that finds small drones at low altitude, day and night, in any weather.",
    )
    with acting_as_system("tests"):
        encode_listing(need)
        Organisation.objects.filter(pk=cast.authority.organisation.pk).update(
            label_releasable_to=["PUBLIC"], name="Karst Radar", about=""
        )
    organisation = f"/organisations/{cast.authority.organisation.pk}/"
    client = signed_in(cast.company)
    assert found(client, "radar drones weather") == [f"/needs/{need.pk}/", organisation]
    assert found(client, "karst radar")[0] == organisation


def test_a_text_about_a_word_comes_before_names_with_more_words(cast: Cast) -> None:
    need = published(cast, title="Radar", text="A mobile radar that finds small drones.")
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=cast.authority.organisation.pk).update(
            label_releasable_to=["PUBLIC"], name="Karst Radar Systems Works", about=""
        )
        firm = Organisation.objects.create(name="Radar Works", kind="company", country_id="ROU")
        Organisation.objects.filter(pk=firm.pk).update(label_releasable_to=["PUBLIC"])
    client = signed_in(cast.company)
    meant, other = (f"/organisations/{one}/" for one in (firm.pk, cast.authority.organisation.pk))
    assert found(client, "radar")[:3] == [meant, f"/needs/{need.pk}/", other]


def test_a_title_that_is_near_is_not_said_twice(cast: Cast) -> None:
    need = published(cast)
    with acting_as_system("tests"):
        Listing.objects.filter(pk=need.pk).update(
            language="uk", title="Мобільний міст для важкої техніки", text="Десять штук."
        )
        need.refresh_from_db()
        encode_listing(need)
    page = signed_in(cast.company).get("/search/?q=mobile+bridge").content.decode()
    assert "Its title is near in meaning." in page
    assert "техніки” is near" not in page


def test_a_translation_finds_its_original_once(cast: Cast) -> None:
    need = published(cast, title="Pod", text="Pod greu.")
    with acting_as_system("tests"):
        for language in ("en", "fr"):
            Translation.objects.create(
                listing=need, language=language, title="Hippopotamus", text="x", of_revision=1
            )
    assert found(signed_in(cast.company), "hippopotamus") == [f"/needs/{need.pk}/"]
    with acting(cast.company.subject) as company:
        hits = find("hippopotamus", company, language="en", sides=("offer",)).hits
    assert hits == ()


def test_the_worker_reads_everything_once_and_forgets_what_is_gone(cast: Cast) -> None:
    need = published(cast)
    with acting_as_system("tests"):
        Translation.objects.create(
            listing=need, language="en", title="Bridge", text="Heavy.", of_revision=1
        )
        encode_listing(need)
    world = shown_world()
    assert read_for_search() > len(KINDS) - 3
    assert read_for_search() == 0
    commitment = world.key_of(Commitment, text=SHOWN)
    assert Vector.objects.filter(about=commitment).exists()
    with acting_as_system("tests"):
        Commitment.objects.filter(pk=commitment).update(what="Another wording")
    assert read_for_search() == 1
    with acting_as_system("tests"):
        Commitment.objects.filter(pk=commitment).delete()
    assert read_for_search() == 0
    assert not Vector.objects.filter(about=commitment).exists()
    assert not Tally.objects.filter(about=commitment).exists()
    assert Vector.objects.filter(about=need.pk).exists()


def test_a_searcher_encodes_nothing_but_the_words(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_world()
    published(cast, title="Bridge", text="A bridge of steel.")
    encoded: list[str] = []
    real = readings.encode_now

    def counted(texts: list[str]) -> object:
        encoded.extend(texts)
        return real(texts)

    monkeypatch.setattr(readings, "encode_now", counted)
    page = signed_in(cast.company).get("/search/?q=bridge").content.decode()
    assert encoded == ["bridge"]
    assert "still being read" in page
    assert "It says: bridge." in page


def test_with_one_sentence_unread_the_others_are_reasons(cast: Cast) -> None:
    need = published(cast)
    with acting_as_system("tests"):
        Listing.objects.filter(pk=need.pk).update(
            language="uk",
            title="Міст",
            text="Мобільний міст для важкої техніки. Обладнання для сонячних електростанцій.",
        )
        need.refresh_from_db()
        encode_listing(need)
        missing = "Обладнання для сонячних електростанцій."
        encoder = readings.model()
        assert encoder is not None
        key = readings.key_of(encoder.sha256, str(need.pk), missing)
        assert Vector.objects.filter(key=key).delete()[0] == 1
    page = signed_in(cast.company).get("/search/?q=mobile+bridge").content.decode()
    assert "Мобільний міст для важкої техніки.” is near in meaning" in page
    assert "still being read" in page


def test_the_number_of_queries_stays(cast: Cast) -> None:
    client, counts = signed_in(cast.organiser), []
    shown_world()
    for copies in (0, 2):
        with acting_as_system("tests"):
            for copy in range(copies):
                World(f"{SHOWN}more{copy}", label_releasable_to=["PUBLIC"]).row(Commitment)
        client.get(f"/search/?q={SHOWN}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/search/?q={SHOWN}")
        counts.append(len(queries))
    assert counts[0] == counts[1] < 75
