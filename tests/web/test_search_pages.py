"""The search: finds across languages with reasons, shows no one what is hidden, and tells of what is new."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.market.test_listings import published
from cast import Cast, make_cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.market.bridge import encode_listing
from punte.apps.market.models import Listing, SavedSearch
from punte.apps.market.searches import MOST_KEPT, tell_searchers
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def written(listing: Listing, *, title: str, text: str, language: str) -> Listing:
    with acting_as_system("tests"):
        Listing.objects.filter(pk=listing.pk).update(title=title, text=text, language=language)
        listing.refresh_from_db()
        encode_listing(listing)
    return listing


def masked(content: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", content)


def test_words_of_one_language_find_texts_of_another(cast: Cast) -> None:
    bridge = written(
        published(cast),
        title="Pod mobil pentru trecerea râurilor",
        text="Pod mobil de asalt pentru vehicule grele, montat în zece minute.",
        language="ro",
    )
    written(
        published(cast),
        title="Трекер сонячної електростанції",
        text="Обладнання для сонячних електростанцій на базах.",
        language="uk",
    )
    page = signed_in(cast.company).get("/search/?q=mobile+bridge+to+cross+rivers").content.decode()
    first = re.search(r'<h2><a href="([^"]+)"', page)
    assert first is not None
    assert first[1] == f"/needs/{bridge.pk}/"
    assert "is near in meaning" in page or "It says" in page


def test_what_holds_the_word_is_found_be_the_word_as_common_as_it_may(cast: Cast) -> None:
    keys = [
        written(
            published(cast), title=f"Works {at}", text="Planned by the European EU.", language="en"
        ).pk
        for at in range(10)
    ]
    client = signed_in(cast.company)
    for words in ("European", "planned", "EU"):
        page = client.get("/search/", {"q": words, "kind": "need"}).content.decode()
        assert all(f"/needs/{key}/" in page for key in keys), words
    assert "<h2><a" not in client.get("/search/", {"q": "zzzz", "kind": "need"}).content.decode()


def test_what_is_hidden_changes_not_a_byte(cast: Cast) -> None:
    written(published(cast), title="Bridge", text="A bridge for 60 t.", language="en")
    guest = signed_in(cast.guest)
    before = masked(guest.get("/search/?q=bridge+radar").content)
    hidden = published(cast, audience="allies")
    written(hidden, title="Radar for a bridge", text="Radar radar bridge.", language="en")
    assert masked(guest.get("/search/?q=bridge+radar").content) == before
    assert (
        f"/needs/{hidden.pk}/" in signed_in(cast.company).get("/search/?q=radar").content.decode()
    )


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    "words", ["", "   ", "x", "😀", "<script>alert(1)</script>", "\x07", "lorem " * 300, "%00"]
)
def test_odd_words_are_answered(client: Client, words: str) -> None:
    answer = client.get("/search/", {"q": words, "kind": "nonsense"})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_the_number_of_queries_stays(cast: Cast) -> None:
    client, counts = signed_in(cast.company), []
    for number in (1, 4):
        for _ in range(number):
            written(published(cast), title="Bridge", text="A bridge.", language="en")
        client.get("/search/?q=bridge")
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/?q=bridge")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_kept_search_tells_once_of_what_is_new_and_seen(cast: Cast) -> None:
    company, guest = signed_in(cast.company), signed_in(cast.guest)
    written(published(cast), title="Old bridge", text="A bridge of old.", language="en")
    for client in (company, guest):
        client.post("/search/keep/", {"q": "bridge"})
    with acting_as_system("tests"):
        assert SavedSearch.objects.count() == 2
        SavedSearch.objects.update(told_at=timezone.now())
    assert tell_searchers() == 0
    hidden = published(cast, audience="allies")
    written(hidden, title="Bridge for allies", text="A new bridge.", language="en")
    assert tell_searchers() == 1
    assert tell_searchers() == 0
    with acting_as_system("tests"):
        mail = Mail.objects.get(kind="search.found")
    assert mail.person_id == cast.company.person.pk
    assert send_mail(mail.pk) == Mail.State.SENT
    with acting_as_system("tests"):
        mail.refresh_from_db()
    assert "bridge" in company.get("/search/").content.decode()


def test_a_kept_search_tells_once_of_what_was_under_embargo(cast: Cast) -> None:
    signed_in(cast.company).post("/search/keep/", {"q": "bridge"})
    found = published(cast)
    written(found, title="Bridge", text="A bridge.", language="en")
    now = timezone.now()
    with acting_as_system("tests"):
        Listing.objects.filter(pk=found.pk).update(label_embargo_until=now + dt.timedelta(days=1))
    assert tell_searchers() == 0
    with acting_as_system("tests"):
        # The embargo ends between two rounds: after the last one, and before this moment.
        SavedSearch.objects.update(told_at=now - dt.timedelta(minutes=1))
        Listing.objects.filter(pk=found.pk).update(
            published_at=now - dt.timedelta(days=2),
            label_embargo_until=now - dt.timedelta(seconds=30),
        )
    assert tell_searchers() == 1
    assert tell_searchers() == 0


def test_keeping_has_its_limits_and_belongs_to_one_person(cast: Cast) -> None:
    company = signed_in(cast.company)
    refused = company.post("/search/keep/", {"q": "NATO SECRET bridge"}, follow=True)
    assert "SECRET" in refused.content.decode()
    for number in range(MOST_KEPT + 1):
        answer = company.post("/search/keep/", {"q": f"bridge {number}"}, follow=True)
    assert "Drop one first" in answer.content.decode()
    with acting_as_system("tests"):
        assert SavedSearch.objects.count() == MOST_KEPT
        one = SavedSearch.objects.first()
        assert one is not None
        assert one.told_at <= timezone.now() + dt.timedelta(seconds=1)
    assert signed_in(cast.guest).post(f"/search/{one.pk}/drop/").status_code == 404
    assert company.post(f"/search/{one.pk}/drop/").status_code == 302
    assert Client().post("/search/keep/", {"q": "bridge"})["Location"].startswith("/accounts/")
