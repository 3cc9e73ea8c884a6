"""An edition's name and theme in its languages: the reader's own, seen by whoever sees the edition."""

import pytest
from django.core import mail as django_mail
from django.test import Client

from edition_rows import Rows
from page_forms import as_read
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate, Edition, EditionWording
from punte.apps.forum.unlisted import ASKED_KIND
from punte.apps.people.mail import queue_mails
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Person
from signed_in import signed_in
from worded import edition_in, questions, text

pytestmark = pytest.mark.django_db
WORDS = {"name-ro": "București, noiembrie", "theme-ro": "Inovație în ritm alert"}


@pytest.fixture
def rows() -> Rows:
    return edition_in("en,ro", theme="Innovation at speed")


@pytest.fixture
def organiser(rows: Rows) -> Client:
    return signed_in(rows.organiser)


def word(client: Client, rows: Rows, **words: str) -> str:
    address = f"/e/{rows.edition.slug}/set-up/facts/"
    sent = as_read(client, address, {"do": "words", **words})
    return client.post(address, sent, follow=True).content.decode()


def test_everybody_reads_the_edition_in_their_language(rows: Rows, organiser: Client) -> None:
    word(organiser, rows, **WORDS)
    here, name = f"/e/{rows.edition.slug}/", rows.edition.name
    for page in ("/", here, f"{here}agenda/", f"{here}agenda/embed/", f"{here}press/"):
        assert WORDS["name-ro"] in text(Client(), page), page
        assert WORDS["name-ro"] not in text(Client(), page, "en"), page
        assert name in text(Client(), page, "en"), page
    assert f"<h1>{WORDS['name-ro']}</h1>" in text(Client(), here)
    assert WORDS["theme-ro"] in text(Client(), here)
    assert WORDS["name-ro"] in text(signed_in(rows.delegate), f"{here}my/")
    assert WORDS["name-ro"] in text(organiser, f"{here}set-up/venue/")


def test_a_name_that_is_not_said_is_marked_as_of_the_first_language(
    rows: Rows, organiser: Client
) -> None:
    word(organiser, rows, **WORDS | {"name-ro": ""})
    page = text(Client(), f"/e/{rows.edition.slug}/")
    assert f'<h1 lang="en">{rows.edition.name}</h1>' in page
    assert f'<p class="lead">{WORDS["theme-ro"]}</p>' in page


def test_words_of_a_hidden_edition_are_hidden(rows: Rows, organiser: Client) -> None:
    word(organiser, rows, **WORDS)
    with acting(Subject()):
        assert EditionWording.objects.count() == 1
    with acting_as_system("tests"):
        Edition.objects.filter(pk=rows.edition.pk).update(label_releasable_to=[])
    with acting(Subject()):
        assert not EditionWording.objects.exists()
    assert WORDS["name-ro"] not in text(Client(), "/")


def test_only_an_organiser_words_and_nothing_marked(rows: Rows, organiser: Client) -> None:
    address = f"/e/{rows.edition.slug}/set-up/facts/"
    assert signed_in(rows.delegate).post(address, {"do": "words", **WORDS}).status_code == 404
    told = word(organiser, rows, **WORDS | {"theme-ro": "NATO SECRET"})
    assert 'value="NATO SECRET"' in told, "what was typed stays"
    with acting_as_system("tests"):
        assert not EditionWording.objects.exists()


def test_two_organisers_do_not_overwrite_each_other(rows: Rows, organiser: Client) -> None:
    address = f"/e/{rows.edition.slug}/set-up/facts/"
    mine = as_read(organiser, address, {"do": "words", "name-ro": "Al meu"})
    word(organiser, rows, **{"name-ro": "Al altcuiva"})
    answer = organiser.post(address, mine)
    assert answer.status_code == 409
    assert "Al altcuiva" in answer.content.decode()


def test_the_api_has_both(rows: Rows, organiser: Client) -> None:
    word(organiser, rows, **WORDS)
    told = organiser.get(f"/api/v1/editions/{rows.edition.slug}").json()
    assert told["name"] == rows.edition.name
    said = {"language": "ro", "name": WORDS["name-ro"], "theme": WORDS["theme-ro"]}
    said |= {"forum": "", "city": "", "venue": ""}
    assert told["wordings"] == [said]
    assert organiser.get("/api/v1/editions").json()["items"][0]["wordings"] == [said]
    schedule = text(Client(), f"/e/{rows.edition.slug}/agenda/schedule.json")
    assert rows.edition.name in schedule
    assert WORDS["name-ro"] not in schedule


def test_a_mail_names_the_edition_in_its_readers_language(rows: Rows, organiser: Client) -> None:
    word(organiser, rows, **WORDS)
    with acting_as_system("tests"):
        Account.objects.filter(email=rows.delegate).update(language="ro")
        person = Person.objects.get(account__email=rows.delegate)
        Delegate.objects.filter(person=person).update(label_releasable_to=[])
        queue_mails(
            kind=ASKED_KIND,
            to=[(person, {})],
            key="words",
            edition_id=rows.edition.pk,
            owner_org_id=rows.edition.owner_org_id,
            about_id=rows.edition.pk,
        )
        waiting = Mail.objects.get(person=person)
    send_mail(waiting.pk)
    assert WORDS["name-ro"] in django_mail.outbox[-1].subject


def test_pages_cost_no_query_more_with_words(rows: Rows, organiser: Client) -> None:
    delegate, here = signed_in(rows.delegate), f"/e/{rows.edition.slug}/"
    pages = ["/", here, f"{here}my/", f"{here}agenda/", "/api/v1/editions"]

    questions(delegate, pages)
    before = questions(delegate, pages)
    word(organiser, rows, **WORDS)
    assert questions(delegate, pages) == before


@pytest.mark.parametrize("languages", ["en", "ro,en", "en,fr"])
def test_words_in_a_language_that_was_left_stay_in_sight_until_taken_away(
    rows: Rows, organiser: Client, languages: str
) -> None:
    word(organiser, rows, **WORDS)
    with acting_as_system("tests"):
        Edition.objects.filter(pk=rows.edition.pk).update(languages=languages)
    form = organiser.get(f"/e/{rows.edition.slug}/set-up/facts/").content.decode()
    assert f'value="{WORDS["name-ro"]}"' in form
    word(organiser, rows, **WORDS | {"name-fr": "Bucarest, novembre"})
    assert WORDS["name-ro"] in text(Client(), f"/e/{rows.edition.slug}/")
    word(organiser, rows, **{"name-ro": "", "theme-ro": "", "name-de": "Not asked for"})
    with acting_as_system("tests"):
        said = EditionWording.objects.filter(edition=rows.edition)
        assert not set(said.values_list("language", flat=True)) & {"ro", "de"}
