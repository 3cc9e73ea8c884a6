"""What never took place is not marked, valued or counted as met."""

import datetime as dt

import pytest
from django.utils import timezone

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation import feedback, follow_up
from punte.apps.cooperation.outcome import outcome_of_edition, release_totals, totals_of
from punte.apps.forum.models import Edition, Slot
from punte.apps.meetings.models import Meeting, MeetingSeat, TimetableVersion
from punte.apps.meetings.permissions import stewards_of
from punte.apps.people.queries import subject_of_account
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def test_a_meeting_that_lies_ahead_or_was_taken_out_is_not_marked(rows: Rows) -> None:
    request, sender, _receiver, _third = meeting_of(rows)
    with acting_as_system("tests"):
        meeting = Meeting.objects.get(version=rows.version, request=request)
        later = timezone.now() + dt.timedelta(days=2)
        Slot.objects.filter(pk=meeting.slot_id).update(
            starts_at=later, ends_at=later + dt.timedelta(minutes=20)
        )
    for words in ("has not begun", "no such meeting"):
        with acting(sender):
            with pytest.raises(PunteError, match=words):
                follow_up.mark_meeting(by=sender, request=request, mark="held")
            with pytest.raises(PunteError, match=words):
                feedback.give_feedback(by=sender, request=request, outcome="contract", worth=5)
        with acting_as_system("tests"):
            MeetingSeat.objects.filter(meeting=meeting).delete()
            Meeting.objects.filter(pk=meeting.pk).delete()
    with acting_as_system("tests"):
        TimetableVersion.objects.update(state=TimetableVersion.State.SUPERSEDED)
        request.edition.starts_on = request.edition.ends_on = dt.date(2040, 1, 1)
    with acting(sender), pytest.raises(PunteError, match="forum has not begun"):
        follow_up.mark_meeting(by=sender, request=request, mark="held")


def test_the_outcome_counts_what_was_held_apart(rows: Rows) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    for side in (sender, receiver):
        with acting(side):
            follow_up.mark_meeting(by=side, request=request, mark="not")
    with acting_as_system("tests"):
        keepers = [*request.label_stewards, *stewards_of(rows.edition.pk)]
        type(request).objects.filter(pk=request.pk).update(label_stewards=keepers)
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(organiser):
        outcome = outcome_of_edition(rows.edition, today=dt.date(2026, 11, 28))
        assert (outcome.held, outcome.not_held) == (0, 1)
        with acting_as_system("tests"):
            planned = Meeting.objects.filter(version=rows.version).count()
        assert outcome.met == planned, "what was planned stays what it was"
        totals = totals_of(outcome)
        assert (totals["held"], totals["not_held"]) == (None, None), "one could be recognised"


def test_nothing_is_released_before_the_end(rows: Rows) -> None:
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting_as_system("tests"):
        Edition.objects.filter(pk=rows.edition.pk).update(ends_on=dt.date(2040, 1, 1))
        edition = Edition.objects.get(pk=rows.edition.pk)
    with acting(organiser):
        with pytest.raises(PunteError, match="2040-01-01"):
            release_totals(by=organiser, edition=edition)
        edition.ends_on = dt.date(2025, 11, 6)
        assert release_totals(by=organiser, edition=edition).content["met"]


def test_a_cooperation_begins_once_and_a_place_has_its_day(rows: Rows) -> None:
    request, sender, _receiver, _third = meeting_of(rows)
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Mast together")
        with pytest.raises(PunteError, match="began here already"):
            follow_up.begin_cooperation(by=sender, request=request, name=" Mast together ")
        with pytest.raises(PunteError, match="Give the day"):
            follow_up.plan_next(by=sender, cooperation=made, day=None, place="Iași")
