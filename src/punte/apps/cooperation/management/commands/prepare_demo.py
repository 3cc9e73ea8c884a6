"""Load the sample edition, open its accounts and solve it, with a bar in the terminal."""

from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from punte.apps.access.models import Account
from punte.apps.access.permissions import acting
from punte.apps.cooperation.sample import load_cooperation, load_joined_work
from punte.apps.cooperation.sample_after import load_group, load_worked_example
from punte.apps.cooperation.sample_gifts import load_gifts
from punte.apps.forum.models import Edition
from punte.apps.funding.sample import load_funding
from punte.apps.market.actions import defer_encoding
from punte.apps.market.sample import load_listings
from punte.apps.meetings import sample_rows
from punte.apps.meetings.actions import request_timetable
from punte.apps.meetings.jobs import revive, solve_run
from punte.apps.meetings.models import SolveRun, TimetableVersion
from punte.apps.meetings.publication import publish_version
from punte.apps.meetings.sample_about import name_subjects
from punte.apps.meetings.sample_eyes import load_four_eyes
from punte.apps.meetings.sample_people import SIGN_INS, open_accounts
from punte.apps.people.queries import subject_of_account
from punte.apps.programmes.sample import load_programmes, sample_milestones
from punte.kernel.anytime import Progress

AREAS: Final = {
    "authority": "strategic_enablers",
    "company": "drones_counter_drones",
    "Moldovan delegation": "military_mobility",
}
"""What the organisations of those who sign in need or offer, so that each finds somebody suggested."""


def _owners_who_sign_in() -> dict[UUID, str]:
    owners = {}
    for found in SIGN_INS:
        subject = subject_of_account(Account.objects.get(email=found.email))
        if subject.org_id is not None and found.part in AREAS:
            owners[subject.org_id] = AREAS[found.part]
    return owners


class Command(BaseCommand):
    """``prepare_demo``: everything that ``punte demo`` needs in the database; a second run changes nothing."""

    help = "Load the sample edition, open its accounts, solve and publish its timetable."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file of the password and the time for solving."""
        parser.add_argument("--password-file", type=Path, required=True)
        parser.add_argument("--time-limit", type=int, default=10, help="for solving [s]")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
        """Do it, step by step, each step whole or not at all."""
        del args
        self.stdout.write("Loading the sample edition ...", ending="\r")
        loaded = sample_rows.load_sample()
        made = "loaded" if loaded.is_new else "is there"
        self.stdout.write(f"Sample edition {loaded.edition.name}: {made}.      ")
        load_programmes(loaded.edition.owner_org_id, with_synthetic=True)
        load_funding(loaded.edition.owner_org_id, milestones=sample_milestones())
        load_cooperation(loaded.edition.owner_org_id, with_synthetic=True)
        open_accounts(options["password_file"].read_text(encoding="utf-8").strip())
        listings = load_listings(loaded.edition.pk, surely=_owners_who_sign_in())
        for listing_id in listings:
            defer_encoding(listing_id)
        if listings:
            name_subjects(loaded.edition.pk)
        load_four_eyes(loaded.edition)
        revive()
        self._solve(loaded.edition, options["time_limit"])
        emails = {found.part: found.email for found in SIGN_INS}
        example = load_worked_example(
            loaded.edition,
            milestones=sample_milestones(),
            people=(emails["company"], emails["Moldovan delegation"]),
        )
        if example is not None and example.need_id is not None:
            defer_encoding(example.need_id)
        load_group(loaded.edition, tuple(found.email for found in SIGN_INS[1:4]))
        load_joined_work(loaded.edition.pk)
        load_gifts(loaded.edition)

    def _solve(self, edition: Edition, time_limit_s: int) -> None:
        account = Account.objects.get(email=SIGN_INS[0].email)
        subject = subject_of_account(account)
        with acting(subject):
            if TimetableVersion.objects.filter(
                edition=edition, published_at__isnull=False
            ).exists():
                return
            run = SolveRun.objects.filter(
                version__edition=edition, finished_at__isnull=True
            ).first() or request_timetable(
                by=subject, edition=edition, time_limit_s=time_limit_s, seed=1, defer=False
            )
        with _Bar(run.time_limit_s) as bar:
            solve_run(run.pk, watch=bar.show)
        with acting(subject):
            version = TimetableVersion.objects.get(run=run)
            publish_version(by=subject, version_id=version.pk)
            version.refresh_from_db()
        self.stdout.write(
            f"Timetable published: {version.meeting_count} of {version.request_count} requests are met."
        )


class _Bar:
    """A progress bar over the time for solving, with value and bound beside it."""

    def __init__(self, limit_s: int) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._limit_s = limit_s
        self._bar = Progress(
            TextColumn("Solving"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        self._task = self._bar.add_task("", total=limit_s)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.update(self._task, completed=self._limit_s)
        self._bar.stop()

    def show(self, progress: Progress) -> None:
        """Draw a report of the solver."""
        figures = progress.stage
        if progress.value is not None and progress.bound is not None:
            figures += f": {progress.value:g} of at most {progress.bound:g}"
        self._bar.update(
            self._task, completed=min(progress.elapsed_s, self._limit_s), description=figures
        )
