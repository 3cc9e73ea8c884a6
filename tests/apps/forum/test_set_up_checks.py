"""What does not fit the rest of an edition is refused: stray phases, slots of a closed venue, a place in use."""

import datetime as dt

import pytest
from django.test import Client

from edition_rows import DAYS, ZONE, Rows, make_edition, organiser_of
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum import set_up_parts
from punte.apps.forum.agenda_actions import Wish, call_off, draft_session
from punte.apps.forum.agenda_release import release_agenda
from punte.apps.forum.models import Delegate, Edition, Phase, Place, Session
from punte.apps.forum.set_up import SetUpError
from punte.apps.meetings.may_ask import why_closed
from punte.apps.meetings.models import Meeting
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=6)


def span(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    noon = dt.time(12)
    return dt.datetime.combine(first, noon, ZONE), dt.datetime.combine(last, noon, ZONE)


@pytest.mark.parametrize(
    ("kind", "first", "last", "verdict"),
    [
        ("live", DAYS[0], DAYS[1], "fits"),
        ("live", DAYS[1], DAYS[1] + dt.timedelta(days=1), "fits"),
        ("live", dt.date(2031, 11, 5), dt.date(2031, 11, 6), "stray"),
        ("live", dt.date(2024, 11, 5), dt.date(2024, 11, 6), "stray"),
        ("request", dt.date(2025, 9, 1), DAYS[1], "fits"),
        ("request", dt.date(2026, 9, 1), dt.date(2026, 10, 1), "stray"),
        ("follow_up", DAYS[1], dt.date(2026, 5, 1), "fits"),
        ("follow_up", dt.date(2024, 5, 1), dt.date(2024, 5, 2), "stray"),
    ],
)
def test_a_phase_lies_on_its_side_of_the_days(
    rows: Rows, kind: str, first: dt.date, last: dt.date, verdict: str
) -> None:
    with acting(organiser_of(rows)) as by:
        if verdict == "fits":
            set_up_parts.set_phases(by=by, edition=rows.edition, spans={kind: span(first, last)})
            assert Phase.objects.get(edition=rows.edition).kind == kind
            return
        with pytest.raises(SetUpError, match="Check the year"):
            set_up_parts.set_phases(by=by, edition=rows.edition, spans={kind: span(first, last)})
        assert Phase.objects.filter(edition=rows.edition).count() == 4, "what was is kept"


def test_requests_are_taken_in_their_phase_alone(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as_system("tests"):
        edition = Edition.objects.get(pk=rows.edition.pk)
        edition.is_synthetic = False
        phase = Phase.objects.get(edition=edition, kind="request")

        def told_at(moment: dt.datetime) -> str:
            monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
            return why_closed(edition)

        minute = dt.timedelta(minutes=1)
        assert "Requests open on" in told_at(phase.starts_at - minute)
        assert told_at(phase.starts_at) == told_at(phase.ends_at - minute) == ""
        assert "Requests closed on 2025-10-29 at 08:00" in told_at(phase.ends_at)


def test_slots_lie_in_the_hours_of_the_venue(rows: Rows) -> None:
    with acting(organiser_of(rows)) as by:
        for starts, ends in ((dt.time(22), dt.time(23, 59)), (dt.time(6), dt.time(8))):
            with pytest.raises(SetUpError, match="open from 07:00 to 22:00"):
                set_up_parts.lay_slots(
                    by=by, edition=rows.edition, day=DAYS[0], starts=starts, ends=ends, minutes=20
                )


def test_a_place_with_a_session_is_not_taken_away(rows: Rows) -> None:
    with acting_as_system("tests"):
        place = Place.objects.create(edition=rows.edition, code="R09", name="Room 9", kind="room")
    first, last = (dt.datetime.combine(DAYS[0], dt.time(hour), ZONE) for hour in (18, 19))
    asked = Wish(
        kind="side", format="open", title="Radar talk", starts_at=first, ends_at=last, place=place
    )
    with acting(organiser_of(rows)) as by:
        draft_session(by=by, edition=rows.edition, wish=asked)
        for _state in ("drafted", "released"):
            with pytest.raises(SetUpError, match=r"“Radar talk” is in this place, on 2025-11-05"):
                set_up_parts.remove_place(by=by, edition=rows.edition, code="R09")
            if _state == "drafted":
                release_agenda(by=by, edition=rows.edition)
        session = Session.objects.get(edition=rows.edition, title="Radar talk")
        assert session.place_id == place.pk
        call_off(by=by, edition=rows.edition, session=session)
        release_agenda(by=by, edition=rows.edition)
        set_up_parts.remove_place(by=by, edition=rows.edition, code="R09")
        assert not Place.objects.filter(pk=place.pk).exists()


def test_closing_a_place_says_which_meetings_stand_there(rows: Rows) -> None:
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(version=rows.version).select_related("place", "slot")[0]
        name = Delegate.objects.get(pk=meeting.request.sender_id).badge_name
    client = Client()
    let_in(client, rows.organiser)
    address = f"/e/{rows.edition.slug}/set-up/venue/"
    page = client.get(address, {"close": meeting.place.code}).content.decode()
    revision = page.split('name="revision" value="')[1].split('"')[0]
    form = {
        "do": "close",
        "code": meeting.place.code,
        "slot": str(meeting.slot_id),
        "revision": revision,
    }
    told = client.post(address, form, follow=True).content.decode()
    assert "1 published meeting still stands there" in told
    assert name in told
    assert "Repair the timetable" in told
