"""From a person to what they need and offer, from an interest to whoever may be asked: with the request's subject chosen."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from page_lines import in_one_line
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.market.models import Interest, Listing
from punte.apps.meetings.models import MeetingRequest
from small_forum import Forum, load_small, open_for_requests, publish

pytestmark = pytest.mark.django_db


def open_and_empty(forum: Forum) -> tuple[Client, Delegate, Delegate]:
    """Open the edition for requests; nothing is published by either of the two."""
    client, me, other = open_for_requests(forum)
    with acting_as_system("tests"):
        both = [me.organisation_id, other.organisation_id]
        Listing.objects.filter(owner_org_id__in=both).delete()
    return client, me, other


def test_a_persons_page_leads_to_what_they_need_and_offer() -> None:
    forum = load_small()
    client, _me, other = open_and_empty(forum)
    with acting_as_system("tests"):
        offer = publish(forum, other, "offer", "A radar for the cold")
        publish(forum, other, "need", "What nobody may see", to="org:none")
        gone = publish(forum, other, "offer", "Long over")
        gone.expires_on = timezone.localdate() - dt.timedelta(days=1)
        gone.save()
    address = f"/e/{forum.edition.slug}/people/{other.pk}/"
    page = client.get(address).content.decode()
    assert f'href="/organisations/{other.organisation_id}/"' in page
    assert f'href="/offers/{offer.pk}/"' in page
    assert "What nobody may see" not in page
    assert "Long over" not in page.split('id="ask"')[0]
    assert f'href="?about={offer.pk}#ask"' in page
    chosen = in_one_line(client.get(f"{address}?about={offer.pk}").content)
    assert f'<option value="{offer.pk}" lang="en" selected>' in chosen


def test_where_nothing_is_published_the_page_says_so() -> None:
    forum = load_small()
    client, _me, other = open_and_empty(forum)
    page = client.get(f"/e/{forum.edition.slug}/people/{other.pk}/").content.decode()
    assert "No need or offer of theirs is published for you to see." in page
    assert "Ask about this" not in page


def interested(listing: Listing, delegate: Delegate) -> None:
    Interest.objects.create(
        listing=listing,
        owner_org=delegate.organisation,
        by_id=delegate.person_id,
        name=delegate.organisation.name,
        reason="We make them.",
        label_releasable_to=[f"org:{listing.owner_org_id}"],
    )


def test_an_interest_leads_to_its_organisation_and_to_somebody_to_ask() -> None:
    forum = load_small()
    client, me, other = open_and_empty(forum)
    with acting_as_system("tests"):
        need = publish(forum, me, "need", "A radar for the cold")
        interested(need, other)
        firm = Delegate.objects.filter(edition=forum.edition, organisation=other.organisation)
        asks = [f"/e/{forum.edition.slug}/people/{one.pk}/?about={need.pk}#ask" for one in firm]
    page = client.get(f"/needs/{need.pk}/").content.decode()
    assert f'href="/organisations/{other.organisation_id}/"' in page
    assert any(f'href="{address}"' in page for address in asks)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(edition=forum.edition, sender=me).delete()
        for one in firm:
            MeetingRequest.objects.create(
                edition=forum.edition,
                code=f"R{one.pk.hex[:8]}",
                sender=me,
                receiver=one,
                reason="We spoke.",
                owner_org=me.organisation,
            )
    page = client.get(f"/needs/{need.pk}/").content.decode()
    assert not any(address in page for address in asks), (
        "whoever is asked already is not asked twice"
    )
