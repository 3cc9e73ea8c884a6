"""The names of places in the languages of an edition, wherever a delegate reads where a meeting or a session is."""

import pytest
from django.test import Client

from edition_rows import Rows
from page_forms import as_read
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.forum.models import Edition, Place, PlaceWording, Session
from signed_in import signed_in
from worded import edition_in, questions, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return edition_in("en,ro")


@pytest.fixture
def organiser(rows: Rows) -> Client:
    return signed_in(rows.organiser)


def places(rows: Rows) -> list[Place]:
    with acting_as_system("tests"):
        return list(rows.edition.places.all())


def word(client: Client, rows: Rows, place: Place, name: str) -> str:
    address = f"/e/{rows.edition.slug}/set-up/venue/"
    data = {"do": "place-words", "code": place.code, "name-ro": name}
    sent = as_read(client, f"{address}?close={place.code}", data)
    return client.post(address, sent, follow=True).content.decode()


def test_a_delegate_reads_the_place_in_their_language(rows: Rows, organiser: Client) -> None:
    for place in places(rows):
        word(organiser, rows, place, f"Masa {place.code}")
    with acting_as_system("tests"):
        Session.objects.filter(edition=rows.edition).update(place=places(rows)[0])
    delegate, here = signed_in(rows.delegate), f"/e/{rows.edition.slug}/"
    agenda = f"{here}agenda/"
    for page in (f"{here}my/", f"{here}requests/", agenda, f"{agenda}schedule.ics"):
        assert "Masa T0" in text(delegate, page), page
        assert "Masa T0" not in text(delegate, page, "en"), page
    assert "Masa T0" not in text(Client(), f"{agenda}schedule.json")


def test_what_is_not_said_is_marked_as_of_the_first_language(rows: Rows, organiser: Client) -> None:
    delegate, here = signed_in(rows.delegate), f"/e/{rows.edition.slug}/"
    name = places(rows)[0].name
    assert f'<span lang="en">{name}</span>' in text(delegate, f"{here}my/")
    for place in places(rows):
        word(organiser, rows, place, "Masa")
    assert "<span>Masa</span>" in text(delegate, f"{here}my/")
    word(organiser, rows, places(rows)[0], "")
    with acting_as_system("tests"):
        assert PlaceWording.objects.count() == len(places(rows)) - 1


def test_names_of_a_hidden_edition_are_hidden(rows: Rows, organiser: Client) -> None:
    word(organiser, rows, places(rows)[0], "Masa 1")
    with acting(VISITOR):
        assert PlaceWording.objects.count() == 1
    with acting_as_system("tests"):
        Edition.objects.filter(pk=rows.edition.pk).update(label_releasable_to=[])
    with acting(VISITOR):
        assert not PlaceWording.objects.exists()


def test_only_an_organiser_words_and_nothing_marked(rows: Rows, organiser: Client) -> None:
    place = places(rows)[0]
    sent = {"do": "place-words", "code": place.code, "name-ro": "Masa"}
    address = f"/e/{rows.edition.slug}/set-up/venue/"
    assert signed_in(rows.delegate).post(address, sent).status_code == 404
    assert 'value="NATO SECRET"' in word(organiser, rows, place, "NATO SECRET")
    with acting_as_system("tests"):
        assert not PlaceWording.objects.exists()


def test_two_organisers_do_not_overwrite_each_other(rows: Rows, organiser: Client) -> None:
    place, address = places(rows)[0], f"/e/{rows.edition.slug}/set-up/venue/"
    data = {"do": "place-words", "code": place.code, "name-ro": "Al meu"}
    mine = as_read(organiser, f"{address}?close={place.code}", data)
    word(organiser, rows, place, "Al altcuiva")
    answer = organiser.post(address, mine)
    assert answer.status_code == 409
    assert "Al altcuiva" in answer.content.decode()


def test_the_api_has_both(rows: Rows, organiser: Client) -> None:
    for place in places(rows):
        word(organiser, rows, place, "Masa")
    with acting_as_system("tests"):
        Session.objects.filter(edition=rows.edition).update(place=places(rows)[0])
    listed = f"/api/v1/editions/{rows.edition.slug}"
    told = organiser.get(f"{listed}/sessions").json()["items"][0]
    assert (told["place"], told["place_wordings"]) == (places(rows)[0].name, {"ro": "Masa"})
    client = signed_in(rows.delegate)
    mine = client.get(f"{listed}/my/meetings", headers={"accept-language": "ro"}).json()["items"]
    assert mine[0]["place"] in {place.name for place in places(rows)}
    assert mine[0]["place_said"] == "Masa"


def test_pages_and_calendars_ask_for_all_names_at_once(rows: Rows, organiser: Client) -> None:
    delegate, here = signed_in(rows.delegate), f"/e/{rows.edition.slug}/"
    with acting_as_system("tests"):
        Session.objects.filter(edition=rows.edition).update(place=places(rows)[0])
    pages = [f"{here}my/", f"{here}requests/", f"{here}agenda/", f"{here}agenda/schedule.ics"]

    questions(delegate, pages)
    before = questions(delegate, pages)
    for place in places(rows):
        word(organiser, rows, place, f"Masa {place.code}")
    assert questions(delegate, pages) == before
