"""What leaves the pages in the reader's language, or in the one that is asked for: search, papers, schedules for other systems."""

import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from edition_rows import Rows, make_edition
from page_forms import as_read
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, Edition, Place, PlaceWording, Session
from punte.apps.people.queries import subject_of_account
from punte.web.cooperation.papers import content_of
from signed_in import signed_in

pytestmark = pytest.mark.django_db
WORDS = {"title-ro": "Radar cuantic", "about-ro": "Ce vede și ce nu.", "track-ro": "Senzori"}


@pytest.fixture
def rows() -> Rows:
    made = make_edition()
    with acting_as_system("tests"):
        Edition.objects.filter(pk=made.edition.pk).update(languages="en,ro")
        made.edition.refresh_from_db()
    return made


@pytest.fixture
def organiser(rows: Rows) -> Client:
    return signed_in(rows.organiser)


@pytest.fixture
def session(rows: Rows, organiser: Client) -> Session:
    """Return a released session that is said in Romanian too, in a place that is."""
    with acting_as_system("tests"):
        found = Session.objects.filter(edition=rows.edition).earliest("starts_at")
        place = rows.edition.places.first()
        assert place is not None
        PlaceWording.objects.create(place=place, language="ro", name="Sala Unirii")
        Session.objects.filter(pk=found.pk).update(
            title="Quantum radar", track="Sensors", place=place, format="open"
        )
    send(organiser, rows, f"agenda/edit/{found.pk}/", {"do": "words", **WORDS})
    send(organiser, rows, "agenda/edit/", {"do": "release", "note": ""})
    with acting_as_system("tests"):
        return Session.objects.select_related("place").get(pk=found.pk)


def at(rows: Rows, rest: str = "") -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def send(client: Client, rows: Rows, rest: str, data: dict[str, str]) -> None:
    answer = client.post(at(rows, rest), as_read(client, at(rows, rest), data), follow=True)
    assert answer.status_code == 200


def text(client: Client, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, address
    return answer.content.decode()


def event_of(rows: Rows, session: Session, query: str, language: str = "en") -> dict[str, Any]:
    told = json.loads(text(Client(), at(rows, f"agenda/schedule.json{query}"), language))
    days = told["schedule"]["conference"]["days"]
    events = [one for day in days for room in day["rooms"].values() for one in room]
    return next(one for one in events if one["guid"] == str(session.pk))


def test_a_schedule_is_given_in_the_language_that_its_address_asks_for(
    rows: Rows, session: Session
) -> None:
    first, other = (event_of(rows, session, query) for query in ("", "?language=ro"))
    assert first["title"] == "Quantum radar"
    assert (other["title"], other["track"]) == ("Radar cuantic", "Senzori")
    assert other["description"] == WORDS["about-ro"]
    assert (first["room"], other["room"]) == (session.place.name, "Sala Unirii")
    # What tells an event apart is the same in each, and so is the language that is spoken there.
    for same in ("guid", "id", "slug", "url", "language", "date", "duration"):
        assert first[same] == other[same], same
    xml = ET.fromstring(text(Client(), at(rows, "agenda/schedule.xml?language=ro")))
    titles = [one.text for one in xml.iter("title")]
    assert "Radar cuantic" in titles
    assert "Quantum radar" not in titles


def test_the_address_alone_decides_and_the_answer_says_which(rows: Rows, session: Session) -> None:
    assert event_of(rows, session, "", "ro")["title"] == "Quantum radar"
    assert event_of(rows, session, "?language=ro", "en")["title"] == "Radar cuantic"
    assert event_of(rows, session, "?language=xx")["title"] == "Quantum radar"
    assert event_of(rows, session, "?language=en", "ro")["title"] == "Quantum radar"
    for query, language in (("", "en"), ("?language=ro", "ro"), ("?language=xx", "en")):
        for name in ("schedule.json", "schedule.xml"):
            answer = Client().get(at(rows, f"agenda/{name}{query}"))
            assert answer["Content-Language"] == language
    assert "schedule.xml?language=ro" in text(Client(), at(rows, "agenda/"), "ro")
    assert "schedule.xml?language" not in text(Client(), at(rows, "agenda/"))


def test_the_rooms_of_a_schedule_are_the_same_in_each_language(
    rows: Rows, session: Session
) -> None:
    def rooms(query: str) -> dict[str, str]:
        told = json.loads(text(Client(), at(rows, f"agenda/schedule.json{query}")))
        return {one["guid"]: one["name"] for one in told["schedule"]["conference"]["rooms"]}

    first, other = rooms(""), rooms("?language=ro")
    assert first.keys() == other.keys()
    assert session.place.name in first.values()
    assert "Sala Unirii" in other.values()


def test_a_search_finds_the_words_of_each_language_and_shows_the_readers(
    rows: Rows, session: Session
) -> None:
    link = f'href="{at(rows, f"agenda/{session.pk}/")}"'
    for words in ("cuantic", "quantum"):
        romanian = text(Client(), f"/search/?q={words}&kind=session", "ro")
        assert link in romanian, words
        assert 'lang="ro">Radar cuantic</a>' in romanian
        english = text(Client(), f"/search/?q={words}&kind=session")
        assert 'lang="en">Quantum radar</a>' in english
        assert WORDS["about-ro"] not in english
    assert WORDS["about-ro"] in text(Client(), "/search/?q=cuantic&kind=session", "ro")


def test_a_search_asks_for_all_words_at_once(
    rows: Rows, organiser: Client, session: Session
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            text(Client(), "/search/?q=radar&kind=session")
        return len(queries)

    count()
    before = count()
    with acting_as_system("tests"):
        others = list(Session.objects.filter(edition=rows.edition).exclude(pk=session.pk)[:2])
    for one in others:
        send(organiser, rows, f"agenda/edit/{one.pk}/", {"do": "words", "title-ro": "Radar"})
    send(organiser, rows, "agenda/edit/", {"do": "release", "note": ""})
    count()  # what is new is read once, and kept
    assert count() == before


def told(rows: Rows, kind: str, language: str, **more: bool) -> dict[str, Any]:
    account = Account.objects.get(email=rows.organiser)
    with acting(subject_of_account(account)), translation.override(language):
        return content_of(rows.edition, kind, **more)


def test_signs_and_cards_are_in_the_language_that_was_chosen(rows: Rows, session: Session) -> None:
    with acting_as_system("tests"):
        for place in Place.objects.filter(edition=rows.edition).exclude(wordings__language="ro"):
            PlaceWording.objects.create(place=place, language="ro", name=f"Masa {place.code}")
    signs = told(rows, "room-signs", "ro")["rooms"]
    [sign] = [one for one in signs if one["name"] == "Sala Unirii"]
    assert "Radar cuantic" in [line["what"] for line in sign["lines"]]
    assert "Sala Unirii" not in [one["name"] for one in told(rows, "room-signs", "en")["rooms"]]
    cards = [one["name"] for one in told(rows, "table-cards", "ro")["sheets"]]
    assert all(name.startswith(("Masa ", "Sala ")) for name in cards)
    assert session.place is not None


def test_each_schedule_is_in_its_persons_language(rows: Rows) -> None:
    with acting_as_system("tests"):
        Account.objects.filter(email=rows.delegate).update(language="ro")
        code = Delegate.objects.get(person__account__email=rows.delegate).code
        for place in Place.objects.filter(edition=rows.edition):
            PlaceWording.objects.create(place=place, language="ro", name=f"Masa {place.code}")
    sheets = told(rows, "schedules", "en", of_each=True)["sheets"]
    for sheet in sheets:
        is_romanian = sheet["code"] == code
        assert all(line["where"].startswith("Masa") == is_romanian for line in sheet["lines"])
        assert sheet["stamp"].startswith("versiunea" if is_romanian else "version ")
    assert any(sheet["code"] == code for sheet in sheets)
    assert all(
        one["stamp"].startswith("version ") for one in told(rows, "schedules", "en")["sheets"]
    )


def test_the_page_of_papers_offers_the_languages(rows: Rows, organiser: Client) -> None:
    page = text(organiser, at(rows, "papers/"))
    assert "room-signs.pdf?language=ro" in page
    assert "schedules.pdf?language=each" in page
    for query in ("", "?language=ro", "?language=each", "?language=xx"):
        answer = organiser.get(at(rows, f"papers/schedules.pdf{query}"))
        assert answer.content.startswith(b"%PDF"), query
