"""What is open: one's own and one's organisation's, what is overdue first; read by nobody else; as a table and a calendar."""

import datetime as dt

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import activities, agreed, assistance, follow_up, seats
from punte.apps.cooperation.models import Cooperation, MeetingTask, NextMeeting, Task
from punte.apps.cooperation.open_items import OpenItem, open_items
from punte.apps.meetings.models import MeetingRequest

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
FAR = TODAY + dt.timedelta(days=900)


def after(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def fill(rows: Rows) -> tuple[MeetingRequest, Subject, Subject, Subject]:
    """Give the two of a meeting one thing of each kind that is open, and some that are not."""
    request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Mast together")
        follow_up.plan_next(by=sender, cooperation=made, day=FAR, place="Iași")
        agreed.agree_at(by=sender, request=request, text="Send drawings", side="sender")
        agreed.meet_again(by=sender, request=request, day=FAR, place="Cluj")
        agreed.enter(by=sender, promise=agreed.Promise(who="We", what="Deliver", due_on=after(3)))
        offer = assistance.enter_assistance(
            by=sender,
            kind="training",
            side="offer",
            title="Course",
            about="",
            beneficiaries="",
            releasable_to=[f"edition:{rows.edition.pk}"],
        )
        week = activities.enter_activity(
            by=sender, assistance=offer, title="Week", starts_on=after(6)
        )
    with acting(receiver):
        seats.take_seats(by=receiver, assistance=offer, activity=week, count=2)
    with acting_as_system("tests"):
        # The meeting of the rows is still to come: what is agreed at it may not be due before.
        MeetingTask.objects.update(due_on=after(-2))
        NextMeeting.objects.update(on=after(12))
        Cooperation.objects.update(next_on=after(20))
        MeetingTask.objects.create(
            request_id=request.pk,
            text="Done",
            side="both",
            who="",
            done_at=timezone.now(),
            owner_org_id=sender.org_id,
        )
        Task.objects.create(cooperation=made, text="Find a range", who="Both")
    return request, sender, receiver, third


def read(subject: Subject, whose: str = "", kind: str = "") -> list[OpenItem]:
    with acting(subject):
        return open_items(subject, today=TODAY, whose=whose, kind=kind)


def test_each_kind_stands_by_its_day_with_what_is_overdue_first(rows: Rows) -> None:
    _request, sender, receiver, third = fill(rows)
    assert [(one.kind, one.is_overdue) for one in read(sender)] == [
        ("action", True),
        ("commitment", False),
        ("meeting", False),
        ("cooperation", False),
        ("action", False),
    ]
    assert [one.kind for one in read(receiver)] == ["seats", "meeting", "cooperation", "action"]
    assert read(third) == []
    assert [one.what for one in read(receiver, kind="seats")] == ["Week"]
    assert {one.kind for one in read(sender, whose="mine")} >= {"action", "commitment", "meeting"}
    seat = read(receiver, whose="mine", kind="seats")
    assert [one.until for one in seat] == [after(6)]


def test_the_page_the_table_and_the_calendar_say_the_same(rows: Rows, client: Client) -> None:
    _request, sender, _receiver, _third = fill(rows)
    with acting_as_system("tests"):
        account = Account.objects.get(person__pk=sender.person_id)
    assert client.get("/open/").status_code == 302, "for who is signed in"
    client.force_login(account)
    page = client.get("/open/").content.decode()
    assert page.index("Send drawings") < page.index("Deliver") < page.index("Find a range")
    assert "Overdue" in page
    table = client.get("/open/?as=csv&kind=commitment").content.decode()
    assert "Deliver" in table
    assert "Send drawings" not in table
    assert client.get("/open/?as=xlsx").status_code == 200
    page = client.post("/open/", {"do": "make"}, follow=True).content.decode()
    address = page[page.index("/open/calendar/") :].split("<")[0]
    assert address not in client.get("/open/").content.decode(), "it is shown once"
    reader = Client()
    calendar = icalendar.Calendar.from_ical(reader.get(address).content)
    names = {str(one["uid"]): str(one["summary"]) for one in calendar.events}
    assert len(names) == 4, "what has no day stands in no calendar"
    assert "Commitment: Deliver" in names.values()
    again = icalendar.Calendar.from_ical(reader.get(address).content)
    assert {str(one["uid"]) for one in again.events} == set(names), "a UID stays"
    with acting_as_system("tests"):
        Account.objects.filter(pk=account.pk).update(language="ro")
    for asked in ("en", "fr"):
        own = icalendar.Calendar.from_ical(
            reader.get(address, headers={"accept-language": asked}).content
        )
        assert "Angajament: Deliver" in {str(one["summary"]) for one in own.events}, "its person's"
    client.post("/open/", {"do": "stop"})
    assert reader.get(address).status_code == 404
    assert reader.get("/open/calendar/none.ics").status_code == 404


def test_more_open_things_ask_no_more_questions(rows: Rows, client: Client) -> None:
    request, sender, _receiver, _third = fill(rows)
    with acting_as_system("tests"):
        client.force_login(Account.objects.get(person__pk=sender.person_id))
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/open/")
        counts.append(len(queries))
        with acting(sender):
            for number in range(3):
                agreed.agree_at(by=sender, request=request, text=f"More {number}", side="both")
    client.get("/open/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/open/")
    assert len(queries) <= counts[0]
