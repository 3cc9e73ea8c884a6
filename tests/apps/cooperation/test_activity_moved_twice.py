"""An activity that is moved twice before the mails leave is told once, as it stands; nobody is told the same twice."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from cast import Cast, Member, make_cast, make_open_edition
from punte.apps.access.permissions import PUBLIC, acting, acting_as_system
from punte.apps.cooperation import activities, assistance, seats
from punte.apps.cooperation.models import Activity, Assistance
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Membership

pytestmark = pytest.mark.django_db
DAY = timezone.localdate() + dt.timedelta(days=40)
KIND = "assistance.moved"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    make_open_edition(made)
    with acting_as_system("tests"):
        Membership.objects.update(is_focal_point=True)
    return made


@pytest.fixture
def week(cast: Cast) -> Activity:
    """Return an activity in which the guest's organisation holds seats."""
    with acting(cast.authority.subject) as by:
        row = assistance.enter_assistance(
            by=by,
            kind="training",
            side="offer",
            title="Course",
            about="",
            beneficiaries="Moldova, Ukraine",
            releasable_to=[PUBLIC],
            seats=5,
        )
        made = activities.enter_activity(
            by=by, assistance=row, title="Week", starts_on=DAY, place="Iași", seats=3
        )
    with acting(cast.guest.subject) as by:
        seats.take_seats(by=by, assistance=made.assistance, activity=made, count=1)
    return made


def move(cast: Cast, row: Activity, **values: Any) -> None:
    with acting_as_system("tests"):
        row.refresh_from_db()
    stands = {name: getattr(row, name) for name in ("title", "place", "starts_on", "ends_on")}
    stands |= {"seats": row.seats, "state": row.state, "only_for": row.only_for}
    with acting(cast.authority.subject) as by:
        activities.change_activity(by=by, activity=row, **stands | values)


def send_all(member: Member, *, last_first: bool = False) -> list[Any]:
    mail.outbox.clear()
    with acting_as_system("tests"):
        rows = Mail.objects.filter(person=member.person, kind=KIND, state=Mail.State.WAITING)
        waiting = list(rows.order_by("-queued_at" if last_first else "queued_at"))
    for one in waiting:
        send_mail(one.pk)
    return list(mail.outbox)


@pytest.mark.parametrize("last_first", [False, True])
def test_two_moves_are_told_once_with_the_last(
    cast: Cast, week: Activity, *, last_first: bool
) -> None:
    move(cast, week, place="Cluj")
    move(cast, week, place="Brașov")
    told = send_all(cast.guest, last_first=last_first)
    assert [one.subject.rpartition(", ")[2] for one in told] == ["Brașov"]
    with acting_as_system("tests"):
        states = set(Mail.objects.filter(kind=KIND).values_list("state", flat=True))
    assert states == {Mail.State.SENT, Mail.State.NOT_SENT}


def test_a_move_after_the_mail_left_is_told_again(cast: Cast, week: Activity) -> None:
    move(cast, week, place="Cluj")
    assert len(send_all(cast.guest)) == 1
    move(cast, week, place="Brașov")
    assert len(send_all(cast.guest)) == 1
    move(cast, week, place="Cluj")
    assert len(send_all(cast.guest)) == 1, "that it is back there is news"


def test_moved_away_and_back_to_what_was_told_is_no_news(cast: Cast, week: Activity) -> None:
    move(cast, week, place="Cluj")
    assert len(send_all(cast.guest)) == 1
    move(cast, week, place="Brașov")
    move(cast, week, place="Cluj")
    assert send_all(cast.guest) == []


def test_a_move_and_then_its_end_is_told_as_the_end(cast: Cast, week: Activity) -> None:
    move(cast, week, place="Cluj")
    move(cast, week, state=Assistance.State.CANCELLED)
    [told] = send_all(cast.guest)
    assert "It is called off." in told.body
