"""A preliminary timetable, and until when a request can be declined, as the API shows them: what the pages show, to the same people."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.test_resources import delegate_of
from api_caller import Caller, caller_of
from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, Slot
from punte.apps.meetings.models import Meeting, MeetingRequest, MeetingSeat, TimetableVersion
from punte.apps.meetings.preliminary import show_preliminary, stop_showing
from punte.apps.meetings.remarks import leave_remark
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=30)


def drafted(rows: Rows, me: Delegate, count: int = 1) -> TimetableVersion:
    """Lay a draft with meetings of one delegate, and one of other people."""
    with acting_as_system("tests"):
        version = TimetableVersion.objects.create(
            edition=rows.edition,
            number=7,
            state="draft",
            owner_org_id=rows.edition.owner_org_id,
            label_stewards=[f"organise@{rows.edition.pk}"],
        )
        requests = MeetingRequest.objects.filter(edition=rows.edition, state="accepted")
        mine = [one for one in requests if me.pk in one.parties][:count]
        other = next(one for one in requests if me.pk not in one.parties)
        slots = list(Slot.objects.filter(edition=rows.edition))
        place = Meeting.objects.filter(version=rows.version)[0].place
        for slot, request in zip(slots, [*mine, other], strict=False):
            meeting = Meeting.objects.create(
                version=version, request=request, slot=slot, place=place
            )
            for who in request.parties:
                MeetingSeat.objects.create(
                    meeting=meeting, version=version, slot=slot, delegate_id=who
                )
    return version


def show(rows: Rows, version: TimetableVersion) -> dt.datetime:
    until = (timezone.now() + dt.timedelta(days=3)).replace(microsecond=0)
    with acting_as_system("tests"):
        by = subject_of_person(Person.objects.get(account__email=rows.organiser).pk)
    with acting(by):
        show_preliminary(by=by, version_id=version.pk, until=until)
    return until


def test_a_preliminary_time_is_shown_to_who_is_in_it_until_it_ends(rows: Rows) -> None:
    me, member = delegate_of(rows)
    path = f"editions/{rows.edition.slug}/my/preliminary"
    caller, version = caller_of(member), drafted(rows, me)
    assert caller.get(path).json()["items"] == [], "a draft that nobody shows"
    until = show(rows, version)
    (one,) = caller.get(path).json()["items"]
    with acting_as_system("tests"):
        request = MeetingRequest.objects.get(code=one["request_code"])
        slot = Meeting.objects.get(version=version, request=request).slot
    assert dt.datetime.fromisoformat(one["until"]) == until
    assert dt.datetime.fromisoformat(one["starts_at"]) == slot.starts_at
    assert one["request_id"] == str(request.pk)
    assert one["remark"] == ""
    assert me.pk in request.parties
    assert one["other"]["delegate_id"] in {str(key) for key in request.parties} - {str(me.pk)}
    by = subject_of_person(me.person_id)
    with acting(by):
        leave_remark(
            by=by, request_id=request.pk, text="My train arrives at noon.", read_revision=0
        )
    assert caller.get(path).json()["items"][0]["remark"] == "My train arrives at noon."
    assert all(
        row["starts_at"] != one["starts_at"] or row["request_code"] != one["request_code"]
        for row in caller.get(f"editions/{rows.edition.slug}/my/meetings").json()["items"]
        if row["id"] == one["id"]
    ), "it is no published meeting"
    assert Caller().get(path).status_code == 404
    with acting_as_system("tests"):
        organiser = subject_of_person(Person.objects.get(account__email=rows.organiser).pk)
    with acting(organiser):
        stop_showing(by=organiser, version_id=version.pk)
    assert caller.get(path).json()["items"] == []


def test_a_preliminary_page_costs_the_same_for_one_and_for_three(rows: Rows) -> None:
    me, member = delegate_of(rows)
    show(rows, drafted(rows, me, count=3))
    caller, counted = caller_of(member), []
    for limit in (1, 3):
        path = f"editions/{rows.edition.slug}/my/preliminary?limit={limit}"
        caller.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert len(caller.get(path).json()["items"]) == limit
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_a_request_says_until_when_it_can_be_declined(rows: Rows) -> None:
    me, member = delegate_of(rows)
    until = (timezone.now() + dt.timedelta(days=2)).replace(microsecond=0)
    with acting_as_system("tests"):
        mine = MeetingRequest.objects.filter(edition=rows.edition, sender=me)[0]
        MeetingRequest.objects.filter(pk=mine.pk).update(
            state="pending", accepted_unless_by=until, answered_at=None
        )
    caller = caller_of(member)
    one = caller.get(f"editions/{rows.edition.slug}/requests/{mine.pk}").json()
    assert dt.datetime.fromisoformat(one["accepted_unless_by"]) == until
    rest = caller.get(f"editions/{rows.edition.slug}/requests").json()["items"]
    assert {row["accepted_unless_by"] for row in rest if row["id"] != str(mine.pk)} == {None}
