"""Whoever wants to change a version that is no draft reads what is happening to it, and what to do."""

import datetime as dt

import pytest
from django.utils import timezone

from edition_rows import Rows, make_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.meetings.actions import WrongStateError, make_draft
from punte.apps.meetings.models import SolveRun, TimetableVersion
from punte.apps.meetings.no_draft import why_no_draft
from punte.apps.meetings.preliminary import show_preliminary
from punte.apps.meetings.publication import publish_version
from punte.apps.people.queries import subject_of_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=4)


def solving(rows: Rows, **run: object) -> TimetableVersion:
    with acting_as_system("tests"):
        made = TimetableVersion.objects.create(
            edition=rows.edition,
            number=90,
            state="solving",
            owner_org_id=rows.edition.owner_org_id,
            label_stewards=rows.version.label_stewards,
        )
        SolveRun.objects.create(
            version=made, asked_by_id=rows.edition.pk, **{"state": "running", **run}
        )
    return made


def said(version: TimetableVersion) -> str:
    with acting_as_system("tests"):
        return why_no_draft(version)


def test_it_says_how_long_the_solver_still_works(rows: Rows) -> None:
    begun = timezone.now() - dt.timedelta(seconds=10)
    told = said(solving(rows, started_at=begun, time_limit_s=60))
    assert told.startswith("Version 90 is still being solved, for ")
    assert int(told.split("for ")[1].split()[0]) in range(40, 52)
    assert "stop it under Proof and curve and keep the best timetable so far" in told


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ({"state": "queued"}, "waits for the solver"),
        ({"started_at": dt.timedelta(minutes=5), "time_limit_s": 30}, "is about to end version 90"),
        (
            {"started_at": dt.timedelta(0), "stop_asked_at": dt.timedelta(0)},
            "is ending version 90 with its best timetable",
        ),
    ],
)
def test_each_moment_of_a_run_is_said(rows: Rows, run: dict[str, object], words: str) -> None:
    moments = {
        name: timezone.now() - value if isinstance(value, dt.timedelta) else value
        for name, value in run.items()
    }
    assert words in said(solving(rows, **moments))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("published", "is published and stays as it is. Move one of its meetings"),
        ("superseded", "and another one since. Move one of its meetings"),
        ("failed", "holds no timetable"),
        ("draft", ""),
    ],
)
def test_each_state_is_said(rows: Rows, state: str, words: str) -> None:
    rows.version.state = state
    told = said(rows.version)
    assert words in told
    assert bool(words) == bool(told)


def test_the_steps_say_it(rows: Rows) -> None:
    version = solving(rows, started_at=timezone.now(), time_limit_s=60)
    by = subject_of_account(Account.objects.get(email=rows.organiser))
    until = timezone.now() + dt.timedelta(days=1)
    with acting(by):
        for step in (
            lambda: show_preliminary(by=by, version_id=version.pk, until=until),
            lambda: publish_version(by=by, version_id=version.pk),
            lambda: make_draft(by=by, version_id=version.pk),
        ):
            with pytest.raises(WrongStateError, match="still being solved"):
                step()
