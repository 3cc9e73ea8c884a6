"""Names of categories and questions of the form in the languages of an edition: the reader's, or else its first."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from edition_rows import Rows, make_edition
from page_forms import as_read
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import (
    AttendeeCategory,
    CategoryWording,
    Edition,
    Phase,
    Question,
    QuestionWording,
)
from punte.apps.forum.registration_form import form_of
from punte.apps.forum.revisions import revision_of
from signed_in import let_in

pytestmark = pytest.mark.django_db
WORDS = {"do": "words", "label-ro": "De unde veniți?", "options-ro": "din țară\ndin străinătate"}


@pytest.fixture
def rows() -> Rows:
    made = make_edition(organisations=3, each=1, requests=0, places=1)
    with acting_as_system("tests"):
        Edition.objects.filter(pk=made.edition.pk).update(
            languages="en,ro,fr", takes_applications=True
        )
        phase = Phase.objects.get(edition=made.edition, kind="register")
        phase.ends_at = phase.ends_at.replace(year=2099)
        phase.save()
        Question.objects.create(
            edition=made.edition,
            code="from",
            label="Where from?",
            kind="choice",
            options="from here\nfrom abroad",
        )
        Question.objects.create(
            edition=made.edition,
            code="visa",
            label="Needs a visa",
            kind="yes",
            only_if_code="from",
            only_if_value="from abroad",
            position=1,
        )
    return made


@pytest.fixture
def organiser(rows: Rows) -> Client:
    client = Client()
    let_in(client, rows.organiser)
    return client


@pytest.fixture
def delegate(rows: Rows) -> Client:
    client = Client()
    let_in(client, rows.delegate)
    return client


def page(client: Client, rows: Rows, rest: str, language: str) -> str:
    answer = client.get(f"/e/{rows.edition.slug}/{rest}", headers={"accept-language": language})
    assert answer.status_code == 200, rest
    return answer.content.decode()


def word_category(client: Client, rows: Rows, **names: str) -> str:
    address = f"/e/{rows.edition.slug}/set-up/categories/"
    data = {"do": "category-words", "code": "industry"}
    data |= {f"name-{language}": name for language, name in names.items()}
    sent = as_read(client, address, data)
    return client.post(address, sent, follow=True).content.decode()


def word_question(client: Client, rows: Rows, code: str, words: dict[str, str]) -> str:
    with acting_as_system("tests"):
        question = Question.objects.get(edition=rows.edition, code=code)
        read = revision_of(rows.edition, form_of(question))
    address = f"/e/{rows.edition.slug}/applications/form/"
    sent = {"question": str(question.pk), "revision": str(read), **words}
    return client.post(address, sent, follow=True).content.decode()


def test_a_category_is_named_in_the_readers_language(
    rows: Rows, organiser: Client, delegate: Client
) -> None:
    word_category(organiser, rows, ro="Industrie de apărare", fr="Industrie de défense")
    assert "Industrie de apărare" in page(delegate, rows, "people/", "ro")
    english = page(delegate, rows, "people/", "en")
    assert "Industry" in english
    assert "Industrie" not in english
    assert "Industrie de apărare" in page(delegate, rows, "apply/", "ro")
    # What is left empty is taken away, and the first language speaks again.
    word_category(organiser, rows, ro="", fr="Industrie de défense")
    assert "Industrie de apărare" not in page(delegate, rows, "people/", "ro")
    with acting_as_system("tests"):
        assert [one.language for one in CategoryWording.objects.all()] == ["fr"]


def test_a_name_for_a_category_is_refused_where_it_is_marked(rows: Rows, organiser: Client) -> None:
    told = word_category(organiser, rows, ro="NATO SECRET")
    assert 'value="NATO SECRET"' in told, "what was typed stays"
    with acting_as_system("tests"):
        assert not CategoryWording.objects.exists()


def test_a_question_is_asked_in_the_readers_language_and_answered_once(
    rows: Rows, organiser: Client, delegate: Client
) -> None:
    word_question(organiser, rows, "from", WORDS)
    word_question(organiser, rows, "visa", {"do": "words", "label-ro": "Are nevoie de viză"})
    form = page(delegate, rows, "apply/", "ro")
    assert "De unde veniți?" in form
    assert '<option value="from abroad">din străinătate</option>' in form
    assert "„De unde veniți?” este „din străinătate”" in form
    assert "De unde" not in page(delegate, rows, "apply/", "en")
    delegate.post(
        f"/e/{rows.edition.slug}/apply/",
        {
            "name": "Ana",
            "organisation": "Carpat",
            "kind": "company",
            "country": "ROU",
            "category": "industry",
            "answer-from": "from abroad",
            "answer-visa": "yes",
        },
    )
    assert "din străinătate" in page(delegate, rows, "apply/", "ro")
    assert "from abroad" in page(delegate, rows, "apply/", "en")
    table = page(organiser, rows, "applications/?as=csv", "ro")
    assert "De unde veniți?" in table
    assert "din străinătate" in table


@pytest.mark.parametrize(
    "options", ["doar una", "din țară\ndin țară", "din țară\ndin străinătate\nde altundeva"]
)
def test_there_are_as_many_answers_in_each_language(
    rows: Rows, organiser: Client, options: str
) -> None:
    told = word_question(organiser, rows, "from", WORDS | {"options-ro": options})
    assert "2 different answers" in told
    assert "De unde veniți?" in told, "what was typed stays"
    with acting_as_system("tests"):
        assert not QuestionWording.objects.exists()


def test_a_fault_in_an_answer_names_the_question_as_it_was_asked(
    rows: Rows, organiser: Client, delegate: Client
) -> None:
    with acting_as_system("tests"):
        Question.objects.filter(code="from").update(is_required=True)
    word_question(organiser, rows, "from", WORDS)
    told = delegate.post(
        f"/e/{rows.edition.slug}/apply/", {"name": "Ana"}, headers={"accept-language": "ro"}
    )
    assert "De unde veniți?" in told.content.decode()


def test_only_an_organiser_words(rows: Rows, delegate: Client) -> None:
    address = f"/e/{rows.edition.slug}/set-up/categories/"
    data = {"do": "category-words", "code": "industry", "name-ro": "x"}
    assert delegate.post(address, data).status_code == 404


def test_the_words_go_with_what_they_word(rows: Rows, organiser: Client) -> None:
    word_question(organiser, rows, "visa", {"do": "words", "label-ro": "Viză"})
    word_question(organiser, rows, "visa", {"do": "away"})
    with acting_as_system("tests"):
        assert not QuestionWording.objects.exists()


def test_a_list_asks_for_all_names_at_once(rows: Rows, delegate: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(delegate, rows, "people/", "ro")
        return len(queries)

    count()
    before = count()
    with acting_as_system("tests"):
        for number in range(3):
            one = AttendeeCategory.objects.create(
                edition=rows.edition, code=f"c{number}", name=f"Category {number}"
            )
            CategoryWording.objects.create(category=one, language="ro", name=f"Categoria {number}")
    assert count() == before
    with acting_as_system("tests"), override("ro"):
        assert AttendeeCategory.objects.get(code="c1").said == "Categoria 1"
