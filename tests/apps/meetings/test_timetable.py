"""From requests to a published timetable, on a real database."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Count

from punte.apps.access.permissions import acting
from punte.apps.forum.models import Delegate, Place, Slot
from punte.apps.meetings import actions, board, bridge, jobs, publication, queries
from punte.apps.meetings.actions import WrongStateError
from punte.apps.meetings.bridge import TimetableConflictError
from punte.apps.meetings.models import (
    CalendarEntry,
    Lock,
    Meeting,
    MeetingRequest,
    MeetingSeat,
    SolveRun,
    TimetableVersion,
)
from punte.apps.meetings.permissions import NotAllowedError
from small_forum import Forum, solve

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_solved_version_holds_what_the_checker_accepts(committed_forum: Forum) -> None:
    forum = committed_forum
    version = solve(forum)
    assert version.state == "draft"
    assert version.run is not None
    assert version.run.state == "done"
    with acting(forum.organiser):
        question = bridge.ask_question(forum.edition)
        row = TimetableVersion.objects.get(pk=version.id)
        held = bridge.held_meetings(row)
        assert bridge.rules_broken_by(question, held) == []
        assert version.instance_sha256 == question.sha256
        assert version.meeting_count == len(held) > 20
        unmet = queries.list_unmet(version)
        assert unmet.count == version.request_count - version.meeting_count
        assert MeetingSeat.objects.filter(version=row).count() == 2 * len(held)


def test_only_accepted_requests_are_asked_for(committed_forum: Forum) -> None:
    forum = committed_forum
    with acting(forum.organiser):
        question = bridge.ask_question(forum.edition)
        accepted = MeetingRequest.objects.filter(state="accepted").count()
        assert MeetingRequest.objects.count() == 60 > accepted
        assert len(question.instance.requests) == accepted


def test_a_company_cannot_make_or_publish_a_timetable(committed_forum: Forum) -> None:
    forum = committed_forum
    version = solve(forum)
    company = forum.subject("company")
    with acting(company):
        with pytest.raises(NotAllowedError):
            actions.request_timetable(by=company, edition=forum.edition)
        with pytest.raises(actions.NotThereError):
            publication.publish_version(by=company, version_id=version.id)


def test_delegates_see_nothing_of_a_draft_and_their_own_of_the_published(
    committed_forum: Forum,
) -> None:
    forum = committed_forum
    version = solve(forum)
    company = forum.subject("company")
    with acting(company):
        assert queries.list_versions(forum.edition.pk) == []
        assert Meeting.objects.count() == 0
    organiser = forum.organiser
    with acting(organiser):
        publication.publish_version(by=organiser, version_id=version.id)
        everything = Meeting.objects.filter(version=version.id).count()
    with acting(company):
        org = company.org_id
        mine = Meeting.objects.select_related("request__sender", "request__receiver")
        assert 0 < len(mine) < everything
        assert all(
            org in (m.request.sender.organisation_id, m.request.receiver.organisation_id)
            for m in mine
        )
    press = forum.subject("press")
    with acting(press):
        assert Meeting.objects.count() == 0
        assert MeetingRequest.objects.count() == 0


def test_an_auditor_sees_every_meeting_and_may_change_none(committed_forum: Forum) -> None:
    forum = committed_forum
    version = solve(forum)
    auditor = forum.subject("auditor")
    with acting(auditor):
        assert Meeting.objects.filter(version=version.id).count() == version.meeting_count
        assert Meeting.objects.filter(version=version.id).update(seat_idx=5) == 0
        with pytest.raises(NotAllowedError):
            publication.publish_version(by=auditor, version_id=version.id)


def test_the_database_refuses_a_double_booking(committed_forum: Forum) -> None:
    forum = committed_forum
    version = solve(forum)
    with acting(forum.organiser):
        # One who has several meetings: which of them a timetable gives to whom is the solver's affair.
        busiest = (
            MeetingSeat.objects.filter(version=version.id)
            .values("delegate")
            .annotate(count=Count("pk"))
            .order_by("-count")
            .first()
        )
        assert busiest is not None
        assert busiest["count"] > 1
        seat = MeetingSeat.objects.select_related("meeting").filter(
            version=version.id, delegate=busiest["delegate"]
        )[0]
        other = (
            Meeting.objects.filter(version=version.id, seats__delegate=seat.delegate_id)
            .exclude(pk=seat.meeting_id)
            .first()
        )
        assert other is not None
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.filter(pk=other.pk).update(slot=seat.slot_id, seat_idx=9)
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.filter(pk=other.pk).update(
                slot=seat.meeting.slot_id, place=seat.meeting.place_id
            )


def test_publish_compare_and_roll_back(committed_forum: Forum) -> None:
    forum = committed_forum
    organiser = forum.organiser
    first = solve(forum)
    with acting(organiser):
        assert (
            publication.publish_version(by=organiser, version_id=first.id).added
            == first.meeting_count
        )
        dropped = MeetingRequest.objects.filter(meetings__version=first.id).first()
        assert dropped is not None
        dropped.state = "withdrawn"
        dropped.save()
    second = solve(forum)
    with acting(organiser):
        change = board.compare_versions(first, second)
        assert dropped.code in {line.request_code for line in change.lost}
        assert change.kept + len(change.moved) + len(change.lost) == first.meeting_count
        outcome = publication.publish_version(by=organiser, version_id=second.id)
        assert outcome.cancelled == len(change.lost)
        assert outcome.moved == len(change.moved)
        entry = CalendarEntry.objects.get(request=dropped)
        assert (entry.status, entry.sequence) == ("CANCELLED", 1)
        states = dict(TimetableVersion.objects.values_list("number", "state"))
        assert states == {1: "superseded", 2: "published"}
        with pytest.raises(TimetableConflictError, match="not accepted any more"):
            publication.publish_version(by=organiser, version_id=first.id)
        dropped.state = "accepted"
        dropped.save()
        back = publication.publish_version(by=organiser, version_id=first.id)
        assert back.moved >= 1
        entry.refresh_from_db()
        assert (entry.status, entry.sequence) == ("CONFIRMED", 2)


def test_locked_meetings_stay_when_solved_again(committed_forum: Forum) -> None:
    forum = committed_forum
    organiser = forum.organiser
    first = solve(forum)
    with acting(organiser):
        meetings = list(Meeting.objects.filter(version=first.id).select_related("request")[:5])
        for meeting in meetings:
            actions.lock_meeting(by=organiser, meeting_id=meeting.pk)
    second = solve(forum)
    with acting(organiser):
        for meeting in meetings:
            again = Meeting.objects.get(version=second.id, request=meeting.request)
            assert (again.slot_id, again.place_id) == (meeting.slot_id, meeting.place_id)
        actions.unlock_meeting(by=organiser, meeting_id=meetings[0].pk)
        assert Lock.objects.count() == 4


def test_two_runs_at_once_are_refused(committed_forum: Forum) -> None:
    forum = committed_forum
    organiser = forum.organiser
    with acting(organiser):
        actions.request_timetable(by=organiser, edition=forum.edition)
        with pytest.raises(WrongStateError, match="being made already"):
            actions.request_timetable(by=organiser, edition=forum.edition)


def test_a_published_version_is_changed_only_through_a_draft(committed_forum: Forum) -> None:
    forum = committed_forum
    organiser = forum.organiser
    version = solve(forum)
    with acting(organiser):
        publication.publish_version(by=organiser, version_id=version.id)
        meeting = Meeting.objects.filter(version=version.id).first()
        assert meeting is not None
        with pytest.raises(WrongStateError, match="is published and stays as it is"):
            actions.move_meeting(
                by=organiser, meeting_id=meeting.pk, slot_code="d1-1040", place_code="T001"
            )
        draft = actions.make_draft(by=organiser, version_id=version.id)
        assert Meeting.objects.filter(version=draft).count() == version.meeting_count


def test_a_move_to_where_somebody_is_taken_changes_nothing(committed_forum: Forum) -> None:
    forum = committed_forum
    organiser = forum.organiser
    version = solve(forum)
    with acting(organiser):
        delegate = Delegate.objects.filter(seats__version=version.id).first()
        assert delegate is not None
        one, other = Meeting.objects.filter(version=version.id, seats__delegate=delegate)[:2]
        place = Place.objects.create(edition=forum.edition, code="X1", name="Extra table")
        slot = Slot.objects.get(pk=other.slot_id)
        with pytest.raises(TimetableConflictError):
            actions.move_meeting(
                by=organiser, meeting_id=one.pk, slot_code=slot.code, place_code=place.code
            )
        assert Meeting.objects.get(pk=one.pk).slot_id == one.slot_id


def test_a_question_without_an_answer_fails_in_words(committed_forum: Forum) -> None:
    forum = committed_forum
    organiser = forum.organiser
    with acting(organiser):
        request = MeetingRequest.objects.filter(state="accepted").first()
        assert request is not None
        request.must = True
        request.save()
        for place in Place.objects.all():
            place.closures.all().delete()
        from punte.apps.forum.models import Closure

        Closure.objects.bulk_create(
            Closure(place=place, slot=slot)
            for place in Place.objects.all()
            for slot in Slot.objects.all()
        )
    version = solve(forum)
    assert version.state == "failed"
    assert version.run is not None
    assert "proved that no timetable keeps all rules" in version.run.message


def test_a_run_that_is_over_is_not_begun_again(committed_forum: Forum) -> None:
    forum = committed_forum
    version = solve(forum)
    assert version.run is not None
    jobs.solve_run(version.run.id)
    with acting(forum.organiser):
        assert SolveRun.objects.get(pk=version.run.id).attempt == 1
