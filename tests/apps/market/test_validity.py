"""How long a need or an offer is valid: by the day of the platform, never past, and not for ever."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from apps.market.test_listings import DRAFT, published
from cast import Cast
from punte.api.resources.listings import listing_answers
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.actions import (
    Draft,
    draft_listing,
    edit_listing,
    publish_listing,
    renew_listing,
    submit_listing,
)
from punte.apps.market.models import Listing
from punte.apps.market.queries import Filter, page_of_listings
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db


def in_days(count: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=count)


def set_last_day(listing: Listing, day: dt.date) -> None:
    """As if the time had passed."""
    with acting_as_system("tests"):
        Listing.objects.filter(pk=listing.pk).update(expires_on=day)
        listing.refresh_from_db()


def test_what_has_expired_is_not_published(cast: Cast) -> None:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=replace(DRAFT, expires_on=in_days(1)))
        submit_listing(by=owner, listing=listing)
    set_last_day(listing, in_days(-1))
    with acting(cast.organiser.subject) as reviewer:
        found = Listing.objects.get(pk=listing.pk)
        with pytest.raises(PunteError, match=f"valid until {in_days(-1)}.*Send it back"):
            publish_listing(by=reviewer, listing=found)
        found.refresh_from_db()
        assert found.state == Listing.State.IN_REVIEW
    with acting(cast.authority.subject) as owner:
        renew_listing(by=owner, listing=Listing.objects.get(pk=listing.pk), until=in_days(30))
    with acting(cast.organiser.subject) as reviewer:
        publish_listing(by=reviewer, listing=Listing.objects.get(pk=listing.pk))


def test_what_has_expired_is_not_handed_in_for_review(cast: Cast) -> None:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=replace(DRAFT, expires_on=in_days(-1)))
        with pytest.raises(PunteError, match="can renew it"):
            submit_listing(by=owner, listing=listing)
        listing.refresh_from_db()
        assert listing.state == Listing.State.DRAFT
    set_last_day(listing, in_days(0))
    with acting(cast.authority.subject) as owner:
        submit_listing(by=owner, listing=listing)


def test_nothing_is_valid_for_more_than_five_years(cast: Cast) -> None:
    last, far = in_days(1826), in_days(1827)
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=DRAFT)
        for until in (far, dt.date(2999, 1, 1)):
            with pytest.raises(PunteError, match=f"by {last}"):
                renew_listing(by=owner, listing=listing, until=until)
        renew_listing(by=owner, listing=listing, until=last)
        with pytest.raises(PunteError, match="five years"):
            draft_listing(by=owner, draft=replace(DRAFT, expires_on=far))
        with pytest.raises(PunteError, match="five years"):
            edit_listing(
                by=owner, listing=listing, draft=replace(DRAFT, expires_on=far), read_revision=1
            )
        assert Listing.objects.get(pk=listing.pk).revision == 1


def test_a_last_day_of_earlier_times_may_stay(cast: Cast) -> None:
    """Before there was a limit, somebody may have written a far day: the rest can be changed all the same."""
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=DRAFT)
    set_last_day(listing, dt.date(2999, 1, 1))
    changed: Draft = replace(DRAFT, title="Pod lung", expires_on=dt.date(2999, 1, 1))
    with acting(cast.authority.subject) as owner:
        edit_listing(by=owner, listing=listing, draft=changed, read_revision=1)
        assert Listing.objects.get(pk=listing.pk).title == "Pod lung"


def test_the_day_is_the_platforms_and_not_that_of_greenwich(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = published(cast)
    utc_day = timezone.now().astimezone(dt.UTC).date() + dt.timedelta(days=1)
    set_last_day(listing, utc_day)
    evening = dt.datetime.combine(utc_day, dt.time(22, 30), dt.UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: evening)
    assert timezone.localdate() == utc_day + dt.timedelta(days=1), "tomorrow in Bucharest"
    assert listing.is_expired
    with acting(cast.company.subject) as company:
        assert page_of_listings(Filter(side="need"), company).count == 0
    with acting(cast.authority.subject) as owner:
        with pytest.raises(PunteError, match="future"):
            renew_listing(by=owner, listing=listing, until=timezone.localdate())
        renew_listing(by=owner, listing=listing, until=timezone.localdate() + dt.timedelta(days=1))


def test_an_embargo_is_told_by_the_day_that_was_written(cast: Cast) -> None:
    day = in_days(90)
    midnight = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=replace(DRAFT, embargo_until=midnight))
        (answer,) = listing_answers([Listing.objects.get(pk=listing.pk)])
    assert answer.own is not None
    assert answer.own.embargo_on == day
