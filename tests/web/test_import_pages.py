"""The import page: drop a table, choose columns, look, write or throw away."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.import_jobs import run_import
from punte.apps.meetings.models import ImportDraft, ImportRun
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def organiser(client: Client, rows: Rows) -> Client:
    let_in(client, rows.organiser)
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
    page = organiser.post(f"{address}carry-out/", chosen, follow=True).content.decode()
    assert "Waiting for a worker" in page
    assert "Write these rows" not in page
    assert "is being imported already" in again(organiser, address, chosen)
    work()
    page = organiser.get(address).content.decode()
    assert "The table is in the edition" in page
    assert "<dt>rows added</dt><dd>2</dd>" in page
    with acting_as_system("tests"):
        assert Delegate.objects.filter(code__in=["N0", "N1"]).count() == 2
    assert "was imported already" in again(organiser, address, chosen)
    listed = organiser.get(f"/e/{rows.edition.slug}/timetable/import/").content.decode()
    assert "Tables that were imported" in listed


def again(client: Client, address: str, chosen: dict[str, str]) -> str:
    return client.post(f"{address}carry-out/", chosen, follow=True).content.decode()


def work() -> None:
    """Do what a worker does with the runs that wait."""
    with acting_as_system("tests"):
        waiting = list(ImportRun.objects.filter(state="queued"))
    for run in waiting:
        run_import(run.pk)


def test_a_wrong_row_is_named_and_nothing_is_written(organiser: Client, rows: Rows) -> None:
    address = upload(organiser, rows, b"code,name,organisation,country\nN0,A,Firm,XX\n")
    organiser.post(f"{address}carry-out/")
    work()
    page = organiser.get(address).content.decode()
    assert "Failed; nothing was written" in page
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


def test_an_import_that_waits_is_stopped_and_can_begin_again(organiser: Client, rows: Rows) -> None:
    address = upload(
        organiser, rows, b"code,name,organisation,country,category\nN0,A,Firm,ROU,industry\n"
    )
    organiser.post(f"{address}carry-out/")
    state = organiser.get(f"{address}state/").json()
    assert (state["state"], state["is_over"], state["share"]) == ("queued", False, 0)
    refused = organiser.post(f"{address}carry-out/", {"discard": "1"}, follow=True)
    assert "is being imported. Stop that first." in refused.content.decode()
    page = organiser.post(f"{address}stop/", follow=True).content.decode()
    assert "Stopped; nothing was written" in page
    assert "Write these rows" in page
    page = organiser.post(f"{address}stop/", follow=True).content.decode()
    assert "was over before it could be stopped" in page
    work()
    with acting_as_system("tests"):
        assert not Delegate.objects.filter(code="N0").exists()
    organiser.post(f"{address}carry-out/")
    work()
    with acting_as_system("tests"):
        assert Delegate.objects.filter(code="N0").exists()


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
    let_in(client, rows.delegate)
    for there in (address, f"/e/{rows.edition.slug}/timetable/import/"):
        assert client.get(there).status_code == 404
    assert client.get(f"{address}state/").status_code == 404
    assert client.post(f"{address}carry-out/").status_code == 404
    assert client.post(f"{address}stop/").status_code == 404


def test_the_preview_asks_as_often_for_three_rows(organiser: Client, rows: Rows) -> None:
    counts = set()
    for count in (1, 3):
        address = upload(organiser, rows, people(count))
        organiser.get(address)
        with CaptureQueriesContext(connection) as asked:
            organiser.get(
                address, {"c_code": "who", "c_name": "name", "c_organisation": "organisation"}
            )
        counts.add(len(asked))
    assert len(counts) == 1, counts
