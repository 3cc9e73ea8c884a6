"""Somebody leaves at the moment at which a request is changed in which they only come along: neither is refused."""

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from edition_rows import Rows, make_edition
from meeting_rows import pair_with_a_clash
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.access.reference import load_reference
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings import asking, leaving
from punte.apps.meetings.models import Meeting, MeetingRequest
from punte.apps.people.models import Delegation, Nomination, Person
from punte.apps.people.queries import subject_of_person
from punte.apps.people.vetting import withdraw_nomination

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 1.0
"""How long the one who changes the request lets the other go ahead, where nothing holds it back [s]."""


@pytest.fixture
def rows() -> Iterator[Rows]:
    load_reference()
    yield make_edition(requests=12)
    connection.close()


def drops(by: Subject, request: MeetingRequest) -> None:
    """Let nobody come along any more."""
    with acting(by):
        asking.edit_request(
            by=by,
            request_id=request.pk,
            reason=request.reason,
            rank=request.rank,
            read_revision=request.revision,
        )


def leaves(mate: Delegate) -> None:
    with transaction.atomic(), acting_as_system("call off the meetings of who left"):
        leaving._leave(mate)


def side_by_side(first: Callable[[], None], second: Callable[[], None]) -> list[str]:
    """Return what went wrong with two steps on connections of their own."""
    faults: list[str] = []

    def run(step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001  (whatever ends a step is the finding)
            faults.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(step,)) for step in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return faults


def test_leaving_waits_for_who_changes_a_request_one_comes_along_to(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as_system("tests"):
        by = subject_of_person(Person.objects.get(account__email=rows.organiser).pk)
    with acting_as_system("tests"):
        meeting, other, mate = pair_with_a_clash(rows.version)
        MeetingRequest.objects.filter(pk=meeting.request_id).update(colleagues=[mate.pk])
        request = MeetingRequest.objects.get(pk=meeting.request_id)
    held, gone_ahead = threading.Event(), threading.Event()
    seat, free = asking.seat_colleagues, leaving.free_meeting

    def seat_late(*args: object, **named: object) -> None:
        held.set()
        gone_ahead.wait(PATIENCE_S)
        seat(*args, **named)

    def free_first(one: MeetingRequest) -> bool:
        # The edition is held from here until the end.
        is_freed = free(one)
        gone_ahead.set()
        return is_freed

    def leave_meanwhile() -> None:
        assert held.wait(30)
        leaves(mate)

    monkeypatch.setattr(asking, "seat_colleagues", seat_late)
    monkeypatch.setattr(leaving, "free_meeting", free_first)
    assert side_by_side(partial(drops, by, request), leave_meanwhile) == []
    with acting_as_system("tests"):
        request.refresh_from_db()
        assert request.colleagues == []
        other.request.refresh_from_db()
        assert other.request.state == MeetingRequest.State.WITHDRAWN
        assert not Meeting.objects.filter(pk=other.pk).exists()


def test_leaving_waits_for_no_row_that_only_points_to_its_requests(rows: Rows) -> None:
    """Who writes a row that points to a request holds the edition already, and must not wait for who leaves."""
    with acting_as_system("tests"):
        meeting, other, mate = pair_with_a_clash(rows.version)
        del meeting
    told: list[str] = []

    def point() -> None:
        with transaction.atomic(), acting_as_system("tests"), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            cursor.execute(
                "SELECT 1 FROM meetings_meetingrequest WHERE id = %s FOR KEY SHARE",
                [other.request_id],
            )
            told.append("pointed")

    with transaction.atomic(), acting_as_system("call off the meetings of who left"):
        leaving._leave(mate)
        Edition.objects.get(pk=rows.edition.pk)
        assert side_by_side(point, lambda: None) == []
    assert told == ["pointed"]


def test_a_sender_leaves_while_the_organisers_change_the_request(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as_system("tests"):
        by = subject_of_person(Person.objects.get(account__email=rows.organiser).pk)
        meeting = Meeting.objects.filter(version=rows.version).select_related("request__sender")[0]
        request, gone = meeting.request, meeting.request.sender
        Nomination.objects.filter(person_id=gone.person_id, edition_id=rows.edition.pk).delete()
        nomination = nominate(gone)
    held, gone_ahead = threading.Event(), threading.Event()
    hold = asking.open_request

    def open_late(*args: object) -> MeetingRequest:
        found = hold(*args)
        held.set()
        gone_ahead.wait(PATIENCE_S)
        return found

    def leave_meanwhile() -> None:
        assert held.wait(30)
        with acting(by):
            withdraw_nomination(by=by, nomination=nomination, reason="Cannot travel")

    monkeypatch.setattr(asking, "open_request", open_late)
    assert side_by_side(partial(drops, by, request), leave_meanwhile) == []
    with acting_as_system("tests"):
        request.refresh_from_db()
        assert request.state == MeetingRequest.State.WITHDRAWN


def nominate(delegate: Delegate) -> Nomination:
    """Return the nomination behind a place at the edition."""
    delegation, _new = Delegation.objects.get_or_create(
        edition_id=delegate.edition_id,
        organisation_id=delegate.organisation_id,
        defaults={"owner_org_id": delegate.organisation_id},
    )
    return Nomination.objects.create(
        person_id=delegate.person_id,
        edition_id=delegate.edition_id,
        delegation=delegation,
        owner_org_id=delegate.organisation_id,
        state=Nomination.State.CLEARED,
        cleared_at=timezone.now(),
    )
