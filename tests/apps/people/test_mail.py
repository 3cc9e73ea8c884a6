"""The outbox: once, in the reader's name, reviewed where asked for, never lost, never twice."""

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage, get_connection
from django.test import override_settings
from django.utils import timezone

from cast import EDITION, Cast, make_cast
from punte.apps.access.claiming import RETRY_MIN
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system, active_subject
from punte.apps.people import mail_sending
from punte.apps.people.mail import (
    preview_wording,
    queue_mail,
    set_opt_out,
    set_rule,
    set_wording,
)
from punte.apps.people.mail_kinds import (
    KINDS,
    Attachment,
    MailContent,
    MailKind,
    Question,
    register_kind,
)
from punte.apps.people.mail_reading import BLANK, Reading, read_waiting
from punte.apps.people.mail_review import drop_reviewed, send_back, send_reviewed
from punte.apps.people.mailbox import letters_to
from punte.apps.people.models import Mail, Person
from punte.apps.people.permissions import NotAllowedError
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db


READ_BY: list[uuid.UUID | None] = []


def read_secret(question: Question) -> MailContent | None:
    """Tell what the reader itself may see: the person named in the details, if visible."""
    seen = Person.objects.filter(pk=question.details["whom"]).first()
    READ_BY.append(active_subject().person_id)
    if seen is None:
        return None
    return MailContent(
        values={"seen": seen.name},
        path="/somewhere/",
        attachments=(
            Attachment(
                name="a.ics",
                content=b"BEGIN:VCALENDAR\r\n",
                media_type="text/calendar; method=REQUEST",
            ),
        ),
    )


@pytest.fixture(autouse=True)
def _news() -> Iterator[None]:
    register_kind(
        MailKind(
            code="test.news",
            title="News",
            subject="About {seen}",
            text="Dear {name}, see {seen} at {link}",
            examples={"seen": "somebody"},
            read=read_secret,
        )
    )
    yield
    del KINDS["test.news"]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def queue(cast: Cast, key: str = "1", to: str = "company", whom: str = "company") -> bool:
    return queue_mail(
        kind="test.news",
        to=getattr(cast, to).person,
        key=key,
        edition_id=EDITION,
        details={"whom": str(getattr(cast, whom).person.pk)},
    )


def only_mail() -> Mail:
    with acting_as_system("tests"):
        return Mail.objects.get()


def test_a_mail_is_written_in_its_readers_name_and_sent_once(cast: Cast) -> None:
    assert queue(cast)
    assert not queue(cast), "the same news twice"
    READ_BY.clear()
    assert mail_sending.send_mail(only_mail().pk) == Mail.State.SENT
    assert [cast.company.person.pk] == READ_BY
    assert mail_sending.send_mail(only_mail().pk) is None
    (sent,) = django_mail.outbox
    assert sent.subject == "About Tomasz Wilk"
    assert sent.to == [cast.company.account.email]
    assert "/somewhere/" in sent.body
    raw = sent.message().as_string()
    assert f"<{only_mail().pk}@punte.invalid>" in raw
    assert 'text/calendar; method="REQUEST"' in raw or "text/calendar; method=REQUEST" in raw


def test_what_the_reader_may_not_see_does_not_leave(cast: Cast) -> None:
    assert queue(cast, to="outsider", whom="company")
    assert mail_sending.send_mail(only_mail().pk) == Mail.State.NOT_SENT
    assert django_mail.outbox == []


def test_nobody_else_reads_the_outbox(cast: Cast) -> None:
    queue(cast)
    seen = {}
    for part, member in cast.everybody.items():
        with acting(member.subject):
            seen[part] = Mail.objects.count()
    assert seen == {"organiser": 1, "authority": 0, "company": 1, "guest": 0, "outsider": 0}


def test_a_refused_kind_is_not_sent_even_when_queued_before(cast: Cast) -> None:
    queue(cast)
    with acting(cast.company.subject):
        set_opt_out(by=cast.company.subject, kind="test.news", is_wanted=False)
    assert not queue(cast, key="2")
    assert mail_sending.send_mail(only_mail().pk) == Mail.State.NOT_SENT
    with acting(cast.company.subject):
        set_opt_out(by=cast.company.subject, kind="test.news", is_wanted=True)
    assert queue(cast, key="3")
    with acting(cast.company.subject), pytest.raises(PunteError, match="cannot be refused"):
        set_opt_out(by=cast.company.subject, kind="nomination.decided", is_wanted=False)


def test_reviewed_mails_wait_for_an_organiser(cast: Cast) -> None:
    organiser = cast.organiser
    with acting(organiser.subject):
        set_rule(
            by=organiser.subject,
            edition_id=EDITION,
            host_org_id=organiser.organisation.pk,
            kind="test.news",
            is_on=True,
            is_reviewed=True,
        )
    queue(cast)
    mail = only_mail()
    assert mail.state == Mail.State.TO_REVIEW
    assert mail_sending.send_mail(mail.pk) is None
    with acting(cast.company.subject), pytest.raises(NotAllowedError):
        send_reviewed(by=cast.company.subject, edition_id=EDITION, mail_ids=[mail.pk])
    with acting(organiser.subject):
        assert send_reviewed(by=organiser.subject, edition_id=EDITION, mail_ids=[mail.pk]) == 1
    assert mail_sending.send_mail(mail.pk) == Mail.State.SENT
    with acting(organiser.subject):
        assert drop_reviewed(by=organiser.subject, edition_id=EDITION, mail_ids=[mail.pk]) == 0
        set_rule(
            by=organiser.subject,
            edition_id=EDITION,
            host_org_id=organiser.organisation.pk,
            kind="test.news",
            is_on=False,
            is_reviewed=False,
        )
    assert not queue(cast, key="2")


def test_an_edition_words_its_mails_itself(cast: Cast) -> None:
    organiser = cast.organiser

    def word(text: str, language: str = "ro") -> None:
        with acting(organiser.subject):
            set_wording(
                by=organiser.subject,
                edition_id=EDITION,
                host_org_id=organiser.organisation.pk,
                kind="test.news",
                language=language,
                subject="Despre {seen}" if text else "",
                text=text,
            )

    for wrong in ("{password}", "{name.__class__}", "{seen[0]}", "{name!r}", "{", "{0}"):
        with pytest.raises(PunteError):
            word(wrong)
    with pytest.raises(PunteError, match="RESTRICTED"):
        word("NATO RESTRICTED {seen}")
    word("Dragă {name}: {seen} {{aici}}")
    with acting_as_system("tests"):
        Person.objects.filter(pk=cast.company.person.pk).update(languages="pl, ro")
    queue(cast)
    mail_sending.send_mail(only_mail().pk)
    assert django_mail.outbox[0].subject == "Despre Tomasz Wilk"
    assert django_mail.outbox[0].body.startswith("Dragă Tomasz Wilk: Tomasz Wilk {aici}")
    assert preview_wording(kind="test.news", subject="", text="").subject == "About somebody"


def test_a_failed_mail_is_tried_again_and_then_given_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def send_messages(self, _messages: list[Any]) -> int:
            raise ConnectionRefusedError("no server")

    queue(cast)
    mail_id = only_mail().pk
    monkeypatch.setattr(mail_sending, "get_connection", Broken)
    for _attempt in RETRY_MIN:
        assert mail_sending.send_mail(mail_id) == Mail.State.WAITING
        assert mail_sending.send_mail(mail_id) is None, "not before its next attempt"
        with acting_as_system("tests"):
            Mail.objects.update(next_at=timezone.now() - dt.timedelta(minutes=2))
        assert mail_sending.take_up_lost() == 1
    assert mail_sending.send_mail(mail_id) == Mail.State.FAILED
    assert "no server" in only_mail().note


def test_a_mail_of_a_lost_worker_goes_again_under_the_same_name(cast: Cast, tmp_path: Path) -> None:
    box = override_settings(
        EMAIL_BACKEND="punte.apps.people.mailbox.MailboxBackend",
        PUNTE_MAILBOX=str(tmp_path / "mailbox"),
    )
    with box:
        queue(cast)
        mail_id = only_mail().pk
        assert mail_sending.send_mail(mail_id) == Mail.State.SENT
        # As after kill -9 between handing it over and writing that down.
        with acting_as_system("tests"):
            Mail.objects.update(
                state=Mail.State.SENDING, next_at=timezone.now() + dt.timedelta(minutes=9)
            )
        assert mail_sending.take_up_lost() == 0, "its worker may still be at it"
        assert mail_sending.take_up_lost(now=timezone.now() + dt.timedelta(minutes=11)) == 1
        with acting_as_system("tests"):
            Mail.objects.update(next_at=timezone.now())
        assert mail_sending.send_mail(mail_id) == Mail.State.SENT
        (letter,) = letters_to(cast.company.account.email)
        assert letter.subject == "About Tomasz Wilk"
        assert letter.attachments == ("a.ics",)
        assert letters_to(cast.outsider.account.email) == []
        get_connection().send_messages([EmailMessage("s", "b", to=["x@example.org"])])
        assert len(letters_to("x@example.org")) == 1


def test_own_words_must_have_examples() -> None:
    with pytest.raises(ValueError, match="no example"):
        register_kind(
            MailKind(
                code=f"t{uuid.uuid4().hex}",
                title="",
                subject="{gone}",
                text="",
                examples={},
                read=lambda _question: None,
            )
        )


def read_before(cast: Cast, mail: Mail, *, sees_reader: bool = True) -> Reading:
    onlooker = cast.organiser.subject
    with acting(onlooker):
        return read_waiting(mail.pk, onlooker=onlooker, sees_reader=sees_reader)


def test_an_organiser_reads_a_mail_as_it_would_leave_without_what_is_the_readers_alone(
    cast: Cast,
) -> None:
    queue(cast)
    reading = read_before(cast, only_mail())
    assert reading.subject == f"About {BLANK}", (
        "a person of the company that the organiser sees not"
    )
    assert reading.files == (None,)
    assert reading.text.startswith(f"Dear Tomasz Wilk, see {BLANK} at {BLANK}")
    assert read_before(cast, only_mail(), sees_reader=False).text.startswith(f"Dear {BLANK}, ")
    with acting_as_system("tests"):
        Person.objects.update(label_stewards=[f"person:{cast.organiser.person.pk}"])
    reading = read_before(cast, only_mail())
    assert reading.subject == "About Tomasz Wilk"
    assert "/somewhere/" in reading.text
    assert reading.attachments == ("a.ics",)
    assert [file and file.name for file in reading.files] == ["a.ics"]
    assert read_before(cast, only_mail(), sees_reader=False).files == (None,), "it names its reader"
    assert not reading.has_blanks
    mail_sending.send_mail(only_mail().pk)
    assert django_mail.outbox[0].body == reading.text, "word for word what left"
    assert "not kept" in read_before(cast, only_mail()).why_not


def test_a_mail_that_would_not_leave_says_why(cast: Cast) -> None:
    queue(cast, to="outsider", whom="company")
    assert "nothing left to tell" in read_before(cast, only_mail()).why_not
    with acting_as_system("tests"):
        Mail.objects.all().delete()
    queue(cast)
    with acting(cast.company.subject):
        set_opt_out(by=cast.company.subject, kind="test.news", is_wanted=False)
    assert "nothing left to tell" in read_before(cast, only_mail()).why_not
    with acting_as_system("tests"):
        Person.objects.update(label_stewards=[f"person:{cast.organiser.person.pk}"])
    assert "wants no mails" in read_before(cast, only_mail()).why_not
    with acting_as_system("tests"):
        Account.objects.filter(pk=cast.company.account.pk).update(email="")
    assert "no address" in read_before(cast, only_mail()).why_not


def test_mails_are_sent_back_to_review_until_they_leave(cast: Cast) -> None:
    queue(cast)
    mail, by = only_mail(), cast.organiser.subject
    with acting(cast.company.subject), pytest.raises(NotAllowedError):
        send_back(by=cast.company.subject, edition_id=EDITION, mail_ids=[mail.pk])
    with acting(by):
        assert send_back(by=by, edition_id=EDITION, mail_ids=[mail.pk]) == 1
        assert mail_sending.send_mail(mail.pk) is None
        assert drop_reviewed(by=by, edition_id=EDITION, mail_ids=[mail.pk]) == 1
        assert send_back(by=by, edition_id=EDITION, mail_ids=[mail.pk]) == 1
        assert send_reviewed(by=by, edition_id=EDITION, mail_ids=[mail.pk]) == 1
    assert mail_sending.send_mail(mail.pk) == Mail.State.SENT
    with acting(by):
        assert send_back(by=by, edition_id=EDITION, mail_ids=[mail.pk]) == 0
