"""A session's texts in the languages of its edition: hidden as long as it is, the reader's own once it is released."""

import icalendar
import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from edition_rows import Rows
from page_forms import as_read
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import (
    Delegate,
    Session,
    SessionDraftWording,
    SessionPart,
    SessionWording,
)
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person
from signed_in import signed_in
from worded import edition_in, text

pytestmark = pytest.mark.django_db
RO = {"accept-language": "ro"}
WORDS = {"title-ro": "Radar cuantic", "about-ro": "Ce vede\nși ce nu."}


@pytest.fixture
def rows() -> Rows:
    return edition_in("en,ro,fr")


@pytest.fixture
def organiser(rows: Rows) -> Client:
    return signed_in(rows.organiser)


def at(rows: Rows, rest: str = "") -> str:
    return f"/e/{rows.edition.slug}/agenda/{rest}"


def wish(title: str = "Quantum radar", **more: str) -> dict[str, object]:
    return {
        "title": title,
        "subtitle": "In the field",
        "about": "What it sees.",
        "kind": "side",
        "format": "open",
        "starts_at": "2025-11-05T16:00",
        "ends_at": "2025-11-05T17:00",
        **more,
    }


def change(client: Client, rows: Rows, session: Session, **more: str) -> None:
    address = at(rows, f"edit/{session.pk}/")
    told = client.post(address, as_read(client, address, wish(**more)), follow=True)
    assert "Kept as a draft" in told.content.decode()


def draft(client: Client, rows: Rows, title: str = "Quantum radar", **more: str) -> Session:
    client.post(at(rows, "edit/new/"), wish(title, **more))
    with acting_as_system("tests"):
        return Session.objects.get(edition=rows.edition, title=title)


def word(client: Client, rows: Rows, session: Session, **words: str) -> str:
    address = at(rows, f"edit/{session.pk}/")
    sent = as_read(client, address, {"do": "words", **words})
    return client.post(address, sent, follow=True).content.decode()


def release(client: Client, rows: Rows) -> str:
    sent = as_read(client, at(rows, "edit/"), {"do": "release", "note": ""})
    return client.post(at(rows, "edit/"), sent, follow=True).content.decode()


def test_words_wait_with_the_draft_and_come_out_with_the_release(
    rows: Rows, organiser: Client
) -> None:
    visitor = Client()
    session = draft(organiser, rows)
    assert "Kept as a draft" in word(organiser, rows, session, **WORDS)
    # The organisers' own form has them; nobody else, nor any page that shows what is released.
    assert "Radar cuantic" in text(organiser, at(rows, f"edit/{session.pk}/"))
    for page in ("", "changes/", "embed/", "print/", "schedule.ics"):
        assert "Radar cuantic" not in text(visitor, at(rows, page)), page
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
    with acting(subject_of_person(person.pk)):
        assert not SessionDraftWording.objects.exists()
    assert "Released" in release(organiser, rows)
    for page in ("", "embed/", "print/", "schedule.ics", f"{session.pk}/"):
        assert "Radar cuantic" in text(visitor, at(rows, page)), page
        assert "Radar cuantic" not in text(visitor, at(rows, page), "en"), page
    assert "Radar cuantic" in text(visitor, f"/e/{rows.edition.slug}/")
    with acting_as_system("tests"):
        assert not SessionDraftWording.objects.exists()


def test_the_page_says_in_which_language_each_text_is(rows: Rows, organiser: Client) -> None:
    session = draft(organiser, rows)
    word(organiser, rows, session, **WORDS)
    release(organiser, rows)
    romanian = text(Client(), at(rows, f"{session.pk}/"))
    assert '<html lang="ro"' in romanian
    assert "<h1>Radar cuantic</h1>" in romanian
    assert '<p lang="en">In the field</p>' in romanian, "what has no wording is the original"
    assert "<div><p>Ce vede<br>și ce nu.</p></div>" in romanian
    english = text(Client(), at(rows, f"{session.pk}/"), "en")
    assert "<h1>Quantum radar</h1>" in english


def test_a_released_session_is_reworded_with_the_next_release_alone(
    rows: Rows, organiser: Client
) -> None:
    session = draft(organiser, rows)
    release(organiser, rows)
    word(organiser, rows, session, **WORDS)
    assert "Radar cuantic" not in text(Client(), at(rows))
    assert "Released" in release(organiser, rows), "words alone are a change"
    assert "Radar cuantic" in text(Client(), at(rows))
    # Another draft begins with them, and empty ones are taken away.
    change(organiser, rows, session, track="Sensors")
    assert "Radar cuantic" in text(organiser, at(rows, f"edit/{session.pk}/"))
    release(organiser, rows)
    assert "Radar cuantic" in text(Client(), at(rows))
    word(organiser, rows, session, **{"title-ro": "", "about-ro": ""})
    release(organiser, rows)
    assert "Radar cuantic" not in text(Client(), at(rows))
    with acting_as_system("tests"):
        assert not SessionWording.objects.exists()


def test_calling_off_keeps_the_words(rows: Rows, organiser: Client) -> None:
    session = draft(organiser, rows)
    word(organiser, rows, session, **WORDS)
    release(organiser, rows)
    address = at(rows, f"edit/{session.pk}/")
    organiser.post(address, as_read(organiser, address, {"do": "off"}))
    release(organiser, rows)
    assert "Radar cuantic" in text(Client(), at(rows))


def test_words_are_seen_by_who_sees_the_session(rows: Rows, organiser: Client) -> None:
    session = draft(organiser, rows, format="partner")
    word(organiser, rows, session, **WORDS)
    release(organiser, rows)
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
    with acting(subject_of_person(person.pk)):
        assert SessionWording.objects.count() == 1
    with acting(Subject()):
        assert not SessionWording.objects.exists()
    assert "Radar cuantic" not in text(Client(), at(rows))
    assert "Radar cuantic" in text(signed_in(rows.delegate), f"/e/{rows.edition.slug}/my/")


def test_only_an_organiser_words_and_nothing_marked(rows: Rows, organiser: Client) -> None:
    session = draft(organiser, rows)
    address = at(rows, f"edit/{session.pk}/")
    sent = {"do": "words", **WORDS}
    assert signed_in(rows.delegate).post(address, sent).status_code == 404
    told = word(organiser, rows, session, **{"title-ro": "NATO SECRET", "about-ro": "Despre"})
    assert 'value="NATO SECRET"' in told, "what was typed stays"
    assert ">Despre</textarea>" in told
    with acting_as_system("tests"):
        assert not SessionDraftWording.objects.exists()


def test_two_organisers_do_not_overwrite_each_other(rows: Rows, organiser: Client) -> None:
    session = draft(organiser, rows)
    address = at(rows, f"edit/{session.pk}/")
    mine = as_read(organiser, address, {"do": "words", "title-ro": "Al meu"})
    word(organiser, rows, session, **{"title-ro": "Al altcuiva"})
    answer = organiser.post(address, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Romanian: Title" in page
    assert "Al altcuiva" in page
    assert 'value="Al meu"' in page


def test_data_for_others_keep_the_original_and_the_api_has_both(
    rows: Rows, organiser: Client
) -> None:
    session = draft(organiser, rows)
    word(organiser, rows, session, **WORDS)
    release(organiser, rows)
    for page in ("schedule.xml", "schedule.json"):
        assert "Quantum radar" in text(Client(), at(rows, page)), page
        assert "Radar cuantic" not in text(Client(), at(rows, page)), page
    told = organiser.get(f"/api/v1/editions/{rows.edition.slug}/sessions/{session.pk}").json()
    assert told["title"] == "Quantum radar"
    expected = {
        "title": "Radar cuantic",
        "subtitle": "",
        "about": "Ce vede\nși ce nu.",
        "track": "",
    }
    assert told["wordings"] == [{"language": "ro", **expected}]


def test_a_mail_names_the_session_in_its_readers_language(rows: Rows, organiser: Client) -> None:
    session = draft(organiser, rows)
    word(organiser, rows, session, **WORDS)
    release(organiser, rows)
    with acting_as_system("tests"):
        delegate = Delegate.objects.get(person__account__email=rows.delegate)
        Account.objects.filter(email=rows.delegate).update(language="ro")
        SessionPart.objects.create(session=session, delegate=delegate, part="listener")
    change(organiser, rows, session, starts_at="2025-11-05T15:00")
    release(organiser, rows)
    with acting_as_system("tests"):
        waiting = Mail.objects.get(kind="agenda.moved")
    send_mail(waiting.pk)
    assert "Radar cuantic" in django_mail.outbox[-1].subject
    assert "Quantum radar" not in django_mail.outbox[-1].body


def test_lists_ask_for_all_words_at_once(rows: Rows, organiser: Client) -> None:
    delegate = signed_in(rows.delegate)
    pages = [at(rows), f"/e/{rows.edition.slug}/", f"/e/{rows.edition.slug}/my/"]
    pages += [at(rows, "schedule.ics"), f"/api/v1/editions/{rows.edition.slug}/sessions"]

    def count() -> list[int]:
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                text(delegate, page)
            found.append(len(queries))
        return found

    draft(organiser, rows, "One")
    release(organiser, rows)
    count()
    before = count()
    for number in ("Two", "Three"):
        session = draft(organiser, rows, number)
        word(organiser, rows, session, **WORDS)
    release(organiser, rows)
    assert count() == before
    with acting_as_system("tests"), override("ro"):
        assert Session.objects.get(title="Two").said["title"] == "Radar cuantic"


def test_the_calendar_is_in_the_readers_words(rows: Rows, organiser: Client) -> None:
    session = draft(organiser, rows)
    word(organiser, rows, session, **WORDS)
    release(organiser, rows)
    read = icalendar.Calendar.from_ical(text(Client(), at(rows, "schedule.ics")))
    named = {str(one["uid"]): str(one["summary"]) for one in read.walk("VEVENT")}
    assert named[f"session-{session.pk}@punte"] == "Radar cuantic"
