"""A press release in the languages of its edition: hidden as long as it is, the reader's own once it is out."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import Rows
from page_forms import as_read
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.forum.models import Release, ReleaseWording
from signed_in import signed_in
from worded import edition_in

pytestmark = pytest.mark.django_db
WORDS = {"title-ro": "Forumul se deschide", "text-ro": "Un rând.\nAlt rând."}


@pytest.fixture
def rows() -> Rows:
    return edition_in("en,ro")


@pytest.fixture
def organiser(rows: Rows) -> Client:
    return signed_in(rows.organiser)


def write(client: Client, rows: Rows, title: str = "The forum opens") -> Release:
    wish = {"do": "write", "title": title, "text": "A line."}
    client.post(f"/e/{rows.edition.slug}/set-up/press/", wish)
    with acting_as_system("tests"):
        return Release.objects.get(title=title)


def take(client: Client, rows: Rows, release: Release, **data: str) -> str:
    address = f"/e/{rows.edition.slug}/set-up/press/{release.pk}/"
    return client.post(address, as_read(client, address, data), follow=True).content.decode()


def press(rows: Rows, language: str = "ro") -> str:
    answer = Client().get(f"/e/{rows.edition.slug}/press/", headers={"accept-language": language})
    return answer.content.decode()


def test_words_come_out_with_the_release_and_go_back_with_it(rows: Rows, organiser: Client) -> None:
    release = write(organiser, rows)
    assert 'value="Forumul se deschide"' in take(organiser, rows, release, do="words", **WORDS)
    with acting(VISITOR):
        assert not ReleaseWording.objects.exists()
    assert WORDS["title-ro"] not in press(rows)
    take(organiser, rows, release, do="publish", until="")
    assert f"<h3>{WORDS['title-ro']}</h3>" in press(rows)
    assert "<p>Un rând.<br>Alt rând.</p>" in press(rows)
    assert WORDS["title-ro"] not in press(rows, "en")
    assert "The forum opens" in press(rows, "en")
    take(organiser, rows, release, do="back")
    with acting(VISITOR):
        assert not ReleaseWording.objects.exists()


def test_words_wait_for_the_embargo(rows: Rows, organiser: Client) -> None:
    release = write(organiser, rows)
    take(organiser, rows, release, do="words", **WORDS)
    take(organiser, rows, release, do="publish", until="2099-01-01T09:00")
    assert WORDS["title-ro"] not in press(rows)
    with acting(VISITOR):
        assert not ReleaseWording.objects.exists()


def test_what_is_not_said_is_marked_as_of_the_first_language(rows: Rows, organiser: Client) -> None:
    release = write(organiser, rows)
    take(organiser, rows, release, do="words", **{"title-ro": WORDS["title-ro"]})
    take(organiser, rows, release, do="publish", until="")
    assert '<div lang="en"><p>A line.</p></div>' in press(rows)


def test_what_is_published_is_not_reworded(rows: Rows, organiser: Client) -> None:
    release = write(organiser, rows)
    take(organiser, rows, release, do="publish", until="")
    assert "Take it back first" in take(organiser, rows, release, do="words", **WORDS)
    with acting_as_system("tests"):
        assert not ReleaseWording.objects.exists()


def test_only_an_organiser_words_and_nothing_marked(rows: Rows, organiser: Client) -> None:
    release = write(organiser, rows)
    address = f"/e/{rows.edition.slug}/set-up/press/{release.pk}/"
    sent = {"do": "words", **WORDS}
    assert signed_in(rows.delegate).post(address, sent).status_code == 404
    told = take(organiser, rows, release, do="words", **WORDS | {"title-ro": "NATO SECRET"})
    assert 'value="NATO SECRET"' in told, "what was typed stays"
    with acting_as_system("tests"):
        assert not ReleaseWording.objects.exists()


def test_the_page_asks_for_all_words_at_once(rows: Rows, organiser: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            press(rows)
        return len(queries)

    take(organiser, rows, write(organiser, rows), do="publish", until="")
    count()
    before = count()
    for title in ("Second", "Third"):
        release = write(organiser, rows, title)
        take(organiser, rows, release, do="words", **WORDS)
        take(organiser, rows, release, do="publish", until="")
    assert count() == before
