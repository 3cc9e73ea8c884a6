"""A worker that is killed loses nothing: the run begins again, and says so."""

import pytest

from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.meetings import actions, jobs, queries
from punte.apps.meetings.holds import MOST_ATTEMPTS, Hold
from punte.apps.meetings.models import SolveRun
from small_forum import Forum

pytestmark = pytest.mark.django_db(transaction=True)


def begin(forum: Forum) -> SolveRun:
    """Return a run that some worker began, and that nobody works on."""
    organiser = forum.organiser
    with acting(organiser):
        run = actions.request_timetable(
            by=organiser, edition=forum.edition, time_limit_s=60, seed=3
        )
    assert jobs._begin(run.pk) is not None
    return run


def test_a_lost_run_is_queued_again_and_ends_well(committed_forum: Forum) -> None:
    run = begin(committed_forum)
    assert jobs.revive() == 1
    assert jobs.revive() == 0
    with acting(committed_forum.organiser):
        line = queries.find_run(run.pk)
        assert line is not None
        assert (line.state, line.attempt) == ("queued", 1)
        assert "lost" in line.message
    jobs.solve_run(run.pk)
    with acting(committed_forum.organiser):
        line = queries.find_run(run.pk)
        assert line is not None
        assert (line.state, line.attempt) == ("done", 2)
        assert "attempt 2" in line.message


def test_a_run_that_is_worked_on_is_left_alone(committed_forum: Forum) -> None:
    run = begin(committed_forum)
    with Hold(run.pk) as hold:
        assert hold.is_ours
        assert jobs.revive() == 0
        jobs.solve_run(run.pk)
    with acting_as_system("sample"):
        assert SolveRun.objects.get(pk=run.pk).attempt == 1


def test_a_run_that_kills_its_workers_is_given_up(committed_forum: Forum) -> None:
    run = begin(committed_forum)
    with acting_as_system("sample"):
        SolveRun.objects.filter(pk=run.pk).update(attempt=MOST_ATTEMPTS)
    jobs.revive()
    jobs.solve_run(run.pk)
    with acting(committed_forum.organiser):
        line = queries.find_run(run.pk)
        assert line is not None
        assert line.state == "failed"
        version = queries.list_versions(committed_forum.edition.pk)[0]
        assert version.state == "failed"
