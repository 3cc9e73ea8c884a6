"""The outbox's pages: review, rules, words; what a person wants; the mailbox of files."""

import re
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.people.mail import queue_mail
from punte.apps.people.mailbox import letters_to
from punte.apps.people.models import Mail, MailOptOut, MailRule, MailWording, Person
from punte.web.mailing.linked import linked
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def organiser(client: Client, rows: Rows) -> Client:
    let_in(client, rows.organiser)
    return client


def address(rows: Rows, rest: str = "") -> str:
    return f"/e/{rows.edition.slug}/mail/{rest}"


def queue(rows: Rows, count: int) -> list[Mail]:
    with acting_as_system("tests"):
        Person.objects.filter(email="").update(email="somebody@example.org")
        people = list(Person.objects.order_by("pk")[:count])
    assert len(people) == count
    for person in people:
        queue_mail(kind="request.received", to=person, key="k", edition_id=rows.edition.pk)
    with acting_as_system("tests"):
        return list(Mail.objects.all())


def test_the_outbox_lists_with_few_queries(organiser: Client, rows: Rows) -> None:
    assert "No mails yet" in organiser.get(address(rows)).content.decode()
    counts = []
    for number in (1, 3):
        queue(rows, number)
        organiser.get(address(rows))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            organiser.get(address(rows))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_organiser_reviews_and_drops(organiser: Client, rows: Rows) -> None:
    kinds = address(rows, "kinds/")
    organiser.post(kinds, {"on request.received": "on", "review request.received": "on"})
    with acting_as_system("tests"):
        assert MailRule.objects.get(kind="request.received").is_reviewed
        assert not MailRule.objects.get(kind="request.answered").is_on
    first, second = queue(rows, 2)
    listed = organiser.get(address(rows)).content.decode()
    assert listed.count("somebody you do not see") >= 2, "each that waits can be reviewed"
    for one in (first, second):
        assert str(one.pk) in listed
    page = organiser.post(address(rows), {"mail": [str(first.pk)], "do": "send"}, follow=True)
    assert "1 mail is on its way" in page.content.decode()
    organiser.post(address(rows), {"mail": [str(second.pk), "wrong"], "do": "drop"})
    with acting_as_system("tests"):
        states = dict(Mail.objects.values_list("pk", "state"))
    assert states == {first.pk: Mail.State.WAITING, second.pk: Mail.State.NOT_SENT}
    nothing = organiser.post(address(rows), {"do": "send"}, follow=True).content.decode()
    assert "No mail was chosen" in nothing


def test_an_organiser_opens_a_mail_that_waits_and_sends_it_back(
    organiser: Client, rows: Rows
) -> None:
    (one,) = queue(rows, 1)
    place = address(rows, f"{one.pk}/")
    assert place in organiser.get(address(rows)).content.decode()
    page = organiser.get(place).content.decode()
    assert "It would not be sent" in page, "the request that it is about is none"
    back = organiser.post(address(rows), {"mail": [str(one.pk)], "do": "back"}, follow=True)
    assert "1 mail waits for review" in back.content.decode()
    assert "Let it go" in organiser.get(place).content.decode()
    with acting_as_system("tests"):
        assert Mail.objects.get().state == Mail.State.TO_REVIEW


def test_words_are_tried_kept_and_taken_back(organiser: Client, rows: Rows) -> None:
    page = address(rows, "kinds/request.received/") + "?language=ro"
    assert "Acceptați sau refuzați" in organiser.get(page).content.decode()
    words = {"subject": "Cerere", "text": "Salut {secret}", "do": "keep"}
    wrong = organiser.post(page, words).content.decode()
    assert "no placeholder {secret}" in wrong
    assert "Salut {secret}" in wrong, "what was typed is not lost"
    tried = organiser.post(page, words | {"text": "Salut {name}", "do": "look"}).content.decode()
    assert "Salut Ana Exemplu" in tried
    with acting_as_system("tests"):
        assert not MailWording.objects.exists()
    organiser.post(page, words | {"text": "Salut {name}"})
    with acting_as_system("tests"):
        assert MailWording.objects.get().text == "Salut {name}"
    organiser.post(page, {"do": "reset"})
    with acting_as_system("tests"):
        assert not MailWording.objects.exists()
    assert organiser.get(address(rows, "kinds/nothing/")).status_code == 404


def test_a_delegate_reads_no_outbox_but_refuses_kinds(client: Client, rows: Rows) -> None:
    let_in(client, rows.delegate)
    assert client.get(address(rows)).status_code == 404
    assert client.post(address(rows), {"do": "send"}).status_code == 404
    client.post("/me/mail/", {"request.received": "on"})
    with acting_as_system("tests"):
        refused = set(MailOptOut.objects.values_list("kind", flat=True))
    assert "request.answered" in refused
    assert "request.received" not in refused
    assert "nomination.decided" not in refused


def test_the_mailbox_shows_ones_own_only(client: Client, rows: Rows, tmp_path: Path) -> None:
    let_in(client, rows.delegate)
    assert client.get("/mailbox/").status_code == 404
    with override_settings(
        EMAIL_BACKEND="punte.apps.people.mailbox.MailboxBackend", PUNTE_MAILBOX=str(tmp_path)
    ):
        get_connection().send_messages(
            [
                EmailMessage("Mine", "<script>x</script>", to=[rows.delegate]),
                EmailMessage("Theirs", "secret", to=[rows.organiser]),
            ]
        )
        page = client.get("/mailbox/").content.decode()
    assert "Mine" in page
    assert "&lt;script&gt;x" in page
    assert "Theirs" not in page


def file_mail(to: str, *files: tuple[str, str, bytes]) -> None:
    """Leave a mail with files in the mailbox: name, type and content of each."""
    letter = EmailMessage(
        "With files",
        "See http://localhost:8000/e/here/my/. And (https://example.org/a?b=1).",
        to=[to],
    )
    for name, media_type, content in files:
        main, sub = media_type.split(";")[0].split("/")
        part = MIMEBase(main, sub)
        part.set_payload(content)
        encode_base64(part)
        if "method" in media_type:
            part.set_param("method", "REQUEST")
        part.add_header("Content-Disposition", "attachment", filename=name)
        letter.attach(part)
    get_connection().send_messages([letter])


def test_the_files_of_a_mail_are_its_readers_alone_and_never_shown_in_a_page(
    client: Client, rows: Rows, tmp_path: Path
) -> None:
    with override_settings(
        EMAIL_BACKEND="punte.apps.people.mailbox.MailboxBackend", PUNTE_MAILBOX=str(tmp_path)
    ):
        file_mail(
            rows.delegate,
            ("meeting ü.ics", "text/calendar; method=REQUEST", b"BEGIN:VCALENDAR"),
            ("page.html", "text/html", b"<script>steal()</script>"),
            ("picture.svg", "image/svg+xml", b"<svg onload='steal()'/>"),
        )
        (letter,) = letters_to(rows.delegate)
        let_in(client, rows.delegate)
        places = re.findall(
            r'href="(/mailbox/[^"]+/\d+/)"', client.get("/mailbox/").content.decode()
        )
        assert len(places) == 3
        calendar, page, picture = (client.get(place) for place in places)
        assert calendar.content == b"BEGIN:VCALENDAR"
        assert calendar["Content-Type"] == "text/calendar; method=REQUEST; charset=utf-8"
        for answer in (page, picture):
            assert answer["Content-Type"] == "application/octet-stream"
        for answer in (calendar, page, picture):
            assert answer["Content-Disposition"].startswith("attachment;")
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "no-store" in answer["Cache-Control"]
        assert client.get(f"/mailbox/{letter.name}/3/").status_code == 404
        assert client.get("/mailbox/..%2F..%2Fsecret/0/").status_code == 404
        let_in(client, rows.organiser)
        for place in places:
            assert client.get(place).status_code == 404, "another's mail"
    assert client.get(places[0]).status_code == 404, "a site without a mailbox"


def test_addresses_in_a_mail_are_links_that_run_nothing() -> None:
    with override_settings(PUNTE_ADDRESS="https://forum.example"):
        own = linked("Look: https://forum.example/e/here/my/.\n\nBye")
        assert '<a href="https://forum.example/e/here/my/">' in own
        assert own.endswith("</a>.\n\nBye")
        rel = 'rel="noopener noreferrer nofollow"'
        assert rel in linked("https://forum.example.evil.example/")
        assert rel in linked("https://forum.example@evil.example/")
    assert linked("(see http://a.example/b_(c)?d=1&e=2)") == (
        '(see <a href="http://a.example/b_(c)?d=1&amp;e=2" rel="noopener noreferrer nofollow">'
        "http://a.example/b_(c)?d=1&amp;e=2</a>)"
    )
    for wrong in (
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example",
        "https://",
        "http://...",
    ):
        assert "<a" not in linked(wrong)
    assert "<b>" not in linked("https://a.example/<b>x")


def test_the_mailbox_says_the_moment_of_a_mail_and_not_two_hours_off(
    client: Client, rows: Rows, tmp_path: Path
) -> None:
    let_in(client, rows.delegate)
    with override_settings(
        EMAIL_BACKEND="punte.apps.people.mailbox.MailboxBackend", PUNTE_MAILBOX=str(tmp_path)
    ):
        date = {"Date": "Sun, 29 Nov 2026 06:38:00 -0000"}
        get_connection().send_messages(
            [EmailMessage("Mine", "text", to=[rows.delegate], headers=date)]
        )
        client.cookies["punte_zone"] = "Europe/Bucharest"
        assert "29 Nov 2026, 08:38 EET" in client.get("/mailbox/").content.decode()
