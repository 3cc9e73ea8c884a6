"""Lists that people work from are taken along as CSV and XLSX, with the filter of the page and no formula in them."""

import csv
import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Grant, Nomination
from signed_in import let_in

pytestmark = pytest.mark.django_db
DANGEROUS = "=HYPERLINK(1)"


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def table_of(client: Client, address: str, ending: str) -> list[list[str]]:
    """Return the cells of a list, its head first."""
    answer = client.get(f"{address}{'&' if '?' in address else '?'}as={ending}")
    assert answer.status_code == 200, address
    assert f".{ending}" in answer["Content-Disposition"], address
    if ending == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.values]


def organiser_of(rows: Rows, client: Client) -> str:
    let_in(client, rows.organiser)
    return f"/e/{rows.edition.slug}/"


ORGANISERS_LISTS = [
    "rights/",
    "vetting/places/",
    "set-up/apart/",
    "set-up/venue/",
    "set-up/venue/?list=slots",
    "timetable/versions/",
]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("address", ORGANISERS_LISTS)
def test_an_organiser_takes_a_list_along(
    client: Client, rows: Rows, address: str, ending: str
) -> None:
    start = organiser_of(rows, client)
    with acting_as_system("tests"):
        one, other = Delegate.objects.filter(edition=rows.edition)[:2]
    add = {"do": "add", "one": one.code, "other": other.code, "reason": DANGEROUS, "once": "yes"}
    assert client.post(f"{start}set-up/apart/", add).status_code == 302
    page = client.get(start + address).content.decode()
    linked = "?list=slots&amp;as=" if "list=" in address else "?as="
    assert f'href="{linked}{ending}"' in page, "the page offers it"
    head, *lines = table_of(client, start + address, ending)
    assert lines, address
    assert all(len(line) == len(head) for line in lines)
    assert all(not cell.startswith("=") for line in lines for cell in line)


def test_the_venue_is_taken_along_with_what_is_closed(client: Client, rows: Rows) -> None:
    start = organiser_of(rows, client)
    with acting_as_system("tests"):
        closed = {
            place.code: [
                closure.slot.code
                for closure in place.closures.select_related("slot").order_by("slot__starts_at")
            ]
            for place in rows.edition.places.all()
        }
        slots = [slot.code for slot in rows.edition.slots.all()]
    assert any(closed.values()), "the sample closes a place"
    _head, *places = table_of(client, f"{start}set-up/venue/", "csv")
    assert {line[0]: line[4].split(", ") if line[4] else [] for line in places} == closed
    _head, *lines = table_of(client, f"{start}set-up/venue/?list=slots", "csv")
    assert [line[0] for line in lines] == slots


def test_the_meetings_of_a_version_are_a_workbook_too(client: Client, rows: Rows) -> None:
    start = organiser_of(rows, client)
    address = f"{start}timetable/v1/meetings"
    assert f'href="{address}.xlsx"' in client.get(f"{start}timetable/v1/").content.decode()
    as_text = client.get(f"{address}.csv").content.decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(client.get(f"{address}.xlsx").content)).active
    assert sheet is not None
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    assert cells == list(csv.reader(io.StringIO(as_text)))
    assert len(cells) > 2


def test_the_log_is_taken_along_as_it_is_narrowed(client: Client, rows: Rows) -> None:
    start = organiser_of(rows, client)
    client.get(f"{start}figures/?as=csv")
    client.get(f"{start}rights/?as=csv")
    head, *lines = table_of(client, "/audit/?verb=export", "csv")
    assert len(head) == 7
    assert len(lines) >= 2
    assert {line[3] for line in lines} == {"export.read"}
    assert table_of(client, "/audit/?verb=nothing", "csv") == [head]


def test_a_delegate_takes_the_own_requests_along_and_nobody_elses(
    client: Client, rows: Rows
) -> None:
    let_in(client, rows.delegate)
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        MeetingRequest.objects.filter(sender=me).update(reason=DANGEROUS)
        mine = MeetingRequest.objects.filter(sender=me) | MeetingRequest.objects.filter(receiver=me)
        codes = set(mine.values_list("code", flat=True))
    address = f"/e/{rows.edition.slug}/requests/"
    assert 'href="?as=xlsx"' in client.get(address).content.decode()
    for ending in ("csv", "xlsx"):
        _head, *lines = table_of(client, address, ending)
        assert {line[0] for line in lines} == codes
        assert all(not cell.startswith("=") for line in lines for cell in line)
    _head, *all_lines = table_of(client, f"{address}?whose=all", "csv")
    assert codes <= {line[0] for line in all_lines}


def test_a_delegation_is_taken_along(client: Client, rows: Rows) -> None:
    let_in(client, rows.delegate)
    address = f"/e/{rows.edition.slug}/delegation/"
    page = client.get(address)
    assert page.status_code == 200
    nominate = {"do": "enter", "name": "Ana Test", "email": "ana@test.example", "once": "yes"}
    with acting_as_system("tests"):
        category = rows.edition.categories.first()
    assert category is not None
    nominate["category"] = category.code
    client.post(address, nominate)
    _head, *lines = table_of(client, address, "csv")
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        theirs = Nomination.objects.filter(delegation__organisation=me.organisation_id)
        names = set(theirs.values_list("person__name", flat=True))
    assert "Ana Test" in names
    assert {line[0] for line in lines} == names
    assert next(line for line in lines if line[0] == "Ana Test")[1] == "ana@test.example"


def test_who_may_not_see_a_list_gets_no_file_of_it(client: Client, rows: Rows) -> None:
    let_in(client, rows.delegate)
    for address in [*ORGANISERS_LISTS, "timetable/v1/meetings.xlsx"]:
        answer = client.get(f"/e/{rows.edition.slug}/{address}", {"as": "csv"})
        assert answer.status_code == 404, address
    with acting_as_system("tests"):
        assert Grant.objects.filter(right="organise").exists()
