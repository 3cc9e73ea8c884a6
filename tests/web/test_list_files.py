"""Every list of an edition as CSV and XLSX: what its page shows to that reader, under the page's filters, and never run."""

import csv
import io
import uuid
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from edition_rows import Rows, make_edition
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import acting_as_system, right_groups
from punte.apps.cooperation.models import Scan
from punte.apps.forum.models import Application, Delegate, Question, Session, SessionPart
from punte.apps.people.mail import queue_mail
from punte.apps.people.models import Delegation, Nomination, Organisation, Person
from signed_in import let_in

pytestmark = pytest.mark.django_db
RUN = "=cmd|' /c calc'!A0"
"""What a spreadsheet would run."""
SHOWN = f"'{RUN}"
LISTS = {
    "people/": "Name",
    "applications/?state=waiting": "Name",
    "vetting/?state=all": "Name",
    "mail/": "To",
    "check-in/": "Name",
    "agenda/edit/": "Begins",
    "timetable/v1/unmet/": "Request",
    "/organisations/": "Name",
}
"""Address of a list, below its edition's, and the heading of its first column."""


@pytest.fixture
def rows() -> Rows:
    made = make_edition(organisations=6, each=2, requests=60, slots_a_day=2, places=1)
    with acting_as_system("tests"):
        evil = Delegate.objects.filter(edition=made.edition).last()
        assert evil is not None
        Organisation.objects.filter(pk=evil.organisation_id).update(name=RUN)
        Person.objects.filter(pk=evil.person_id).update(
            name=RUN,
            email="run@example.org",
            label_stewards=right_groups("organise", "vet", edition_id=made.edition.pk),
        )
        Delegate.objects.filter(pk=evil.pk).update(badge_name=RUN)
        for number in (1, 2):
            add_application(made, f"{RUN} {number}" if number == 1 else "Ana Rusu")
        add_nomination(made, evil)
        SessionPart.objects.create(
            session=Session.objects.filter(edition=made.edition, kind="plenary")[0],
            delegate=evil,
            part="listener",
        )
        person = Person.objects.get(pk=evil.person_id)
        Scan.objects.create(
            edition=made.edition,
            delegate=evil,
            owner_org_id=made.edition.owner_org_id,
            label_stewards=right_groups("organise", edition_id=made.edition.pk),
        )
    queue_mail(kind="request.received", to=person, key="k", edition_id=made.edition.pk)
    return made


def add_application(rows: Rows, name: str) -> None:
    Question.objects.get_or_create(edition=rows.edition, code="visa", label="Needs a visa")
    Application.objects.create(
        edition=rows.edition,
        account=Account.objects.create_user(f"{uuid.uuid4().hex}@news.example"),
        name=name,
        email="ana@news.example",
        organisation_name="Știri de Test",
        organisation_kind="press",
        country_id="ROU",
        answers={"visa": "+40 for two"},
        owner_org_id=rows.edition.owner_org_id,
        label_stewards=right_groups("organise", edition_id=rows.edition.pk),
    )


def add_nomination(rows: Rows, delegate: Delegate) -> None:
    stewards = right_groups("organise", "vet", edition_id=rows.edition.pk)
    delegation = Delegation.objects.create(
        edition_id=rows.edition.pk,
        organisation_id=delegate.organisation_id,
        owner_org_id=delegate.organisation_id,
        label_stewards=stewards,
    )
    Nomination.objects.create(
        delegation=delegation,
        edition_id=rows.edition.pk,
        person_id=delegate.person_id,
        owner_org_id=delegate.organisation_id,
        state=Nomination.State.WAITING,
        label_stewards=stewards,
    )


@pytest.fixture
def organiser(client: Client, rows: Rows) -> Client:
    let_in(client, rows.organiser)
    return client


def full(rows: Rows, rest: str, **more: str) -> str:
    address = rest if rest.startswith("/") else f"/e/{rows.edition.slug}/{rest}"
    query = "&".join(f"{name}={value}" for name, value in more.items())
    return f"{address}{'&' if '?' in address else '?'}{query}"


def table(client: Client, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("rest", LISTS)
def test_every_list_is_given_as_a_table_that_runs_nothing(
    organiser: Client, rows: Rows, rest: str
) -> None:
    heading, *lines = table(organiser, full(rows, rest, **{"as": "csv"}))
    assert heading[0] == LISTS[rest]
    assert lines
    assert all(len(line) == len(heading) for line in lines)
    cells = [cell for line in lines for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    if "unmet" not in rest:
        assert any(cell.startswith(SHOWN) for cell in cells), cells
    answer = organiser.get(full(rows, rest, **{"as": "xlsx"}))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [cell.value for cell in next(sheet.iter_rows())] == heading
    assert sheet.max_row == len(lines) + 1
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("rest", LISTS)
def test_every_list_offers_its_files_under_its_filters(
    organiser: Client, rows: Rows, rest: str
) -> None:
    page = organiser.get(full(rows, rest, q="a", page="1")).content.decode()
    for ending in ("csv", "xlsx"):
        links = [part.split('"')[0] for part in page.split('href="') if f"as={ending}" in part[:90]]
        assert links, f"{rest} offers no {ending}"
        # The log of scans below the list is whole, whatever the list is narrowed to.
        own = [link for link in links if "of=scans" not in link]
        assert own, links
        assert all("q=a" in link and "page=" not in link for link in own), links


@pytest.mark.parametrize("rest", LISTS)
def test_a_list_as_a_file_is_recorded_and_marked(organiser: Client, rows: Rows, rest: str) -> None:
    answer = organiser.get(full(rows, rest, **{"as": "csv"}))
    assert answer["X-Handling"] == "TLP:AMBER"
    assert "TLP-AMBER.csv" in answer["Content-Disposition"]
    with acting_as_system("tests"):
        (told,) = AuditEntry.objects.filter(verb="export.read")
    assert told.edition_id == (None if rest.startswith("/") else rows.edition.pk)


@pytest.mark.parametrize("rest", LISTS)
def test_who_does_not_see_a_page_gets_no_file_of_it(client: Client, rows: Rows, rest: str) -> None:
    let_in(client, rows.delegate)
    page, answer = client.get(full(rows, rest)), client.get(full(rows, rest, **{"as": "csv"}))
    assert page.status_code == answer.status_code
    assert page.status_code == (200 if rest in {"people/", "/organisations/"} else 404)


def test_a_file_holds_only_whom_its_reader_sees(client: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        hidden = Delegate.objects.filter(edition=rows.edition).exclude(badge_name=RUN).first()
        assert hidden is not None
        Delegate.objects.filter(badge_name="Person 5").update(label_releasable_to=[])
        Organisation.objects.filter(name=RUN).update(label_releasable_to=[])
    let_in(client, rows.delegate)
    people = {line[0] for line in table(client, full(rows, "people/", **{"as": "csv"}))}
    assert "Person 4" in people
    assert "Person 5" not in people
    firms = {line[0] for line in table(client, full(rows, "/organisations/", **{"as": "csv"}))}
    assert "Carpat Optics SRL" in firms
    assert SHOWN not in firms


def test_a_file_follows_the_filters_of_its_page(organiser: Client, rows: Rows) -> None:
    def names(rest: str, **more: str) -> set[str]:
        return {line[0] for line in table(organiser, full(rows, rest, **more, **{"as": "csv"}))[1:]}

    assert names("people/", q="Ana") == {"Ana Ionescu"}
    assert names("check-in/", q="Ana") == {"Ana Ionescu"}
    assert names("applications/", state="refused") == set()
    assert names("vetting/", state="rejected") == set()
    assert names("mail/", state="sent") == set()
    assert names("/organisations/", q="SRL") == {"Carpat Optics SRL"}
    assert names("timetable/v1/unmet/", cause="no_such_cause") == set()


def test_the_lists_say_what_their_pages_say(organiser: Client, rows: Rows) -> None:
    def lines(rest: str) -> Iterator[dict[str, str]]:
        heading, *found = table(organiser, full(rows, rest, **{"as": "csv"}))
        return (dict(zip(heading, line, strict=True)) for line in found)

    (first, _second) = sorted(lines("applications/"), key=lambda line: line["Name"])
    assert first["Needs a visa"] == "'+40 for two"
    assert first["State"] == "Waiting for an answer"
    (seat,) = lines("agenda/edit/")
    assert (seat["Title"], seat["Name"]) == ("Opening plenary: rearming, together", SHOWN)
    here = {line["Name"]: line["State"] for line in lines("check-in/")}
    assert here.pop(SHOWN) == "here"
    assert set(here.values()) == {"not yet"}
    unmet = list(lines("timetable/v1/unmet/"))
    assert {line["Held in its stead"] for line in unmet} == {"R0001"}
    assert "nobody" not in {line["From"] for line in unmet}


@pytest.mark.parametrize("rest", ["applications/?state=waiting", "people/", "vetting/?state=all"])
def test_a_file_takes_as_many_queries_for_many_rows(
    organiser: Client, rows: Rows, rest: str
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            organiser.get(full(rows, rest, **{"as": "csv"}))
        return len(queries)

    count()
    before = count()
    with acting_as_system("tests"):
        for one in Delegate.objects.filter(edition=rows.edition).exclude(badge_name=RUN)[:3]:
            if not Delegation.objects.filter(
                edition_id=rows.edition.pk, organisation_id=one.organisation_id
            ).exists():
                add_nomination(rows, one)
            add_application(rows, f"Extra {one.code}")
    assert count() == before
