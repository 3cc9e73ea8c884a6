"""The outcome report counts a partner's own cooperation, and says one thing of a milestone; a list without rows advises who can follow."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from cast import make_member
from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation import follow_up
from punte.apps.cooperation.coverage import read_record, tallies
from punte.apps.cooperation.hall_marks import STILL_MARKED, meetings_to_mark
from punte.apps.cooperation.models import Cooperation
from punte.apps.cooperation.outcome import outcome_of_edition
from punte.apps.forum.models import Slot
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Grant
from punte.apps.programmes.models import Milestone, Programme
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def test_who_was_taken_in_counts_what_began_at_a_meeting_of_others(rows: Rows) -> None:
    request, sender, _receiver, third = meeting_of(rows)
    with acting(sender) as by:
        made = follow_up.begin_cooperation(by=by, request=request, name="Mast together")
    with acting_as_system("tests"):
        programme = Programme.objects.create(
            kind="flagship",
            name="Watch",
            owner_org_id=rows.edition.owner_org_id,
            label_releasable_to=["PUBLIC"],
        )
        milestone = Milestone.objects.create(
            programme=programme, name="Ready", promised_on=dt.date(2027, 12, 31)
        )
        Cooperation.objects.filter(pk=made.pk).update(
            milestone_id=milestone.pk,
            stage="consort",
            label_releasable_to=[f"org:{third.org_id}"],
        )
    for reader in (sender, third):
        with acting(reader):
            sees_meeting = MeetingRequest.objects.filter(pk=request.pk).exists()
            assert sees_meeting == (reader is sender)
            found = outcome_of_edition(rows.edition, today=timezone.localdate())
            assert [one.pk for one in found.cooperations] == [made.pk]
            (line,) = found.coverage
            assert (line.milestone, line.cooperations) == (milestone, 1)
            record = read_record(timezone.localdate())
            before = tallies(record.without(rows.edition.pk), [milestone])[milestone.pk].state
            now = tallies(record, [milestone])[milestone.pk].state
            assert (before, now) == ("none", "well"), "the same for each reader"
    with acting_as_system("tests"):
        Cooperation.objects.filter(pk=made.pk).update(stage="stopped")
    with acting(third):
        found = outcome_of_edition(rows.edition, today=timezone.localdate())
        assert [one.cooperations for one in found.coverage] in ([], [0])


def test_an_auditor_is_given_no_advice_that_only_delegates_can_follow(
    client: Client, rows: Rows
) -> None:
    auditor = make_member("Ada Auditor", "Court of Accounts", is_cleared=False)
    with acting_as_system("tests"):
        Grant.objects.create(person=auditor.person, right="audit")
    client.force_login(auditor.account)
    page = client.get("/cooperations/").content.decode()
    assert "None is released to you" in page
    assert "Open a meeting that took place" not in page
    let_in(client, rows.delegate)
    assert "Open a meeting that took place" in client.get("/cooperations/").content.decode()


def test_the_last_slot_of_an_edition_is_marked_by_the_desk_for_some_hours_only(rows: Rows) -> None:
    with acting_as_system("tests"):
        last = Slot.objects.filter(edition=rows.edition, meetings__version=rows.version).order_by(
            "-starts_at"
        )[0]
        Slot.objects.filter(edition=rows.edition, starts_at__gt=last.starts_at).delete()
        soon = meetings_to_mark(rows.edition, last.ends_at + dt.timedelta(minutes=5))
        assert {one.slot for one in soon} == {last}
        assert meetings_to_mark(rows.edition, last.ends_at + STILL_MARKED) == []
