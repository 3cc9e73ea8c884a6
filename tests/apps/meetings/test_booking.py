"""Booking after publication: free for everyone concerned, or nothing at all; also when two come at once."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, Place, Slot
from punte.apps.meetings import booking
from punte.apps.meetings.actions import WrongStateError
from punte.apps.meetings.availability import meetings_while_away, set_away
from punte.apps.meetings.free_time import busy_slots
from punte.apps.meetings.models import (
    CalendarEntry,
    Meeting,
    MeetingRequest,
    MeetingSeat,
    TimetableVersion,
)
from punte.apps.meetings.publication import publish_version
from punte.apps.meetings.taking import TakenError
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person
from punte.kernel.errors import PunteError
from small_forum import Forum, load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)
State = MeetingRequest.State
ROUNDS = 100


def published(forum: Forum) -> TimetableVersion:
    line = solve(forum)
    organiser = forum.organiser
    with acting(organiser):
        publish_version(by=organiser, version_id=line.id)
    with acting_as_system("tests"):
        Mail.objects.all().delete()
        Person.objects.filter(email="").update(email="somebody@example.org")
        return TimetableVersion.objects.get(pk=line.id)


def held(version: TimetableVersion) -> MeetingRequest:
    with acting_as_system("tests"):
        meeting = (
            Meeting.objects.filter(version=version)
            .select_related("request__sender", "request__receiver")
            .order_by("pk")[0]
        )
        return meeting.request


def test_a_called_off_meeting_frees_its_time_and_only_those_touched_are_told() -> None:
    forum = load_small()
    version = published(forum)
    request = held(version)
    other = subject_of_person(request.receiver.person_id)
    with acting(other), pytest.raises(PunteError, match="why you call it off"):
        booking.withdraw_request(by=other, request_id=request.pk)
    with acting(other):
        booking.withdraw_request(by=other, request_id=request.pk, answer="Ill")
    with acting_as_system("tests"):
        assert not Meeting.objects.filter(version=version, request=request).exists()
        entry = CalendarEntry.objects.get(request=request)
        told = set(Mail.objects.values_list("person_id", flat=True))
    assert (entry.status, entry.sequence) == (CalendarEntry.Status.CANCELLED, 1)
    assert told == {request.sender.person_id, request.receiver.person_id}


def test_a_free_slot_is_booked_again_with_a_higher_sequence() -> None:
    forum = load_small()
    version = published(forum)
    request = held(version)
    me = subject_of_person(request.sender.person_id)
    with acting_as_system("tests"):
        booking.free_meeting(request)
    with acting(me):
        free = booking.free_slots(request)
        assert free
        assert all(one.places_left > 0 for one in free)
        meeting = booking.book(by=me, request_id=request.pk, slot_code=free[-1].slot.code)
    with acting_as_system("tests"):
        assert MeetingSeat.objects.filter(meeting=meeting).count() == 2
        entry = CalendarEntry.objects.get(request=request)
    assert (entry.status, entry.sequence) == (CalendarEntry.Status.CONFIRMED, 2)
    with acting(me), pytest.raises(WrongStateError, match="has a time already"):
        booking.book(by=me, request_id=request.pk, slot_code=free[-1].slot.code)


def test_a_busy_slot_is_refused_and_nothing_changes() -> None:
    forum = load_small()
    version = published(forum)
    request = held(version)
    me = subject_of_person(request.sender.person_id)
    with acting_as_system("tests"):
        booking.free_meeting(request)
        taken = busy_slots(version, (request.sender_id, request.receiver_id))
        code = Slot.objects.get(pk=min(taken)).code
        before = Meeting.objects.filter(version=version).count()
    with acting(me), pytest.raises(TakenError, match="not free any more"):
        booking.book(by=me, request_id=request.pk, slot_code=code)
    with acting_as_system("tests"):
        assert Meeting.objects.filter(version=version).count() == before


def test_a_colleague_stands_in_when_free() -> None:
    forum = load_small()
    version = published(forum)
    organiser = forum.organiser
    with acting_as_system("tests"):
        for meeting in Meeting.objects.filter(version=version).select_related("request__sender"):
            sender = meeting.request.sender
            colleagues = sender.organisation.delegates.filter(edition=forum.edition).exclude(
                pk__in=[sender.pk, meeting.request.receiver_id]
            )
            free = [
                one
                for one in colleagues
                if meeting.slot_id not in busy_slots(version, (one.pk,))
                and not MeetingRequest.objects.filter(
                    sender__in=[one, meeting.request.receiver],
                    receiver__in=[one, meeting.request.receiver],
                    state__in=[State.PENDING, State.ACCEPTED],
                )
            ]
            if free:
                break
        else:
            pytest.fail("the sample has no colleague who is free")
        request = meeting.request
    with acting(organiser):
        booking.stand_in(by=organiser, request_id=request.pk, delegate_id=free[0].pk)
    with acting_as_system("tests"):
        seats = set(
            MeetingSeat.objects.filter(meeting=meeting).values_list("delegate_id", flat=True)
        )
        assert seats == {free[0].pk, request.receiver_id}
        Delegate.objects.filter(pk=request.sender_id).update(left_at=timezone.now())
    with acting(organiser), pytest.raises(PunteError, match="no longer comes"):
        booking.stand_in(by=organiser, request_id=request.pk, delegate_id=request.sender_id)


def test_whoever_says_it_is_away_over_a_meeting_is_told() -> None:
    forum = load_small()
    version = published(forum)
    request = held(version)
    with acting(forum.organiser):
        assert not meetings_while_away(request.sender_id, forum.edition.pk)
        with acting_as_system("tests"):
            slot = Meeting.objects.get(version=version, request=request).slot_id
            sender = Delegate.objects.get(pk=request.sender_id)
        set_away(by=forum.organiser, delegate=sender, slot_ids=[slot])
        assert meetings_while_away(request.sender_id, forum.edition.pk) == {slot}


@pytest.fixture
def _clean_up() -> Iterator[None]:
    yield
    connection.close()


@pytest.mark.usefixtures("_clean_up")
def test_two_at_once_never_book_the_last_place_twice() -> None:
    forum = load_small()
    version = published(forum)
    with acting_as_system("tests"):
        first, second, slot = _two_for_one_place(forum, version)
    losses = []
    for _round in range(ROUNDS):
        outcomes = _race([first, second], slot)
        assert sorted(outcomes) == ["booked", "told"], outcomes
        losses.append(outcomes.index("told"))
        with acting_as_system("tests"):
            in_slot = Meeting.objects.filter(version=version, slot=slot)
            assert in_slot.count() == 1
            booking.free_meeting(in_slot.get().request)
    assert len(losses) == ROUNDS


def _two_for_one_place(
    forum: Forum, version: TimetableVersion
) -> tuple[MeetingRequest, MeetingRequest, Slot]:
    """Return two requests between four people who are all free in a slot with a single place."""
    place = Place.objects.filter(edition=forum.edition).order_by("pk")[0]
    MeetingSeat.objects.filter(version=version).delete()
    Meeting.objects.filter(version=version).delete()
    Place.objects.exclude(pk=place.pk).update(capacity=1)
    requests = list(
        MeetingRequest.objects.filter(edition=forum.edition, state=State.ACCEPTED).select_related(
            "sender", "receiver"
        )
    )
    for one in requests:
        for other in requests:
            people = {one.sender_id, one.receiver_id, other.sender_id, other.receiver_id}
            if len(people) < 4:
                continue
            taken = busy_slots(version, people)
            slot = Slot.objects.filter(edition=forum.edition).exclude(pk__in=taken).first()
            if slot is None:
                continue
            for closed in Place.objects.filter(edition=forum.edition).exclude(pk=place.pk):
                closed.closures.get_or_create(slot=slot)
            place.closures.filter(slot=slot).delete()
            return one, other, slot
    raise AssertionError("the sample has no two requests that could share a slot")


def _race(requests: list[MeetingRequest], slot: Slot) -> list[str]:
    barrier = threading.Barrier(len(requests))
    outcomes = [""] * len(requests)

    def run(number: int) -> None:
        try:
            subject = subject_of_person(requests[number].sender.person_id)
            barrier.wait(10)
            with acting(subject):
                booking.book(by=subject, request_id=requests[number].pk, slot_code=slot.code)
            outcomes[number] = "booked"
        except TakenError as error:
            is_told = "Choose another slot; nothing was changed." in str(error)
            outcomes[number] = "told" if is_told else str(error)
        except BaseException as error:
            outcomes[number] = repr(error)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def test_nobody_is_booked_beyond_the_agreed_number() -> None:
    forum = load_small()
    version = published(forum)
    request = held(version)
    sender, receiver = request.sender, request.receiver
    with acting_as_system("tests"):
        booking.free_meeting(request)
        count = MeetingSeat.objects.filter(version=version, delegate=receiver).count()
        type(receiver).objects.filter(pk=receiver.pk).update(max_meetings=count)
    subject = subject_of_person(sender.person_id)
    with acting(subject):
        assert booking.free_slots(request) == []
        code = Slot.objects.filter(edition=forum.edition)[0].code
        with pytest.raises(TakenError, match="as many meetings as agreed"):
            booking.book(by=subject, request_id=request.pk, slot_code=code)
    with acting_as_system("tests"):
        type(receiver).objects.filter(pk=receiver.pk).update(max_meetings=count + 1)
        assert booking.free_slots(request)


def test_an_organiser_takes_back_a_pending_request_with_a_reason() -> None:
    forum = load_small()
    request = held(published(forum))
    with acting_as_system("tests"):
        booking.free_meeting(request)
        MeetingRequest.objects.filter(pk=request.pk).update(state=State.PENDING)
    organiser = forum.organiser
    with acting(organiser):
        with pytest.raises(PunteError, match="Say in a few words"):
            booking.withdraw_request(by=organiser, request_id=request.pk)
        done = booking.withdraw_request(by=organiser, request_id=request.pk, answer="A mistake")
    assert done.state == State.WITHDRAWN
