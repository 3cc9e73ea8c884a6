"""Whoever takes part is busy: a colleague who comes along is seated, solved, moved, repaired and booked as the two sides are."""

import uuid
from itertools import product

import pytest

from edition_rows import Rows, make_edition, organiser_of
from meeting_rows import pair_with_a_clash
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate, Slot
from punte.apps.meetings import actions, asking, booking, bridge, moves
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.in_the_way import meetings_in_the_way
from punte.apps.meetings.insight import insight_into
from punte.apps.meetings.models import (
    Availability,
    CalendarEntry,
    Meeting,
    MeetingRequest,
    MeetingSeat,
)
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.meetings.queries import find_version
from punte.apps.meetings.repairing import propose_repair, repair_timetable
from punte.apps.meetings.stage import booked_spans
from punte.apps.meetings.taking import TakenError
from punte.apps.people.models import Mail, Person
from punte.engines.timetable.check import check_meetings
from punte.web.organiser.meeting import find_meeting
from punte.web.organiser.moves import offer_moves

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    """An edition whose calendars know the published timetable."""
    made = make_edition(requests=12)
    with acting_as_system("tests"):
        Person.objects.update(email="somebody@example.org", languages="en")
        CalendarEntry.objects.bulk_create(
            CalendarEntry(
                edition=made.edition,
                request_id=meeting.request_id,
                status=CalendarEntry.Status.CONFIRMED,
                slot_id=meeting.slot_id,
                place_id=meeting.place_id,
            )
            for meeting in Meeting.objects.filter(version=made.version)
        )
    return made


def brings(meeting: Meeting, mate: Delegate, by: Subject) -> MeetingRequest:
    """Let a colleague come along to a meeting that has its time."""
    request = meeting.request
    with acting(by):
        return asking.edit_request(
            by=by,
            request_id=request.pk,
            reason=request.reason,
            rank=request.rank,
            read_revision=request.revision,
            colleagues=[mate.pk],
        )


def test_the_question_has_the_colleague_in_it(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, _other, mate = pair_with_a_clash(rows.version)
    brings(meeting, mate, by)
    with acting(by):
        question = bridge.ask_question(rows.edition)
    (asked,) = [one for one in question.instance.requests if one.id == meeting.request.code]
    assert asked.between == (
        meeting.request.sender.code,
        meeting.request.receiver.code,
        mate.code,
    )


def test_a_colleague_who_comes_along_is_seated_told_and_busy_for_everything(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, _other, mate = pair_with_a_clash(rows.version)
        Mail.objects.all().delete()
    brings(meeting, mate, by)
    span = (meeting.slot.starts_at, meeting.slot.ends_at)
    with acting_as_system("tests"):
        assert MeetingSeat.objects.filter(meeting=meeting, delegate=mate).exists()
        assert meeting.slot_id in busy_slots(rows.version, [mate.pk])
        assert span in booked_spans(rows.edition.pk, [mate.pk])[mate.pk]
        letters = list(Mail.objects.filter(kind="timetable.published"))
    assert [letter.person_id for letter in letters] == [mate.person_id]


def test_a_colleague_who_sits_elsewhere_then_is_refused(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, _other, mate = pair_with_a_clash(rows.version)
        Availability.objects.update_or_create(
            delegate=mate,
            defaults={
                "edition": rows.edition,
                "away": [meeting.slot_id],
                "owner_org_id": mate.organisation_id,
            },
        )
    with pytest.raises(TakenError, match="is not free at the time of this meeting"):
        brings(meeting, mate, by)
    with acting_as_system("tests"):
        assert not MeetingSeat.objects.filter(meeting=meeting, delegate=mate).exists()
        assert MeetingRequest.objects.get(pk=meeting.request_id).colleagues == []


def test_the_figures_count_a_colleague_who_comes_along(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, _other, mate = pair_with_a_clash(rows.version)
        before = insight_into(rows.edition.pk)
    brings(meeting, mate, by)
    with acting_as_system("tests"):
        after = insight_into(rows.edition.pk)
        sizes = [
            len(one.request.parties)
            for one in Meeting.objects.filter(version=rows.version).select_related("request")
        ]
    had, have = (sum(n * count for n, count in enumerate(one.spread)) for one in (before, after))
    assert (have, have - had) == (sum(sizes), 1)
    assert after.met == before.met, "a meeting is one, whoever comes"
    assert after.by_country == before.by_country, "nor does a group count it twice"


def test_a_colleague_who_is_away_stands_in_the_way(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, _other, mate = pair_with_a_clash(rows.version)
    brings(meeting, mate, by)
    with acting_as_system("tests"):
        Delegate.objects.filter(pk=mate.pk).update(left_at=meeting.slot.starts_at)
        found = meetings_in_the_way(rows.edition, [meeting.slot])
    assert (meeting.pk, (f"No longer comes: {mate.badge_name}.",)) in [
        (one.meeting.pk, one.reasons) for one in found
    ]


def test_who_comes_along_no_more_is_free_and_is_told(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, _other, mate = pair_with_a_clash(rows.version)
    request = brings(meeting, mate, by)
    with acting(by):
        asking.edit_request(
            by=by,
            request_id=request.pk,
            reason=request.reason,
            rank=request.rank,
            read_revision=request.revision,
        )
    with acting_as_system("tests"):
        assert not MeetingSeat.objects.filter(meeting=meeting, delegate=mate).exists()
        entry = CalendarEntry.objects.get(request=request)
        letter = Mail.objects.filter(person=mate.person_id).latest("queued_at")
    assert entry.former == [mate.pk]
    assert letter.details["is_dropped"]


def test_a_free_slot_suits_the_colleague_too(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, other, mate = pair_with_a_clash(rows.version)
        request = meeting.request
        booking.free_meeting(request)
    with acting(by):
        alone = {one.slot.code for one in booking.free_slots(request)}
        request = brings(meeting, mate, by)
        together = {one.slot.code for one in booking.free_slots(request)}
    with acting_as_system("tests"):
        taken = busy_slots(rows.version, [mate.pk])
        expected = alone - set(Slot.objects.filter(pk__in=taken).values_list("code", flat=True))
        assert together == expected
        code = other.slot.code
    with acting(by), pytest.raises(TakenError):
        booking.book(by=by, request_id=request.pk, slot_code=code)
    if together:
        with acting(by):
            held = booking.book(by=by, request_id=request.pk, slot_code=min(together))
        with acting_as_system("tests"):
            seated = MeetingSeat.objects.filter(meeting=held).values_list("delegate_id", flat=True)
            assert set(seated) == set(request.parties)


def test_the_board_offers_no_cell_in_which_the_colleague_sits_elsewhere(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, other, mate = pair_with_a_clash(rows.version)
    brings(meeting, mate, by)
    with acting(by):
        draft = actions.make_draft(by=by, version_id=rows.version.pk)
        copy = Meeting.objects.get(version=draft, request=meeting.request)
        found = moves.move_targets(copy.pk)
        assert found is not None
        question = bridge.ask_question(rows.edition)
        held = bridge.held_meetings(draft)
        rest = [one for one in held if one.request != meeting.request.code]
        standing = {str(one) for one in check_meetings(question.instance, rest)}
        offered = {(cell.slot_code, cell.place_code) for cell in found.cells}
        for slot, place in product(question.slots, question.places):
            there = bridge.Held(request=meeting.request.code, slot=slot, place=place)
            if (slot, place) == (meeting.slot.code, meeting.place.code):
                continue
            broken = {
                str(one) for one in check_meetings(question.instance, [*rest, there])
            } - standing
            assert ((slot, place) in offered) == (not broken), (slot, place, broken)
        assert other.slot.code not in {slot for slot, _place in offered}
        line = find_version(rows.edition.pk, draft.number)
        assert line is not None
        panel = find_meeting(line, meeting.request.code)
        assert panel is not None
        (offer,) = [one for one in offer_moves(panel) if one.slot == other.slot.code]
        assert offer.reason == "somebody who takes part has another meeting"
        assert mate.badge_name in panel.along


def test_a_colleague_who_does_not_come_is_not_waited_for(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, other, mate = pair_with_a_clash(rows.version)
    request = brings(meeting, mate, by)
    with acting(by):
        first = Slot.objects.filter(edition=rows.edition)[0]
        proposal = propose_repair(
            by=by, edition=rows.edition, since=first, absent=[mate], closed=[]
        )
        now = {one.request for one in proposal.meetings}
        assert request.code in now, "the two sides meet without the colleague"
        assert other.request.code not in now
        repaired = repair_timetable(
            by=by, edition=rows.edition, since=first, absent=[mate], closed=[]
        )
    with acting_as_system("tests"):
        request.refresh_from_db()
        assert request.colleagues == []
        assert not MeetingSeat.objects.filter(version=repaired, delegate=mate).exists()


def test_a_colleague_who_comes_along_may_stand_in(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, _other, mate = pair_with_a_clash(rows.version)
        MeetingRequest.objects.filter(
            sender__in=[mate, meeting.request.receiver],
            receiver__in=[mate, meeting.request.receiver],
        ).update(state="declined")
    request = brings(meeting, mate, by)
    with acting(by):
        booking.stand_in(by=by, request_id=request.pk, delegate_id=mate.pk)
    with acting_as_system("tests"):
        seated = MeetingSeat.objects.filter(meeting=meeting).values_list("delegate_id", flat=True)
        assert set(seated) == {mate.pk, request.receiver_id}


def test_a_colleague_kept_apart_from_the_other_side_keeps_the_request_out(rows: Rows) -> None:
    from punte.apps.meetings.keeping_apart import keep_apart

    by = organiser_of(rows)
    with acting_as_system("tests"):
        meeting, _other, mate = pair_with_a_clash(rows.version)
    request = brings(meeting, mate, by)
    sides = [f"person:{one.person_id}" for one in (mate, request.receiver)]
    with acting(by):
        keep_apart(by=by, edition=rows.edition, one=sides[0], other=sides[1], reason="Dispute")
        question = bridge.ask_question(rows.edition)
    assert request.pk in {one.pk for one in question.apart}
    with acting_as_system("tests"):
        booking.free_meeting(request)
    with acting(by):
        assert booking.free_slots(request) == []
        code = meeting.slot.code
        with pytest.raises(NotAllowedError, match="keep the two of you"):
            booking.book(by=by, request_id=request.pk, slot_code=code)


def test_what_was_stored_before_is_seated_by_the_migration(rows: Rows) -> None:
    import importlib

    from django.db import connection

    module = importlib.import_module("punte.apps.meetings.migrations.0011_colleagues_seated")
    with acting_as_system("tests"):
        meeting, other, mate = pair_with_a_clash(rows.version)
        clash = uuid.UUID(int=0)
        for held in (meeting, other):
            held.request.colleagues = [mate.pk, clash]
            held.request.save(update_fields=["colleagues"])
        with connection.cursor() as cursor:
            cursor.execute(module.FORWARD)
    with acting_as_system("tests"):
        assert MeetingSeat.objects.filter(meeting=meeting, delegate=mate).count() == 1
        assert MeetingSeat.objects.filter(meeting=other, delegate=mate).count() == 1
