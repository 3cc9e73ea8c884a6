"""The label of a need from its form: how it is handled, from when it is seen, and who may see its amount."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from cast import EDITION, Cast, Member
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.actions import publish_listing, submit_listing
from punte.apps.market.forms import initial_of
from punte.apps.market.models import Budget, Listing
from punte.apps.market.queries import budget_of

pytestmark = pytest.mark.django_db
FORM = {
    "title": "Bridging",
    "text": "A bridge for sixty tonnes.",
    "language": "en",
    "kind": "equipment",
    "audience": "edition",
}


def write(cast: Cast, client: Client, **changes: str) -> Listing:
    client.force_login(cast.authority.account)
    answer = client.post("/needs/new/", FORM | changes)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    with acting_as_system("tests"):
        return Listing.objects.get(title="Bridging", edition_id=EDITION)


def release(cast: Cast, listing: Listing) -> None:
    with acting(cast.authority.subject) as by:
        submit_listing(by=by, listing=Listing.objects.get(pk=listing.pk))
    with acting(cast.organiser.subject) as by:
        publish_listing(by=by, listing=Listing.objects.get(pk=listing.pk))


def amount_for(member: Member, listing: Listing) -> int | None:
    with acting(member.subject):
        found = Listing.objects.filter(pk=listing.pk).first()
        budget = budget_of(found) if found else None
        return budget.amount_cents if budget else None


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        ("own", {"authority"}),
        ("review", {"authority", "organiser"}),
        ("eu", {"authority", "organiser", "company"}),
        ("same", {"authority", "organiser", "company", "guest"}),
    ],
)
def test_the_title_shows_where_the_amount_does_not(
    cast: Cast, client: Client, reader: str, seen: set[str]
) -> None:
    listing = write(cast, client, amount="1250000.50", amount_for=reader)
    release(cast, listing)
    found = {part for part, one in cast.everybody.items() if amount_for(one, listing) == 125000050}
    assert found == seen
    client.force_login(cast.guest.account)
    page = client.get(f"/needs/{listing.pk}/").content.decode()
    assert "Bridging" in page
    assert ("1,250,000" in page or "1250000" in page) == ("guest" in seen)


def edit(cast: Cast, client: Client, listing: Listing, **changes: str) -> None:
    client.force_login(cast.authority.account)
    with acting(cast.authority.subject):
        listing = Listing.objects.get(pk=listing.pk)
        initial = {name: text for name, text in initial_of(listing).items() if text is not None}
    data = {**initial, **changes, "revision": listing.revision}
    answer = client.post(f"/needs/{listing.pk}/edit/", data)
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def test_an_edit_keeps_the_label_and_an_emptied_amount_is_gone(cast: Cast, client: Client) -> None:
    listing = write(
        cast, client, amount="10", amount_for="eu", tlp="TLP:GREEN", embargo_on="2031-05-06"
    )
    edit(cast, client, listing, title="Bridging anew")
    with acting_as_system("tests"):
        listing.refresh_from_db()
        assert listing.label_tlp == "TLP:GREEN"
        assert timezone.localdate(listing.label_embargo_until) == dt.date(2031, 5, 6)
        assert Budget.objects.get(listing=listing).label_releasable_to == ["EU"]
    edit(cast, client, listing, amount="", tlp="")
    with acting_as_system("tests"):
        listing.refresh_from_db()
        assert listing.label_tlp == "TLP:AMBER"
        assert not Budget.objects.filter(listing=listing).exists()


def test_before_its_day_nobody_else_sees_it(cast: Cast, client: Client) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    listing = write(cast, client, embargo_on=tomorrow.isoformat())
    release(cast, listing)
    client.force_login(cast.company.account)
    assert client.get(f"/needs/{listing.pk}/").status_code == 404
    client.force_login(cast.authority.account)
    assert client.get(f"/needs/{listing.pk}/").status_code == 200
    with acting_as_system("tests"):
        # The database's clock stands still within a transaction, and a test is one.
        past = timezone.now() - dt.timedelta(hours=1)
        Listing.objects.filter(pk=listing.pk).update(label_embargo_until=past)
    client.force_login(cast.company.account)
    assert client.get(f"/needs/{listing.pk}/").status_code == 200


def test_what_is_public_is_clear_and_the_page_says_so(cast: Cast, client: Client) -> None:
    client.force_login(cast.authority.account)
    refused = client.post("/needs/new/", FORM | {"audience": "public", "tlp": "TLP:AMBER"})
    assert refused.status_code == 200
    assert "What everyone may see is TLP:CLEAR" in refused.content.decode()
    listing = write(cast, client, audience="public")
    assert listing.label_tlp == "TLP:CLEAR"
    release(cast, listing)
    page = Client().get(f"/needs/{listing.pk}/").content.decode()
    assert "TLP:CLEAR" in page
    assert "TLP:AMBER" not in page
