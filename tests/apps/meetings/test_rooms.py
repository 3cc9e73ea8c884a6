"""A room in which a released session is on holds no meeting, and the organisers are told of those that stand there."""

import datetime as dt
from dataclasses import replace

import pytest

from edition_rows import DAYS, ZONE, Rows, make_edition, organiser_of
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.agenda import drafted_agenda
from punte.apps.forum.agenda_actions import Wish, draft_session
from punte.apps.forum.agenda_crowding import find_crowding
from punte.apps.forum.agenda_release import release_agenda
from punte.apps.forum.models import Delegate, Place, Session, SessionPart, Slot
from punte.apps.meetings import booking, bridge
from punte.apps.meetings.free_time import room_in_slots
from punte.apps.meetings.models import Meeting, MeetingSeat
from punte.apps.meetings.moves import move_targets
from punte.apps.meetings.stage import booked_rooms, booked_spans
from punte.apps.meetings.taking import TakenError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=12)


def at(hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(DAYS[0], dt.time(hour, minute), ZONE)


def wish(first: dt.datetime, last: dt.datetime, place: Place | None = None) -> Wish:
    return Wish(
        kind="side",
        format="open",
        title="Talk",
        starts_at=first,
        ends_at=last,
        place=place,
    )


def warnings(rows: Rows) -> list[str]:
    edition = rows.edition.pk
    found = find_crowding(drafted_agenda(edition), booked_spans(edition), booked_rooms(edition))
    assert {one.level for one in found} <= {"warning"}
    return [one.text for one in found]


def released(rows: Rows, asked: Wish, session: Session | None = None) -> Session:
    with acting(organiser_of(rows)) as by:
        draft_session(by=by, edition=rows.edition, wish=asked, session=session)
        release_agenda(by=by, edition=rows.edition)
        return Session.objects.get(edition=rows.edition, title=asked.title)


def test_a_session_takes_its_room_out_of_the_question_and_out_of_what_is_booked(rows: Rows) -> None:
    with acting_as_system("tests"):
        slot = Slot.objects.filter(edition=rows.edition)[2]
        meeting = Meeting.objects.filter(version=rows.version).select_related("request")[0]
        request = meeting.request
        booking.free_meeting(request)
        MeetingSeat.objects.filter(version=rows.version, slot=slot).delete()
        Meeting.objects.filter(version=rows.version, slot=slot).delete()
        places = list(Place.objects.filter(edition=rows.edition))
        keep = places[-1]
        for place in places[:-1]:
            place.closures.get_or_create(slot=slot)
        keep.closures.filter(slot=slot).delete()
        assert room_in_slots(rows.version)[slot.pk] == 1
    released(rows, wish(slot.starts_at, slot.ends_at, keep))
    with acting(organiser_of(rows)) as by:
        assert room_in_slots(rows.version)[slot.pk] == 0
        question = bridge.ask_question(rows.edition)
        closed = next(one.closed for one in question.instance.places if one.id == keep.code)
        assert slot.code in closed
        assert slot.code not in {one.slot.code for one in booking.free_slots(request)}
        with pytest.raises(TakenError, match="last free place"):
            booking.book(by=by, request_id=request.pk, slot_code=slot.code)


def test_a_move_into_the_room_of_a_session_is_not_offered(rows: Rows) -> None:
    with acting_as_system("tests"):
        draft = rows.edition.versions.get(number=2)
        meeting = Meeting.objects.filter(version=draft)[0]
        place = Place.objects.filter(edition=rows.edition).exclude(pk=meeting.place_id)[0]

    def slots_offered() -> set[str]:
        with acting(organiser_of(rows)):
            found = move_targets(meeting.pk)
        assert found is not None
        return {cell.slot_code for cell in found.cells if cell.place_code == place.code}

    with acting_as_system("tests"):
        code = min(slots_offered())
        slot = Slot.objects.get(edition=rows.edition, code=code)
    released(rows, wish(slot.starts_at, slot.ends_at, place))
    assert code not in slots_offered()


def test_meetings_in_the_room_are_told_before_and_after_the_release(rows: Rows) -> None:
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(version=rows.version).select_related("slot", "place")[0]
    asked = wish(meeting.slot.starts_at, meeting.slot.ends_at, meeting.place)
    with acting(organiser_of(rows)) as by:
        draft_session(by=by, edition=rows.edition, wish=asked)
        assert any("1 meeting is held in " in text for text in warnings(rows))
        release_agenda(by=by, edition=rows.edition)
        assert any("then repair the timetable" in text for text in warnings(rows))


def test_those_who_signed_up_are_counted_when_a_session_moves_or_shrinks(rows: Rows) -> None:
    first = replace(wish(at(19), at(20)), capacity=2)
    session = released(rows, first)
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(version=rows.version).select_related("request", "slot")[0]
        people = [
            meeting.request.sender,
            Delegate.objects.exclude(pk=meeting.request.sender_id).filter(edition=rows.edition)[0],
        ]
        for one in people:
            SessionPart.objects.create(session=session, delegate=one, part="listener")
    with acting(organiser_of(rows)) as by:
        assert warnings(rows) == []
        smaller = replace(first, capacity=1)
        draft_session(by=by, edition=rows.edition, wish=smaller, session=session)
        assert [text for text in warnings(rows) if "1 seat, and 2 people signed up" in text]
        moved = replace(first, starts_at=meeting.slot.starts_at, ends_at=meeting.slot.ends_at)
        draft_session(by=by, edition=rows.edition, wish=moved, session=session)
        told = [text for text in warnings(rows) if "a meeting then" in text]
        assert people[0].badge_name in told[0]
    other = released(rows, replace(wish(at(21), at(21, 30)), title="Other"))
    with acting_as_system("tests"):
        SessionPart.objects.create(session=other, delegate=people[1], part="listener")
    with acting(organiser_of(rows)) as by:
        draft_session(
            by=by,
            edition=rows.edition,
            wish=replace(first, starts_at=at(21), ends_at=at(22)),
            session=session,
        )
        told = [text for text in warnings(rows) if "at the same time" in text]
        assert people[1].badge_name in told[0]
