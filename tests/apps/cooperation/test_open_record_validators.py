"""
What others say of the open record: Frictionless of the package and its tables, icalendar and vobject of the calendar.

The reviewing tool of the Open Contracting Partnership is under the AGPL and fetches its schema from the network, so the
planning releases are held against :data:`OCDS` instead, which says in this file's words what the schema 1.1.5 asks of
the fields that Punte writes. The frab schedule is held against its closed schemas in ``tests/formats/test_frab.py``.

References
----------
Open Contracting Partnership, https://standard.open-contracting.org/1.1/en/schema/reference/ and .../schema/codelists/
"""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import vobject
from icalendar import Calendar

from apps.market.test_listings import published
from cast import make_cast
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting
from punte.apps.cooperation.open_record import export_edition
from punte.apps.market.records import ocds_package
from punte.apps.meetings.publication import publish_version
from punte.apps.people.queries import subject_of_account
from punte.formats.ocds import PlannedNeed, release_package
from small_forum import load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = {"type": "string", "minLength": 1}
MOMENT = {"type": "string", "format": "date-time"}


def thing(required: str = "", **properties: object) -> dict[str, object]:
    """Return the schema of an object that holds nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def many(item: object, least: int = 0) -> dict[str, object]:
    return {"type": "array", "items": item, "minItems": least, "uniqueItems": True}


REFERENCE = thing("id name", id=TEXT, name=TEXT)
DOCUMENT = thing(
    "id",
    id=TEXT,
    documentType=TEXT,
    title={"type": "string"},
    url={"type": "string", "format": "uri", "pattern": "^https?://"},
    language={"pattern": "^[a-z]{2}$"},
    format={"pattern": "^[a-z]+/[a-z]+$"},
)
ITEM = thing(
    "id",
    id=TEXT,
    description={"type": "string"},
    classification=thing("scheme id", scheme={"const": "CPV"}, id={"pattern": "^[0-9]{8}$"}),
)
TENDER = thing(
    "id",
    id=TEXT,
    title={"type": "string"},
    description={"type": "string"},
    status={
        "enum": [
            "planning",
            "planned",
            "active",
            "cancelled",
            "unsuccessful",
            "complete",
            "withdrawn",
        ]
    },
    mainProcurementCategory={"enum": ["goods", "works", "services"]},
    documents=many(DOCUMENT),
    items=many(ITEM, 1),
)
PARTY = thing(
    "id name roles",
    id=TEXT,
    name=TEXT,
    roles=many({"enum": ["buyer"]}, 1),
    address=thing(countryName={"type": "string"}),
)
VALUE = thing(amount={"type": "number"}, currency={"pattern": "^[A-Z]{3}$"})
RELEASE = thing(
    "ocid id date tag initiationType",
    ocid={"type": "string", "pattern": "^ocds-[0-9a-z]{6}-."},
    id={"type": "string", "pattern": "^[^#]+$"},
    date=MOMENT,
    tag=many({"enum": ["planning", "planningUpdate"]}, 1),
    initiationType={"enum": ["tender"]},
    language={"pattern": "^[a-z]{2}$"},
    planning=thing(rationale={"type": "string"}, budget=thing(amount=VALUE)),
    tender=TENDER,
    parties=many(PARTY),
    buyer=REFERENCE,
)
OCDS = thing(
    "uri version publishedDate publisher releases",
    uri={"type": "string", "format": "uri", "pattern": "^https?://"},
    version={"const": "1.1"},
    publishedDate=MOMENT,
    publisher=thing("name", name=TEXT),
    releases=many(RELEASE),
)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Write the record of a published edition as its organiser sees it."""
    forum = load_small()
    version = solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=version.id)
    reader = subject_of_account(Account.objects.get(email="organiser@bucharest.example"))
    folder = tmp_path / "record"
    export_edition(folder, slug=forum.edition.slug, reader=reader, audience="organiser")
    return folder


def frictionless(folder: Path) -> dict[str, Any]:
    """Return the report of the validator itself."""
    done = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_frictionless_finds_the_package_and_every_table_valid(record: Path) -> None:
    report = frictionless(record)
    assert report["valid"], [task["errors"] for task in report["tasks"]]
    tables = {task["name"]: task["stats"].get("rows") for task in report["tasks"]}
    assert {"sessions", "needs", "offers", "milestones", "commitments"} <= set(tables)
    assert tables["sessions"]
    path = record / "sessions.csv"
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    at = header.split(",").index("starts_at")
    cells = first.split(",")
    moments = [number for number, cell in enumerate(cells) if cell.endswith("Z") and "T" in cell]
    assert moments, at
    cells[moments[0]] = "tomorrow"
    path.write_text("\n".join([header, ",".join(cells), *rest]) + "\n", encoding="utf-8")
    spoiled = frictionless(record)
    assert not spoiled["valid"], "the validator notices"
    found = {error["type"] for task in spoiled["tasks"] for error in task["errors"]}
    assert found & {"type-error", "hash-count", "byte-count"}


def test_calendar_programs_read_the_agenda(record: Path) -> None:
    content = (record / "agenda.ics").read_bytes()
    calendar = Calendar.from_ical(content)
    assert [part.errors for part in calendar.walk() if part.errors] == []
    assert len(calendar.walk("VEVENT")) > 3
    assert {"VERSION", "PRODID"} <= set(calendar)
    for event in calendar.walk("VEVENT"):
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(event)
    read = vobject.readOne(content.decode())
    assert read.validate(raiseException=True)
    assert len(read.vevent_list) == len(calendar.walk("VEVENT"))


def faults_of_ocds(package: dict[str, Any]) -> list[str]:
    checker = jsonschema.Draft202012Validator(OCDS)
    faults = [f"{error.json_path}: {error.message}" for error in checker.iter_errors(package)]
    moments = [package["publishedDate"], *(one["date"] for one in package["releases"])]
    faults += [one for one in moments if dt.datetime.fromisoformat(one).tzinfo is None]
    ids = [one["id"] for one in package["releases"]]
    return faults + (["two releases with one id"] if len(ids) != len(set(ids)) else [])


def test_planning_releases_are_what_the_standard_asks_for(record: Path) -> None:
    assert faults_of_ocds(json.loads((record / "needs-ocds.json").read_bytes())) == []
    cast = make_cast()
    published(cast)
    published(cast, title="Radar", quantity="12", lead_time_days=90)
    with acting(cast.company.subject) as reader:
        package = ocds_package(reader)
    assert len(package["releases"]) == 2
    assert faults_of_ocds(package) == []
    when = dt.datetime(2027, 5, 1, tzinfo=dt.UTC)
    need = PlannedNeed(
        id="n1",
        address="https://forum.example/needs/n1/",
        title="Pod mobil",
        text="Pod mobil pentru vehicule de 60 de tone.",
        language="ro",
        date=when,
        buyer_id="o1",
        buyer="Autoritatea",
        country="ROU",
        category="goods",
        cpv=("35000000", "34711200"),
        quantity="4",
        amount_cents=1_250_000_00,
    )
    full = release_package(
        [need], uri="https://f.example/x", publisher="P", prefix="ocds-213czf", published=when
    )
    assert faults_of_ocds(full) == []
    (release,) = full["releases"]
    assert release["planning"]["budget"]["amount"] == {"amount": 1_250_000.0, "currency": "EUR"}
    release["tag"], release["tender"]["status"] = ["tender"], "soon"
    release["date"] = "2027-05-01T00:00:00"
    assert len(faults_of_ocds(full)) == 3, "each fault is found"
