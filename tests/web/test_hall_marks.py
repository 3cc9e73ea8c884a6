"""The desk marks meetings on the hall's page; its word is stronger than one side's, and a dispute is no meeting held."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import follow_up
from punte.apps.cooperation.marks import outcome_of
from punte.apps.cooperation.models import MeetingMark
from punte.apps.cooperation.outcome import outcome_of_edition
from punte.apps.forum.models import Slot
from punte.apps.meetings.models import Meeting, MeetingRequest
from punte.apps.meetings.permissions import stewards_of
from punte.apps.people.models import Grant
from punte.apps.people.queries import subject_of_account, subject_of_person
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def shown(rows: Rows, request: MeetingRequest) -> None:
    """Let the organisers see the meeting, and the slot in which it stands run now."""
    keepers = [*request.label_stewards, *stewards_of(rows.edition.pk)]
    MeetingRequest.objects.filter(pk=request.pk).update(
        label_stewards=[f"org:{request.receiver.organisation_id}", *keepers]
    )
    slot = Meeting.objects.get(version=rows.version, request=request).slot
    shift = timezone.now() - slot.starts_at - dt.timedelta(minutes=5)
    slots = list(Slot.objects.filter(edition=rows.edition).order_by("starts_at"))
    for one in slots if shift < dt.timedelta() else reversed(slots):
        Slot.objects.filter(pk=one.pk).update(
            starts_at=one.starts_at + shift, ends_at=one.ends_at + shift
        )


def mark(by: Subject, request: MeetingRequest, what: str) -> None:
    with acting(by):
        follow_up.mark_meeting(by=by, request=request, mark=what)


def test_one_press_on_the_board_marks_what_runs_and_beats_one_side(
    client: Client, rows: Rows
) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    with acting_as_system("tests"):
        shown(rows, request)
    mark(sender, request, "held")
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    let_in(client, rows.organiser)
    address = f"/e/{rows.edition.slug}/check-in/board/"
    assert str(request.pk) in client.get(address).content.decode()
    client.post(address, {"do": "not", "meeting": str(request.pk)})
    with acting(organiser):
        (made,) = MeetingMark.objects.filter(request=request, side="desk")
        assert (made.mark, outcome_of(request)) == ("not", "not")
        found = outcome_of_edition(rows.edition, today=timezone.localdate())
        assert (found.held, found.not_held) == (0, 1)
    page = client.get(f"/e/{rows.edition.slug}/follow-up/{request.pk}/").content.decode()
    assert "The word of the desk counts" in page
    assert page.count("not checked in by the end of that day") == 2
    client.post(f"/e/{rows.edition.slug}/check-in/", {"code": request.sender.code})
    page = client.get(f"/e/{rows.edition.slug}/follow-up/{request.pk}/").content.decode()
    assert page.count("not checked in by the end of that day") == 1
    mark(receiver, request, "held")
    with acting(organiser):
        assert outcome_of(request) == "disputed"
        found = outcome_of_edition(rows.edition, today=timezone.localdate())
        assert (found.held, found.not_held) == (0, 0)
    page = client.get(f"/e/{rows.edition.slug}/follow-up/{request.pk}/").content.decode()
    assert "It does not count as held" in page


def test_whoever_has_the_check_in_right_marks_what_it_sees_and_no_more(rows: Rows) -> None:
    request, _sender, _receiver, third = meeting_of(rows)
    with acting_as_system("tests"):
        Grant.objects.create(
            person_id=third.person_id, right="check-in", edition_id=rows.edition.pk
        )
        assert third.person_id is not None
    helper = subject_of_person(third.person_id)
    with acting(helper):
        assert not MeetingRequest.objects.filter(pk=request.pk).exists()
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(
            label_releasable_to=[f"org:{third.org_id}"]
        )
    mark(helper, request, "held")
    with acting_as_system("tests"):
        assert MeetingMark.objects.get(request=request).side == "desk"
