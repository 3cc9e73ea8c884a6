"""A file says how it may be passed on: in its name, in the answer, on each printed page; the strictest of what is in it."""

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from cast import EDITION, Cast
from punte.apps.access.models import Tlp, strictest_tlp
from punte.apps.access.permissions import acting_as_system
from punte.apps.market.models import Listing

pytestmark = pytest.mark.django_db


def listing(cast: Cast, title: str, tlp: str, *groups: str) -> None:
    from django.utils import timezone

    with acting_as_system("sample"):
        Listing.objects.create(
            owner_org=cast.authority.organisation,
            side="need",
            kind="equipment",
            language="en",
            title=title,
            text="x",
            state="published",
            published_at=timezone.now(),
            label_releasable_to=list(groups),
            label_tlp=tlp,
        )


def test_the_strictest_marking_wins_and_nothing_is_more_open_than_asked() -> None:
    assert strictest_tlp([]) == ""
    assert strictest_tlp(["TLP:CLEAR", "TLP:RED", "TLP:GREEN"]) == "TLP:RED"
    assert strictest_tlp(["TLP:CLEAR"], least=Tlp.AMBER) == "TLP:AMBER"


def test_a_table_of_needs_carries_the_strictest_of_what_its_reader_sees(
    cast: Cast, client: Client
) -> None:
    listing(cast, "open", "TLP:CLEAR", "PUBLIC")
    listing(cast, "inside", "TLP:GREEN", f"edition:{EDITION}")
    listing(cast, "hidden", "TLP:AMBER", "CHE")
    visitor = client.get("/needs/table/")
    assert visitor["X-Handling"] == "TLP:CLEAR"
    assert 'filename="needs.TLP-CLEAR.csv"' in visitor["Content-Disposition"]
    client.force_login(cast.company.account)
    table = client.get("/needs/table/?format=xlsx")
    assert table["X-Handling"] == "TLP:GREEN"
    assert table["X-Robots-Tag"] == "noindex"
    assert table["Cache-Control"] == "private, no-store"
    book = load_workbook(io.BytesIO(table.content))
    sheet = book.active
    assert sheet is not None
    assert sheet.oddHeader.center.text == sheet.oddFooter.center.text == "TLP:GREEN"
    assert book.properties.keywords == "TLP:GREEN"
    assert client.get("/needs/table/?format=json").json()["handling"] == "TLP:GREEN"


def test_a_file_whose_page_marks_nothing_is_for_its_reader(cast: Cast, client: Client) -> None:
    client.force_login(cast.company.account)
    assert client.get("/me/data.json")["X-Handling"] == "TLP:AMBER"
    assert "X-Handling" not in client.get("/me/")


def test_the_last_organiser_is_not_erased(cast: Cast, client: Client) -> None:
    client.force_login(cast.organiser.account)
    client.post("/me/erase/", {"sure": cast.organiser.person.name})
    with acting_as_system("tests"):
        cast.organiser.person.refresh_from_db()
        assert cast.organiser.person.erased_at is None
