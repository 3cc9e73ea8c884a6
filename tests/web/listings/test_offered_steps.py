"""The page of a listing offers its reader nothing that then is not there for them."""

import re

import pytest

from apps.market.test_fits import published_by
from apps.market.test_listings import DRAFT
from cast import Cast, Member, make_member
from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.market.models import Listing
from punte.apps.people.models import Grant
from signed_in import signed_in

pytestmark = pytest.mark.django_db


def offered(page: str) -> set[str]:
    """Return the addresses of the site to which the main part of a page leads."""
    main = page[page.index("<main") : page.index("</main>")]
    return {one for one in re.findall(r'<a [^>]*href="(/[^"#]*)', main) if "/static/" not in one}


@pytest.fixture
def readers(cast: Cast) -> dict[str, Member]:
    """Return one reader of each kind; the auditor belongs to no organisation that takes part."""
    auditor = make_member("Ada Auditor", "Court of Accounts", is_cleared=False)
    with acting_as_system("tests"):
        Grant.objects.create(person=auditor.person, right="audit")
    return {**cast.everybody, "auditor": auditor}


def test_whatever_the_page_of_a_listing_offers_is_there(
    cast: Cast, readers: dict[str, Member]
) -> None:
    listing = published_by(cast, cast.authority, DRAFT)
    with acting_as_system("tests"):
        Listing.objects.filter(pk=listing.pk).update(
            label_releasable_to=[PUBLIC], label_stewards=["audit@*", "organise@*"]
        )
    judges = set()
    for name, reader in readers.items():
        client = signed_in(reader)
        answer = client.get(f"/needs/{listing.pk}/")
        if answer.status_code == 404:
            assert name == "outsider", "the country of everybody else is not suspended"
            continue
        links = offered(answer.text)
        assert len(links) > 1, name
        answers = {one: client.get(one.replace("&amp;", "&")).status_code for one in links}
        shut = {one: code for one, code in answers.items() if code in {403, 404}}
        assert not shut, f"{name} is offered {shut}"
        judges |= {name for one in links if one.startswith("/eligibility/new/")}
    assert {"authority", "company"} <= judges
    assert "auditor" not in judges
