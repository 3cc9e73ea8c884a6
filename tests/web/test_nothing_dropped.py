"""What cannot be kept is refused with a reason, not dropped: languages, zones, places, keys, questions, words of mails."""

import datetime as dt
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from django.test import Client, override_settings

from apps.forum.test_set_up import WISH
from cast import Cast, make_open_edition
from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.agenda import Entry, Speaker, drafted_agenda, find_conflicts
from punte.apps.forum.agenda_actions import Wish, draft_session
from punte.apps.forum.models import (
    Application,
    Delegate,
    Edition,
    Question,
    QuestionWording,
    Session,
)
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.forum.registration_form import add_question, change_question, move_question
from punte.apps.forum.set_up import SetUpError, change_edition
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import MailWording, Person
from punte.apps.people.queries import subject_of_person
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def here(cast: Cast) -> Edition:
    return make_open_edition(cast, "press", "company")


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ({"languages": "en,zz"}, "“zz” is no language"),
        ({"languages": "en,ro,en"}, "“en” stands twice"),
        ({"time_zone": "localtime"}, "no time zone"),
        ({"time_zone": "Factory"}, "no time zone"),
    ],
)
def test_odd_facts_of_an_edition_are_refused(
    cast: Cast, here: Edition, odd: dict[str, str], told: str
) -> None:
    by = cast.organiser.subject
    with acting(by), pytest.raises(SetUpError, match=told):
        change_edition(by=by, edition=here, wish=replace(WISH, **odd))


def test_a_place_that_is_gone_is_not_dropped_from_a_session(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    form = {
        "title": "Talk",
        "kind": "side",
        "format": "open",
        "starts_at": "2025-11-05T16:00",
        "ends_at": "2025-11-05T17:00",
        "place": "11111111-1111-4111-8111-111111111111",
    }
    page = organiser.post(f"/e/{rows.edition.slug}/agenda/edit/new/", form)
    assert "none of this edition" in unescape(page.content.decode())
    with acting_as_system("tests"):
        assert not Session.objects.filter(edition=rows.edition, title="Talk").exists()


@pytest.mark.parametrize("field", ["about", "colleague"])
@pytest.mark.parametrize("key", ["nonsense", "11111111-1111-4111-8111-111111111111"])
def test_a_key_that_nobody_has_is_not_dropped_from_a_request(
    rows: Rows, field: str, key: str
) -> None:
    delegate = signed_in(rows.delegate)
    with acting_as_system("tests"):
        mine = Delegate.objects.get(person__account__email=rows.delegate)
        asked = MeetingRequest.objects.filter(sender=mine) | MeetingRequest.objects.filter(
            receiver=mine
        )
        known = {mine.pk, *asked.values_list("sender", flat=True)}
        known |= set(asked.values_list("receiver", flat=True))
        other = Delegate.objects.filter(edition=rows.edition).exclude(pk__in=known)[0]
        before = MeetingRequest.objects.count()
    form = {"reason": "We make bridges.", "rank": "3", field: key}
    page = delegate.post(f"/e/{rows.edition.slug}/people/{other.pk}/", form, follow=True)
    told = "no such need or offer" if field == "about" else "Propose at most"
    assert told in unescape(page.content.decode())
    with acting_as_system("tests"):
        assert MeetingRequest.objects.count() == before


def entry(rows: Rows, title: str, speaker: Speaker) -> None:
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.organiser)
    with acting(subject_of_person(person.pk)) as by:
        draft_session(
            by=by,
            edition=rows.edition,
            wish=Wish(
                kind="side",
                format="open",
                title=title,
                starts_at=dt.datetime.combine(
                    rows.edition.starts_on, dt.time(17), rows.edition.zone
                ),
                ends_at=dt.datetime.combine(rows.edition.starts_on, dt.time(18), rows.edition.zone),
                speakers=(speaker,),
            ),
        )


def told_of(rows: Rows) -> list[str]:
    with acting_as_system("tests"):
        entries: list[Entry] = drafted_agenda(rows.edition.pk)
        return [one.text for one in find_conflicts(rows.edition, entries, {})]


def test_a_speaker_by_name_and_by_code_at_once_is_told(rows: Rows) -> None:
    with acting_as_system("tests"):
        one = Delegate.objects.get(person__account__email=rows.delegate)
    entry(rows, "By code", Speaker(name="A. Ionescu", delegate_id=one.pk))
    entry(rows, "By name", Speaker(name=one.badge_name.upper()))
    assert [text for text in told_of(rows) if "in one of them without a code" in text]
    entry(rows, "Another", Speaker(name="Somebody Else"))
    assert len([text for text in told_of(rows) if "without a code" in text]) == 1


def test_a_question_says_nothing_twice(cast: Cast, here: Edition) -> None:
    by = cast.organiser.subject
    with acting(by):
        add_question(by=by, edition=here, label="Pick", kind="choice", options="A\nB")
        with pytest.raises(RegistrationError, match="“A” stands twice"):
            add_question(by=by, edition=here, label="Other", kind="choice", options="A\nA \nB")
        with pytest.raises(RegistrationError, match="asks “pick” already"):
            add_question(by=by, edition=here, label="pick", kind="text")
        assert here.questions.count() == 1


def test_a_question_is_changed_and_keeps_the_answers_that_were_given(
    cast: Cast, here: Edition
) -> None:
    by = cast.organiser.subject
    with acting(by):
        pick = add_question(by=by, edition=here, label="Pick", kind="choice", options="A\nB\nC")
        add_question(
            by=by, edition=here, label="Why B", kind="text", only_if_code="pick", only_if_value="B"
        )
    with acting_as_system("tests"):
        QuestionWording.objects.create(
            question=pick, language="ro", label="Alegeți", options="a\nb\nc"
        )
        Application.objects.create(
            edition=here,
            account=cast.outsider.account,
            name="Ana",
            email="ana@example.org",
            organisation_name="O",
            organisation_kind="press",
            country_id="ROU",
            answers={"pick": "A"},
            owner_org_id=here.owner_org_id,
            label_stewards=here.label_stewards,
        )
    change = {"by": by, "edition": here, "question_id": pick.pk, "is_required": True}
    with acting(by):
        with pytest.raises(RegistrationError, match="Somebody answered “A”"):
            change_question(**change, label="Pick", options="B\nC", read_revision=1)
        with pytest.raises(RegistrationError, match="asked only where the answer is “B”"):
            change_question(**change, label="Pick", options="A\nC", read_revision=1)
        assert not change_question(**change, label="Choose", options="A\nB\nC", read_revision=1)
        assert change_question(**change, label="Choose", options="A\nB", read_revision=2)
        pick.refresh_from_db()
        assert (pick.label, pick.choices, pick.is_required) == ("Choose", ["A", "B"], True)
        [worded] = pick.wordings.all()
        assert (worded.label, worded.options) == ("Alegeți", "")


def labels(edition: Edition) -> list[str]:
    with acting_as_system("tests"):
        return list(Question.objects.filter(edition=edition).values_list("label", flat=True))


def test_questions_are_changed_and_moved_on_their_page(cast: Cast, here: Edition) -> None:
    by, client = cast.organiser.subject, signed_in(cast.organiser)
    with acting(by):
        first = add_question(by=by, edition=here, label="First", kind="yes")
        second = add_question(by=by, edition=here, label="Second", kind="text")
        third = add_question(
            by=by,
            edition=here,
            label="Third",
            kind="text",
            only_if_code="first",
            only_if_value="yes",
        )
    page = f"/e/{here.slug}/applications/form/"
    shown = client.get(page).content.decode()
    assert "Ask “Second” earlier" in unescape(shown)
    client.post(page, {"do": "up", "question": str(third.pk), "revision": "1"})
    assert labels(here) == ["First", "Third", "Second"]
    told = client.post(page, {"do": "up", "question": str(third.pk), "revision": "2"})
    assert "so it comes after it" in unescape(told.content.decode())
    stale = client.post(page, {"do": "down", "question": str(first.pk), "revision": "1"})
    assert labels(here) == ["First", "Third", "Second"]
    assert stale.status_code != 302
    words = {"do": "change", "question": str(second.pk), "label": "Next", "revision": "1"}
    assert client.post(page, words).status_code == 302
    assert labels(here) == ["First", "Third", "Next"]
    late = client.post(page, words | {"label": "Overwritten"})
    assert "Somebody else changed this" in unescape(late.content.decode())
    assert labels(here) == ["First", "Third", "Next"]


def test_nobody_else_moves_or_changes_a_question(cast: Cast, here: Edition) -> None:
    with acting(cast.organiser.subject) as by:
        one = add_question(by=by, edition=here, label="First", kind="yes")
    with acting(cast.company.subject) as by:
        with pytest.raises(SetUpError):
            move_question(by=by, edition=here, question_id=one.pk, is_up=True, read_revision=None)
        with pytest.raises(SetUpError):
            change_question(
                by=by,
                edition=here,
                question_id=one.pk,
                label="Mine",
                options="",
                is_required=False,
                read_revision=None,
            )


def test_empty_words_of_a_mail_are_said_to_be_puntes_own(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    page = f"/e/{rows.edition.slug}/mail/kinds/request.received/?language=en"
    own = {"do": "keep", "subject": "Hello", "text": "Dear {name}"}
    assert "says it so" in organiser.post(page, own, follow=True).content.decode()
    told = organiser.post(page, {"do": "keep", "subject": " ", "text": ""}, follow=True)
    assert "in Punte's own words now" in unescape(told.content.decode())
    with acting_as_system("tests"):
        assert not MailWording.objects.filter(edition_id=rows.edition.pk).exists()


def test_the_mailbox_says_times_in_a_zone_with_its_name(tmp_path: Path, rows: Rows) -> None:
    letter = (
        f"Message-ID: <a@b>\nSubject: Hello\nTo: {rows.delegate}\n"
        "Date: Fri, 28 Nov 2025 23:14:00 +0000\nContent-Type: text/plain\n\nText\n"
    )
    (tmp_path / "a.eml").write_text(letter)
    client: Client = signed_in(rows.delegate)
    with override_settings(PUNTE_MAILBOX=str(tmp_path)):
        assert "29 Nov 2025, 01:14 EET" in client.get("/mailbox/").content.decode()
        client.cookies["punte_zone"] = "Europe/Paris"
        assert "29 Nov 2025, 00:14 CET" in client.get("/mailbox/").content.decode()
