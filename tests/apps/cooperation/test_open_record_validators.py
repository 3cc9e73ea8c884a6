"""
What others say of the open record: Frictionless of the package and its tables, icalendar and vobject of the calendar.

The planning releases and the frab schedule are held against closed schemas in this project's words, for the reasons in
``docs/decisions/formats-0001-closed-schemas-in-our-own-words.md``.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import vobject
from icalendar import Calendar

from apps.market.test_listings import published
from cast import make_cast
from formats.frab_rules import faults_of_frab_json, faults_of_frab_xml
from formats.ocds_rules import faults_of_ocds
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation.open_record import export_edition
from punte.apps.market.actions import set_budget
from punte.apps.market.models import Listing, WaitingTranslation
from punte.apps.market.records import ocds_package
from punte.apps.market.translating import publish_translation, set_translation
from punte.apps.meetings.publication import publish_version
from punte.apps.people.queries import subject_of_account
from punte.kernel.money import Money
from small_forum import Forum, load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def forum() -> Forum:
    return load_small()


@pytest.fixture
def record(forum: Forum, tmp_path: Path) -> Path:
    """Write the record of a published edition as its organiser sees it."""
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


def test_schedules_hold_what_their_readers_know(record: Path) -> None:
    schedule = json.loads((record / "schedule.json").read_bytes())
    assert faults_of_frab_json(schedule) == []
    assert faults_of_frab_xml((record / "schedule.xml").read_bytes()) == []
    days = schedule["schedule"]["conference"]["days"]
    assert sum(len(talks) for day in days for talks in day["rooms"].values()) > 3


def test_planning_releases_are_what_the_standard_asks_for(forum: Forum, tmp_path: Path) -> None:
    cast = make_cast()
    published(cast)
    published(cast, title="Radar", quantity="12", lead_time_days=90, cpv=())
    published(cast, title="Pont", language="fr", kind="infrastructure", quantity="3 à 4 pièces")
    need = published(cast, title="Міст", text="Міст через річку", language="uk", kind="training")
    with acting(cast.authority.subject) as owner:
        set_budget(by=owner, listing=need, amount=Money(cents=125_000_001), groups=[])
        set_translation(
            by=owner, listing=need, language="en", title="A bridge", text="Over the river"
        )
    with acting(cast.organiser.subject) as reviewer:
        waiting = WaitingTranslation.objects.get()
        publish_translation(by=reviewer, listing=need, waiting_id=waiting.pk)
    counts = {}
    for member in (cast.authority, cast.company, cast.guest):
        with acting(member.subject) as reader:
            package = ocds_package(reader)
        assert package is not None
        assert faults_of_ocds(package) == []
        budgets = [one for one in package["releases"] if "budget" in one["planning"]]
        counts[member.person.name] = (len(package["releases"]), len(budgets))
        if member is cast.authority:  # the others do not see whose need it is
            party = package["releases"][0]["parties"][0]
            assert party["address"] == {"countryName": "France"}
    assert set(counts.values()) == {(4, 1), (4, 0)}
    assert {one["tender"].get("title_en") for one in package["releases"]} == {None, "A bridge"}
    folder = tmp_path / "record"
    with acting_as_system("tests"):
        assert Listing.objects.filter(pk=need.pk).update(edition_id=None)
        Listing.objects.exclude(pk=need.pk).update(edition_id=forum.edition.pk)
    export_edition(
        folder, slug=forum.edition.slug, reader=cast.authority.subject, audience="authority"
    )
    kept = json.loads((folder / "needs-ocds.json").read_bytes())
    assert len(kept["releases"]) == 3, "a need of no edition is in no edition's record"
    assert "Міст" not in (folder / "needs.csv").read_text(encoding="utf-8")
    assert faults_of_ocds(kept) == []


def test_a_record_without_needs_has_no_empty_package(record: Path) -> None:
    assert not (record / "needs-ocds.json").exists()
    assert (record / "needs.csv").exists()
