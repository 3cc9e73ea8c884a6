"""A small sample edition, and the subjects who act in it."""

from dataclasses import dataclass

from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.models import Edition
from punte.apps.forum.sample import make_sample
from punte.apps.meetings import actions, jobs, queries
from punte.apps.meetings.models import TimetableRules
from punte.apps.meetings.sample_rows import load_sample
from punte.apps.people.queries import subject_of_account


@dataclass(frozen=True, slots=True, kw_only=True)
class Forum:
    """The edition, and subjects by their part in the sample."""

    edition: Edition

    def subject(self, part: str) -> Subject:
        return subject_of_account(Account.objects.get(email=f"{part}@bucharest.example"))

    @property
    def organiser(self) -> Subject:
        return self.subject("organiser")


def load_small() -> Forum:
    sample = make_sample(seed=7, organisations=14, delegates=30, requests=60)
    edition = load_sample(sample).edition
    with acting_as_system("load the sample edition"):
        TimetableRules.objects.filter(edition=edition).update(objective=["weight"])
    return Forum(edition=edition)


def solve(forum: Forum, **options: int) -> queries.VersionLine:
    organiser = forum.organiser
    with acting(organiser):
        run = actions.request_timetable(
            by=organiser, edition=forum.edition, time_limit_s=60, seed=3, defer=False, **options
        )
    jobs.solve_run(run.pk)
    with acting(organiser):
        found = queries.find_version(forum.edition.pk, run.version.number)
    assert found is not None
    return found
