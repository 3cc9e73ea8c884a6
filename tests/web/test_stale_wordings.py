"""A wording whose original was changed warns the organiser, says which words changed, and is said to be right by one click."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import Rows, make_edition
from page_forms import as_read, form_with
from page_lines import in_one_line
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Edition, EditionWording, Question, Session, SessionWording
from punte.apps.people.models import ClearanceStage, StageWording
from signed_in import signed_in

pytestmark = pytest.mark.django_db
LACKS = "Wordings whose original was changed since: "


@pytest.fixture
def rows() -> Rows:
    made = make_edition()
    with acting_as_system("tests"):
        Edition.objects.filter(pk=made.edition.pk).update(languages="en,ro,fr")
        made.edition.refresh_from_db()
    return made


@pytest.fixture
def organiser(rows: Rows) -> Client:
    return signed_in(rows.organiser)


def at(rows: Rows, rest: str) -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def page(client: Client, rows: Rows, rest: str = "set-up/words/", language: str = "en") -> str:
    answer = client.get(at(rows, rest), headers={"accept-language": language})
    assert answer.status_code == 200, rest
    return answer.content.decode()


def send(client: Client, rows: Rows, rest: str, data: dict[str, str]) -> str:
    sent = as_read(client, at(rows, rest), data)
    return client.post(at(rows, rest.split("?", maxsplit=1)[0]), sent, follow=True).content.decode()


def rename(client: Client, rows: Rows, **changes: str) -> None:
    shown = form_with(page(client, rows, "set-up/facts/"), "theme", "city", "starts_on").fields
    answer = client.post(at(rows, "set-up/facts/"), {**shown, **changes}, follow=True)
    assert "Kept." in answer.content.decode()


def still_right(client: Client, rows: Rows, rest: str = "set-up/words/") -> str:
    shown = form_with(page(client, rows, rest), "kind", "seen", "language").fields
    assert shown["do"] == "right" if "do" in shown else True
    answer = client.post(at(rows, "set-up/words/"), {**shown, "do": "right"}, follow=True)
    return answer.content.decode()


THEME = {"do": "words", "theme-ro": "Reînarmăm NATO", "theme-fr": "Réarmer l'OTAN"}
NEW = "Rearming Europe - Innovate, Accelerate, Sustain"


def test_the_checklist_and_the_page_say_which_words_changed(rows: Rows, organiser: Client) -> None:
    send(organiser, rows, "set-up/facts/", THEME)
    assert f"{LACKS}0." in page(organiser, rows, "set-up/")
    assert "Nothing: every wording" in page(organiser, rows)
    rename(organiser, rows, theme=NEW)
    lacks = in_one_line(page(organiser, rows, "set-up/"))
    assert f'<a href="{at(rows, "set-up/words/")}">{LACKS}2.</a>' in lacks
    told = in_one_line(page(organiser, rows))
    assert "Rearming<del>NATO</del><ins>Europe</ins>- Innovate, Accelerate, Sustain" in told
    assert "Reînarmăm NATO" in told
    assert "Réarmer l&#x27;OTAN" in told
    own = in_one_line(page(organiser, rows, "set-up/facts/"))
    assert "the original changed" in own
    assert "<del>NATO</del><ins>Europe</ins>" in own
    # Who reads the other language goes on to see what is written in it.
    assert "Reînarmăm NATO" in page(Client(), rows, "", "ro")


def test_one_click_says_that_it_is_still_right(rows: Rows, organiser: Client) -> None:
    send(organiser, rows, "set-up/facts/", THEME)
    rename(organiser, rows, theme=NEW)
    still_right(organiser, rows)
    assert f"{LACKS}1." in page(organiser, rows, "set-up/"), "the other language waits on"
    still_right(organiser, rows, "set-up/facts/")
    assert f"{LACKS}0." in page(organiser, rows, "set-up/")
    with acting_as_system("tests"):
        assert {one.theme for one in EditionWording.objects.all()} == {
            THEME["theme-ro"],
            THEME["theme-fr"],
        }
    rename(organiser, rows, theme="Something else")
    assert f"{LACKS}2." in page(organiser, rows, "set-up/")


def test_keeping_the_form_makes_right_only_what_was_written_anew(
    rows: Rows, organiser: Client
) -> None:
    send(organiser, rows, "set-up/facts/", THEME | {"name-ro": "Forumul"})
    rename(organiser, rows, theme=NEW)
    send(organiser, rows, "set-up/facts/", THEME | {"theme-ro": "Reînarmăm Europa"})
    told = page(organiser, rows)
    assert f"{LACKS}1." in page(organiser, rows, "set-up/")
    assert "Réarmer" in told
    assert "Reînarmăm" not in told


def test_a_click_on_words_that_changed_once_more_is_refused(rows: Rows, organiser: Client) -> None:
    send(organiser, rows, "set-up/facts/", {"do": "words", "theme-ro": "Reînarmăm NATO"})
    rename(organiser, rows, theme=NEW)
    shown = form_with(page(organiser, rows), "kind", "seen", "language").fields
    rename(organiser, rows, theme="Disarming")
    answer = organiser.post(at(rows, "set-up/words/"), {**shown, "do": "right"})
    assert answer.status_code == 409
    assert "changed once more" in answer.content.decode()
    assert f"{LACKS}1." in page(organiser, rows, "set-up/")


def test_what_is_put_back_is_stale_no_more(rows: Rows, organiser: Client) -> None:
    send(organiser, rows, "set-up/facts/", THEME)
    rename(organiser, rows, theme=NEW)
    rename(organiser, rows, theme=rows.edition.theme)
    assert f"{LACKS}0." in page(organiser, rows, "set-up/")


def test_a_session_is_stale_as_drafted_and_stays_so_when_released(
    rows: Rows, organiser: Client
) -> None:
    with acting_as_system("tests"):
        session = Session.objects.filter(edition=rows.edition).earliest("starts_at")
    rest = f"agenda/edit/{session.pk}/"
    send(organiser, rows, rest, {"do": "words", "title-ro": "Deschiderea"})
    send(organiser, rows, "agenda/edit/", {"do": "release", "note": ""})
    assert f"{LACKS}0." in page(organiser, rows, "set-up/")
    shown = form_with(page(organiser, rows, rest), "title", "starts_at", "kind").fields
    send(organiser, rows, rest, {**shown, "title": "Quite another thing"})
    assert f"{LACKS}1." in page(organiser, rows, "set-up/")
    assert "Quite another thing" in page(organiser, rows)
    send(organiser, rows, "agenda/edit/", {"do": "release", "note": ""})
    assert f"{LACKS}1." in page(organiser, rows, "set-up/")
    assert "the original changed" in page(organiser, rows, rest)
    still_right(organiser, rows)
    assert f"{LACKS}0." in page(organiser, rows, "set-up/")
    with acting_as_system("tests"):
        assert SessionWording.objects.get().title == "Deschiderea"


def test_questions_places_categories_and_stages_warn_alike(rows: Rows, organiser: Client) -> None:
    with acting_as_system("tests"):
        question = Question.objects.create(edition=rows.edition, code="q", label="Where from?")
        stage = ClearanceStage.objects.create(
            edition_id=rows.edition.pk, position=1, name="Security", right="vet"
        )
    form = "applications/form/"
    organiser.post(
        at(rows, form),
        {"do": "words", "question": str(question.pk), "label-ro": "De unde?", "revision": "1"},
    )
    category = rows.edition.slug and "industry"
    send(
        organiser,
        rows,
        "set-up/categories/",
        {"do": "category-words", "code": category, "name-ro": "Firme"},
    )
    send(
        organiser,
        rows,
        "set-up/words/",
        {"do": "part-words", "code": f"stage.{stage.pk}", "name-ro": "Securitate"},
    )
    assert f"{LACKS}0." in page(organiser, rows, "set-up/")
    with acting_as_system("tests"):
        assert StageWording.objects.get().name == "Securitate"
        Question.objects.update(label="From where?")
        rows.edition.categories.filter(code=category).update(name="Firms")
        ClearanceStage.objects.update(name="Safety")
    assert f"{LACKS}3." in page(organiser, rows, "set-up/")
    assert "the original changed" in page(organiser, rows, form)
    assert "the original changed" in page(organiser, rows, "set-up/categories/")
    for left in (2, 1, 0):
        still_right(organiser, rows)
        assert f"{LACKS}{left}." in page(organiser, rows, "set-up/")


def test_only_an_organiser_reads_the_page_or_says_so(rows: Rows, organiser: Client) -> None:
    send(organiser, rows, "set-up/facts/", THEME)
    rename(organiser, rows, theme=NEW)
    shown = form_with(page(organiser, rows), "kind", "seen", "language").fields
    delegate = signed_in(rows.delegate)
    assert delegate.get(at(rows, "set-up/words/")).status_code == 404
    sent = {**shown, "do": "right"}
    assert delegate.post(at(rows, "set-up/words/"), sent).status_code == 404
    assert f"{LACKS}2." in page(organiser, rows, "set-up/")
    for wrong in ({"kind": "nothing"}, {"key": "1"}, {"language": "xx"}):
        answer = organiser.post(at(rows, "set-up/words/"), {**sent, **wrong})
        assert answer.status_code == 200
        assert "Load the page again." in answer.content.decode()


def test_nobody_is_sent_to_another_site_by_the_button(rows: Rows, organiser: Client) -> None:
    send(organiser, rows, "set-up/facts/", THEME)
    rename(organiser, rows, theme=NEW)
    shown = form_with(page(organiser, rows), "kind", "seen", "language").fields
    sent = {**shown, "do": "right", "back": "https://example.org/"}
    answer = organiser.post(at(rows, "set-up/words/"), sent)
    assert answer["location"] == at(rows, "set-up/words/")


def test_the_page_asks_as_many_questions_for_one_as_for_three(
    rows: Rows, organiser: Client
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(organiser, rows)
        return len(queries)

    with acting_as_system("tests"):
        places = list(rows.edition.places.all())[:3]
    for place in places[:1]:
        send(
            organiser,
            rows,
            f"set-up/venue/?close={place.code}",
            {"do": "place-words", "code": place.code, "name-ro": "Masa"},
        )
    with acting_as_system("tests"):
        rows.edition.places.update(name="Desk")
    count()
    before = count()
    for place in places[1:]:
        send(
            organiser,
            rows,
            f"set-up/venue/?close={place.code}",
            {"do": "place-words", "code": place.code, "name-ro": "Masa"},
        )
    with acting_as_system("tests"):
        rows.edition.places.update(name="Booth")
    assert page(organiser, rows).count("<ins>Booth</ins>") == len(places)
    assert count() == before
