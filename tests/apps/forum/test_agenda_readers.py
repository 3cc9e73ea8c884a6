"""Who sees a session when that changes: fewer by its format, or other people by the edition's readers."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core import mail as django_mail

from cast import Member, make_member
from edition_rows import DAYS, ZONE, Rows, make_edition, organiser_of
from punte.apps.access.permissions import VISITOR, Subject, acting, acting_as_system
from punte.apps.forum import agenda
from punte.apps.forum.agenda_actions import AgendaError, Wish, draft_session
from punte.apps.forum.agenda_release import release_agenda
from punte.apps.forum.models import AttendeeCategory, Delegate, Session, SessionPart
from punte.apps.forum.session_seats import sign_up
from punte.apps.forum.set_up import release_edition
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db
TITLE = "Panel on ranges"


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=4)


def wish(hour: int, chosen: str = "open") -> Wish:
    return Wish(
        kind="side",
        format=chosen,
        title=TITLE,
        starts_at=dt.datetime.combine(DAYS[0], dt.time(hour), ZONE),
        ends_at=dt.datetime.combine(DAYS[0], dt.time(hour + 1), ZONE),
    )


def release(rows: Rows, asked: Wish, session: Session | None = None) -> Session:
    with acting(organiser_of(rows)) as by:
        draft_session(by=by, edition=rows.edition, wish=asked, session=session)
        release_agenda(by=by, edition=rows.edition)
        return Session.objects.get(edition=rows.edition, title=asked.title)


def delegate_from(rows: Rows, country: str) -> tuple[Member, Delegate]:
    member = make_member(
        f"Delegate {country}",
        f"Ministry {country}",
        "authority",
        country,
        edition_id=rows.edition.pk,
    )
    with acting_as_system("tests"):
        return member, Delegate.objects.create(
            edition=rows.edition,
            person=member.person,
            organisation=member.organisation,
            category=AttendeeCategory.objects.filter(edition=rows.edition)[0],
            code=f"X{country}",
            badge_name=member.person.name,
            owner_org=member.organisation,
            label_releasable_to=[f"edition:{rows.edition.pk}"],
        )


def join(member: Member, me: Delegate, session: Session) -> None:
    by = subject_of_person(member.person.pk)
    with acting(by):
        sign_up(by=by, session=session, delegate=me)


def logged(subject: Subject, rows: Rows) -> list[str]:
    with acting(subject):
        return [
            change.title
            for note in agenda.list_releases(rows.edition.pk)
            for change in note.changes
            if change.title == TITLE
        ]


def test_who_is_shut_out_is_signed_off_told_without_its_name_and_free_again(rows: Rows) -> None:
    session = release(rows, wish(16))
    session = release(rows, wish(17), session)
    partner, ally = delegate_from(rows, "MDA"), delegate_from(rows, "POL")
    for member, me in (partner, ally):
        join(member, me, session)
    assert len(logged(VISITOR, rows)) == 2
    release(rows, wish(18, "allied"), session)
    with acting_as_system("tests"):
        seats = SessionPart.objects.filter(session=session)
        assert [one.delegate_id for one in seats] == [ally[1].pk]
        mails = {one.person_id: one for one in Mail.objects.filter(kind__startswith="agenda.")}
        assert set(mails) == {partner[0].person.pk, ally[0].person.pk}
        assert mails[partner[0].person.pk].kind == "agenda.signed_off"
        assert mails[ally[0].person.pk].kind == "agenda.moved"
    assert send_mail(mails[partner[0].person.pk].pk) == Mail.State.SENT
    sent = django_mail.outbox[-1]
    assert "17:00 EET was given back" in sent.body
    assert TITLE not in sent.subject + sent.body
    assert str(session.pk) not in sent.body
    assert "18:00" not in sent.body, "where it is now is not theirs to know"
    for subject in (VISITOR, subject_of_person(partner[0].person.pk)):
        assert logged(subject, rows) == [], "the log keeps the wall, also of what was open once"
    assert len(logged(subject_of_person(ally[0].person.pk), rows)) == 3
    other = release(rows, replace(wish(18), title="Another"))
    join(*partner, other)
    with pytest.raises(AgendaError, match="another session at this time"):
        join(*ally, other)


def test_who_still_sees_it_keeps_the_seat(rows: Rows) -> None:
    session = release(rows, wish(16))
    member, me = delegate_from(rows, "MDA")
    join(member, me, session)
    release(rows, wish(16, "partner"), session)
    with acting_as_system("tests"):
        assert SessionPart.objects.filter(session=session, delegate=me).exists()
        assert not Mail.objects.filter(kind="agenda.signed_off").exists()


def titles(subject: Subject, rows: Rows) -> set[str]:
    with acting(subject):
        return {one.title for one in agenda.released_sessions(rows.edition.pk)}


def test_open_sessions_follow_the_readers_of_the_edition(rows: Rows) -> None:
    by = organiser_of(rows)

    def show_to(readers: str) -> None:
        with acting(by):
            release_edition(by=by, edition=rows.edition, readers=readers)

    show_to("host")
    release(rows, wish(16))
    release(rows, replace(wish(18, "partner"), title="For partners"))
    member, _me = delegate_from(rows, "MDA")
    delegate = subject_of_person(member.person.pk)
    assert TITLE not in titles(delegate, rows) | titles(VISITOR, rows)
    show_to("delegates")
    assert titles(delegate, rows) >= {TITLE, "For partners"}
    assert TITLE not in titles(VISITOR, rows)
    show_to("host")
    show_to("public")
    assert TITLE in titles(VISITOR, rows)
    assert "For partners" not in titles(VISITOR, rows)
    assert logged(VISITOR, rows) == [TITLE]
    show_to("host")
    assert TITLE not in titles(VISITOR, rows)
    assert logged(VISITOR, rows) == []
