"""A repair is published at the moment at which a request is changed to which somebody who is away would have come along."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest
from django.db import connection

from apps.meetings.test_leaving_at_once import PATIENCE_S, drops, side_by_side
from edition_rows import Rows, make_edition
from meeting_rows import pair_with_a_clash
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.access.reference import load_reference
from punte.apps.forum.models import Delegate, Slot
from punte.apps.meetings import asking, repairing
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows() -> Iterator[Rows]:
    load_reference()
    yield make_edition(requests=12)
    connection.close()


def publishes(by: Subject, rows: Rows, mate: Delegate) -> None:
    """Publish the repair as it is proposed now."""
    with acting(by):
        since = Slot.objects.filter(edition=rows.edition).order_by("starts_at")[0]
        asked = {
            "by": by, "edition": rows.edition, "since": since, "absent": [mate], "closed": [],
        }  # fmt: skip
        mark = repairing.propose_repair(**asked).mark
        repairing.publish_repair(**asked, mark=mark)


def test_a_repair_waits_for_who_changes_a_request_one_comes_along_to(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as_system("tests"):
        by = subject_of_person(Person.objects.get(account__email=rows.organiser).pk)
        meeting, _other, mate = pair_with_a_clash(rows.version)
        MeetingRequest.objects.filter(pk=meeting.request_id).update(colleagues=[mate.pk])
        request = MeetingRequest.objects.get(pk=meeting.request_id)
    held, gone_ahead = threading.Event(), threading.Event()
    seat, note = asking.seat_colleagues, repairing._note

    def seat_late(*args: object, **named: object) -> None:
        held.set()
        gone_ahead.wait(PATIENCE_S)
        seat(*args, **named)

    def note_first(*args: object) -> None:
        # The edition is held from here until the end.
        gone_ahead.set()
        note(*args)

    def publish_meanwhile() -> None:
        assert held.wait(30)
        publishes(by, rows, mate)

    monkeypatch.setattr(asking, "seat_colleagues", seat_late)
    monkeypatch.setattr(repairing, "_note", note_first)
    faults = side_by_side(partial(drops, by, request), publish_meanwhile)
    # Whoever looked at the proposal before the change is told to look again, as by any other change.
    assert [one for one in faults if not one.startswith("ProposalChangedError")] == []
    with acting_as_system("tests"):
        request.refresh_from_db()
    assert request.colleagues == []
