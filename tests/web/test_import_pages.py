"""The import page: drop a table, choose columns, look, write or throw away."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import PASSWORD, Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import ImportDraft

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def organiser(client: Client, rows: Rows) -> Client:
    assert client.login(email=rows.organiser, password=PASSWORD)
    return client


def upload(client: Client, rows: Rows, content: bytes, name: str = "people.csv") -> str:
    table = SimpleUploadedFile(name, content)
    answer = client.post(
        f"/e/{rows.edition.slug}/timetable/import/", {"kind": "participants", "table": table}
    )
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def people(count: int) -> bytes:
    lines = [f"N{n},Person {n},New Firm <b>,ROU,industry" for n in range(count)]
    return "\n".join(["who,name,organisation,country,category", *lines]).encode()


def test_a_table_is_mapped_previewed_and_written(organiser: Client, rows: Rows) -> None:
    address = upload(organiser, rows, people(2))
    page = organiser.get(address).content.decode()
    assert "no column was chosen" in page
    assert "Write these rows" not in page
    chosen = {
        "c_code": "who",
        "c_name": "name",
        "c_organisation": "organisation",
        "c_country": "country",
        "c_category": "category",
    }
    page = organiser.get(address, chosen).content.decode()
    assert "New Firm &lt;b&gt;" in page
    assert "Write these rows" in page
    with acting_as_system("tests"):
        assert not Delegate.objects.filter(code="N0").exists()
    done = organiser.post(f"{address}carry-out/", chosen, follow=True)
    assert "2 rows added, 0 changed, 0 as they were." in done.content.decode()
    with acting_as_system("tests"):
        assert Delegate.objects.filter(code__in=["N0", "N1"]).count() == 2
    assert organiser.get(address).status_code == 404


def test_a_wrong_row_is_named_and_nothing_is_written(organiser: Client, rows: Rows) -> None:
    address = upload(organiser, rows, b"code,name,organisation,country\nN0,A,Firm,XX\n")
    page = organiser.post(f"{address}carry-out/").content.decode()
    assert "Nothing was written" in page
    assert "row 2, column country" in page
    with acting_as_system("tests"):
        assert not Delegate.objects.filter(code="N0").exists()


def test_a_table_can_be_thrown_away(organiser: Client, rows: Rows) -> None:
    address = upload(organiser, rows, people(1))
    assert (
        "people.csv" in organiser.get(f"/e/{rows.edition.slug}/timetable/import/").content.decode()
    )
    organiser.post(f"{address}carry-out/", {"discard": "1"})
    with acting_as_system("tests"):
        assert not ImportDraft.objects.exists()


def test_what_is_no_table_is_refused_in_words(organiser: Client, rows: Rows) -> None:
    answer = organiser.post(
        f"/e/{rows.edition.slug}/timetable/import/",
        {"kind": "requests", "table": SimpleUploadedFile("notes.pdf", b"%PDF-1.4")},
    )
    assert answer.status_code == 422
    assert "neither CSV nor XLSX" in answer.content.decode()


def test_delegates_and_visitors_find_nothing(client: Client, organiser: Client, rows: Rows) -> None:
    address = upload(organiser, rows, people(1))
    organiser.logout()
    assert client.get(address).status_code == 302
    assert client.login(email=rows.delegate, password=PASSWORD)
    for there in (address, f"/e/{rows.edition.slug}/timetable/import/"):
        assert client.get(there).status_code == 404
    assert client.post(f"{address}carry-out/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_asks_as_often_for_three_rows(
    organiser: Client, rows: Rows, count: int
) -> None:
    address = upload(organiser, rows, people(count))
    organiser.get(address)
    with CaptureQueriesContext(connection) as asked:
        organiser.get(
            address, {"c_code": "who", "c_name": "name", "c_organisation": "organisation"}
        )
    assert len(asked) == 31
