"""The agenda: who is on stage is not free, and what stands in each other's way."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core import mail as django_mail

from edition_rows import DAYS, ZONE, Rows, make_edition
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.agenda import Speaker, drafted_agenda, find_conflicts
from punte.apps.forum.agenda_actions import AgendaError, Wish, call_off, draft_session, set_hours
from punte.apps.forum.agenda_release import release_agenda
from punte.apps.forum.models import Delegate, Session, SessionPart, Slot
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.stage import booked_spans
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def subject_of(email: str) -> Subject:
    with acting_as_system("tests"):
        return subject_of_person(Person.objects.get(account__email=email).pk)


def wish(first: tuple[int, int], last: tuple[int, int], *speakers: Speaker) -> Wish:
    return Wish(
        kind="panel",
        format="open",
        title="Panel",
        starts_at=dt.datetime.combine(DAYS[0], dt.time(*first), ZONE),
        ends_at=dt.datetime.combine(DAYS[0], dt.time(*last), ZONE),
        speakers=speakers,
    )


def test_a_speaker_is_warned_of_and_then_not_free(rows: Rows) -> None:
    with acting_as_system("tests"):
        delegate = Delegate.objects.get(code="P0001", edition=rows.edition)
        during = set(
            Slot.objects.filter(edition=rows.edition, day=DAYS[0]).values_list("pk", flat=True)
        )
    speaker = Speaker(name="P", delegate_id=delegate.pk)
    with acting(subject_of(rows.organiser)) as by:
        booked = booked_spans(rows.edition.pk)
        draft_session(by=by, edition=rows.edition, wish=wish((10, 40), (15, 0), speaker))
        found = find_conflicts(rows.edition, drafted_agenda(rows.edition.pk), booked)
        assert {conflict.level for conflict in found} == {"warning"}
        assert not during <= busy_slots(rows.version, [delegate.pk])
        release_agenda(by=by, edition=rows.edition, booked=booked)
    with acting_as_system("tests"):
        assert during <= busy_slots(rows.version, [delegate.pk])


def test_outside_the_hours_is_an_error_until_the_hours_are_changed(rows: Rows) -> None:
    with acting(subject_of(rows.organiser)) as by:
        draft_session(by=by, edition=rows.edition, wish=wish((6, 0), (6, 30)))
        with pytest.raises(AgendaError, match="outside the days"):
            release_agenda(by=by, edition=rows.edition)
        set_hours(by=by, edition=rows.edition, opens_at=dt.time(5), closes_at=dt.time(23))
        release_agenda(by=by, edition=rows.edition)
        with pytest.raises(AgendaError, match="Nothing changed"):
            release_agenda(by=by, edition=rows.edition)


def test_a_delegate_drafts_nothing(rows: Rows) -> None:
    with acting(subject_of(rows.delegate)) as by, pytest.raises(AgendaError, match="organise"):
        draft_session(by=by, edition=rows.edition, wish=wish((16, 0), (17, 0)))


def test_who_signed_up_is_told_when_it_moves_or_is_called_off(rows: Rows) -> None:
    with acting(subject_of(rows.organiser)) as by:
        draft_session(by=by, edition=rows.edition, wish=wish((16, 0), (17, 0)))
        release_agenda(by=by, edition=rows.edition)
        session = Session.objects.get(edition=rows.edition, title="Panel")
    with acting_as_system("tests"):
        delegate = Delegate.objects.get(person__account__email=rows.delegate)
        SessionPart.objects.create(session=session, delegate=delegate, part="listener")
    with acting(subject_of(rows.organiser)) as by:
        draft_session(by=by, edition=rows.edition, wish=wish((16, 30), (17, 0)), session=session)
        release_agenda(by=by, edition=rows.edition)
        session.refresh_from_db()
        draft_session(
            by=by,
            edition=rows.edition,
            wish=replace(wish((16, 30), (17, 0)), about="Other words"),
            session=session,
        )
        release_agenda(by=by, edition=rows.edition)
        call_off(by=by, edition=rows.edition, session=session)
        release_agenda(by=by, edition=rows.edition)
    with acting_as_system("tests"):
        mails = list(Mail.objects.filter(kind="agenda.moved").order_by("queued_at"))
        assert {mail.person_id for mail in mails} == {delegate.person_id}
        assert len(mails) == 2, "other words move nobody"
    # Neither had left: the reader has one mail, which says how things stand.
    left = [send_mail(mail.pk) for mail in mails]
    assert left == [Mail.State.NOT_SENT, Mail.State.SENT]
    [sent] = django_mail.outbox
    assert "“Panel” has changed" in sent.subject
    assert "It is called off." in sent.body, "filled as things are when it leaves"
