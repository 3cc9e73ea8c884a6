"""Pages of the agenda: drafts, release, the wall, files, screens, seats."""

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cast import make_member
from edition_rows import Rows, make_edition
from page_forms import as_read
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import AttendeeCategory, Delegate, Session
from signed_in import signed_in

pytestmark = pytest.mark.django_db
CONFERENCE = "acronym title start end days timeslot_duration base_url"
EVENT = (
    "date start duration room slug url title subtitle track type language abstract description "
    "persons links attachments"
)


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def at(rows: Rows, rest: str = "") -> str:
    return f"/e/{rows.edition.slug}/agenda/{rest}"


def fields(title: str, **more: str) -> dict[str, str]:
    return {
        "title": title,
        "kind": "side",
        "format": "open",
        "starts_at": "2025-11-05T16:00",
        "ends_at": "2025-11-05T17:00",
        **more,
    }


def draft(client: Client, rows: Rows, title: str, **more: str) -> Session:
    client.post(at(rows, "edit/new/"), fields(title, **more))
    with acting_as_system("tests"):
        return Session.objects.get(edition=rows.edition, title=title)


def release(client: Client, rows: Rows, note: str = "") -> str:
    data = as_read(client, at(rows, "edit/"), {"do": "release", "note": note})
    page = client.post(at(rows, "edit/"), data, follow=True)
    return str(page.content.decode())


def text(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def test_a_draft_shows_after_its_release_and_the_log_says_so(rows: Rows) -> None:
    organiser, visitor = signed_in(rows.organiser), Client()
    session = draft(organiser, rows, "Quantum radar")
    for page in ("", "changes/", "embed/", "schedule.xml", "schedule.json", "schedule.ics"):
        assert "Quantum radar" not in text(visitor, at(rows, page)), page
    assert visitor.get(at(rows, f"{session.pk}/")).status_code == 404
    assert "Quantum radar" in text(organiser, at(rows, "edit/"))
    assert "Released" in release(organiser, rows, "A new one")
    for page in ("", "changes/", "embed/", "print/", "schedule.xml", "schedule.json"):
        assert "Quantum radar" in text(visitor, at(rows, page)), page
    year = f"{timezone.localdate(timezone=rows.edition.zone):%Y}"
    assert re.search(
        rf"As released on \d+ \w+ {year}, \d\d:\d\d", text(visitor, at(rows, "print/"))
    )
    assert "As released on" not in text(visitor, at(rows, ""))
    assert "Added" in text(visitor, at(rows, "changes/"))
    moved = fields("Quantum radar", starts_at="2025-11-05T17:00", ends_at="2025-11-05T18:00")
    form = at(rows, f"edit/{session.pk}/")
    organiser.post(form, as_read(organiser, form, moved))
    assert "16:00" in text(visitor, at(rows, f"{session.pk}/"))
    release(organiser, rows)
    assert "Moved" in text(visitor, at(rows, "changes/"))
    assert str(session.pk) in text(visitor, at(rows, "schedule.json"))
    organiser.post(form, as_read(organiser, form, {"do": "off"}))
    release(organiser, rows)
    assert "Cancelled" in text(visitor, at(rows, "changes/"))
    assert "Quantum radar" not in text(visitor, at(rows, "schedule.xml"))
    assert "CANCELLED" in text(visitor, at(rows, "schedule.ics"))


def event_of(client: Client, rows: Rows, session: Session) -> icalendar.Event:
    calendar = icalendar.Calendar.from_ical(client.get(at(rows, "schedule.ics")).content)
    return next(one for one in calendar.walk("VEVENT") if str(session.pk) in one["uid"])


def test_a_calendar_takes_the_later_release_in_place(rows: Rows) -> None:
    organiser, visitor = signed_in(rows.organiser), Client()
    session = draft(organiser, rows, "Quantum radar")
    release(organiser, rows)
    before = event_of(visitor, rows, session)
    assert before["sequence"] == 0
    moved = fields("Quantum radar", starts_at="2025-11-05T17:00", ends_at="2025-11-05T18:00")
    form = at(rows, f"edit/{session.pk}/")
    organiser.post(form, as_read(organiser, form, moved))
    release(organiser, rows)
    after = event_of(visitor, rows, session)
    assert after["uid"] == before["uid"]
    assert after["sequence"] == 1
    assert after["dtstamp"].dt >= before["dtstamp"].dt, "to the second"
    assert after["dtstart"].params["TZID"] == rows.edition.time_zone
    assert "BEGIN:VTIMEZONE" in text(visitor, at(rows, "schedule.ics"))


def partner_of(rows: Rows) -> Client:
    guest = make_member("Ion Cazacu", "Chancellery", country="MDA", edition_id=rows.edition.pk)
    with acting_as_system("tests"):
        Delegate.objects.create(
            edition=rows.edition,
            person=guest.person,
            organisation=guest.organisation,
            category=AttendeeCategory.objects.get(edition=rows.edition),
            code="G1",
            badge_name="Ion Cazacu",
            owner_org=guest.organisation,
        )
    client = Client()
    client.force_login(guest.account)
    return client


def test_an_allied_session_is_nowhere_for_a_partner(rows: Rows) -> None:
    organiser, partner = signed_in(rows.organiser), partner_of(rows)
    now = timezone.now().astimezone(rows.edition.zone)
    session = draft(organiser, rows, "Allied talk", format="allied")
    draft(organiser, rows, "Partner talk", format="partner")
    release(organiser, rows)
    with acting_as_system("tests"):
        Session.objects.filter(edition=rows.edition, title__endswith="talk").update(
            starts_at=now - dt.timedelta(minutes=5), ends_at=now + dt.timedelta(minutes=30)
        )
    pages = (
        "",
        "changes/",
        "now/?mine=1",
        "print/",
        "schedule.xml",
        "schedule.json",
        "schedule.ics",
    )
    ally = signed_in(rows.delegate)
    for page in pages:
        assert "Allied talk" in text(ally, at(rows, page)), page
        seen = text(partner, at(rows, page))
        assert "Allied talk" not in seen, page
        assert "Partner talk" in seen, page
    assert partner.get(at(rows, f"{session.pk}/")).status_code == 404
    assert partner.post(at(rows, f"{session.pk}/sign-up/")).status_code == 404
    assert "talk" not in text(ally, at(rows, "embed/"))


def test_a_conflict_refuses_the_release(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    with acting_as_system("tests"):
        place = str(rows.edition.places.get(code="M01").pk)
    draft(organiser, rows, "One", place=place, speakers="Ana Pop; Minister")
    draft(organiser, rows, "Two", place=place, speakers="Ana Pop; Minister")
    page = release(organiser, rows)
    assert "cannot be released yet" in page
    assert "in Room 1 at the same time" in page
    assert "Ana Pop speaks in" in page
    assert "One" not in text(Client(), at(rows, "changes/"))


def test_the_screen_renews_itself_and_a_frame_may_hold_the_embedded_page(rows: Rows) -> None:
    assert Client().get(at(rows, "now/"))["Refresh"] == "60"
    page = Client().get(at(rows, "embed/"))
    rules = [one.strip() for one in page["Content-Security-Policy"].split(";")]
    assert "frame-ancestors *" in rules
    assert "X-Frame-Options" not in page
    assert "<form" not in page.content.decode()


def test_the_schedule_carries_every_field(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    draft(organiser, rows, "Radar", speakers="Ana Pop; Minister", link="https://example.org/")
    release(organiser, rows)
    root = ET.fromstring(text(Client(), at(rows, "schedule.xml")))
    assert root.findtext("version")
    assert not [name for name in CONFERENCE.split() if not root.findtext(f"conference/{name}")]
    for day in root.iter("day"):
        assert set(day.keys()) == {"index", "date", "start", "end"}
    events = list(root.iter("event"))
    assert len({event.get("guid") for event in events}) == len(events) == 5
    for event in events:
        assert int(event.get("id") or 0) > 0
        assert not [name for name in EVENT.split() if event.find(name) is None]
    schedule = json.loads(text(Client(), at(rows, "schedule.json")))["schedule"]
    assert {"version", "base_url", "conference"} <= set(schedule)
    found = [e for d in schedule["conference"]["days"] for r in d["rooms"].values() for e in r]
    assert len(found) == 5
    assert all({"id", "guid", *EVENT.split()} <= set(event) for event in found)


def test_a_delegate_takes_a_seat_and_gives_it_back(rows: Rows) -> None:
    organiser, delegate = signed_in(rows.organiser), signed_in(rows.delegate)
    late = {"starts_at": "2025-11-05T19:00", "ends_at": "2025-11-05T20:00"}
    session = draft(organiser, rows, "Small", capacity="1", **late)
    release(organiser, rows)
    page = at(rows, f"{session.pk}/")
    told = delegate.post(f"{page}sign-up/", {"do": "join"}, follow=True).content.decode()
    assert "You have a seat" in told
    other = partner_of(rows)
    full = other.post(f"{page}sign-up/", {"do": "join"}, follow=True).content.decode()
    assert "Every seat is taken" in full
    delegate.post(f"{page}sign-up/", {"do": "leave"})
    assert "You have a seat" in other.post(f"{page}sign-up/", follow=True).content.decode()


def test_a_classified_title_is_refused(rows: Rows) -> None:
    page = signed_in(rows.organiser).post(
        at(rows, "edit/new/"), fields("NATO SECRET plans"), follow=True
    )
    assert "Punte takes no classified" in page.content.decode()


def test_the_list_takes_as_many_queries_for_more_sessions(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    counts = []
    for name in ("A", "B", "C"):
        draft(organiser, rows, name)
        with CaptureQueriesContext(connection) as queries:
            organiser.get(at(rows, "edit/"))
        counts.append(len(queries))
    assert len(set(counts[1:])) == 1


def test_the_night_of_a_clock_change_is_told(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    new = at(rows, "edit/new/")
    for name in ("starts_at", "ends_at"):
        skipped = fields("Night talk") | {name: "2027-03-28T03:30"}
        page = organiser.post(new, skipped).content.decode()
        assert "the clocks skip 2027-03-28T03:30 in that night" in page
        assert 'value="Night talk"' in page, "what was written stays"
    twice = fields("Night talk", starts_at="2027-10-31T02:30", ends_at="2027-10-31T03:30")
    page = organiser.post(new, twice, follow=True).content.decode()
    assert "2027-10-31 03:30 comes twice in that night" in page
    assert "The first of the two is taken, UTC+0300" in page
    with acting_as_system("tests"):
        session = Session.objects.get(title="Night talk")
    assert session.ends_at - session.starts_at == dt.timedelta(hours=1)
