"""What organisation and country pages show of what is going on: all that the reader sees, and nothing of the rest."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Assistance, Commitment, Cooperation, Partner
from punte.apps.market.models import Listing
from punte.apps.people.models import Organisation, Person
from signed_in import let_in

pytestmark = pytest.mark.django_db
PUBLIC = {"label_releasable_to": ["PUBLIC"]}


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def main_of(client: Client, address: str) -> str:
    """Return the page without its head and the keys of its forms, which each answer has of its own."""
    shown = client.get(address).content.decode().partition("<main")[2]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", shown)


def begin(owner: Organisation, partner: Organisation, number: int, **label: Any) -> None:
    """Begin one of each kind, kept by one and joined by the other."""
    kept = {"owner_org_id": owner.pk, **label}
    with acting_as_system("tests"):
        joint = Cooperation.objects.create(name=f"Joint work {number}", stage="nda", **kept)
        Partner.objects.create(
            cooperation=joint,
            organisation=partner,
            organisation_name=partner.name,
            country=partner.country_id,
        )
        for side in ("need", "offer"):
            Listing.objects.create(
                side=side,
                kind="service",
                state="published",
                published_at=timezone.now(),
                language="en",
                title=f"Published {side} {number}",
                text="x",
                **kept,
            )
        Commitment.objects.create(who="Somebody", what=f"Promise {number}", **kept)
        Assistance.objects.create(
            kind="training",
            side="offer",
            title=f"Course {number}",
            provider=owner.name,
            provider_country=owner.country_id,
            **kept,
        )


KINDS = ("Joint work", "Published need", "Published offer", "Promise", "Course")


def own_and_other(rows: Rows) -> tuple[Organisation, Organisation]:
    with acting_as_system("tests"):
        person = Person.objects.get(account__email=rows.delegate)
        own = person.memberships.get().organisation
        host = Organisation.objects.get(pk=rows.edition.owner_org_id)
        other = Organisation.objects.create(
            name="Other keeper", kind="company", country_id="SVK", owner_org=host
        )
    return own, other


def test_a_reader_finds_what_the_organisation_and_its_country_have_going_on(
    client: Client, rows: Rows
) -> None:
    own, _ = own_and_other(rows)
    let_in(client, rows.delegate)
    page = f"/organisations/{own.pk}/"
    country = f"/countries/{own.country_id}/"
    begin(own, own, 771)
    for address in (page, country):
        shown = main_of(client, address)
        assert "What is going on" in shown
        for kind in KINDS:
            assert f"{kind} 771" in shown, (address, kind)
        assert "Confidentiality agreed" in shown
    visitor = main_of(Client(), country)
    assert not [kind for kind in KINDS if f"{kind} 771" in visitor]


def test_what_a_reader_may_not_see_leaves_the_page_as_it_was(client: Client, rows: Rows) -> None:
    own, other = own_and_other(rows)
    let_in(client, rows.delegate)
    addresses = [
        f"/organisations/{own.pk}/",
        f"/countries/{own.country_id}/",
        f"/countries/{other.country_id}/",
    ]
    before = [main_of(client, address) for address in addresses]
    as_visitor = [main_of(Client(), address) for address in addresses[1:]]
    begin(other, own, 772)
    assert [main_of(client, address) for address in addresses] == before
    assert [main_of(Client(), address) for address in addresses[1:]] == as_visitor


def test_a_visitor_finds_what_is_public_on_the_page_of_a_country(
    client: Client, rows: Rows
) -> None:
    _, other = own_and_other(rows)
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=other.pk).update(**PUBLIC)
    begin(other, other, 773, **PUBLIC)
    shown = main_of(client, f"/countries/{other.country_id}/")
    for kind in KINDS:
        assert f"{kind} 773" in shown, kind


def test_the_pages_ask_as_much_for_one_as_for_twelve_and_show_ten(
    client: Client, rows: Rows
) -> None:
    own, _ = own_and_other(rows)
    let_in(client, rows.delegate)
    addresses = (f"/organisations/{own.pk}/", f"/countries/{own.country_id}/")
    counts = []
    for numbers in (range(1), range(1, 12)):
        for number in numbers:
            begin(own, own, 800 + number)
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                shown = main_of(client, address)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert shown.count("Joint work 8") == 10
    assert f"/cooperations/?country={own.country_id}" in shown
