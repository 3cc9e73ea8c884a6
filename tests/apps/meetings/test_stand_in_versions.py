"""A stand-in counts in every version: nobody gets two meetings at once by a draft that was made before it."""

import uuid
from itertools import product

import pytest

from edition_rows import Rows, make_edition, organiser_of
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, Place, Slot
from punte.apps.meetings import actions, booking, publication
from punte.apps.meetings.bridge import TimetableConflictError
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.models import (
    Availability,
    Meeting,
    MeetingRequest,
    MeetingSeat,
    TimetableVersion,
)
from punte.apps.meetings.seating import seat_people
from punte.apps.meetings.taking import TakenError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=12)


def colleague_for(version: TimetableVersion) -> tuple[Meeting, Delegate]:
    """Return a meeting and a colleague of its sender who is free at any time and has nothing with its receiver."""
    meetings = Meeting.objects.filter(version=version).select_related(
        "request__sender", "request__receiver", "slot"
    )
    for meeting, one in product(meetings, Delegate.objects.filter(edition=version.edition_id)):
        request = meeting.request
        sides = {request.sender_id, request.receiver_id}
        if one.pk in sides or one.organisation_id != request.sender.organisation_id:
            continue
        if MeetingRequest.objects.filter(
            sender__in=[one, request.receiver], receiver__in=[one, request.receiver]
        ).exists():
            continue
        if meeting.slot_id not in busy_slots(version, [one.pk]):
            return meeting, one
    pytest.fail("nobody could stand in")


def new_request(edition_id: uuid.UUID, one: Delegate, other: Delegate) -> MeetingRequest:
    return MeetingRequest.objects.create(
        edition_id=edition_id,
        code="RNEW",
        sender=one,
        receiver=other,
        reason="Sensors",
        state="accepted",
        owner_org_id=one.organisation_id,
        label_releasable_to=[f"org:{other.organisation_id}"],
        label_stewards=[f"organise@{edition_id}"],
    )


def somebody_free(version: TimetableVersion, slot: Slot, but: set[uuid.UUID]) -> Delegate:
    return next(
        one
        for one in Delegate.objects.filter(edition=version.edition_id).exclude(pk__in=but)
        if slot.pk not in busy_slots(version, [one.pk])
    )


def free_cell(version: TimetableVersion, people: list[uuid.UUID]) -> tuple[Slot, Place]:
    """Return a slot in which all of them are free, and a place that is."""
    taken = busy_slots(version, people)
    return next(
        (slot, place)
        for slot, place in product(
            Slot.objects.filter(edition=version.edition_id).exclude(pk__in=taken),
            Place.objects.filter(edition=version.edition_id),
        )
        if not Meeting.objects.filter(version=version, slot=slot, place=place).exists()
        and not place.closures.filter(slot=slot).exists()
    )


def test_a_draft_made_before_a_stand_in_is_published_with_the_colleague_in_it(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting(by):
        draft = actions.make_draft(by=by, version_id=rows.version.pk)
    with acting_as_system("tests"):
        meeting, colleague = colleague_for(rows.version)
    with acting(by):
        booking.stand_in(by=by, request_id=meeting.request_id, delegate_id=colleague.pk)
        publication.publish_version(by=by, version_id=draft.pk)
    with acting_as_system("tests"):
        now = TimetableVersion.objects.get(pk=draft.pk)
        seats = MeetingSeat.objects.filter(version=now, meeting__request=meeting.request_id)
        assert set(seats.values_list("delegate_id", flat=True)) == {
            colleague.pk,
            meeting.request.receiver_id,
        }
        assert meeting.slot_id in busy_slots(now, [colleague.pk])
        sides = {colleague.pk, meeting.request.sender_id, meeting.request.receiver_id}
        other = somebody_free(now, meeting.slot, sides)
        request = new_request(rows.edition.pk, colleague, other)
    with acting(by), pytest.raises(TakenError, match="not free any more"):
        booking.book(by=by, request_id=request.pk, slot_code=meeting.slot.code)


def test_an_older_version_is_not_rolled_back_to_over_a_second_meeting(rows: Rows) -> None:
    """Its seats were right when it was made; the stand-in made them wrong, and a draft of it can be mended."""
    by = organiser_of(rows)
    with acting(by):
        draft = actions.make_draft(by=by, version_id=rows.version.pk)
    with acting_as_system("tests"):
        meeting, colleague = colleague_for(rows.version)
        sides = {colleague.pk, meeting.request.sender_id, meeting.request.receiver_id}
        other = somebody_free(rows.version, meeting.slot, sides)
        request = new_request(rows.edition.pk, colleague, other)
        second = Meeting.objects.create(
            version=draft,
            request=request,
            slot=meeting.slot,
            place=Place.objects.exclude(meetings__slot=meeting.slot, meetings__version=draft)
            .exclude(closures__slot=meeting.slot)
            .filter(edition=rows.edition)[0],
        )
        assert seat_people(draft) == ()
    with acting(by):
        booking.stand_in(by=by, request_id=meeting.request_id, delegate_id=colleague.pk)
        with pytest.raises(TimetableConflictError, match="does not fit the edition any more"):
            publication.publish_version(by=by, version_id=draft.pk)
        again = actions.make_draft(by=by, version_id=draft.pk)
        copy = Meeting.objects.get(version=again, request=request)
        with acting_as_system("tests"):
            free, place = free_cell(again, [colleague.pk, other.pk])
        actions.move_meeting(by=by, meeting_id=copy.pk, slot_code=free.code, place_code=place.code)
        publication.publish_version(by=by, version_id=again.pk)
    with acting_as_system("tests"):
        assert MeetingSeat.objects.filter(version=again, delegate=colleague).count() >= 2
        assert Meeting.objects.filter(pk=second.pk).exists()


def test_a_refusal_names_people_places_and_times(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        draft = TimetableVersion.objects.get(edition=rows.edition, number=2)
        meeting = (
            Meeting.objects.filter(version=draft)
            .select_related("request__sender", "request__receiver", "slot", "place")
            .order_by("slot__starts_at", "place")[0]
        )
        request = meeting.request
        other, free = free_cell(draft, [request.sender_id, request.receiver_id])
        Availability.objects.create(
            delegate=request.sender,
            away=[meeting.slot_id, other.pk],
            edition=rows.edition,
            owner_org_id=request.sender.organisation_id,
            label_stewards=[f"organise@{rows.edition.pk}"],
        )
        time = f"on {other.starts_at.astimezone(rows.edition.zone):%Y-%m-%d at %H:%M}"
    with acting(by):
        with pytest.raises(TimetableConflictError) as moved:
            actions.move_meeting(
                by=by, meeting_id=meeting.pk, slot_code=other.code, place_code=free.code
            )
        with pytest.raises(TimetableConflictError) as published:
            publication.publish_version(by=by, version_id=draft.pk)
    told = str(moved.value)
    assert f"was not moved to {free.name} {time}" in told
    assert f"{request.sender.badge_name} is not free {time}" in told
    for text in (told, str(published.value)):
        assert request.sender.badge_name in text
        assert request.receiver.badge_name in text
        for code in (request.code, request.sender.code, meeting.slot.code):
            assert code not in text


def test_a_request_withdrawn_since_is_named_with_a_step_that_exists(rows: Rows) -> None:
    by = organiser_of(rows)
    with acting_as_system("tests"):
        draft = TimetableVersion.objects.get(edition=rows.edition, number=2)
        meeting = Meeting.objects.filter(version=draft).select_related("request__sender")[0]
        request = meeting.request
        MeetingRequest.objects.filter(pk=request.pk).update(state="withdrawn")
    with acting(by), pytest.raises(TimetableConflictError) as refused:
        publication.publish_version(by=by, version_id=draft.pk)
    told = str(refused.value)
    assert request.sender.badge_name in told
    assert request.code not in told
    assert "Solve again" in told
    assert "take them out" not in told
