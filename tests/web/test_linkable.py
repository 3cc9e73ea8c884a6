"""The needs and offers in the form that links a cooperation can be told apart."""

import pytest
from django.test import Client
from django.utils import timezone

from edition_rows import make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Cooperation, Partner
from punte.apps.market.models import Listing
from punte.apps.people.models import Organisation, Person
from signed_in import let_in

pytestmark = pytest.mark.django_db


def publish(owner: Organisation) -> None:
    """Publish a need for everyone, with the title that the others have too."""
    Listing.objects.create(
        side="need",
        kind="service",
        state="published",
        published_at=timezone.now(),
        language="en",
        title="AA same title",
        text="x",
        owner_org=owner,
        label_releasable_to=["PUBLIC"],
    )


def test_equal_titles_name_their_organisation_own_and_partners_first(client: Client) -> None:
    rows = make_edition()
    public = {"label_releasable_to": ["PUBLIC"]}
    with acting_as_system("tests"):
        own = Person.objects.get(account__email=rows.delegate).memberships.get().organisation
        host = {"owner_org_id": rows.edition.owner_org_id, "kind": "company"}
        friend, far, unseen = (
            Organisation.objects.create(name=name, country_id=code, **host, **label)
            for name, code, label in (
                ("Zet Friend", "SVK", public),
                ("Abel Far", "POL", public),
                ("Unseen Firm", "POL", {}),
            )
        )
        joint = Cooperation.objects.create(name="Joint", owner_org=own)
        for one in (own, friend):
            Partner.objects.create(
                cooperation=joint,
                organisation=one,
                organisation_name=one.name,
                country=one.country_id,
            )
        for one in (far, unseen, friend, own):
            publish(one)
    let_in(client, rows.delegate)
    page = client.get(f"/cooperations/{joint.pk}/").content.decode()
    told = [
        page.find(text)
        for text in (
            f"AA same title ({own.name}, Romania)",
            "AA same title (Zet Friend, Slovakia)",
            "AA same title (Abel Far, Poland)",
        )
    ]
    assert -1 not in told
    assert told == sorted(told)
    assert page.count("AA same title<") == 1, "whose organisation the reader does not see"
    assert "AA same title (Unseen Firm" not in page
