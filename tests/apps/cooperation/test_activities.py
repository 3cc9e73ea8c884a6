"""Activities under an assistance: seats of their own, moved and called off with word to who holds seats, the last seat once."""

import datetime as dt
import threading
import time
import uuid
from typing import Any

import icalendar
import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from cast import Cast, Member, make_cast, make_member, make_open_edition
from punte.apps.access.permissions import PUBLIC, VISITOR, acting, acting_as_system
from punte.apps.cooperation import activities, assistance, seats
from punte.apps.cooperation.assistance_history import changes_of
from punte.apps.cooperation.models import Activity, Assistance, Seat
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.register import Register, register_of
from punte.apps.cooperation.sample import load_cooperation
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.mail_times import words_for_day
from punte.apps.people.models import Mail, Membership
from punte.kernel.errors import ChangedMeanwhileError, PunteError

DAY = timezone.localdate() + dt.timedelta(days=40)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    make_open_edition(made)
    with acting_as_system("tests"):
        Membership.objects.update(is_focal_point=True)
    return made


def enter(cast: Cast, **values: Any) -> Assistance:
    wanted: dict[str, Any] = {"beneficiaries": "Moldova, Ukraine", "seats": 5, "title": "Course"}
    by = cast.authority.subject
    with acting(by):
        return assistance.enter_assistance(
            by=by,
            kind="training",
            side="offer",
            about="",
            releasable_to=[PUBLIC],
            **wanted | values,
        )


def add(cast: Cast, row: Assistance, **values: Any) -> Activity:
    by = cast.authority.subject
    wanted: dict[str, Any] = {"title": "First week", "starts_on": DAY, "place": "Iași", "seats": 3}
    with acting(by):
        return activities.enter_activity(by=by, assistance=row, **wanted | values)


def take(member: Member, row: Activity, count: int) -> None:
    with acting(member.subject):
        seats.take_seats(by=member.subject, assistance=row.assistance, activity=row, count=count)


def change(cast: Cast, row: Activity, **values: Any) -> None:
    by = cast.authority.subject
    stands = {name: getattr(row, name) for name in ("title", "place", "starts_on", "ends_on")}
    stands |= {"seats": row.seats, "state": row.state, "only_for": row.only_for}
    with acting(by):
        activities.change_activity(by=by, activity=row, **stands | values)


def letters_to(member: Member) -> list[Any]:
    mail.outbox.clear()
    with acting_as_system("tests"):
        waiting = list(Mail.objects.filter(person=member.person, state=Mail.State.WAITING))
    for one in waiting:
        send_mail(one.pk)
    return list(mail.outbox)


def event_in(letter: Any) -> tuple[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(letter.attachments[0].get_payload(decode=True))
    return str(calendar["method"]), calendar.events[0]


@pytest.mark.django_db
def test_seats_of_an_activity_are_its_own_and_narrowed(cast: Cast) -> None:
    row = enter(cast)
    week = add(cast, row, only_for=["MDA"])
    kyiv = make_member("Olena", "Ministry of Kyiv", "delegate", "UKR")
    with pytest.raises(NotPartOfItError, match="only for: Moldova"):
        take(kyiv, week, 1)
    take(cast.guest, week, 3)
    with acting(kyiv.subject):
        seats.take_seats(by=kyiv.subject, assistance=row, count=5)
        assert seats.seats_taken(row) == 5, "seats of the whole are counted apart"
        assert seats.seats_taken(row, week) == 3
    with pytest.raises(PunteError, match="3 seats are left"):
        take(cast.guest, week, 4)
    change(cast, week, only_for=[])
    with pytest.raises(PunteError, match="0 seats are left"):
        take(kyiv, week, 1)
    with pytest.raises(PunteError, match="3 seats are taken already"):
        change(cast, week, seats=2)
    with pytest.raises(NotPartOfItError), acting(cast.guest.subject) as by:
        activities.enter_activity(by=by, assistance=row, title="Mine", starts_on=DAY)


@pytest.mark.django_db
def test_what_cannot_be_is_refused_with_a_reason(cast: Cast) -> None:
    row = enter(cast)
    for values, told in (
        ({"title": " "}, "Give it a title"),
        ({"starts_on": None}, "on which day"),
        ({"ends_on": DAY - dt.timedelta(days=1)}, "ends before it begins"),
        ({"place": "NATO SECRET hall"}, "SECRET"),
    ):
        with pytest.raises(PunteError, match=told):
            add(cast, row, **values)
    week = add(cast, row)
    with pytest.raises(PunteError, match="what came of it"):
        change(cast, week, state="done")
    change(cast, week, title="Second week")
    with pytest.raises(ChangedMeanwhileError, match="Claire Verdon: what"):
        change(cast, week, place="Cluj", read="")
    with acting(cast.authority.subject):
        assert [(one.field, one.before) for one in changes_of(week)] == [("title", "First week")]
        assert not changes_of(row).exists()


@pytest.mark.django_db
def test_who_holds_seats_is_told_of_a_move_and_of_the_end_once_each(cast: Cast) -> None:
    row = enter(cast)
    week, other = add(cast, row), add(cast, row, title="Another")
    take(cast.guest, week, 2)
    with acting(cast.authority.subject) as by:
        seats.confirm_seats(by=by, seat=Seat.objects.get(activity=week), count=2)
    method, event = event_in(letters_to(cast.guest)[0])
    assert (method, str(event["uid"]), event["sequence"]) == (
        "REQUEST",
        f"{week.pk}@punte.invalid",
        0,
    )
    change(cast, week, title="A better name")
    assert letters_to(cast.guest) == [], "a name is no move"
    later = DAY + dt.timedelta(days=7)
    change(cast, week, starts_on=later, ends_on=later, place="Cluj")
    told = letters_to(cast.guest)
    assert len(told) == 1
    assert f"{words_for_day(later)}, Cluj" in told[0].subject
    method, event = event_in(told[0])
    assert (method, event["sequence"], event.start) == ("REQUEST", 1, later)
    assert event.end == later + dt.timedelta(days=1)
    change(cast, other, state="off")
    assert letters_to(cast.guest) == [], "no seat is held there"
    with acting(cast.authority.subject) as by:
        assistance.change_assistance(by=by, assistance=row, state="off", seats=5)
    told = letters_to(cast.guest)
    assert len(told) == 1, "it is called off with the whole"
    method, event = event_in(told[0])
    assert (method, event["sequence"], str(event["status"])) == ("CANCEL", 2, "CANCELLED")
    with acting_as_system("tests"):
        week.refresh_from_db()
    assert week.state == "off"
    assert letters_to(cast.company) == []


@pytest.mark.django_db
def test_who_holds_seats_in_the_whole_is_told_too(cast: Cast) -> None:
    row = enter(cast, starts_on=DAY, place="Iași")
    with acting(cast.guest.subject) as by:
        seats.take_seats(by=by, assistance=row, count=1)
    later = DAY + dt.timedelta(days=1)
    with acting(cast.authority.subject) as by:
        assistance.change_assistance(
            by=by, assistance=row, state="planned", place="Iași", starts_on=later, seats=5
        )
    method, event = event_in(letters_to(cast.guest)[0])
    assert (method, event["sequence"], event.start) == ("REQUEST", 1, later)


@pytest.mark.django_db
def test_nothing_takes_place_under_what_is_cancelled(cast: Cast) -> None:
    row = enter(cast, starts_on=DAY)
    week = add(cast, row)
    with acting(cast.authority.subject) as by:
        stale = Assistance.objects.get(pk=row.pk)
        assistance.change_assistance(
            by=by, assistance=row, state="off", place="", starts_on=DAY, seats=5
        )
        week.refresh_from_db()
    assert week.state == "off"
    with pytest.raises(PunteError, match="is cancelled"):
        change(cast, week, state="planned")
    with pytest.raises(PunteError, match="It is over"):
        add(cast, stale)


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_goes_once_and_the_loser_is_told(cast: Cast) -> None:
    week = add(cast, enter(cast), seats=1)
    kyiv = make_member("Olena", "Ministry of Kyiv", "delegate", "UKR")
    for _turn in range(4):
        refused: list[Exception] = []
        begin = threading.Barrier(2)

        def run(
            member: Member, begin: threading.Barrier = begin, refused: list[Exception] = refused
        ) -> None:
            try:
                begin.wait(timeout=30)
                with acting(member.subject) as by, transaction.atomic():
                    seats.take_seats(by=by, assistance=week.assistance, activity=week, count=1)
                    time.sleep(0.05)
            except PunteError as error:
                refused.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(one,)) for one in (cast.guest, kyiv)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        with acting_as_system("tests"):
            assert [seat.count for seat in Seat.objects.filter(activity=week)] == [1]
            Seat.objects.all().delete()
        assert len(refused) == 1
        assert "0 seats are left" in str(refused[0])


@pytest.mark.django_db
def test_what_comes_stands_first_then_what_runs_then_what_is_past(cast: Cast) -> None:
    today = timezone.localdate()
    one_day = dt.timedelta(days=1)
    done = enter(cast, title="Done long ago", starts_on=today - 30 * one_day)
    runs = enter(cast, title="Runs", starts_on=today - one_day, ends_on=today + one_day)
    late = enter(cast, title="Late", starts_on=today + 90 * one_day)
    soon = enter(cast, title="Soon by an activity")
    add(cast, soon, title="Demining", starts_on=today + 3 * one_day, place="Bălți")
    with acting(VISITOR):
        _all, parts = register_of(Register(), today=today)
        assert {key: [one.pk for one in rows] for key, rows in parts.items()} == {
            "coming": [soon.pk, late.pk],
            "running": [runs.pk],
            "past": [done.pk],
            "invented": [],
        }
        for asked, found in (
            (Register(words="demining bălți"), [soon]),
            (Register(since=today + 80 * one_day), [late]),
            (Register(until=today - 20 * one_day), [done]),
            (Register(state="done"), []),
        ):
            _all, parts = register_of(asked, today=today)
            assert [one for rows in parts.values() for one in rows] == found


@pytest.mark.django_db
def test_pages_calendar_file_and_api_show_activities(cast: Cast, client: Client) -> None:
    with acting_as_system("tests"):
        load_cooperation(cast.authority.subject.org_id or uuid.uuid4(), with_synthetic=True)
        row = Activity.objects.select_related("assistance").filter(only_for=["MDA"])[0]
    page = client.get("/assistance/").content.decode()
    assert page.index("Joint training of Romania") < page.index("Invented, to show")
    assert "3 activities" in page
    address = f"/assistance/{row.assistance_id}/"
    assert row.title in client.get(address).content.decode()
    own = f"{address}activities/{row.pk}/"
    assert "Of those only: Moldova" in client.get(own).content.decode()
    assert client.get(f"/assistance/{uuid.uuid4()}/activities/{row.pk}/").status_code == 404
    events = icalendar.Calendar.from_ical(client.get("/assistance/calendar.ics").content).events
    assert str(row.pk) in {str(one["uid"]).split("@")[0] for one in events}
    alone = icalendar.Calendar.from_ical(client.get(f"{own}calendar.ics").content).events
    assert [str(one["summary"]) for one in alone] == [row.title]
    table = client.get("/assistance/?as=csv&q=tender").content.decode()
    assert "How to write a tender" in table
    assert "Joint exercise" not in table
    told = client.get(f"/api/v1/assistance/{row.assistance_id}").json()
    assert [one["only_for"] for one in told["activities"]] == [["MDA"], [], []]


@pytest.mark.django_db
def test_a_keeper_enters_and_a_guest_takes_seats_on_the_page(cast: Cast) -> None:
    row = enter(cast)
    keeper, guest = Client(), Client()
    with acting_as_system("tests"):
        accounts = [one.person.account for one in (cast.authority, cast.guest)]
    for browser, account in zip((keeper, guest), accounts, strict=True):
        assert account is not None
        browser.force_login(account)
    address = f"/assistance/{row.pk}/"
    typed = {"do": "activity", "title": "Week", "starts_on": str(DAY), "seats": "2"}
    page = keeper.post(address, typed | {"starts_on": ""}, follow=True).content.decode()
    assert "Say on which day it begins" in page
    assert 'value="Week"' in page, "what was typed stands in the form again"
    page = keeper.post(address, typed | {"countries": "MDA"}, follow=True).content.decode()
    with acting_as_system("tests"):
        week = Activity.objects.get()
    assert week.only_for == ["MDA"]
    own = f"{address}activities/{week.pk}/"
    assert "You may join" in guest.get(own).content.decode()
    guest.post(own, {"count": "2", "read": "0"})
    with acting_as_system("tests"):
        seat = Seat.objects.get()
    assert (seat.activity_id, seat.count) == (week.pk, 2)
    page = keeper.get(own).content.decode()
    assert "not confirmed yet" in page
    keeper.post(own, {"do": "confirm", "seat": str(seat.pk), "count": "2"})
    with acting_as_system("tests"):
        seat.refresh_from_db()
    assert seat.confirmed_at is not None
    moved = {"do": "change", "title": "Week", "starts_on": str(DAY), "place": "Cluj", "seats": "2"}
    page = keeper.post(own, moved | {"state": "planned"}, follow=True).content.decode()
    assert "History" in page
    assert guest.post(own, moved | {"state": "off"}, follow=True).status_code == 200
    with acting_as_system("tests"):
        week.refresh_from_db()
    assert (week.place, week.state, week.sequence) == ("Cluj", "planned", 1)


@pytest.mark.django_db
def test_a_day_at_the_end_of_time_breaks_no_calendar(cast: Cast, client: Client) -> None:
    row = enter(cast)
    for far in (dt.date.max, dt.date.min):
        with pytest.raises(PunteError, match="between the years"):
            add(cast, row, starts_on=far)
    with acting_as_system("tests"):
        # As they may have been entered before they were refused.
        Assistance.objects.filter(pk=row.pk).update(starts_on=dt.date.max, ends_on=dt.date.max)
    answer = client.get("/assistance/calendar.ics")
    assert answer.status_code == 200
    assert f"UID:{row.pk}" in answer.content.decode()
    client.force_login(cast.authority.account)
    typed = {"do": "activity", "title": "Late", "starts_on": "9999-12-31"}
    page = client.post(f"/assistance/{row.pk}/", typed, follow=True).content.decode()
    assert "9999-12-31” is no day" in page
