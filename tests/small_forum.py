"""A small sample edition, and the subjects who act in it."""

import datetime as dt
from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from punte.apps.access.models import Account
from punte.apps.access.permissions import PUBLIC, Subject, acting, acting_as_system
from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.sample import make_sample
from punte.apps.market.models import Listing
from punte.apps.meetings import actions, jobs, queries
from punte.apps.meetings.models import MeetingRequest, TimetableRules
from punte.apps.meetings.sample_rows import load_sample
from punte.apps.people.queries import subject_of_account
from signed_in import signed_in


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


def open_for_requests(forum: Forum) -> tuple[Client, Delegate, Delegate]:
    """Return a client signed in as the authority, its delegate, and a company's, nobody having asked anybody."""
    account = "authority@bucharest.example"
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=forum.edition, person__account__email=account)
        others = Delegate.objects.filter(edition=forum.edition, category__code="company")
        other = others.exclude(organisation=me.organisation)[0]
        MeetingRequest.objects.filter(edition=forum.edition).update(state="withdrawn")
        forum.edition.phases.filter(kind="request").update(
            starts_at=timezone.now() - dt.timedelta(days=1),
            ends_at=timezone.now() + dt.timedelta(days=1),
        )
    return signed_in(account), me, other


def publish(
    forum: Forum, delegate: Delegate, side: str, title: str, *, to: str = PUBLIC
) -> Listing:
    """Publish what a delegate's organisation needs or offers."""
    return Listing.objects.create(
        edition_id=forum.edition.pk,
        side=side,
        kind="equipment",
        state="published",
        language="en",
        title=title,
        text=title,
        published_at=timezone.now() - dt.timedelta(days=1),
        owner_org=delegate.organisation,
        label_releasable_to=[to],
    )
