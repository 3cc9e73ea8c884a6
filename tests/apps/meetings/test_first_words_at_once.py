"""Two who begin the same row at one moment come one after the other: neither meets an error that says nothing."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection

from at_once import at_once
from edition_rows import DAYS, ZONE, Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.access.reference import load_reference
from punte.apps.forum import agenda_actions
from punte.apps.forum.models import Session, SessionDraft
from punte.apps.meetings import contact
from punte.apps.meetings.models import ContactLine
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows() -> Iterator[Rows]:
    load_reference()
    yield make_edition(requests=12)
    connection.close()


def test_two_first_contact_lines_at_once_are_one(rows: Rows) -> None:
    request, sender, *_others = meeting_of(rows)
    line = contact.Typed(
        name="Ana Țuțu", function="", organisation="", email="a@b.example", phone=""
    )

    def keep() -> None:
        with acting(sender):
            contact.keep_contact(by=sender, delegate=request.sender, line=line, to_all=False)

    for _round in range(10):
        assert at_once(keep, keep) == 2
        with acting_as_system("tests"):
            assert ContactLine.objects.filter(delegate=request.sender).delete()[0] == 1


def test_words_of_a_session_and_its_calling_off_at_once_are_both_kept(rows: Rows) -> None:
    first = dt.datetime.combine(DAYS[0], dt.time(17), ZONE)
    with acting_as_system("tests"):
        organiser = Person.objects.get(account__email=rows.organiser).pk
        session = Session.objects.create(
            edition=rows.edition,
            code="side",
            kind="side",
            format="open",
            title="Side session",
            starts_at=first,
            ends_at=first + dt.timedelta(hours=1),
            blocks_everyone=False,
            is_released=True,
            owner_org_id=rows.edition.owner_org_id,
        )
    by = subject_of_person(organiser)

    def word() -> None:
        with acting(by):
            agenda_actions.word_session(
                by=by, edition=rows.edition, session=session, words={"ro": {"title": "Alături"}}
            )

    def call_off() -> None:
        with acting(by):
            agenda_actions.call_off(by=by, edition=rows.edition, session=session)

    for _round in range(10):
        assert at_once(word, call_off, word) == 3
        with acting_as_system("tests"):
            draft = SessionDraft.objects.get(session=session)
            assert draft.is_cancelled
            draft.delete()
