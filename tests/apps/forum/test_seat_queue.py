"""The queue for the seats of a session: who is next gets the seat, by every way in which one becomes free."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core import mail as django_mail

from cast import Member, make_member
from edition_rows import DAYS, ZONE, Rows, make_edition, organiser_of
from punte.apps.access.models import AuditEntry, Denial
from punte.apps.access.permissions import PUBLIC, acting, acting_as_system
from punte.apps.forum.agenda import Booked
from punte.apps.forum.agenda_actions import AgendaError, Wish, call_off, draft_session
from punte.apps.forum.agenda_release import release_agenda
from punte.apps.forum.models import AttendeeCategory, Delegate, Session, SessionPart, SessionWait
from punte.apps.forum.seat_queue import place_in_queue, queue_of
from punte.apps.forum.session_seats import leave, sign_up, wait_for_seat, wait_no_more
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Nomination, Organisation, Person
from punte.apps.people.privacy import export_of_person
from punte.apps.people.queries import subject_of_person
from punte.apps.people.signals import nomination_ended, person_erased

pytestmark = pytest.mark.django_db
COUNTRIES = ("POL", "FRA", "MDA", "NOR")


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=4)


def wish(hour: int = 16, *, seats: int | None = 1, chosen: str = "open") -> Wish:
    return Wish(
        kind="side",
        format=chosen,
        title="Panel on ranges",
        starts_at=dt.datetime.combine(DAYS[0], dt.time(hour), ZONE),
        ends_at=dt.datetime.combine(DAYS[0], dt.time(hour + 1), ZONE),
        capacity=seats,
    )


def release(
    rows: Rows, asked: Wish, session: Session | None = None, booked: Booked | None = None
) -> Session:
    with acting(organiser_of(rows)) as by:
        draft_session(by=by, edition=rows.edition, wish=asked, session=session)
        release_agenda(by=by, edition=rows.edition, booked_now=lambda _people: booked or {})
        return Session.objects.get(edition=rows.edition, title=asked.title)


class Cast:
    """A session with one seat, taken by the first; the others wait in their order."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.session = release(rows, wish())
        self.people = [self._delegate(country) for country in COUNTRIES]
        self.members = {me.pk: member for member, me in self.people}
        self.first, self.second, self.third, self.fourth = (me for _member, me in self.people)
        self.do(sign_up, self.first)
        for me in (self.second, self.third, self.fourth):
            self.do(wait_for_seat, me)

    def _delegate(self, country: str) -> tuple[Member, Delegate]:
        edition = self.rows.edition
        member = make_member(
            f"Delegate {country}",
            f"Ministry {country}",
            "authority",
            country,
            edition_id=edition.pk,
        )
        with acting_as_system("tests"):
            Organisation.objects.filter(pk=member.organisation.pk).update(
                label_releasable_to=[PUBLIC]
            )
            return member, Delegate.objects.create(
                edition=edition,
                person=member.person,
                organisation=member.organisation,
                category=AttendeeCategory.objects.filter(edition=edition)[0],
                code=f"X{country}",
                badge_name=member.person.name,
                owner_org=member.organisation,
                label_releasable_to=[f"edition:{edition.pk}"],
                label_stewards=[f"organise@{edition.pk}"],
            )

    def do(self, step: object, me: Delegate, **more: object) -> object:
        by = subject_of_person(me.person_id)
        with acting(by):
            return step(by=by, session=self.session, delegate=me, **more)  # type: ignore[operator]

    @property
    def seated(self) -> list[Delegate]:
        with acting_as_system("tests"):
            parts = SessionPart.objects.filter(session=self.session, part="listener")
            return [one.delegate for one in parts.select_related("delegate")]

    @property
    def waiting(self) -> list[Delegate]:
        with acting_as_system("tests"):
            rows = SessionWait.objects.filter(session=self.session).select_related("delegate")
            return [one.delegate for one in rows.order_by("number")]

    def told(self, me: Delegate) -> list[str]:
        with acting_as_system("tests"):
            mails = Mail.objects.filter(person=me.person_id, kind="agenda.seat")
            return sorted(one.details["fact"] for one in mails)


@pytest.fixture
def cast(rows: Rows) -> Cast:
    return Cast(rows)


def at_that_time(session: Session, *people: Delegate) -> Booked:
    return {one.pk: [(session.starts_at, session.ends_at)] for one in people}


def test_who_leaves_gives_the_seat_to_the_next_who_is_told(cast: Cast) -> None:
    assert place_in_queue(cast.session.pk, cast.third.pk) == 2
    cast.do(leave, cast.first)
    assert cast.seated == [cast.second]
    assert cast.waiting == [cast.third, cast.fourth]
    assert place_in_queue(cast.session.pk, cast.third.pk) == 1
    assert place_in_queue(cast.session.pk, cast.second.pk) is None
    assert cast.told(cast.second) == ["seat"]
    assert cast.told(cast.third) == []
    with acting_as_system("tests"):
        queued = Mail.objects.get(kind="agenda.seat")
        verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["agenda.left", "agenda.moved_up"]
    assert verbs.count("agenda.waits") == 3
    assert send_mail(queued.pk) == Mail.State.SENT
    sent = django_mail.outbox[-1]
    assert "it is yours: you were next in the queue" in sent.body
    assert "Wed 5 Nov, 16:00\N{EN DASH}17:00 EET" in sent.body
    assert f"/agenda/{cast.session.pk}/" in sent.body


def test_a_seat_given_back_before_the_mail_leaves_is_not_told_of(cast: Cast) -> None:
    cast.do(leave, cast.first)
    cast.do(leave, cast.second)
    with acting_as_system("tests"):
        queued = Mail.objects.get(kind="agenda.seat", person=cast.second.person_id)
    assert send_mail(queued.pk) != Mail.State.SENT
    assert cast.seated == [cast.third]


def test_who_sits_in_a_meeting_then_is_passed_over_told_and_keeps_the_place(cast: Cast) -> None:
    spans = at_that_time(cast.session, cast.second)
    cast.do(leave, cast.first, booked=lambda _people: spans)
    assert cast.seated == [cast.third]
    assert cast.waiting == [cast.second, cast.fourth]
    assert cast.told(cast.second) == ["passed"]
    cast.do(leave, cast.third)
    assert cast.seated == [cast.second], "it is still before the fourth"


def test_who_sits_in_another_session_then_is_passed_over(cast: Cast, rows: Rows) -> None:
    other = release(rows, replace(wish(seats=None), title="Another"))
    mine, cast.session = cast.session, other
    cast.do(sign_up, cast.second)
    cast.session = mine
    cast.do(leave, cast.first)
    assert cast.seated == [cast.third]
    assert cast.told(cast.second) == ["passed"]


def test_who_leaves_another_session_gets_the_seat_that_stayed_free(cast: Cast, rows: Rows) -> None:
    other = release(rows, replace(wish(seats=None), title="Another"))
    mine, cast.session = cast.session, other
    cast.do(sign_up, cast.second)
    cast.session = mine
    cast.do(wait_no_more, cast.third)
    cast.do(wait_no_more, cast.fourth)
    cast.do(leave, cast.first)
    assert cast.seated == []
    cast.session = other
    cast.do(leave, cast.second)
    cast.session = mine
    assert (cast.seated, cast.waiting) == ([cast.second], [])
    assert cast.told(cast.second) == ["passed", "seat"]


@pytest.mark.parametrize("what", ["moved", "off"])
def test_whose_other_session_moves_or_is_off_gets_the_seat(
    cast: Cast, rows: Rows, what: str
) -> None:
    asked = replace(wish(seats=None), title="Another")
    other = release(rows, asked)
    mine, cast.session = cast.session, other
    for me in (cast.second, cast.third, cast.fourth):
        cast.do(sign_up, me)
    cast.session = mine
    cast.do(leave, cast.first)
    assert cast.seated == []
    if what == "moved":
        release(rows, replace(wish(18, seats=None), title="Another"), other)
    else:
        with acting(organiser_of(rows)) as by:
            call_off(by=by, edition=rows.edition, session=other)
            release_agenda(by=by, edition=rows.edition)
    assert cast.seated == [cast.second]
    assert cast.waiting == [cast.third, cast.fourth]


def test_who_is_busy_and_suspended_gets_no_mail(cast: Cast) -> None:
    with acting_as_system("tests"):
        Denial.objects.create(name=f"person:{cast.second.person_id}", reason="in a test")
    spans = at_that_time(cast.session, cast.second)
    cast.do(leave, cast.first, booked=lambda _people: spans)
    assert cast.seated == [cast.third]
    with acting_as_system("tests"):
        queued = Mail.objects.get(kind="agenda.seat", person=cast.second.person_id)
    before = len(django_mail.outbox)
    assert send_mail(queued.pk) != Mail.State.SENT
    assert len(django_mail.outbox) == before


def test_a_seat_that_nobody_of_the_queue_could_take_is_theirs_before_a_newcomer(cast: Cast) -> None:
    spans = at_that_time(cast.session, cast.second, cast.third, cast.fourth)
    cast.do(leave, cast.first, booked=lambda _people: spans)
    assert cast.seated == []
    assert [cast.told(one) for one in (cast.second, cast.third, cast.fourth)] == [["passed"]] * 3
    free_again = at_that_time(cast.session, cast.second)
    by = subject_of_person(cast.first.person_id)
    with acting(by):
        with pytest.raises(AgendaError, match="Every seat is taken"):
            sign_up(
                by=by, session=cast.session, delegate=cast.first, booked=lambda _people: free_again
            )
        assert cast.seated == [cast.third], "the newcomer's refusal does not take it away again"
    assert cast.waiting == [cast.second, cast.fourth]


def test_a_newcomer_takes_a_seat_that_nobody_of_the_queue_can_take(cast: Cast) -> None:
    spans = at_that_time(cast.session, cast.second, cast.third, cast.fourth)
    cast.do(leave, cast.first, booked=lambda _people: spans)
    cast.do(sign_up, cast.first, booked=lambda _people: spans)
    assert cast.seated == [cast.first]
    assert len(cast.waiting) == 3


def test_who_waits_takes_a_free_seat_and_is_off_the_queue(cast: Cast) -> None:
    spans = at_that_time(cast.session, cast.second, cast.third, cast.fourth)
    cast.do(leave, cast.first, booked=lambda _people: spans)
    others = at_that_time(cast.session, cast.second, cast.third)
    cast.do(sign_up, cast.fourth, booked=lambda _people: others)
    assert cast.seated == [cast.fourth]
    assert cast.waiting == [cast.second, cast.third]


def test_who_is_suspended_is_passed_over_and_told_nothing(cast: Cast) -> None:
    with acting_as_system("tests"):
        Denial.objects.create(name=f"person:{cast.second.person_id}", reason="in a test")
    cast.do(leave, cast.first)
    assert cast.seated == [cast.third]
    assert cast.told(cast.second) == []


def test_one_waits_only_where_it_is_full_and_once(cast: Cast) -> None:
    assert cast.do(wait_for_seat, cast.third) == 2
    assert len(cast.waiting) == 3
    with pytest.raises(AgendaError, match="You take part in this session"):
        cast.do(wait_for_seat, cast.first)
    assert cast.do(wait_no_more, cast.third) is True
    assert cast.do(wait_no_more, cast.third) is False
    assert cast.waiting == [cast.second, cast.fourth]
    assert cast.do(wait_for_seat, cast.third) == 3, "who comes back is last"
    cast.session = release(cast.rows, replace(wish(18), title="Empty"))
    with pytest.raises(AgendaError, match="A seat is free"):
        cast.do(wait_for_seat, cast.third)


def test_nobody_waits_in_another_name(cast: Cast) -> None:
    by = subject_of_person(cast.first.person_id)
    with acting(by), pytest.raises(AgendaError, match="yourself only"):
        wait_no_more(by=by, session=cast.session, delegate=cast.second)
    assert len(cast.waiting) == 3


def test_more_seats_are_given_with_the_release(cast: Cast, rows: Rows) -> None:
    spans = at_that_time(cast.session, cast.second)
    release(rows, wish(seats=2), cast.session, booked=spans)
    assert set(cast.seated) == {cast.first, cast.third}
    assert cast.told(cast.second) == ["passed"]
    release(rows, wish(seats=None), cast.session)
    assert len(cast.seated) == 4
    assert cast.waiting == []


def test_fewer_seats_send_nobody_away_and_give_none_until_enough_left(
    cast: Cast, rows: Rows
) -> None:
    release(rows, wish(seats=2), cast.session)
    assert set(cast.seated) == {cast.first, cast.second}
    release(rows, wish(seats=1), cast.session)
    assert set(cast.seated) == {cast.first, cast.second}
    cast.do(leave, cast.first)
    assert cast.seated == [cast.second]
    assert cast.waiting == [cast.third, cast.fourth]


def test_a_session_that_moves_keeps_its_queue_and_tells_it(cast: Cast, rows: Rows) -> None:
    release(rows, wish(17), cast.session)
    assert cast.seated == [cast.first]
    assert cast.waiting == [cast.second, cast.third, cast.fourth]
    assert cast.told(cast.second) == ["moved"]
    assert cast.told(cast.first) == [], "who has a seat is told by another mail"
    with acting_as_system("tests"):
        queued = Mail.objects.get(kind="agenda.seat", person=cast.second.person_id)
    assert send_mail(queued.pk) == Mail.State.SENT
    assert "17:00\N{EN DASH}18:00" in django_mail.outbox[-1].body


def test_a_session_that_is_called_off_ends_its_queue(cast: Cast, rows: Rows) -> None:
    with acting(organiser_of(rows)) as by:
        call_off(by=by, edition=rows.edition, session=cast.session)
        release_agenda(by=by, edition=rows.edition)
    assert cast.waiting == []
    assert cast.told(cast.third) == ["off"]
    with acting_as_system("tests"):
        queued = Mail.objects.get(kind="agenda.seat", person=cast.third.person_id)
    assert send_mail(queued.pk) == Mail.State.SENT
    assert "It is called off" in django_mail.outbox[-1].body


def test_who_sees_the_session_no_more_waits_no_more_and_learns_nothing_of_it(
    cast: Cast, rows: Rows
) -> None:
    release(rows, wish(18, chosen="allied"), cast.session)
    assert cast.waiting == [cast.second, cast.fourth], "the third is from a partner country"
    assert cast.told(cast.third) == ["out"]
    with acting_as_system("tests"):
        queued = Mail.objects.get(kind="agenda.seat", person=cast.third.person_id)
    assert send_mail(queued.pk) == Mail.State.SENT
    sent = django_mail.outbox[-1]
    told = sent.subject + sent.body
    assert "you no longer wait for its seat" in told
    assert "16:00\N{EN DASH}17:00" in told
    for hidden in ("18:00", "Panel on ranges", str(cast.session.pk)):
        assert hidden not in told


@pytest.mark.parametrize("way", ["withdrawn", "erased"])
def test_who_no_longer_comes_leaves_seats_and_queues(cast: Cast, way: str) -> None:
    for me in (cast.third, cast.first):
        with acting_as_system("tests"):
            person = Person.objects.get(pk=me.person_id)
            mine = Nomination.objects.filter(person=person, edition_id=cast.rows.edition.pk).first()
            if way == "withdrawn":
                mine = mine or Nomination(person=person, edition_id=cast.rows.edition.pk)
                mine.state = Nomination.State.WITHDRAWN
                nomination_ended.send(sender=Nomination, nomination=mine)
            else:
                person_erased.send(sender=Person, person=person)
    assert cast.seated == [cast.second]
    assert cast.waiting == [cast.fourth]
    assert cast.told(cast.second) == ["seat"]
    by = subject_of_person(cast.first.person_id)
    with acting(by), pytest.raises(AgendaError):
        sign_up(by=by, session=cast.session, delegate=cast.first)


def test_the_organiser_sees_the_queue_and_the_others_do_not(cast: Cast, rows: Rows) -> None:
    with acting(organiser_of(rows)):
        shown = [one.delegate_id for one in queue_of(rows.edition.pk)]
    assert shown == [cast.second.pk, cast.third.pk, cast.fourth.pk]
    for me in (cast.first, cast.third):
        with acting(subject_of_person(me.person_id)):
            assert not queue_of(rows.edition.pk).exists()


def test_ones_own_data_tell_that_one_waits(cast: Cast) -> None:
    by = subject_of_person(cast.third.person_id)
    with acting(by):
        models = [one["model"] for one in export_of_person(by=by)["records"]]
    assert models.count("forum.sessionwait") == 1
