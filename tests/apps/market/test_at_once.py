"""A published listing is withdrawn or renewed at the very moment its waiting change is published: both stand, in some order."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django.utils import timezone

from apps.market.test_listings import DRAFT, published
from cast import Cast, make_cast
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.access.reference import load_reference
from punte.apps.market.actions import edit_listing, renew_listing, withdraw_listing
from punte.apps.market.changing import publish_change
from punte.apps.market.models import Listing, Revision, WaitingChange
from punte.apps.market.waiting import newest_revision
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 20
NEW = "Pod fix"


@pytest.fixture
def everybody() -> Iterator[Cast]:
    load_reference()
    yield make_cast()
    connection.close()


def waits(cast: Cast) -> tuple[Listing, WaitingChange]:
    """Publish a listing whose change waits, and return both."""
    listing = published(cast)
    with acting(cast.authority.subject) as owner:
        row = Listing.objects.get(pk=listing.pk)
        draft = replace(DRAFT, title=NEW)
        edit_listing(by=owner, listing=row, draft=draft, read_revision=newest_revision(row))
        return row, WaitingChange.objects.get(listing=row)


def at_once(*steps: tuple[Subject, Callable[[Subject], None]]) -> list[str]:
    """Return for each step, in their order, that it was done or what it was told."""
    barrier, came = threading.Barrier(len(steps)), [""] * len(steps)

    def run(number: int, by: Subject, step: Callable[[Subject], None]) -> None:
        try:
            barrier.wait(10)
            with acting(by):
                step(by)
            came[number] = "done"
        except PunteError as error:
            came[number] = str(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, *one)) for n, one in enumerate(steps)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert all(came), "neither was broken off by the database"
    return came


def test_withdrawn_as_its_change_is_published_it_is_out_of_sight_and_no_wording_is_lost(
    everybody: Cast,
) -> None:
    for _round in range(ROUNDS):
        listing, change = waits(everybody)

        def withdraw(by: Subject, key: object = listing.pk) -> None:
            withdraw_listing(by=by, listing=Listing.objects.get(pk=key))

        def publish(by: Subject, row: Listing = listing, change: WaitingChange = change) -> None:
            publish_change(by=by, listing=row, waiting_id=change.pk)

        came = at_once(
            (everybody.authority.subject, withdraw), (everybody.organiser.subject, publish)
        )
        assert came[0] == "done"
        with acting_as_system("tests"):
            row = Listing.objects.get(pk=listing.pk)
            assert (row.state, row.label_releasable_to) == ("withdrawn", [])
            assert not WaitingChange.objects.filter(listing=row).exists()
            earlier = list(Revision.objects.filter(listing=row).values_list("title", flat=True))
        is_published = came[1] == "done"
        assert row.title == (NEW if is_published else "Pod mobil")
        assert earlier == (["Pod mobil"] if is_published else [NEW])


def test_renewed_as_its_change_is_published_it_has_the_new_day_and_the_new_words(
    everybody: Cast,
) -> None:
    until = timezone.localdate() + dt.timedelta(days=200)
    for _round in range(ROUNDS):
        listing, change = waits(everybody)

        def renew(by: Subject, key: object = listing.pk) -> None:
            renew_listing(by=by, listing=Listing.objects.get(pk=key), until=until)

        def publish(by: Subject, row: Listing = listing, change: WaitingChange = change) -> None:
            publish_change(by=by, listing=row, waiting_id=change.pk)

        came = at_once((everybody.authority.subject, renew), (everybody.organiser.subject, publish))
        assert came == ["done", "done"]
        with acting_as_system("tests"):
            row = Listing.objects.get(pk=listing.pk)
        assert (row.title, row.expires_on, row.state) == (NEW, until, "published")
